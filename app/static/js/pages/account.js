import { html, useState } from "../lib/html.js";
import { isAdmin, setPassword } from "../lib/session.js";
import { useAction } from "../lib/state.js";
import { Button } from "../parts/button.js";
import { Form, TextField, errorFor } from "../parts/field.js";
import { ErrorNotice, Notice } from "../parts/notice.js";
import { Page, Section } from "../parts/page.js";

const FIELDS = ["email", "current_password", "new_password"];

/**
 * Who is signed in, and their password.
 * @param {{ who: import("../lib/session.js").Session }} props
 */
export default function Account({ who }) {
  return html`<${Page} title="Your account">
    <dl class="facts">
      <dt>Name</dt><dd>${who.user.name}</dd>
      <dt>E-mail</dt><dd>${who.user.email}</dd>
      <dt>Role</dt><dd>${who.user.role === "admin" ? "Admin" : "Member"}</dd>
      <dt>Teams</dt>
      <dd>${who.teams.map((team) => (team.role === "lead" ? `${team.name} (lead)` : team.name)).join(", ") || "none"}</dd>
    </dl>
    <${Section} title=${who.user.has_password ? "Change your password" : "Set a password"}>
      <${PasswordForm} who=${who} />
    </${Section}>
  </${Page}>`;
}

/** @param {{ who: import("../lib/session.js").Session }} props */
function PasswordForm({ who }) {
  const [email, setEmail] = useState(who.user.email);
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [isDone, setDone] = useState(false);
  const action = useAction();
  const submit = async () => {
    setDone(false);
    const wish = {
      ...(email === who.user.email ? {} : { email }),
      ...(current === "" ? {} : { current_password: current }),
      new_password: fresh,
    };
    if (await action.run(() => setPassword(wish))) {
      setCurrent("");
      setFresh("");
      setDone(true);
    }
  };
  const isNamed = FIELDS.some((name) => errorFor(action.error, name) !== null);
  return html`<${Form} onSubmit=${submit} label="Password">
    ${isDone && html`<${Notice} tone="good">Your password is set. Every other session of yours has ended.</${Notice}>`}
    <${ErrorNotice} error=${isNamed ? null : action.error} />
    <${TextField} label="E-mail" type="email" name="email" autocomplete="username" required readonly=${!isAdmin(who)}
      hint=${isAdmin(who) ? "You sign in with it." : "You sign in with it. An admin can change it."}
      value=${email} onInput=${setEmail} error=${errorFor(action.error, "email")} />
    ${who.user.has_password &&
    html`<${TextField} label="Password now" type="password" name="current_password" autocomplete="current-password"
      isOptional=${who.signed_in_with === "link"} value=${current} onInput=${setCurrent}
      error=${errorFor(action.error, "current_password")} />`}
    <${TextField} label="New password" type="password" name="new_password" autocomplete="new-password" required
      minlength="12" maxlength="200" hint="12 characters or more." value=${fresh} onInput=${setFresh}
      error=${errorFor(action.error, "new_password")} />
    <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>Save the password</${Button}>
  </${Form}>`;
}
