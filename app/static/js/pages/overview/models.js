import { columnMoney, count, duration, money, percent } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { hrefTo } from "../../lib/router.js";
import { kindsOf } from "../../lib/units.js";
import { Section } from "../../parts/page.js";
import { Table } from "../../parts/table.js";

const SHOWN = 8;

/** @typedef {import("./report.js").Group} Group */

/**
 * @param {(usd: number | null) => string} cost
 * @returns {import("../../parts/table.js").Column<Group>[]}
 */
const columnsWith = (cost) => [
  { title: "Model", cell: (group) => group.value ?? "no model" },
  { title: "Calls", cell: (group) => count(group.calls), isNumber: true },
  { title: "Errors", cell: (group) => percent(group.calls_by_status.error, group.calls), isNumber: true, isWide: true },
  { title: "Used", cell: (group) => kindsOf(group).join(", "), isNumber: true, isWide: true },
  { title: "Median latency", cell: (group) => duration(group.latency_ms?.p50), isNumber: true, isWide: true },
  { title: "Cost", cell: (group) => html`<span title=${money(group.cost_usd)}>${cost(group.cost_usd)}</span>`, isNumber: true },
];

/**
 * The models that cost most, or are called most.
 * @param {{ groups: Group[] }} props
 */
export function Models({ groups }) {
  const shown = groups.slice(0, SHOWN);
  const rest = groups.length - shown.length;
  return html`<${Section} title="Models">
    <${Table}
      label="Models"
      columns=${columnsWith(columnMoney(shown.map(({ cost_usd: cost }) => cost)))}
      rows=${shown}
      keyOf=${(/** @type {Group} */ group) => group.value ?? ""}
      hrefOf=${(/** @type {Group} */ group) => (group.value === null ? undefined : hrefTo("calls", { model: group.value }))}
    />
    ${rest > 0 && html`<p class="note">${`and ${count(rest)} more that cost less`}</p>`}
  </${Section}>`;
}
