import { count, duration, percent, plural, shortCount } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { othersOf } from "../../lib/units.js";
import { Money } from "../../parts/values.js";

/**
 * The sums of the period, side by side.
 * @param {{ totals: import("./report.js").Sums }} props
 */
export function Numbers({ totals }) {
  const { error, cancelled } = totals.calls_by_status;
  const others = othersOf(totals);
  return html`<dl class="numbers">
    <${Number} title="Calls" value=${count(totals.calls)}>
      ${cancelled > 0 ? `${plural(cancelled, "call")} left by the client` : `${count(totals.calls_by_status.ok)} answered`}
    </${Number}>
    <${Number} title="Cost" value=${html`<${Money} usd=${totals.cost_usd} isShort />`}>${costNote(totals)}</${Number}>
    <${Number} title="Errors" value=${count(error)} tone=${error > 0 ? "bad" : ""}>
      ${`${percent(error, totals.calls)} of the calls`}
    </${Number}>
    <${Number} title="Median latency" value=${duration(totals.latency_ms?.p50)}>
      ${`95 % within ${duration(totals.latency_ms?.p95)}`}
    </${Number}>
    <${Number} title="Median time to first token" value=${totals.ttft_ms ? duration(totals.ttft_ms.p50) : "–"}>
      ${totals.ttft_ms ? `95 % within ${duration(totals.ttft_ms.p95)}` : "no call was streamed"}
    </${Number}>
    <${Number} title="Tokens" value=${shortCount(totals.units_in + totals.units_out)}>
      ${`${shortCount(totals.units_in)} in, ${shortCount(totals.units_out)} out`}
    </${Number}>
  </dl>
  ${others.length > 0 && html`<p class="note">${`Tasks besides: ${others.map(([kind, words]) => `${kind} ${words}`).join("; ")}.`}</p>`}`;
}

/** @param {import("./report.js").Sums} totals */
function costNote({ cost_usd: cost, calls_without_cost: unknown }) {
  if (cost === null) {
    return "no price is known";
  }
  return unknown === 0 ? "by the prices in force" : `${plural(unknown, "call")} without a price not in it`;
}

/**
 * @param {{ title: string, value: import("../../lib/html.js").Children, tone?: string,
 *   children?: import("../../lib/html.js").Children }} props
 */
function Number({ title, value, tone = "", children }) {
  return html`<div>
    <dt>${title}</dt>
    <dd class=${`figure ${tone}`}>${value}</dd>
    <dd class="note">${children}</dd>
  </div>`;
}
