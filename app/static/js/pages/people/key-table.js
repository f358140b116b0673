import { get } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { usePages } from "../../lib/state.js";
import { Badge } from "../../parts/badge.js";
import { Empty } from "../../parts/loaded.js";
import { PagedTable } from "../../parts/table.js";
import { Time } from "../../parts/values.js";
import { keyState } from "./words.js";

/** @typedef {{ id: string, name: string, prefix: string, last4: string, user_id: string | null, team_id: string | null,
 *   scopes: string[], revoked_at: string | null, expires_at: string | null, last_used_at: string | null }} Key */

/** @type {import("../../parts/table.js").Column<Key>[]} */
const COLUMNS = [
  { title: "Name", cell: (key) => key.name },
  { title: "Ends in", cell: (key) => html`<span class="mono">${`…${key.last4}`}</span>`, isWide: true },
  { title: "May", cell: (key) => key.scopes.map((scope) => (scope === "manage" ? "manage" : "call models")).join(", "), isWide: true },
  {
    title: "State",
    cell: (key) => {
      const { words, tone } = keyState(key);
      return html`<${Badge} tone=${tone}>${words}</${Badge}>`;
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
