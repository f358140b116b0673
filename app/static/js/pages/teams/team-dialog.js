import { patch, post } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Form, TextField, errorFor } from "../../parts/field.js";
import { ErrorNotice } from "../../parts/notice.js";

/**
 * Makes a team, or renames the one that is given.
 * @param {{ team?: { id: string, name: string }, onClose: () => void, onDone: (team: any) => void }} props
 */
export function TeamDialog({ team, onClose, onDone }) {
  const [name, setName] = useState(team?.name ?? "");
  const action = useAction();
  const submit = async () => {
    const done = await action.run(async () => onDone(team ? await patch(`v1/teams/${team.id}`, { name }) : await post("v1/teams", { name })));
    if (done) {
      onClose();
    }
  };
  return html`<${Dialog} title=${team ? "Rename the team" : "New team"} onClose=${onClose}>
    <${Form} onSubmit=${submit} label="Team">
      <${ErrorNotice} error=${action.error?.param === "name" ? null : action.error} />
      <${TextField} label="Name" required maxlength="80" autocomplete="off" value=${name} onInput=${setName} error=${errorFor(action.error, "name")} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>${team ? "Save" : "Make the team"}</${Button}>
      </div>
    </${Form}>
  </${Dialog}>`;
}
