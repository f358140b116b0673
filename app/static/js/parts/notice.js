import { html } from "../lib/html.js";
import { Button } from "./button.js";

/**
 * A few words that somebody should read.
 * @param {{ tone?: "info" | "good" | "warn" | "bad", title?: string,
 *   actions?: import("../lib/html.js").Children, children?: import("../lib/html.js").Children }} props
 */
export function Notice({ tone = "info", title, actions, children }) {
  return html`<div class=${`notice ${tone}`} role=${tone === "bad" ? "alert" : "status"}>
    <div class="notice-text">
      ${title && html`<strong>${title}</strong> `}${children}
    </div>
    ${actions && html`<div class="notice-actions">${actions}</div>`}
  </div>`;
}

/**
 * A message of the API, with what stands between its back-ticks as code.
 * @param {string} message
 */
function withCode(message) {
  const pieces = message.split("`");
  const isPaired = pieces.length % 2 === 1;
  return isPaired ? pieces.map((piece, place) => (place % 2 ? html`<code>${piece}</code>` : piece)) : message;
}

/**
 * What went wrong, and a way to try again.
 * @param {{ error: import("../lib/api.js").ApiError | null, onAgain?: () => void }} props Nothing without an error.
 */
export function ErrorNotice({ error, onAgain }) {
  if (error === null) {
    return null;
  }
  return html`<${Notice}
    tone="bad"
    actions=${onAgain && html`<${Button} isSmall onClick=${onAgain}>Try again</${Button}>`}
  >
    ${withCode(error.message)}
    ${error.requestId && html` <span class="quiet">Request <code>${error.requestId}</code></span>`}
  </${Notice}>`;
}
