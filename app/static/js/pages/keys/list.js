import { get } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { hrefTo, replaceWith } from "../../lib/router.js";
import { isAdmin, isLead } from "../../lib/session.js";
import { usePages } from "../../lib/state.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { SelectField } from "../../parts/field.js";
import { Empty } from "../../parts/loaded.js";
import { Page } from "../../parts/page.js";
import { PagedTable } from "../../parts/table.js";
import { Time } from "../../parts/values.js";
import { useNames } from "../calls/use-names.js";
import { hint, keyState, modelWords, ownerWords, scopeWords } from "./key.js";
import { useOwners } from "./owners.js";
import { MakeKey } from "./make.js";

/** @typedef {import("./key.js").Key} Key */

/**
 * The keys that somebody sees: their own, their teams' where they lead, all for admins.
 * @param {{ who: import("../../lib/session.js").Session, query: Record<string, string> }} props
 */
export default function Keys({ who, query }) {
  const [isMaking, setMaking] = useState(false);
  const { team_id: teamId, user_id: userId } = query;
  const keys = usePages(
    (after, signal) => get("v1/keys", { after, limit: 50, team_id: teamId, user_id: userId }, signal),
    [teamId, userId],
  );
  const names = useNames(who, (keys.rows ?? []).flatMap(ownersOf));
  const seesOthers = isAdmin(who) || isLead(who);
  return html`<${Page}
    title="Keys"
    intro="A program names itself to the gateway by a key. Its secret is shown once, when the key is made."
    actions=${html`<${Button} kind="primary" onClick=${() => setMaking(true)}>Make a key</${Button}>`}
  >
    ${seesOthers && html`<${Filters} who=${who} query=${query} />`}
    <${PagedTable} label="Keys" pages=${keys} columns=${columnsFor(names)} keyOf=${(/** @type {Key} */ key) => key.id}
      hrefOf=${(/** @type {Key} */ key) => `#/keys/${encodeURIComponent(key.id)}`}
      empty=${html`<${Nothing} isNarrowed=${Boolean(teamId || userId)} onMake=${() => setMaking(true)} />`} />
    ${isMaking && html`<${MakeKey} who=${who} onClose=${() => setMaking(false)} onMade=${keys.again} />`}
  </${Page}>`;
}

/** @param {{ who: import("../../lib/session.js").Session, query: Record<string, string> }} props */
function Filters({ who, query }) {
  const { people, teams } = useOwners(who);
  const select = (/** @type {string} */ name, /** @type {string} */ label, /** @type {{ value: string, label: string }[]} */ options) =>
    html`<${SelectField} label=${label} value=${query[name] ?? ""} options=${[{ value: "", label: "Any" }, ...options]}
      onInput=${(/** @type {string} */ id) => replaceWith("keys", { ...query, [name]: id })} />`;
  return html`<div class="key-filters">
    ${people.length > 0 && select("user_id", "Person", people)} ${teams.length > 0 && select("team_id", "Team", teams)}
  </div>`;
}

/** @param {{ isNarrowed: boolean, onMake: () => void }} props */
function Nothing({ isNarrowed, onMake }) {
  return isNarrowed
    ? html`<${Empty} title="No key of theirs" actions=${html`<a class="button" href=${hrefTo("keys")}>All keys</a>`} />`
    : html`<${Empty} title="No keys yet" actions=${html`<${Button} onClick=${onMake}>Make a key</${Button}>`}>
        A key lets a program call models with any client of OpenAI or Hugging Face.
      </${Empty}>`;
}

/**
 * @param {Map<string, string>} names
 * @returns {import("../../parts/table.js").Column<Key>[]}
 */
function columnsFor(names) {
  return [
    { title: "Name", cell: (key) => html`<span class="key-name">${key.name}</span>` },
    { title: "Secret", cell: (key) => html`<code class="key-short">${hint(key)}</code>`, isWide: true },
    { title: "Whose", cell: (key) => html`<${Whose} of=${key} names=${names} />`, isWide: true },
    { title: "May", cell: (key) => scopeWords(key.scopes), isWide: true },
    { title: "Models", cell: (key) => html`<span class="key-models">${modelWords(key.allowed_models)}</span>`, isWide: true },
    { title: "Last used", cell: (key) => html`<${Time} at=${key.last_used_at} none="not yet" />` },
    { title: "Ends", cell: (key) => html`<${Time} at=${key.expires_at} />`, isWide: true },
    { title: "State", cell: (key) => html`<${State} of=${key} />` },
  ];
}

/** @param {{ of: Key, names: Map<string, string> }} props */
function Whose({ of: key, names }) {
  const team = key.team_id !== null && key.user_id !== null ? `charged to ${names.get(key.team_id) ?? key.team_id}` : "";
  return html`<span class="key-whose"><span>${ownerWords(key, names)}</span>${team && html`<span class="quiet small">${team}</span>`}</span>`;
}

/** @param {{ of: Key }} props */
function State({ of }) {
  const { tone, label } = keyState(of);
  return html`<${Badge} tone=${tone}>${label}</${Badge}>`;
}

/**
 * @param {Key} key
 * @returns {{ kind: "user" | "team", id: string }[]}
 */
function ownersOf({ user_id: user, team_id: team }) {
  return [
    ...(user === null ? [] : [{ kind: /** @type {const} */ ("user"), id: user }]),
    ...(team === null ? [] : [{ kind: /** @type {const} */ ("team"), id: team }]),
  ];
}
