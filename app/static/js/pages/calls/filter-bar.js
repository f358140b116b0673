// What narrows the list down. Each choice goes into the address, so that a link shows the same.

import { html, useEffect, useId, useState } from "../../lib/html.js";
import { readList } from "../../lib/lists.js";
import { replaceWith } from "../../lib/router.js";
import { isAdmin, isLead } from "../../lib/session.js";
import { useLoad } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { SelectField, TextField } from "../../parts/field.js";
import { tasksOf } from "../models/listed.js";
import { RANGES, STATUSES, changed, countOf, localOf, momentOf } from "./filters.js";

/**
 * @typedef {import("../../lib/session.js").Session} Session
 * @typedef {import("./filters.js").Query} Query
 * @typedef {{ value: string, label: string }} Option
 * @typedef {{ people: Option[], keys: Option[], teams: Option[], models: string[], tasks: string[] }} Choices
 */

const FURTHER = /** @type {const} */ (["user_id", "key_id", "upstream", "tag", "task"]);
const BETWEEN = "between";

/**
 * @param {{ who: Session, query: Query, children?: import("../../lib/html.js").Children }} props
 * `children` stand at the end of its last line.
 */
export function FilterBar({ who, query, children }) {
  const choices = useLoad((signal) => readChoices(who, signal), []);
  const [isOpen, setOpen] = useState(false);
  const isFurther = FURTHER.some((name) => query[name] !== undefined);
  const { teams = [], models = [] } = choices.data ?? {};
  const set = (/** @type {Query} */ changes) => replaceWith("calls", changed(query, changes));
  const isNarrowed = countOf(query) > 0;
  return html`<form class="filters" aria-label="Filters" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <div class="filter-row">
      <${TimeFilter} query=${query} set=${set} />
      <${SelectField} label="Status" value=${query.status ?? ""} options=${[{ value: "", label: "Any" }, ...STATUSES]}
        onInput=${(/** @type {string} */ status) => set({ status })} />
      <${TypedField} label="Model" value=${query.model} among=${models} onChange=${(/** @type {string} */ model) => set({ model })} />
      ${teams.length > 0 &&
      html`<${SelectField} label=${teamLabel(who)} value=${query.team_id ?? ""} options=${teamOptions(who, teams, query)}
        onInput=${(/** @type {string} */ id) => set({ team_id: id, user_id: isAdmin(who) ? query.user_id : "" })} />`}
    </div>
    ${(isOpen || isFurther) && html`<${FurtherFilters} who=${who} query=${query} set=${set} choices=${choices.data} />`}
    <div class="filter-ends">
      ${!isFurther &&
      html`<button type="button" class="button quiet small" aria-expanded=${isOpen ? "true" : "false"} onClick=${() => setOpen(!isOpen)}>
        ${isOpen ? "Fewer filters" : "More filters"}
      </button>`}
      ${isNarrowed && html`<${Button} kind="quiet" isSmall onClick=${() => replaceWith("calls")}>Clear all</${Button}>`}
      ${children}
    </div>
  </form>`;
}

/** @param {{ who: Session, query: Query, set: (changes: Query) => void, choices?: Choices }} props */
function FurtherFilters({ who, query, set, choices }) {
  const seesOthers = isAdmin(who) || isLead(who, query.team_id ?? "");
  const { people = [], keys = [], tasks = [] } = choices ?? {};
  return html`<div class="filter-row">
    ${seesOthers &&
    html`<${SelectField} label="Person" value=${query.user_id ?? ""} options=${withChosen(people, query.user_id)}
      onInput=${(/** @type {string} */ id) => set({ user_id: id })} />`}
    <${SelectField} label="Key" value=${query.key_id ?? ""} options=${withChosen(keys, query.key_id)}
      onInput=${(/** @type {string} */ id) => set({ key_id: id })} />
    <${TypedField} label="Upstream" value=${query.upstream} onChange=${(/** @type {string} */ upstream) => set({ upstream })} />
    <${TypedField} label="Tag" value=${query.tag} placeholder="name=value" onChange=${(/** @type {string} */ tag) => set({ tag })} />
    <${TypedField} label="Task" value=${query.task} among=${tasks} onChange=${(/** @type {string} */ task) => set({ task })} />
  </div>`;
}

