import { remove } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { cents, money } from "../../lib/format.js";
import { limitWords, scopeWords, spentWords } from "../../lib/words.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { ConfirmButton } from "../../parts/dialog.js";
import { PagedTable } from "../../parts/table.js";
import { LimitDialog } from "./limit-dialog.js";
import { Meter } from "./meter.js";
import { stateOf } from "./state.js";

/** @typedef {import("./reading.js").Named<import("./reading.js").BudgetRow>} Budget */
/** @typedef {import("./reading.js").Named<import("./reading.js").LimitRow>} Limit */

/** @type {import("../../parts/table.js").Column<Budget>[]} */
const BUDGET_COLUMNS = [
  { title: "Whose calls", cell: (budget) => scopeWords(budget, budget.name) },
  { title: "Spent", cell: (budget) => html`<${Spent} budget=${budget} />` },
  { title: "Held", cell: (budget) => cents(budget.held_usd), isNumber: true, isWide: true },
  { title: "Left", cell: (budget) => cents(budget.left_usd), isNumber: true, isWide: true },
];

/** @type {import("../../parts/table.js").Column<Limit>[]} */
const LIMIT_COLUMNS = [
  { title: "Whose calls", cell: (limit) => scopeWords(limit, limit.name) },
  { title: "At most", cell: limitWords },
];

/**
 * Budgets in plain words, each with a bar. A row leads to the budget.
 * @param {{ pages: import("../../lib/state.js").Pages<Budget>, ofOne?: boolean, empty: import("../../lib/html.js").Children }} props
 * `ofOne`: they are of what the page is about, and need not say whose they are.
 */
export function BudgetTable({ pages, ofOne, empty }) {
  return html`<${PagedTable}
    label="Budgets"
    pages=${pages}
    columns=${ofOne ? BUDGET_COLUMNS.slice(1) : BUDGET_COLUMNS}
    keyOf=${(/** @type {Budget} */ budget) => budget.id}
    hrefOf=${(/** @type {Budget} */ budget) => `#/budgets/${budget.id}`}
    empty=${empty}
  />`;
}

/** @param {{ budget: Budget }} props */
function Spent({ budget }) {
  const state = stateOf(budget);
  const left = `exactly ${money(budget.settled_usd)} spent, ${money(budget.held_usd)} held, ${money(budget.left_usd)} left`;
  return html`<div class="spent" title=${left}>
    <span>${spentWords(budget)} ${state && html`<${Badge} tone=${state.tone}>${state.words}</${Badge}>`}</span>
    <${Meter} budget=${budget} />
  </div>`;
}

/**
 * Limits in plain words; admins change and delete them where they stand.
 * @param {{ pages: import("../../lib/state.js").Pages<Limit>, canChange: boolean, ofOne?: boolean, empty: import("../../lib/html.js").Children }} props
 */
export function LimitTable({ pages, canChange, ofOne, empty }) {
  const [changed, setChanged] = useState(/** @type {Limit | null} */ (null));
  /** @type {import("../../parts/table.js").Column<Limit>[]} */
  const columns = ofOne ? LIMIT_COLUMNS.slice(1) : [...LIMIT_COLUMNS];
  if (canChange) {
    columns.push({
      title: "",
      cell: (limit) => html`<div class="row-actions">
        <${Button} isSmall onClick=${() => setChanged(limit)} label=${`Change the limit of ${scopeWords(limit, limit.name)}`}>Change</${Button}>
        <${DeleteLimit} limit=${limit} onDone=${pages.again} />
      </div>`,
    });
  }
  return html`
    <${PagedTable} label="Limits" pages=${pages} columns=${columns}
      keyOf=${(/** @type {Limit} */ limit) => limit.id} empty=${empty} />
    ${changed && html`<${LimitDialog} limit=${changed} onClose=${() => setChanged(null)} onDone=${pages.again} />`}
  `;
}

/** @param {{ limit: Limit, onDone: () => void }} props */
function DeleteLimit({ limit, onDone }) {
  const whose = scopeWords(limit, limit.name);
  const act = async () => {
    await remove(`v1/limits/${limit.id}`);
    onDone();
  };
  return html`<${ConfirmButton} label="Delete" title="Delete this limit?" isSmall kind="quiet" act=${act}>
    <p>${`${whose}: ${limitWords(limit)}. From then on, calls are not limited so any more.`}</p>
  </${ConfirmButton}>`;
}
