import { count, money, plural, shortCount, shortMoney } from "../../lib/format.js";
import { html, useMemo } from "../../lib/html.js";
import { Chart } from "../../parts/chart.js";
import { Section } from "../../parts/page.js";

const HOURS = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAYS = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/**
 * Calls and cost over time.
 * @param {{ range: import("./report.js").Range, points: import("./report.js").Point[] }} props
 */
export function Charts({ range, points }) {
  const times = useMemo(() => points.map((point) => Date.parse(point.start) / 1000), [points]);
  const calls = useMemo(
    () => [
      { label: "Calls", values: points.map((point) => point.calls), color: "--accent" },
      { label: "Errors", values: points.map((point) => point.calls_by_status.error), color: "--bad" },
    ],
    [points],
  );
  const costs = useMemo(
    () => [{ label: "Cost", values: points.map((point) => point.cost_usd), color: "--accent" }],
    [points],
  );
  const timeFormat = range.interval === "day" ? DAYS : HOURS;
  const most = points.reduce((top, point) => (point.calls > top.calls ? point : top));
  const dearest = points.reduce((top, point) => ((point.cost_usd ?? 0) > (top.cost_usd ?? 0) ? point : top));
  const at = (/** @type {import("./report.js").Point} */ point) => timeFormat.format(new Date(point.start));
  return html`<div class="charts">
    <${Section} title="Calls">
      <p class="note">${range.chart}</p>
      <${Chart} times=${times} series=${calls} isWhole format=${(/** @type {number} */ value) => shortCount(value)} timeFormat=${timeFormat}
        summary=${`Calls, ${range.chart}: most at ${at(most)}, ${plural(most.calls, "call")}, of them ${count(most.calls_by_status.error)} failed.`} />
    </${Section}>
    <${Section} title="Cost">
      <p class="note">${range.chart}</p>
      <${Chart} times=${times} series=${costs} format=${(/** @type {number} */ value) => shortMoney(value)} timeFormat=${timeFormat}
        summary=${`Cost, ${range.chart}: most at ${at(dearest)}, ${money(dearest.cost_usd ?? 0)}.`} />
    </${Section}>
  </div>`;
}
