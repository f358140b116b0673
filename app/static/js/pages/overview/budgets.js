import { get } from "../../lib/api.js";
import { money, plural } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { namesOf } from "../../lib/names.js";
import { isAdmin } from "../../lib/session.js";
import { useLoad } from "../../lib/state.js";
import { budgetTone, budgetWords, scopeWords, usedPart } from "../../lib/words.js";
import { ButtonLink } from "../../parts/button.js";
import { Empty, Loaded } from "../../parts/loaded.js";

const SHOWN = 8;

/** @typedef {import("../../lib/words.js").Budget} Budget */

/**
 * What is left of each budget, the fullest first.
 * @param {{ who: import("../../lib/session.js").Session }} props
 */
export function Budgets({ who }) {
  const budgets = useLoad((signal) => readBudgets(signal), []);
  return html`<${Loaded} of=${budgets} lines=${2}>
    ${(/** @type {Named} */ { shown, names, rest }) =>
      shown.length === 0
        ? html`<${NoBudgets} who=${who} />`
        : html`
            <ul class="budgets">
              ${shown.map((budget) => html`<${BudgetRow} key=${budget.id} budget=${budget} name=${names.get(budget.scope_id ?? "")} />`)}
            </ul>
            ${rest > 0 && html`<p class="note"><a href="#/budgets">${`${plural(rest, "budget")} more`}</a></p>`}
          `}
  </${Loaded}>`;
}

/** @param {{ budget: Budget, name?: string }} props */
function BudgetRow({ budget, name }) {
  const part = usedPart(budget);
  return html`<li>
    <strong>${scopeWords(budget, name)}</strong>
    <span title=${`exactly ${money(budget.left_usd)}`}>${budgetWords(budget)}</span>
    <div class=${`meter ${budgetTone(budget)}`} aria-hidden="true"><div style=${{ width: `${100 * part}%` }}></div></div>
  </li>`;
}

/** @param {{ who: import("../../lib/session.js").Session }} props */
function NoBudgets({ who }) {
  return isAdmin(who)
    ? html`<${Empty}
        title="No budget is set"
        actions=${html`<${ButtonLink} href="#/budgets">Set a budget</${ButtonLink}>`}
      >
        Calls are counted and not stopped. A budget stops them, or tells you, before money is gone.
      </${Empty}>`
    : html`<${Empty} title="No budget binds your calls" />`;
}

/** @typedef {{ shown: Budget[], names: Map<string, string>, rest: number }} Named */

/**
 * Read those that the caller sees: their own and their teams', or all.
 * @param {AbortSignal} signal
 * @returns {Promise<Named>}
 */
async function readBudgets(signal) {
  /** @type {{ data: Budget[] }} */
  const { data: all } = await get("v1/budgets", { limit: 100 }, signal);
  const shown = [...all].sort((one, other) => usedPart(other) - usedPart(one)).slice(0, SHOWN);
  const wanted = shown.flatMap(({ scope, scope_id: id }) =>
    scope === "instance" || id === null ? [] : [{ kind: scope, id }],
  );
  return { shown, names: await namesOf(wanted, signal), rest: all.length - shown.length };
}
