import { money } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { amount } from "../../lib/units.js";
import { basisWords, priceLines, sourceWords } from "./entry.js";

/**
 * What was used, how that is known, and what it cost by which price.
 * @param {{ entry: import("./entry.js").Entry }} props
 */
export function Cost({ entry }) {
  const lines = priceLines(entry.price);
  return html`<dl class="facts">
    <dt>In</dt><dd>${amount(entry.units_in, entry.unit_in)}</dd>
    ${entry.cached_in !== null && html`<dt>of them cached</dt><dd>${amount(entry.cached_in, entry.unit_in)}</dd>`}
    <dt>Out</dt><dd>${isUnmeasured(entry) ? "costs nothing, and is not measured" : amount(entry.units_out, entry.unit_out)}</dd>
    <dt>Known how</dt><dd>${basisWords(entry.basis)}</dd>
    <dt>Cost</dt><dd><strong>${money(entry.cost_usd)}</strong></dd>
    <dt>Price</dt>
    <dd>
      ${entry.price === null
        ? html`unknown. An admin can set one: the costs of later calls are known then.`
        : html`${lines.map((line) => html`<div key=${line}>${line}</div>`)}<div class="quiet">${sourceWords(entry.price.source)}</div>`}
    </dd>
    <dt>Held</dt><dd>${entry.held_usd === 0 ? "nothing: no budget asked for it" : `${money(entry.held_usd)}, the most that it could have cost`}</dd>
    <dt>Counts into</dt>
    <dd>
      ${entry.charged.length === 0
        ? "no budget"
        : html`<a href="#/budgets">${entry.charged.length === 1 ? "1 budget" : `${entry.charged.length} budgets`}</a>`}
    </dd>
  </dl>`;
}

/**
 * Say whether only what goes in is measured, as for most tasks.
 * @param {import("./entry.js").Entry} entry
 */
function isUnmeasured({ unit_in: into, unit_out: out }) {
  return into !== null && out === null;
}
