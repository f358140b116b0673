import { html, useEffect, useState } from "../lib/html.js";
import { placeOf, replaceWith } from "../lib/router.js";
import { signInWithLink, signInWithPassword } from "../lib/session.js";
import { useAction } from "../lib/state.js";
import { Button } from "../parts/button.js";
import { Form, TextField, errorFor } from "../parts/field.js";
import { ErrorNotice } from "../parts/notice.js";

/**
 * Sign in by a one-time link, or by e-mail and password. The address stays: it is where one goes on.
 * Who is signed in already stays here until a link was good, or they have seen that it was not.
 * @param {{ hash: string, who: import("../lib/session.js").Session | null, onEntering: (isEntering: boolean) => void }} props
 */
export default function SignIn({ hash, who, onEntering }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const action = useAction();
  const token = tokenOf(hash);
  useEffect(() => {
    document.title = "Sign in · Meterhouse";
  }, []);
  useEffect(() => {
    if (token !== null) {
      onEntering(true);
      replaceWith(""); // nobody who looks at the screen, and no history, keeps it
      enter(() => signInWithLink(token));
    }
  }, [token]);
  const enter = async (/** @type {() => Promise<void>} */ way) => {
    if (await action.run(way)) {
      onEntering(false);
    }
  };
  const submit = () => enter(() => signInWithPassword(email.trim(), password));
  const wrong = action.error;
  const isNamed = errorFor(wrong, "email") !== null || errorFor(wrong, "password") !== null;
  return html`<main class="alone" id="main">
    <div class="card sign-in">
      <h1><img src="static/icon.svg" alt="" width="28" height="28" /> Sign in to Meterhouse</h1>
      <${ErrorNotice} error=${isNamed ? null : wrong} />
      ${who && wrong && html`<p>${`You are still signed in as ${who.user.name}. `}
        <${Button} onClick=${() => onEntering(false)}>Go on</${Button}></p>`}
      <${Form} onSubmit=${submit} label="Sign in">
        <${TextField} label="E-mail" type="email" name="email" autocomplete="username" required
          value=${email} onInput=${setEmail} error=${errorFor(wrong, "email")} />
        <${TextField} label="Password" type="password" name="password" autocomplete="current-password" required
          value=${password} onInput=${setPassword} error=${errorFor(wrong, "password")} />
        <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>
          ${action.isBusy ? "Signing in…" : "Sign in"}
        </${Button}>
      </${Form}>
      <p class="quiet">
        No password yet, or lost it? On the machine of the gateway,
        ${" "}<code>meterhouse sign-in-link</code> prints a link that signs you in.
      </p>
    </div>
  </main>`;
}

/** @param {string} hash */
function tokenOf(hash) {
  const [page, token] = placeOf(hash).path.split("/");
  return page === "sign-in" && token ? token : null;
}
