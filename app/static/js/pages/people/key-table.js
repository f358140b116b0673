import { get } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { usePages } from "../../lib/state.js";
import { Badge } from "../../parts/badge.js";
import { Empty } from "../../parts/loaded.js";
import { PagedTable } from "../../parts/table.js";
import { Time } from "../../parts/values.js";
import { hint, keyState, scopeWords } from "../keys/key.js";

/** @typedef {import("../keys/key.js").Key} Key */

/** @type {import("../../parts/table.js").Column<Key>[]} */
const COLUMNS = [
  { title: "Name", cell: (key) => key.name },
  { title: "Secret", cell: (key) => html`<code>${hint(key)}</code>`, isWide: true },
  { title: "May", cell: (key) => scopeWords(key.scopes), isWide: true },
  {
    title: "State",
    cell: (key) => {
      const { label, tone } = keyState(key);
      return html`<${Badge} tone=${tone}>${label}</${Badge}>`;
    },
  },
  { title: "Last used", cell: (key) => html`<${Time} at=${key.last_used_at} />` },
];

/**
 * The keys of a person, or those that are charged to a team.
 * @param {{ of: { user_id: string } | { team_id: string } }} props
 */
export function KeyTable({ of }) {
  const keys = usePages((after, signal) => get("v1/keys", { ...of, after, limit: 20 }, signal), Object.values(of));
  return html`<${PagedTable} label="Keys" pages=${keys} columns=${COLUMNS} keyOf=${(/** @type {Key} */ key) => key.id}
    hrefOf=${(/** @type {Key} */ key) => `#/keys/${key.id}`}
    empty=${html`<${Empty} title="No key yet">Programs call models with a key. Make one on the page Keys.</${Empty}>`} />`;
}
