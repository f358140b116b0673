import { get } from "../lib/api.js";
import { html, useState } from "../lib/html.js";
import { goTo } from "../lib/router.js";
import { usePages } from "../lib/state.js";
import { Badge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { Page } from "../parts/page.js";
import { PagedTable } from "../parts/table.js";
import { Time } from "../parts/values.js";
import { UserDialog } from "./people/user-dialog.js";

/** @typedef {import("./people/words.js").User} User */

/** @type {import("../parts/table.js").Column<import("./people/words.js").Listed>[]} */
const COLUMNS = [
  { title: "Name", cell: (user) => html`${user.name}<span class="under">${brokenAtSign(user.email)}</span>` },
  { title: "Role", cell: (user) => (user.role === "admin" ? html`<${Badge} tone="accent">Admin</${Badge}>` : html`<${Badge}>Member</${Badge}>`) },
  {
    title: "State",
    cell: (user) => (user.disabled_at ? html`<${Badge} tone="warn">Disabled</${Badge}>` : html`<${Badge} tone="good">Enabled</${Badge}>`),
  },
  {
    title: "Teams",
    cell: ({ teams }) =>
      teams.length === 0
        ? html`<span class="quiet">none</span>`
        : teams.map(({ name, role }) => (role === "lead" ? `${name} (lead)` : name)).join(", "),
    isWide: true,
  },
  { title: "Password", cell: (user) => (user.has_password ? "set" : html`<span class="quiet">none</span>`), isWide: true },
  { title: "Made", cell: (user) => html`<${Time} at=${user.created_at} />`, isWide: true },
];

/**
 * Let a long address go on in the next line where a reader would.
 * @param {string} email
 */
function brokenAtSign(email) {
  const at = email.lastIndexOf("@") + 1;
  return html`${email.slice(0, at)}<wbr />${email.slice(at)}`;
}

/** Everybody who may use this gateway. */
export default function People() {
  const users = usePages((after, signal) => get("v1/users", { after, limit: 50 }, signal), []);
  const [isOpen, setOpen] = useState(false);
  return html`<${Page}
    title="People"
    intro="Who may use this gateway. Teams share keys and budgets; a person may be in several."
    actions=${html`<${Button} kind="primary" onClick=${() => setOpen(true)}>New person</${Button}>`}
  >
    <${PagedTable} label="People" pages=${users} columns=${COLUMNS}
      keyOf=${(/** @type {User} */ user) => user.id} hrefOf=${(/** @type {User} */ user) => `#/people/${user.id}`} />
    ${isOpen && html`<${UserDialog} onClose=${() => setOpen(false)} onDone=${(/** @type {User} */ user) => goTo(`people/${user.id}`)} />`}
  </${Page}>`;
}
