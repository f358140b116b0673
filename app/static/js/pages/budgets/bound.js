import { html, useState } from "../../lib/html.js";
import { usePages } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { Empty } from "../../parts/loaded.js";
import { Section } from "../../parts/page.js";
import { BudgetDialog } from "./budget-dialog.js";
import { LimitDialog } from "./limit-dialog.js";
import { readBudgets, readLimits } from "./reading.js";
import { BudgetTable, LimitTable } from "./tables.js";

/**
 * The budgets and limits of one team, user or key; admins make and change them here.
 * @param {{ whose: import("./scope-fields.js").Whose, canChange: boolean }} props
 */
export function Bound({ whose, canChange }) {
  const wanted = { scope: whose.scope, scope_id: whose.id };
  const budgets = usePages((after, signal) => readBudgets(wanted, after, signal), [whose.id]);
  const limits = usePages((after, signal) => readLimits(wanted, after, signal), [whose.id]);
  const [made, setMade] = useState("");
  const close = () => setMade("");
  const button = (/** @type {string} */ what) => canChange && html`<${Button} isSmall onClick=${() => setMade(what)}>${`New ${what}`}</${Button}>`;
  const own = whose.scope === "user" ? "of their own" : "of its own";
  const others = `Those of the whole gateway bind all calls${whose.scope === "team" ? "" : ", and so do those of the team that is charged"}.`;
  const hasLimit = (limits.rows ?? []).length > 0;
  return html`
    <${Section} title="Budgets" actions=${button("budget")}>
      <${BudgetTable} ofOne pages=${budgets} empty=${html`<${Empty} title=${`No budget ${own}`}>${others}</${Empty}>`} />
    </${Section}>
    <${Section} title="Limits" actions=${!hasLimit && button("limit")}>
      <${LimitTable} ofOne pages=${limits} canChange=${canChange} empty=${html`<${Empty} title=${`No limit ${own}`}>${others}</${Empty}>`} />
    </${Section}>
    ${made === "budget" && html`<${BudgetDialog} whose=${whose} onClose=${close} onDone=${budgets.again} />`}
    ${made === "limit" && html`<${LimitDialog} whose=${whose} onClose=${close} onDone=${limits.again} />`}
  `;
}
