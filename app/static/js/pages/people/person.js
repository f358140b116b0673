import { get, patch, post, remove } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { goTo, hrefTo } from "../../lib/router.js";
import { useLoad, usePages } from "../../lib/state.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { ConfirmButton } from "../../parts/dialog.js";
import { Empty, Loaded } from "../../parts/loaded.js";
import { Page, Section } from "../../parts/page.js";
import { PagedTable } from "../../parts/table.js";
import { Time } from "../../parts/values.js";
import { Bound } from "../budgets/bound.js";
import { KeyTable } from "./key-table.js";
import { ToldOnce } from "./told-once.js";
import { UserDialog } from "./user-dialog.js";
import { deletionWords } from "./words.js";

/** @typedef {import("./words.js").User} User */
/** @typedef {import("./words.js").Membership} Membership */

/** @type {import("../../parts/table.js").Column<Membership>[]} */
const TEAM_COLUMNS = [
  { title: "Team", cell: (one) => one.team_name },
  { title: "Role in it", cell: (one) => (one.role === "lead" ? html`<${Badge} tone="accent">Lead</${Badge}>` : html`<${Badge}>Member</${Badge}>`) },
  { title: "Since", cell: (one) => html`<${Time} at=${one.created_at} />` },
];

/**
 * One person: what they may do, their teams, keys, budgets and limits.
 * @param {{ params: Record<string, string> }} props
 */
export default function Person({ params }) {
  const id = params.id ?? "";
  const found = useLoad((signal) => get(`v1/users/${encodeURIComponent(id)}`, {}, signal), [id]);
  const user = /** @type {User | undefined} */ (found.data);
  const [isOpen, setOpen] = useState(false);
  return html`<${Page} title=${user?.name ?? "Person"} actions=${user && html`<${Actions} user=${user} onChange=${found.set} onEdit=${() => setOpen(true)} />`}>
    <${Loaded} of=${found} lines=${6}>
      ${(/** @type {User} */ shown) => html`<${Facts} user=${shown} />`}
    </${Loaded}>
    ${user &&
    html`
      <${Section} title="Teams"><${Teams} id=${id} /></${Section}>
      <${Section} title="Keys"><${KeyTable} of=${{ user_id: id }} /></${Section}>
      <${Bound} whose=${{ scope: "user", id, name: user.name }} canChange />
      <${Delete} user=${user} />
    `}
    ${isOpen && html`<${UserDialog} user=${user} onClose=${() => setOpen(false)} onDone=${found.set} />`}
  </${Page}>`;
}

/** @param {{ user: User }} props */
function Facts({ user }) {
  return html`<dl class="facts">
    <dt>E-mail</dt><dd>${user.email}</dd>
    <dt>Role</dt><dd>${user.role === "admin" ? "Admin: everything" : "Member"}</dd>
    <dt>State</dt>
    <dd>${user.disabled_at ? html`<${Badge} tone="warn">Disabled</${Badge}> since <${Time} at=${user.disabled_at} />` : html`<${Badge} tone="good">Enabled</${Badge}>`}</dd>
    <dt>Password</dt><dd>${user.has_password ? "set" : "none: they sign in with a link"}</dd>
    <dt>Made</dt><dd><${Time} at=${user.created_at} isFull /></dd>
    <dt>Id</dt><dd class="mono">${user.id}</dd>
    <dt>Audit log</dt>
    <dd><a href=${hrefTo("audit-log", { actor: user.id })}>what they did</a>, <a href=${hrefTo("audit-log", { object: user.id })}>what was done to them</a></dd>
    <dt>Calls</dt><dd><a href=${hrefTo("calls", { user_id: user.id })}>their calls</a></dd>
  </dl>`;
}

/** @param {{ user: User, onChange: (user: User) => void, onEdit: () => void }} props */
function Actions({ user, onChange, onEdit }) {
  const path = `v1/users/${user.id}`;
  const getLink = async () => (await post("v1/admin/sign-in-links", { user_id: user.id })).url;
  const getPassword = async () => (await post(`${path}/reset-password`)).password;
  const setDisabled = async (/** @type {boolean} */ disabled) => onChange(await patch(path, { disabled }));
  return html`
    <${Button} onClick=${onEdit}>Change</${Button}>
    ${user.disabled_at
      ? html`<${ConfirmButton} label="Enable" title=${`Enable ${user.name}?`} kind="plain" act=${() => setDisabled(false)}>
          <p>They can sign in again. Their old keys stay revoked: they need new ones.</p>
        </${ConfirmButton}>`
      : html`
          <${ToldOnce} label="Sign-in link" title=${`A link for ${user.name}`} what="link" get=${getLink}
            note="It works once, within 15 minutes, and until the gateway stops. Give it to nobody else.">
            <p>Whoever opens the link is signed in as ${user.name}, once. It is written down in the audit log.</p>
          </${ToldOnce}>
          <${ToldOnce} label="New password" title=${`A new password for ${user.name}`} what="password" get=${getPassword}
            onDone=${() => onChange({ ...user, has_password: true })} note="They sign in with it and their e-mail address, and can change it then.">
            <p>${user.name} is signed out everywhere, and the old password, if there was one, stops working.</p>
          </${ToldOnce}>
          <${ConfirmButton} label="Disable" title=${`Disable ${user.name}?`} act=${() => setDisabled(true)}>
            <p>They are signed out, and their own keys are revoked for good: programs that use them stop. Enabled again, they need new keys.</p>
          </${ConfirmButton}>
        `}
  `;
}

/** @param {{ id: string }} props */
function Teams({ id }) {
  const path = `v1/users/${encodeURIComponent(id)}/teams`;
  const teams = usePages((after, signal) => get(path, { after, limit: 20 }, signal), [id]);
  return html`<${PagedTable} label="Teams" pages=${teams} columns=${TEAM_COLUMNS}
    keyOf=${(/** @type {Membership} */ one) => one.team_id} hrefOf=${(/** @type {Membership} */ one) => `#/teams/${one.team_id}`}
    empty=${html`<${Empty} title="In no team">Add them on the page of a team.</${Empty}>`} />`;
}

/** @param {{ user: User }} props */
function Delete({ user }) {
  const act = async () => {
    await remove(`v1/users/${user.id}`);
    goTo("people");
  };
  return html`<${Section} title="Delete">
    <p class="quiet">${deletionWords(user)}</p>
    <div><${ConfirmButton} label="Delete this person" verb="Delete" title=${`Delete ${user.name}?`} act=${act}><p>${deletionWords(user)}</p></${ConfirmButton}></div>
  </${Section}>`;
}