/** @param {{ query: Query, set: (changes: Query) => void }} props */
function TimeFilter({ query, set }) {
  const isBetween = query.range === BETWEEN || query.since !== undefined || query.until !== undefined;
  const options = [{ value: "", label: "Any time" }, ...RANGES, { value: BETWEEN, label: "Between …" }];
  return html`
    <${SelectField} label="Time" value=${isBetween ? BETWEEN : (query.range ?? "")} options=${options}
      onInput=${(/** @type {string} */ range) => set({ range, since: "", until: "" })} />
    ${isBetween &&
    html`
      <${MomentField} label="From" value=${query.since} onChange=${(/** @type {string | undefined} */ since) => set({ range: BETWEEN, since })} />
      <${MomentField} label="To" value=${query.until} onChange=${(/** @type {string | undefined} */ until) => set({ range: BETWEEN, until })} />
    `}
  `;
}

/** @param {{ label: string, value?: string, onChange: (moment: string | undefined) => void }} props */
function MomentField({ label, value, onChange }) {
  return html`<${TextField} label=${label} type="datetime-local" value=${localOf(value)} onInput=${() => {}}
    onChange=${(/** @type {any} */ event) => onChange(momentOf(event.currentTarget.value))} />`;
}

/**
 * A text that counts once it is complete: at Enter, and when the field is left.
 * @param {{ label: string, value?: string, onChange: (value: string) => void, among?: string[], placeholder?: string }} props
 */
function TypedField({ label, value = "", onChange, among, placeholder }) {
  const id = useId();
  const [draft, setDraft] = useState(value);
  useEffect(() => setDraft(value), [value]);
  const commit = () => draft.trim() !== value && onChange(draft.trim());
  return html`
    <${TextField} label=${label} value=${draft} onInput=${setDraft} onChange=${commit} placeholder=${placeholder}
      list=${among && id} autocomplete="off" spellcheck="false" />
    ${among && html`<datalist id=${id}>${among.map((one) => html`<option key=${one} value=${one}></option>`)}</datalist>`}
  `;
}

/** @param {Session} who */
function teamLabel(who) {
  return isAdmin(who) ? "Team" : isLead(who) ? "Whose" : "Charged to";
}

/**
 * @param {Session} who
 * @param {Option[]} teams
 * @param {Query} query
 * @returns {Option[]}
 */
function teamOptions(who, teams, query) {
  const [first = { value: "", label: "Any" }, ...rest] = withChosen(teams, query.team_id);
  return isAdmin(who) || !isLead(who) ? [first, ...rest] : [{ value: "", label: "My own calls" }, ...rest];
}

/**
 * Put "any" first, and what the address names where the list does not have it.
 * @param {Option[]} options
 * @param {string | undefined} chosen
 * @returns {Option[]}
 */
function withChosen(options, chosen) {
  const isMissing = chosen !== undefined && options.every(({ value }) => value !== chosen);
  return [{ value: "", label: "Any" }, ...options, ...(isMissing ? [{ value: chosen, label: chosen }] : [])];
}

/**
 * Read what can be chosen from. A lead's teams are those that they lead, a member's those that they are in.
 * @param {Session} who
 * @param {AbortSignal} signal
 * @returns {Promise<Choices>}
 */
async function readChoices(who, signal) {
  const seesOthers = isAdmin(who) || isLead(who);
  const led = who.teams.filter((team) => team.role === "lead");
  const [people, keys, teams, models] = await Promise.all([
    seesOthers ? readList("v1/users", signal) : [],
    readList("v1/keys", signal),
    isAdmin(who) ? readList("v1/teams", signal) : isLead(who) ? led : who.teams,
    readList("v1/models", signal).catch(() => []),
  ]);
  return {
    people: people.map(optionOf),
    keys: [{ value: "session", label: "None: in the browser" }, ...keys.map(optionOf)],
    teams: teams.map(optionOf),
    models: models.map((model) => model.id),
    tasks: tasksOf(models),
  };
}

/**
 * @param {{ id: string, name: string }} one
 * @returns {Option}
 */
function optionOf({ id, name }) {
  return { value: id, label: name };
}
