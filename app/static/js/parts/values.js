import { ago, money, shortMoney, time, utc } from "../lib/format.js";
import { html } from "../lib/html.js";

/**
 * US dollars, exactly; or rounded, with the exact amount in the title.
 * @param {{ usd: number | string | null | undefined, isShort?: boolean }} props
 */
export function Money({ usd, isShort }) {
  return isShort
    ? html`<span title=${money(usd)}>${shortMoney(usd)}</span>`
    : html`<span>${money(usd)}</span>`;
}

/**
 * A moment, as far away or in full, with the other two forms in the title.
 * @param {{ at: string | null | undefined, isFull?: boolean, none?: string }} props `none` stands where there is none.
 */
export function Time({ at, isFull, none = "never" }) {
  if (!at) {
    return html`<span class="quiet">${none}</span>`;
  }
  return html`<time datetime=${at} title=${`${time(at)} (${utc(at)})`}>${isFull ? time(at) : ago(at)}</time>`;
}
