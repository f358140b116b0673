import { get } from "../../lib/api.js";
import { duration, percent, time } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { isAdmin, isLead } from "../../lib/session.js";
import { useLoad } from "../../lib/state.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { CopyButton } from "../../parts/copy-button.js";
import { Empty, Loaded } from "../../parts/loaded.js";
import { Notice } from "../../parts/notice.js";
import { Page, Section } from "../../parts/page.js";
import { Money, Time } from "../../parts/values.js";
import { Attempts } from "./attempts.js";
import { Bodies } from "./bodies.js";
import { amount, amounts } from "../../lib/units.js";
import { failureWords, headersOf, idsOf, seconds, stateOf } from "./entry.js";
import { Asked } from "./asked.js";
import { Cost } from "./cost.js";
import { useNames } from "./use-names.js";

/** @typedef {import("./entry.js").Entry} Entry */

/**
 * One call in full.
 * @param {{ who: import("../../lib/session.js").Session, params: Record<string, string> }} props
 */
export default function Call({ who, params }) {
  const { id = "" } = params;
  const entry = useLoad((signal) => readEntry(who, id, signal), [id]);
  const names = useNames(who, entry.data ? idsOf(entry.data) : []);
  return html`<${Page}
    title="Call"
    intro=${html`<span class="call-id"><code>${id}</code><${CopyButton} text=${id} what="Copy the call's id" kind="quiet" /></span>`}
    actions=${html`<a class="button small" href="#/calls">All calls</a>`}
  >
    ${entry.error?.status === 404
      ? html`<${NotFound} onAgain=${entry.again} />`
      : html`<${Loaded} of=${entry} lines=${10}>
          ${(/** @type {Entry} */ data) => html`<${Whole} entry=${data} names=${names} who=${who} />`}
        </${Loaded}>`}
  </${Page}>`;
}

/** @param {{ onAgain: () => void }} props */
function NotFound({ onAgain }) {
  return html`<${Empty} title="There is no such call that you may see" actions=${html`<${Button} onClick=${onAgain}>Look again</${Button}>`}>
    It may be under way: a call appears when it has ended. Or it is deleted by now, or somebody else's.
  </${Empty}>`;
}

/** @param {{ entry: Entry, names: Map<string, string>, who: import("../../lib/session.js").Session }} props */
function Whole({ entry, names, who }) {
  return html`
    <${Outcome} entry=${entry} />
    <${Figures} entry=${entry} />
    <${Section} title="Attempts"><${Attempts} entry=${entry} /></${Section}>
    <div class="call-columns">
      <${Section} title="What was asked, and by whom"><${Asked} entry=${entry} names=${names} who=${who} /></${Section}>
      <${Section} title="Amounts and cost"><${Cost} entry=${entry} /></${Section}>
    </div>
    <${Section} title="Headers of the answer"><${Headers} entry=${entry} /></${Section}>
    ${isAdmin(who) && html`<${Section} title="Request and answer"><${Bodies} id=${entry.id} /></${Section}>`}
  `;
}

/** @param {{ entry: Entry }} props */
function Outcome({ entry }) {
  const { tone, label } = stateOf(entry.status);
  if (entry.status === "ok" && entry.error_code === null) {
    return html`<p class="call-outcome">
      <${Badge} tone=${tone}>${label}</${Badge}>
      ${entry.finish_reason && html`<span class="quiet">${finishWords(entry.finish_reason)}</span>`}
      <${Time} at=${entry.created_at} isFull />
    </p>`;
  }
  const words = entry.status === "cancelled" ? "The client left before the answer was complete." : failureWords(entry.error_code);
  return html`<${Notice} tone=${tone} title=${`${label}${entry.error_code ? `: ${entry.error_code}` : ""}.`}>
    ${words} <span class="quiet">${time(entry.created_at)}</span>
  </${Notice}>`;
}

/** @param {{ entry: Entry }} props */
function Figures({ entry }) {
  const cached = entry.cached_in && entry.units_in ? `${percent(entry.cached_in, entry.units_in)} from a cache` : "";
  const rate = rateOf(entry);
  return html`<dl class="call-figures">
    <${Figure} title="Cost" note=${entry.price ? "" : "no price is known"}><${Money} usd=${entry.cost_usd} isShort /></${Figure}>
    <${Figure} title=${(entry.unit_in ?? "token") === "token" ? "Tokens in → out" : "In → out"} note=${cached}>${amounts(entry)}</${Figure}>
    <${Figure} title="First token" note=${entry.status === "ok" && !entry.stream ? "the answer came whole" : ""}>${seconds(entry.ttft_ms)}</${Figure}>
    <${Figure} title="Time taken" note=${rate}>${duration(entry.latency_ms)}</${Figure}>
  </dl>`;
}

/** @param {{ title: string, note: string, children?: any }} props */
function Figure({ title, note, children }) {
  return html`<div><dt>${title}</dt><dd><span class="call-figure">${children}</span><span class="quiet small">${note}</span></dd></div>`;
}

/** @param {{ entry: Entry }} props */
function Headers({ entry }) {
  return html`
    <dl class="facts mono">${headersOf(entry).map(([name, value]) => html`<dt key=${name}>${name}</dt><dd>${value}</dd>`)}</dl>
    ${entry.stream &&
    html`<p class="quiet small">A stream tells its cost and attempts in a comment at its end, since both are not known when it begins.</p>`}
  `;
}

/** @param {string} reason */
function finishWords(reason) {
  const words = { stop: "to the end", length: "cut at the most tokens that were allowed", tool_calls: "with a call of a tool" };
  return words[/** @type {keyof typeof words} */ (reason)] ?? reason;
}

/** @param {Entry} entry */
function rateOf({ units_out: out, unit_out: unit, latency_ms: latency, ttft_ms: first, stream, tries }) {
  const ms = stream && first !== null ? latency - first : (tries.at(-1)?.latency_ms ?? latency);
  return unit === "token" && out !== null && out > 1 && ms > 0 ? `${amount(Math.round((1000 * out) / ms), "token")} a second` : "";
}

/**
 * Read the entry where it can be seen: among the calls of all, or among one's own.
 * @param {import("../../lib/session.js").Session} who
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Entry>}
 */
async function readEntry(who, id, signal) {
  const place = encodeURIComponent(id);
  const own = () => get(`v1/usage/entries/${place}`, {}, signal);
  if (!isAdmin(who) && !isLead(who)) {
    return own();
  }
  return get(`v1/admin/usage/entries/${place}`, {}, signal).catch((error) => {
    if (error.status !== 404 || isAdmin(who)) {
      throw error;
    }
    return own();
  });
}
