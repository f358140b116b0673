import { html } from "../../lib/html.js";
import { budgetTone } from "../../lib/words.js";

/**
 * What is spent of a budget, and, striped, what running calls hold. The words beside it say the same.
 * @param {{ budget: import("./reading.js").BudgetRow }} props
 */
export function Meter({ budget }) {
  const { settled_usd: spent, held_usd: held, cap_usd: cap } = budget;
  const part = (/** @type {number} */ usd) => (cap === 0 ? 1 : Math.min(1, usd / cap));
  const width = (/** @type {number} */ share) => ({ width: `${(100 * share).toFixed(2)}%` });
  return html`<div class=${`meter split ${budgetTone(budget)}`} aria-hidden="true">
    <div style=${width(part(spent))}></div>
    <div class="held" style=${width(cap === 0 ? 0 : Math.min(1 - part(spent), part(held)))}></div>
  </div>`;
}
