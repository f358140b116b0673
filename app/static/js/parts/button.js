import { html } from "../lib/html.js";

/**
 * A button. While it is busy it cannot be pressed again.
 * @param {{ kind?: "primary" | "plain" | "danger" | "quiet", isBusy?: boolean, isDisabled?: boolean,
 *   type?: "button" | "submit", onClick?: (event: MouseEvent) => void, label?: string, isSmall?: boolean,
 *   children?: import("../lib/html.js").Children }} props `label` is its name where the children are a sign.
 */
export function Button({ kind = "plain", isBusy, isDisabled, type = "button", onClick, label, isSmall, children }) {
  return html`<button
    type=${type}
    class=${`button ${kind}${isSmall ? " small" : ""}`}
    disabled=${isDisabled || isBusy}
    aria-busy=${isBusy ? "true" : undefined}
    aria-label=${label}
    title=${label}
    onClick=${onClick}
  >${children}</button>`;
}

/**
 * A link that looks like a button.
 * @param {{ href: string, kind?: "primary" | "plain" | "quiet", children?: import("../lib/html.js").Children }} props
 */
export function ButtonLink({ href, kind = "plain", children }) {
  return html`<a class=${`button ${kind}`} href=${href}>${children}</a>`;
}
