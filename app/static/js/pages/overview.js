import { html, useEffect } from "../lib/html.js";
import { hrefTo } from "../lib/router.js";
import { isAdmin } from "../lib/session.js";
import { useLoad } from "../lib/state.js";
import { ButtonLink } from "../parts/button.js";
import { Empty, Loaded } from "../parts/loaded.js";
import { Page, Section } from "../parts/page.js";
import { Tabs } from "../parts/tabs.js";
import { Budgets } from "./overview/budgets.js";
import { Charts } from "./overview/charts.js";
import { Models } from "./overview/models.js";
import { Numbers } from "./overview/numbers.js";
import { RANGES, rangeOf, readReport } from "./overview/report.js";

const AGAIN_MS = 60_000;

/**
 * How it goes: calls, money, errors and speed, and what is left of each budget.
 * @param {{ who: import("../lib/session.js").Session, query: Record<string, string> }} props
 */
export default function Overview({ who, query }) {
  const range = rangeOf(query.range);
  const report = useLoad((signal) => readReport(range, isAdmin(who), signal), [range]);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && report.again(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [report.again]);
  const tabs = Object.values(RANGES).map(({ name, label }) => ({
    label,
    href: hrefTo("overview", { range: name }),
    isOpen: name === range.name,
  }));
  return html`<${Page} title="Overview" intro=${isAdmin(who) ? "All calls through this gateway." : "Your own calls."}>
    <${Tabs} label="Period" tabs=${tabs} />
    <${Loaded} of=${report} lines=${6}>
      ${(/** @type {import("./overview/report.js").Report} */ data) =>
        data.totals.calls === 0
          ? html`<${Quiet} range=${range} />`
          : html`
              <${Numbers} totals=${data.totals} />
              <${Charts} range=${range} points=${data.points} />
              <${Models} groups=${data.models} />
            `}
    </${Loaded}>
    <${Section} title="Budgets"><${Budgets} who=${who} /></${Section}>
  </${Page}>`;
}

/** @param {{ range: import("./overview/report.js").Range }} props */
function Quiet({ range }) {
  return html`<${Empty}
    title=${`No calls in the last ${range.name}`}
    actions=${html`<${ButtonLink} kind="primary" href="#/chat">Try a model</${ButtonLink}>`}
  >
    They appear here as soon as they have ended: those of your programs, and those of the chat.
  </${Empty}>`;
}
