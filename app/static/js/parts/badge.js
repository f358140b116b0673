import { html } from "../lib/html.js";

/**
 * A word or two about the state of something.
 * @param {{ tone?: "plain" | "good" | "warn" | "bad" | "accent", title?: string,
 *   children?: import("../lib/html.js").Children }} props
 */
export function Badge({ tone = "plain", title, children }) {
  return html`<span class=${`badge ${tone}`} title=${title}>${children}</span>`;
}
