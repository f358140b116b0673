import { get, remove } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { isAdmin } from "../../lib/session.js";
import { useLoad, usePages } from "../../lib/state.js";
import { budgetPromise, budgetWords, scopeWords } from "../../lib/words.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { ConfirmButton } from "../../parts/dialog.js";
import { Empty, Loaded } from "../../parts/loaded.js";
import { Notice } from "../../parts/notice.js";
import { Page, Section } from "../../parts/page.js";
import { PagedTable } from "../../parts/table.js";
import { Money, Time } from "../../parts/values.js";
import { BudgetDialog } from "./budget-dialog.js";
import { Meter } from "./meter.js";
import { readBudget } from "./reading.js";
import { callOf, eventWords } from "./state.js";

/** @typedef {import("./tables.js").Budget} Budget */
/** @typedef {import("./state.js").BudgetEvent} BudgetEvent */

/** @type {import("../../parts/table.js").Column<BudgetEvent>[]} */
const EVENT_COLUMNS = [
  { title: "When", cell: (event) => html`<${Time} at=${event.at} />` },
  {
    title: "What",
    cell: (event) => {
      const call = callOf(event);
      return html`${eventWords(event)}${call && html` <a href=${`#/calls/${call}`}>the call</a>`}`;
    },
  },
];

/**
 * One budget: what is spent, held and left of it, what it does, and what happened to it.
 * @param {{ who: import("../../lib/session.js").Session, params: Record<string, string> }} props
 */
export default function BudgetPage({ who, params }) {
  const id = params.id ?? "";
  const found = useLoad((signal) => readBudget(id, signal), [id]);
  const [isOpen, setOpen] = useState(false);
  const budget = found.data;
  const canChange = isAdmin(who) && budget !== undefined && budget.archived_at === null;
  const actions = canChange && html`
    <${Button} onClick=${() => setOpen(true)}>Change</${Button}>
    <${Archive} budget=${budget} onDone=${found.again} />
  `;
  const title = budget ? `Budget: ${scopeWords(budget, budget.name)}` : "Budget";
  return html`<${Page} title=${title} actions=${actions} intro=${budget && budgetPromise(budget, budget.name)}>
    <${Loaded} of=${found} lines=${6}>
      ${(/** @type {Budget} */ shown) => html`<${Numbers} budget=${shown} />`}
    </${Loaded}>
    ${budget && html`<${Events} id=${id} />`}
    ${isOpen && html`<${BudgetDialog} budget=${budget} onClose=${() => setOpen(false)} onDone=${found.again} />`}
  </${Page}>`;
}

/** @param {{ budget: Budget }} props */
function Numbers({ budget }) {
  return html`
    ${budget.overshoot_usd > 0 &&
    html`<${Notice} tone="bad" title="The cap was exceeded">
      ${" by "}<${Money} usd=${budget.overshoot_usd} />: it was lowered, or an upstream billed above its own bound.
    </${Notice}>`}
    <div class="card budget-card">
      <p class="budget-words">${budgetWords(budget)} ${budget.archived_at && html`<${Badge}>Archived</${Badge}>`}</p>
      <${Meter} budget=${budget} />
      <dl class="amounts">
        <div><dt>Spent</dt><dd><${Money} usd=${budget.settled_usd} /></dd></div>
        <div><dt>Held by running calls</dt><dd><${Money} usd=${budget.held_usd} /></dd></div>
        <div><dt>Left</dt><dd><${Money} usd=${budget.left_usd} /></dd></div>
        <div><dt>Budget</dt><dd><${Money} usd=${budget.cap_usd} /></dd></div>
      </dl>
    </div>
    <dl class="facts">
      <dt>Counts since</dt><dd><${Time} at=${budget.starts_at} isFull /></dd>
      <dt>Begins anew</dt><dd><${Time} at=${budget.resets_at} isFull /></dd>
      <dt>Time zone</dt><dd>${budget.time_zone}</dd>
      <dt>Made</dt><dd><${Time} at=${budget.created_at} isFull /></dd>
      ${budget.archived_at && html`<dt>Archived</dt><dd><${Time} at=${budget.archived_at} isFull /></dd>`}
      <dt>Id</dt><dd class="mono">${budget.id}</dd>
    </dl>
  `;
}

/** @param {{ budget: Budget, onDone: () => void }} props */
function Archive({ budget, onDone }) {
  const act = async () => {
    await remove(`v1/budgets/${budget.id}`);
    onDone();
  };
  return html`<${ConfirmButton} label="Archive" title="Archive this budget?" act=${act}>
    <p>${`${scopeWords(budget, budget.name)}: it binds nobody any more. Its numbers stay at this address. It cannot be taken back; you can make another.`}</p>
  </${ConfirmButton}>`;
}

/** @param {{ id: string }} props */
function Events({ id }) {
  const path = `v1/budgets/${encodeURIComponent(id)}/events`;
  const events = usePages((after, signal) => get(path, { after, limit: 20 }, signal), [id]);
  return html`<${Section} title="What happened">
    <${PagedTable} label="What happened" pages=${events} columns=${EVENT_COLUMNS}
      keyOf=${(/** @type {BudgetEvent} */ event) => event.id}
      empty=${html`<${Empty} title="Nothing yet">Alerts appear here, and calls that cost more than the budget had.</${Empty}>`} />
  </${Section}>`;
}
