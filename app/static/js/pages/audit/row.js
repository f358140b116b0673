import { get } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { hrefTo } from "../../lib/router.js";
import { useLoad } from "../../lib/state.js";
import { Empty, Loaded } from "../../parts/loaded.js";
import { Page, Section } from "../../parts/page.js";
import { Table } from "../../parts/table.js";
import { Time } from "../../parts/values.js";
import { placeOfObject } from "./address.js";
import { readNames } from "./names.js";
import { actionWords, actorName, differences, objectName, placeWords } from "./words.js";

/** @typedef {import("./words.js").Row} Row */
/** @typedef {import("./words.js").Difference} Difference */

const KINDS = /** @type {Record<string, string>} */ ({
  service: "a key of a team",
  bootstrap: "METERHOUSE_ADMIN_KEY",
  operator: "a command on the gateway's machine",
  system: "the gateway itself",
});

/** @type {import("../../parts/table.js").Column<Difference>[]} */
const COLUMNS = [
  { title: "What", cell: (one) => one.name },
  { title: "Before", cell: (one) => (one.before === null ? html`<span class="quiet">not there</span>` : html`<del>${one.before}</del>`) },
  { title: "After", cell: (one) => (one.after === null ? html`<span class="quiet">not there</span>` : html`<ins>${one.after}</ins>`) },
];

/**
 * One change, with all that is known of it.
 * @param {{ params: Record<string, string> }} props
 */
export default function AuditRow({ params }) {
  const id = params.id ?? "";
  const row = useLoad((signal) => get(`v1/admin/audit-log/${encodeURIComponent(id)}`, {}, signal), [id]);
  const names = useLoad(readNames, []);
  return html`<${Page} title="A change" actions=${html`<a class="button" href="#/audit-log">The whole log</a>`}>
    <${Loaded} of=${row} lines=${6}>${(/** @type {Row} */ shown) => html`<${Facts} row=${shown} names=${names.data ?? new Map()} />`}</${Loaded}>
  </${Page}>`;
}

/** @param {{ row: Row, names: Map<string, string> }} props */
function Facts({ row, names }) {
  const found = differences(row, names);
  const name = objectName(row, names);
  const href = placeOfObject(row.object);
  return html`
    <p class="budget-words">${actorName(row.actor)} ${actionWords(row.action)} ${href ? html`<a href=${href}>${name}</a>` : name} ${placeWords(row, names)}</p>
    <${Section} title="Difference">
      <${Table} label="Difference" columns=${COLUMNS} rows=${found} keyOf=${(/** @type {Difference} */ one) => one.name}
        empty=${html`<${Empty} title="It says nothing more">What was done is all that is written down of it.</${Empty}>`} />
    </${Section}>
    <dl class="facts">
      <dt>When</dt><dd><${Time} at=${row.at} isFull /></dd>
      <dt>Who</dt><dd><a href=${hrefTo("audit-log", { actor: row.actor.id })}>${actorName(row.actor)}</a>${KINDS[row.actor.kind] && `, ${KINDS[row.actor.kind]}`}</dd>
      ${row.actor.key_id && html`<dt>With the key</dt><dd><a class="mono" href=${`#/keys/${row.actor.key_id}`}>${row.actor.key_id}</a></dd>`}
      <dt>From</dt><dd>${row.from_ip ?? "unknown"}</dd>
      <dt>Action</dt><dd class="mono">${row.action}</dd>
      <dt>Object</dt><dd class="mono"><a href=${hrefTo("audit-log", { object: row.object.id })}>${row.object.id}</a></dd>
      <dt>Request</dt><dd class="mono">${row.request_id ?? "none"}</dd>
      <dt>Id</dt><dd class="mono">${row.id}</dd>
    </dl>
  `;
}
