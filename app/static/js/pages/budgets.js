import { html, useState } from "../lib/html.js";
import { goTo, hrefTo, replaceWith } from "../lib/router.js";
import { isAdmin } from "../lib/session.js";
import { usePages } from "../lib/state.js";
import { Button } from "../parts/button.js";
import { Empty } from "../parts/loaded.js";
import { Page, Section } from "../parts/page.js";
import { Tabs } from "../parts/tabs.js";
import { BudgetDialog } from "./budgets/budget-dialog.js";
import { LimitDialog } from "./budgets/limit-dialog.js";
import { readBudgets, readLimits } from "./budgets/reading.js";
import { BudgetTable, LimitTable } from "./budgets/tables.js";

const SCOPES = [
  { scope: "", label: "All" },
  { scope: "instance", label: "Everybody" },
  { scope: "team", label: "Teams" },
  { scope: "user", label: "Users" },
  { scope: "key", label: "Keys" },
];

/**
 * What may be spent and how much may be called: all of it for admins; for others what binds them.
 * @param {{ who: import("../lib/session.js").Session, query: Record<string, string> }} props
 */
export default function Budgets({ who, query }) {
  const canChange = isAdmin(who);
  const scope = SCOPES.some((one) => one.scope === query.scope) ? (query.scope ?? "") : "";
  const budgets = usePages((after, signal) => readBudgets({ scope }, after, signal), [scope]);
  const limits = usePages((after, signal) => readLimits({ scope }, after, signal), [scope]);
  const [made, setMade] = useState(query.new ?? "");
  const close = () => {
    setMade("");
    if (query.new) {
      replaceWith("budgets", { scope });
    }
  };
  const tabs = SCOPES.filter((one) => canChange || one.scope !== "instance").map((one) => ({
    label: one.label,
    href: hrefTo("budgets", { scope: one.scope }),
    isOpen: one.scope === scope,
  }));
  const intro = canChange
    ? "A budget says what may be spent, a limit how much may be called. A call must fit all that bind it."
    : "What your calls, your keys and your teams may spend, and how much they may call. Admins set it.";
  return html`<${Page} title="Budgets and limits" intro=${intro}>
    <${Tabs} label="Whose" tabs=${tabs} />
    <${Section} title="Budgets" actions=${canChange && html`<${Button} kind="primary" onClick=${() => setMade("budget")}>New budget</${Button}>`}>
      <${BudgetTable} pages=${budgets} empty=${html`<${NoBudget} canChange=${canChange} />`} />
    </${Section}>
    <${Section} title="Limits" actions=${canChange && html`<${Button} onClick=${() => setMade("limit")}>New limit</${Button}>`}>
      <${LimitTable} pages=${limits} canChange=${canChange} empty=${html`<${NoLimit} canChange=${canChange} />`} />
    </${Section}>
    ${canChange &&
    made === "budget" &&
    html`<${BudgetDialog} onClose=${close} onDone=${(/** @type {string} */ id) => goTo(`budgets/${id}`)} />`}
    ${canChange && made === "limit" && html`<${LimitDialog} onClose=${close} onDone=${limits.again} />`}
  </${Page}>`;
}

/** @param {{ canChange: boolean }} props */
function NoBudget({ canChange }) {
  return html`<${Empty} title="No budget here">
    ${canChange ? "Calls are counted and not stopped. A hard budget stops them before money is gone; a soft one tells." : "No budget binds your calls."}
  </${Empty}>`;
}

/** @param {{ canChange: boolean }} props */
function NoLimit({ canChange }) {
  return html`<${Empty} title="No limit here">
    ${canChange ? "A limit keeps one program from taking all: calls or tokens a minute, or calls at once." : "No limit binds your calls."}
  </${Empty}>`;
}
