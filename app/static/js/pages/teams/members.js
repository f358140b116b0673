import { get, patch, post, remove } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction, usePages } from "../../lib/state.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { ConfirmButton, Dialog } from "../../parts/dialog.js";
import { Form, SelectField, TextField, errorFor } from "../../parts/field.js";
import { Empty } from "../../parts/loaded.js";
import { ErrorNotice } from "../../parts/notice.js";
import { Section } from "../../parts/page.js";
import { PagedTable } from "../../parts/table.js";
import { Time } from "../../parts/values.js";
import { TEAM_ROLES } from "../people/words.js";

/** @typedef {{ team_id: string, user_id: string, name: string, role: "lead" | "member", created_at: string }} Member */

/**
 * Who is in a team; leads and admins add, change and remove them.
 * @param {{ teamId: string, canChange: boolean, ofAdmin: boolean }} props
 */
export function Members({ teamId, canChange, ofAdmin }) {
  const path = `v1/teams/${encodeURIComponent(teamId)}/members`;
  const members = usePages((after, signal) => get(path, { after, limit: 50 }, signal), [teamId]);
  const [isOpen, setOpen] = useState(false);
  /** @type {import("../../parts/table.js").Column<Member>[]} */
  const columns = [
    { title: "Name", cell: (one) => (ofAdmin ? html`<a href=${`#/people/${one.user_id}`}>${one.name}</a>` : one.name) },
    { title: "Role", cell: (one) => (one.role === "lead" ? html`<${Badge} tone="accent">Lead</${Badge}>` : html`<${Badge}>Member</${Badge}>`) },
    { title: "Since", cell: (one) => html`<${Time} at=${one.created_at} />`, isWide: true },
  ];
  if (canChange) {
    columns.push({ title: "", cell: (one) => html`<${MemberActions} member=${one} path=${path} onDone=${members.again} />` });
  }
  return html`<${Section} title="Members" actions=${canChange && html`<${Button} isSmall onClick=${() => setOpen(true)}>Add somebody</${Button}>`}>
    <${PagedTable} label="Members" pages=${members} columns=${columns} keyOf=${(/** @type {Member} */ one) => one.user_id}
      empty=${html`<${Empty} title="Nobody is in this team yet">Its own keys work without anybody in it.</${Empty}>`} />
    ${isOpen && html`<${AddDialog} path=${path} onClose=${() => setOpen(false)} onDone=${members.again} />`}
  </${Section}>`;
}

/** @param {{ member: Member, path: string, onDone: () => void }} props */
function MemberActions({ member, path, onDone }) {
  const action = useAction();
  const isLead = member.role === "lead";
  const place = `${path}/${encodeURIComponent(member.user_id)}`;
  const setRole = () =>
    action.run(async () => {
      await patch(place, { role: isLead ? "member" : "lead" });
      onDone();
    });
  const act = async () => {
    await remove(place);
    onDone();
  };
  return html`
    <div class="row-actions">
      <${Button} isSmall isBusy=${action.isBusy} onClick=${setRole}>${isLead ? "Make a member" : "Make a lead"}</${Button}>
      <${ConfirmButton} label="Remove" title=${`Remove ${member.name} from the team?`} isSmall kind="quiet" act=${act}>
        <p>Their keys that are charged to this team are revoked for good: programs that use them stop. What they used stays in the ledger.</p>
      </${ConfirmButton}>
    </div>
    <${ErrorNotice} error=${action.error} />
  `;
}

/** @param {{ path: string, onClose: () => void, onDone: () => void }} props */
function AddDialog({ path, onClose, onDone }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState("member");
  const action = useAction();
  const submit = async () => {
    if (await action.run(() => post(path, { email, role }))) {
      onDone();
      onClose();
    }
  };
  const isNamed = ["email", "role"].includes(action.error?.param ?? "");
  return html`<${Dialog} title="Add somebody to the team" onClose=${onClose}>
    <${Form} onSubmit=${submit} label="Member">
      <${ErrorNotice} error=${isNamed ? null : action.error} />
      <${TextField} label="E-mail" type="email" required autocomplete="off" hint="Of somebody who is on this gateway already." value=${email} onInput=${setEmail}
        error=${errorFor(action.error, "email")} />
      <${SelectField} label="Role in the team" options=${TEAM_ROLES} value=${role} onInput=${setRole} error=${errorFor(action.error, "role")} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>Add</${Button}>
      </div>
    </${Form}>
  </${Dialog}>`;
}
