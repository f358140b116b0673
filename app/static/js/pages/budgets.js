import { html, useState } from "../lib/html.js";
import { namesOf } from "../lib/names.js";
import { goTo, hrefTo, replaceWith } from "../lib/router.js";
import { isAdmin } from "../lib/session.js";
import { useLoad, usePages } from "../lib/state.js";
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
  const one = scope === "" || scope === "instance" ? "" : (query.scope_id ?? "");
  const wanted = { scope, scope_id: one };
  const budgets = usePages((after, signal) => readBudgets(wanted, after, signal), [scope, one]);
  const limits = usePages((after, signal) => readLimits(wanted, after, signal), [scope, one]);
  const [made, setMade] = useState(query.new ?? "");
  const close = () => {
    setMade("");
    if (query.new) {
      replaceWith("budgets", wanted);
    }
  };
  const tabs = SCOPES.filter((one) => canChange || one.scope !== "instance").map((one) => ({
    label: one.label,
    href: hrefTo("budgets", { scope: one.scope }),
    isOpen: one.scope === scope,
  }));
  const first = scope === "" ? undefined : { scope: /** @type {import("./budgets/scope-fields.js").Scope} */ (scope), id: one, name: "" };
  const intro = canChange
    ? "A budget says what may be spent, a limit how much may be called. A call must fit all that bind it."
    : "What your calls, your keys and your teams may spend, and how much they may call. Admins set it.";
  return html`<${Page} title="Budgets and limits" intro=${intro}>
    <${Tabs} label="Whose" tabs=${tabs} />
    ${one && html`<${Only} of=${wanted} />`}
    <${Section} title="Budgets" actions=${canChange && html`<${Button} kind="primary" onClick=${() => setMade("budget")}>New budget</${Button}>`}>
      <${BudgetTable} pages=${budgets} empty=${html`<${NoBudget} canChange=${canChange} />`} />
    </${Section}>
    <${Section} title="Limits" actions=${canChange && html`<${Button} onClick=${() => setMade("limit")}>New limit</${Button}>`}>
      <${LimitTable} pages=${limits} canChange=${canChange} empty=${html`<${NoLimit} canChange=${canChange} />`} />
    </${Section}>
    ${canChange &&
    made === "budget" &&
    html`<${BudgetDialog} first=${first} onClose=${close} onDone=${(/** @type {string} */ id) => goTo(`budgets/${id}`)} />`}
    ${canChange && made === "limit" && html`<${LimitDialog} first=${first} onClose=${close} onDone=${limits.again} />`}
  </${Page}>`;
}

/**
 * Whose they are, where the address names one, and the way to all.
 * @param {{ of: { scope: string, scope_id: string } }} props
 */
function Only({ of: { scope, scope_id: id } }) {
  const kind = /** @type {import("../lib/names.js").Kind} */ (scope);
  const names = useLoad((signal) => namesOf([{ kind, id }], signal), [id]);
  return html`<p>${`Those of ${scope} `}<strong>${names.data?.get(id) ?? id}</strong>${" "}<a href=${hrefTo("budgets", { scope })}>show all</a></p>`;
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
