import { get } from "../lib/api.js";
import { html } from "../lib/html.js";
import { hrefTo, replaceWith } from "../lib/router.js";
import { useLoad, usePages } from "../lib/state.js";
import { SelectField, TextField } from "../parts/field.js";
import { Empty } from "../parts/loaded.js";
import { Page } from "../parts/page.js";
import { PagedTable } from "../parts/table.js";
import { Time } from "../parts/values.js";
import { dayStart } from "./audit/address.js";
import { readNames } from "./audit/names.js";
import { ACTIONS, actionWords, actorName, differences, differenceWords, objectName, placeWords } from "./audit/words.js";

/** @typedef {import("./audit/words.js").Row} Row */

const ANY = { value: "", label: "Anything" };
const OPTIONS = [ANY, ...Object.entries(ACTIONS).map(([value, words]) => ({ value, label: `${value.replace(/[._]/g, " ")} (${words.replace(/:$/, "")})` }))];

/**
 * Who did what to whom, newest first.
 * @param {{ query: Record<string, string> }} props
 */
export default function AuditLog({ query }) {
  const { actor, action, object, from, to } = query;
  const names = useLoad(readNames, []);
  const rows = usePages(
    (after, signal) =>
      get("v1/admin/audit-log", { actor, action, object, since: dayStart(from), until: dayStart(to, 1), after, limit: 50 }, signal),
    [actor, action, object, from, to],
  );
  const known = names.data ?? new Map();
  const set = (/** @type {Record<string, string>} */ change) => replaceWith("audit-log", { ...query, ...change });
  /** @type {import("../parts/table.js").Column<Row>[]} */
  const columns = [
    { title: "When", cell: (row) => html`<${Time} at=${row.at} />` },
    { title: "Who", cell: (row) => html`<span class="actor">${actorName(row.actor)}</span>` },
    { title: "What", cell: (row) => whatOf(row, known) },
    { title: "Difference", cell: (row) => html`<span class="difference">${differenceWords(differences(row, known))}</span>`, isWide: true },
  ];
  return html`<${Page} title="Audit log" intro="Every change of people, keys, money and models, and every sign-in. Nothing here can be changed or deleted.">
    <div class="filters" role="search" aria-label="Filters">
      <${SelectField} label="What was done" options=${OPTIONS} value=${action ?? ""} onInput=${(/** @type {string} */ value) => set({ action: value })} />
      <${TextField} label="From" type="date" value=${from ?? ""} onInput=${(/** @type {string} */ value) => set({ from: value })} />
      <${TextField} label="To" type="date" value=${to ?? ""} onInput=${(/** @type {string} */ value) => set({ to: value })} />
    </div>
    <${Chosen} label="Done by" id=${actor} names=${known} href=${hrefTo("audit-log", { ...query, actor: "" })} />
    <${Chosen} label="Done to" id=${object} names=${known} href=${hrefTo("audit-log", { ...query, object: "" })} />
    <${PagedTable} label="Audit log" pages=${rows} columns=${columns} keyOf=${(/** @type {Row} */ row) => row.id}
      hrefOf=${(/** @type {Row} */ row) => `#/audit-log/${row.id}`}
      empty=${html`<${Empty} title="No such change" actions=${html`<a class="button" href="#/audit-log">Show everything</a>`}>
        Nothing fits these filters.
      </${Empty}>`} />
  </${Page}>`;
}

/**
 * A filter that an address brought, and the way to be rid of it.
 * @param {{ label: string, id?: string, names: Map<string, string>, href: string }} props
 */
function Chosen({ label, id, names, href }) {
  return id
    ? html`<p>${`${label} `}<strong>${names.get(id) ?? id}</strong>${" "}<a href=${href}>show all</a></p>`
    : null;
}

/**
 * @param {Row} row
 * @param {Map<string, string>} names
 */
function whatOf(row, names) {
  return html`${actionWords(row.action)} <strong>${objectName(row, names)}</strong> ${placeWords(row, names)}`;
}
