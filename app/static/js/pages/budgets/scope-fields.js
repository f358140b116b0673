import { get } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useLoad } from "../../lib/state.js";
import { errorFor, SelectField } from "../../parts/field.js";
import { ErrorNotice, Notice } from "../../parts/notice.js";

const MOST = 500;
const LISTS = /** @type {const} */ ({ team: "v1/teams", user: "v1/users", key: "v1/keys" });

/** @type {{ value: Scope, label: string }[]} */
const SCOPES = [
  { value: "instance", label: "Everybody: all calls of this gateway" },
  { value: "team", label: "A team" },
  { value: "user", label: "A user" },
  { value: "key", label: "A key" },
];

/**
 * @typedef {import("../../lib/words.js").Budget["scope"]} Scope
 * @typedef {{ scope: Scope, id: string, name: string }} Whose What is chosen; the id is empty until it is.
 */

/**
 * Whose calls are meant: everybody's, or those of one that there is.
 * @param {{ whose: Whose, onChange: (whose: Whose) => void, error: import("../../lib/api.js").ApiError | null }} props
 */
export function ScopeFields({ whose, onChange, error }) {
  const { scope } = whose;
  const choose = (/** @type {string} */ value) => onChange({ scope: /** @type {Scope} */ (value), id: "", name: "" });
  return html`
    <${SelectField} label="Whose calls" options=${SCOPES} value=${scope} onInput=${choose} error=${errorFor(error, "scope")} />
    ${scope !== "instance" && html`<${Choice} key=${scope} scope=${scope} whose=${whose} onChange=${onChange} error=${error} />`}
  `;
}

/** @param {{ scope: keyof typeof LISTS, whose: Whose, onChange: (whose: Whose) => void, error: import("../../lib/api.js").ApiError | null }} props */
function Choice({ scope, whose, onChange, error }) {
  const found = useLoad((signal) => readAll(scope, signal), [scope]);
  const rows = found.data?.rows ?? [];
  const options = [{ value: "", label: found.data ? `Choose a ${scope}` : "Loading…" }, ...rows];
  const choose = (/** @type {string} */ id) =>
    onChange({ scope, id, name: rows.find(({ value }) => value === id)?.name ?? "" });
  return html`
    <${ErrorNotice} error=${found.error} onAgain=${found.again} />
    <${SelectField} label=${`Which ${scope}`} required options=${options} value=${whose.id} onInput=${choose}
      error=${errorFor(error, "scope_id")} />
    ${found.data?.isCut && html`<${Notice} tone="warn">${`These are the newest ${MOST}. Others have it on their own page.`}</${Notice}>`}
  `;
}

/**
 * Read those that can be chosen. Keys that are revoked cannot.
 * @param {keyof typeof LISTS} scope
 * @param {AbortSignal} signal
 */
async function readAll(scope, signal) {
  /** @type {any[]} */
  const found = [];
  let page = { has_more: true, last_id: /** @type {string | null} */ (null) };
  while (page.has_more && found.length < MOST) {
    const read = await get(LISTS[scope], { limit: 100, after: page.last_id }, signal);
    found.push(...read.data);
    page = read;
  }
  const rows = found
    .filter((one) => !one.revoked_at)
    .map((one) => ({ value: String(one.id), name: String(one.name), label: labelOf(one) }))
    .sort((one, other) => one.label.localeCompare(other.label));
  return { rows, isCut: page.has_more };
}

/** @param {any} one */
function labelOf(one) {
  if (one.email !== undefined) {
    return `${one.name} (${one.email})`;
  }
  return one.last4 === undefined ? one.name : `${one.name} (…${one.last4})`;
}
