import { html, useEffect } from "../../lib/html.js";
import { MOST, readList } from "../../lib/lists.js";
import { useLoad } from "../../lib/state.js";
import { errorFor, SelectField } from "../../parts/field.js";
import { ErrorNotice, Notice } from "../../parts/notice.js";

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
 * @typedef {{ value: string, label: string, name: string }} Option
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
  const found = useLoad((signal) => readOptions(scope, signal), [scope]);
  const known = found.data?.options ?? [];
  const options = [{ value: "", label: found.data ? `Choose a ${scope}` : "Loading…" }, ...known];
  const choose = (/** @type {string} */ id) => {
    const name = known.find(({ value }) => value === id)?.name;
    onChange({ scope, id: name === undefined ? "" : id, name: name ?? "" });
  };
  useEffect(() => {
    if (found.data && whose.id !== "") {
      choose(whose.id); // chosen by an address, which knows no name
    }
  }, [found.data]);
  return html`
    <${ErrorNotice} error=${found.error} onAgain=${found.again} />
    <${SelectField} label=${`Which ${scope}`} required options=${options} value=${whose.id} onInput=${choose}
      error=${errorFor(error, "scope_id")} />
    ${found.data?.isCut && html`<${Notice} tone="warn">${`These are the newest ${MOST}. Others have it on their own page.`}</${Notice}>`}
  `;
}

/**
 * Read those that can be chosen. Keys that are revoked cannot, and of a key and those that follow it
 * there is the newest.
 * @param {keyof typeof LISTS} scope
 * @param {AbortSignal} signal
 * @returns {Promise<{ options: Option[], isCut: boolean }>}
 */
async function readOptions(scope, signal) {
  const found = await readList(LISTS[scope], signal);
  /** @type {Map<string, Option>} */
  const options = new Map();
  for (const one of found.filter(({ revoked_at: revoked }) => !revoked)) {
    const value = String(one.lineage_id ?? one.id);
    options.set(value, options.get(value) ?? { value, name: String(one.name), label: labelOf(one) });
  }
  const sorted = [...options.values()].sort((one, other) => one.label.localeCompare(other.label));
  return { options: sorted, isCut: found.length >= MOST };
}

/** @param {any} one */
function labelOf(one) {
  if (one.email !== undefined) {
    return `${one.name} (${one.email})`;
  }
  return one.last4 === undefined ? one.name : `${one.name} (…${one.last4})`;
}
