import { count, plural, time, utc } from "../../lib/format.js";
import { html, useState } from "../../lib/html.js";
import { replaceWith } from "../../lib/router.js";
import { isAdmin } from "../../lib/session.js";
import { amounts } from "../../lib/units.js";
import { Badge } from "../../parts/badge.js";
import { Button, ButtonLink } from "../../parts/button.js";
import { Empty, Skeleton } from "../../parts/loaded.js";
import { ErrorNotice } from "../../parts/notice.js";
import { Page } from "../../parts/page.js";
import { Table } from "../../parts/table.js";
import { Money } from "../../parts/values.js";
import { callerOf, failureWords, idsOf, moment, seconds, stateOf } from "./entry.js";
import { ExportButtons } from "./exports.js";
import { FilterBar } from "./filter-bar.js";
import { countOf, isLive, pathFor, questionOf } from "./filters.js";
import { useLive } from "./use-live.js";
import { useNames } from "./use-names.js";

/** @typedef {import("./entry.js").Entry} Entry */

/**
 * The calls, the newest first; new ones appear by themselves.
 * @param {{ who: import("../../lib/session.js").Session, query: import("./filters.js").Query }} props
 */
export default function Calls({ who, query }) {
  const [isPaused, setPaused] = useState(false);
  const path = pathFor(who, query);
  const canGrow = isLive(query);
  const live = useLive(path, () => questionOf(query), JSON.stringify(query), canGrow && !isPaused);
  const names = useNames(who, (live.list?.rows ?? []).flatMap(idsOf));
  return html`<${Page}
    title="Calls"
    intro=${introFor(who, path)}
    actions=${html`<${ExportButtons} path=${path} question=${() => questionOf(query)} />`}
  >
    <div class="calls">
      <${FilterBar} who=${who} query=${query}>
        ${canGrow && html`<${LiveLine} live=${live} isPaused=${isPaused} onPause=${() => setPaused(!isPaused)} />`}
      </${FilterBar}>
      <${ErrorNotice} error=${live.error} onAgain=${live.again} />
      ${live.list === undefined
        ? live.error === null && html`<${Skeleton} lines=${8} />`
        : html`<${Table} label="Calls" rows=${live.list.rows} columns=${columnsFor(names)} keyOf=${(/** @type {Entry} */ entry) => entry.id}
            hrefOf=${(/** @type {Entry} */ entry) => `#/calls/${encodeURIComponent(entry.id)}`} empty=${html`<${Nothing} query=${query} />`} />`}
      ${live.list?.hasMore && html`<div><${Button} isBusy=${live.isBusy} onClick=${live.more}>Load more</${Button}></div>`}
    </div>
  </${Page}>`;
}

/**
 * @param {import("../../lib/session.js").Session} who
 * @param {string} path
 */
function introFor(who, path) {
  if (isAdmin(who)) {
    return "Every call leaves one line here when it has ended.";
  }
  return path.startsWith("v1/admin") ? "The calls that your team is charged for." : "Your own calls, with your keys and in the browser.";
}

/** @param {{ live: import("./use-live.js").Live, isPaused: boolean, onPause: () => void }} props */
function LiveLine({ live, isPaused, onPause }) {
  return html`<div class="live">
    <span class=${`live-sign${isPaused ? "" : " on"}`} aria-hidden="true"></span>
    <span class="quiet">${isPaused ? "Paused" : "New calls appear by themselves"}</span>
    <${Button} kind="quiet" isSmall onClick=${onPause}>${isPaused ? "Go on" : "Pause"}</${Button}>
    ${live.waiting > 0 &&
    html`<span class="live-new"><${Button} kind="primary" isSmall isBusy=${live.isBusy} onClick=${live.showNew}>
      ${`Show ${plural(live.waiting, "new call")}`}
    </${Button}></span>`}
  </div>`;
}

/** @param {{ query: import("./filters.js").Query }} props */
function Nothing({ query }) {
  return countOf(query) > 0
    ? html`<${Empty} title="No call fits these filters"
        actions=${html`<${Button} onClick=${() => replaceWith("calls")}>Clear all filters</${Button}>`}>
        Calls appear once they have ended.
      </${Empty}>`
    : html`<${Empty} title="No calls yet"
        actions=${html`
          <${ButtonLink} kind="primary" href="#/chat">Try a model</${ButtonLink}>
          <${ButtonLink} href="#/keys">Make a key</${ButtonLink}>
        `}>
        They appear here as soon as they have ended: those of your programs, and those of the chat.
      </${Empty}>`;
}

/**
 * @param {Map<string, string>} names
 * @returns {import("../../parts/table.js").Column<Entry>[]}
 */
function columnsFor(names) {
  return [
    {
      title: "Time",
      cell: ({ created_at: at }) => html`<time datetime=${at} title=${`${time(at)} (${utc(at)})`}>${moment(at)}</time>`,
    },
    { title: "Model", cell: (entry) => html`<span class="call-model">${entry.model}</span>` },
    { title: "Who", cell: (entry) => html`<${Caller} entry=${entry} names=${names} />`, isWide: true },
    { title: "Status", cell: (entry) => html`<${Status} entry=${entry} />` },
    { title: "In → out", cell: (entry) => amounts(entry), isNumber: true, isWide: true },
    { title: "Cost", cell: (entry) => html`<${Money} usd=${entry.cost_usd} isShort />`, isNumber: true, isWide: true },
    { title: "First token", cell: (entry) => seconds(entry.ttft_ms), isNumber: true, isWide: true },
    { title: "Time taken", cell: (entry) => seconds(entry.latency_ms), isNumber: true, isWide: true },
    { title: "Attempts", cell: (entry) => count(entry.attempts), isNumber: true, isWide: true },
  ];
}

/** @param {{ entry: Entry, names: Map<string, string> }} props */
function Caller({ entry, names }) {
  const { first, second } = callerOf(entry, names);
  return html`<span class="call-who"><span>${first}</span><span class="quiet small">${second}</span></span>`;
}

/** @param {{ entry: Entry }} props */
function Status({ entry }) {
  const { tone, label } = stateOf(entry.status);
  return html`<span class="call-status" title=${failureWords(entry.error_code) || undefined}>
    <${Badge} tone=${tone}>${label}</${Badge}>
    ${entry.error_code && html`<span class="quiet small">${entry.error_code.split(/(?<=_)/).map((part) => html`${part}<wbr />`)}</span>`}
    <span class="call-narrow quiet small"><${Money} usd=${entry.cost_usd} isShort /></span>
  </span>`;
}
