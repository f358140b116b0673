import { readList } from "../lib/lists.js";
import { plural } from "../lib/format.js";
import { html } from "../lib/html.js";
import { replaceWith } from "../lib/router.js";
import { useLoad } from "../lib/state.js";
import { SelectField, TextField } from "../parts/field.js";
import { Empty, Loaded } from "../parts/loaded.js";
import { Page } from "../parts/page.js";
import { Table } from "../parts/table.js";
import { UNKNOWN, placeOf, routeOf, shownOf, tasksOf } from "./models/listed.js";

const MOST_SHOWN = 100;

/**
 * @typedef {import("./models/listed.js").Model} Model
 * @typedef {import("./models/listed.js").Query} Query
 */

/** @type {import("../parts/table.js").Column<Model>[]} */
const COLUMNS = [
  { title: "Model", cell: (model) => model.id },
  { title: "Task", cell: (model) => (model.tasks.length > 0 ? model.tasks.join(", ") : html`<span class="quiet">nobody says</span>`) },
  { title: "From", cell: (model) => model.owned_by, isWide: true },
  { title: "Programs ask at", cell: (model) => html`<code>${routeOf(model)}</code>`, isWide: true },
];

/**
 * The models that somebody may call, and what each does.
 * @param {{ query: Query }} props
 */
export default function Models({ query }) {
  const models = useLoad((signal) => readList("v1/models", signal), []);
  return html`<${Page} title="Models" intro="The models that you may call. A model that an upstream does not list may answer all the same.">
    <${Loaded} of=${models} lines=${8}>
      ${(/** @type {Model[]} */ data) => html`<${Listed} models=${data} query=${query} />`}
    </${Loaded}>
  </${Page}>`;
}

/** @param {{ models: Model[], query: Query }} props */
function Listed({ models, query }) {
  const tasks = tasksOf(models);
  const chosen = query.task === undefined || query.task === UNKNOWN || tasks.includes(query.task) ? [] : [query.task];
  const options = [
    { value: "", label: "Any" },
    ...[...tasks, ...chosen].map((task) => ({ value: task, label: task })),
    { value: UNKNOWN, label: "Nobody says" },
  ];
  const set = (/** @type {Query} */ changes) => {
    const wanted = Object.entries({ ...query, ...changes }).filter(([, value]) => value);
    replaceWith("models", Object.fromEntries(wanted));
  };
  const shown = shownOf(models, query);
  return html`
    <form class="model-filters" aria-label="Filters" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <${TextField} label="Name" value=${query.q ?? ""} onInput=${(/** @type {string} */ q) => set({ q })} autocomplete="off" spellcheck="false" />
      <${SelectField} label="Task" value=${query.task ?? ""} options=${options} onInput=${(/** @type {string} */ task) => set({ task })} />
    </form>
    <${Table} label="Models" columns=${COLUMNS} rows=${shown.slice(0, MOST_SHOWN)} keyOf=${(/** @type {Model} */ model) => model.id}
      hrefOf=${placeOf} empty=${html`<${Empty} title=${models.length > 0 ? "No model fits" : "No model is listed"} />`} />
    ${shown.length > MOST_SHOWN && html`<p class="quiet small">${`${plural(shown.length - MOST_SHOWN, "more model")}: type a part of the name`}</p>`}
  `;
}
