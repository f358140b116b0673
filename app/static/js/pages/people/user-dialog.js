import { patch, post } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Form, SelectField, TextField, errorFor } from "../../parts/field.js";
import { ErrorNotice } from "../../parts/notice.js";
import { ROLES } from "./words.js";

const NAMED = ["name", "email", "role"];

/**
 * Makes a person, or changes the one that is given.
 * @param {{ user?: import("./words.js").User, onClose: () => void, onDone: (user: import("./words.js").User) => void }} props
 */
export function UserDialog({ user, onClose, onDone }) {
  const [wish, setWish] = useState(() => ({ name: user?.name ?? "", email: user?.email ?? "", role: user?.role ?? "member" }));
  const action = useAction();
  const field = (/** @type {keyof typeof wish} */ name) => ({
    value: wish[name],
    onInput: (/** @type {any} */ text) => setWish((before) => ({ ...before, [name]: text })),
    error: errorFor(action.error, name),
  });
  const submit = async () => {
    const done = await action.run(async () => onDone(user ? await patch(`v1/users/${user.id}`, wish) : await post("v1/users", wish)));
    if (done) {
      onClose();
    }
  };
  return html`<${Dialog} title=${user ? "Change this person" : "New person"} onClose=${onClose}>
    <${Form} onSubmit=${submit} label="Person">
      <${ErrorNotice} error=${NAMED.includes(action.error?.param ?? "") ? null : action.error} />
      <${TextField} label="Name" required maxlength="120" autocomplete="off" ...${field("name")} />
      <${TextField} label="E-mail" type="email" required maxlength="254" autocomplete="off" hint="They sign in with it. Nothing is sent to it." ...${field("email")} />
      <${SelectField} label="Role" options=${ROLES} ...${field("role")} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>${user ? "Save" : "Make the person"}</${Button}>
      </div>
    </${Form}>
  </${Dialog}>`;
}
