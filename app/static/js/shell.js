// What is around every page: navigation, who is signed in, and what they should know.

import { get } from "./lib/api.js";
import { html, useEffect, useState } from "./lib/html.js";
import { placeOf } from "./lib/router.js";
import { signOut } from "./lib/session.js";
import { useAction, useLoad, useStore } from "./lib/state.js";
import { setTheme, theme } from "./lib/theme.js";
import { Button } from "./parts/button.js";
import { Navigation } from "./parts/navigation.js";
import { ErrorNotice, Notice } from "./parts/notice.js";

const THEMES = /** @type {const} */ ([
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
]);

/**
 * @param {{ who: import("./lib/session.js").Session, hash: string, children: import("./lib/html.js").Children }} props
 */
export function Shell({ who, hash, children }) {
  const [isOpen, setOpen] = useState(false);
  const ready = useLoad((signal) => get("ready", {}, signal), []);
  useEffect(() => setOpen(false), [hash]);
  const skip = (/** @type {MouseEvent} */ event) => {
    event.preventDefault(); // the hash is the address of the page
    document.getElementById("main")?.focus();
  };
  return html`
    <a class="skip" href="#main" onClick=${skip}>Skip to the content</a>
    <div class="shell">
      <header class="side">
        <div class="brand">
          <a href="#/" class="brand-link"><img src="static/icon.svg" alt="" width="24" height="24" />Meterhouse</a>
          <button
            type="button"
            class="button quiet menu-button"
            aria-expanded=${isOpen ? "true" : "false"}
            aria-controls="side-content"
            onClick=${() => setOpen(!isOpen)}
          >Menu</button>
        </div>
        <div class=${`side-content${isOpen ? " open" : ""}`} id="side-content">
          <${Navigation} who=${who} hash=${hash} />
          <${Foot} who=${who} version=${ready.data?.version} />
        </div>
      </header>
      <div class="content">
        <${Ribbon} ready=${ready.data} />
        <main id="main" tabindex="-1">
          <${Warnings} who=${who} ready=${ready.data} path=${placeOf(hash).path} />
          ${children}
        </main>
      </div>
    </div>
  `;
}

/** @param {{ who: import("./lib/session.js").Session, version?: string }} props */
function Foot({ who, version }) {
  const leaving = useAction();
  const chosen = useStore(theme);
  return html`<div class="side-foot">
    <label class="theme">
      <span>Theme</span>
      <select value=${chosen} onChange=${(/** @type {any} */ event) => setTheme(event.currentTarget.value)}>
        ${THEMES.map(
          ({ value, label }) => html`<option key=${value} value=${value} selected=${value === chosen}>${label}</option>`,
        )}
      </select>
    </label>
    <div class="who">
      <a href="#/account" class="who-name" title=${who.user.email}>
        <strong>${who.user.name}</strong>
        <span class="quiet">${who.user.role === "admin" ? "Admin" : who.user.email}</span>
      </a>
      <${Button} kind="quiet" isSmall isBusy=${leaving.isBusy} onClick=${() => leaving.run(signOut)}>Sign out</${Button}>
    </div>
    <${ErrorNotice} error=${leaving.error} />
    <p class="quiet small"><a href="docs">API reference</a>${version && ` · version ${version}`}</p>
  </div>`;
}

/**
 * What the whole gateway is about: made-up data, made-up answers.
 * @param {{ ready: any }} props
 */
function Ribbon({ ready }) {
  if (ready?.demo) {
    return html`<p class="ribbon">Demo data, nothing here was spent</p>`;
  }
  if (ready?.simulated) {
    return html`<p class="ribbon">
      Answers come from the built-in simulator: made-up text, no model. Costs are shown as for real ones; nobody pays them.
    </p>`;
  }
  return null;
}

/** @param {{ who: import("./lib/session.js").Session, ready: any, path: string }} props */
function Warnings({ who, ready, path }) {
  return html`
    ${!who.is_encrypted &&
    html`<${Notice} tone="warn" title="This connection is not encrypted.">
      Whoever is on the way can read what you see and send. Serve Meterhouse over https.
    </${Notice}>`}
    ${!who.user.has_password &&
    !ready?.demo &&
    path !== "account" &&
    html`<${Notice}
      title="You have no password yet."
      actions=${html`<a class="button small" href="#/account">Set a password</a>`}
    >
      Set one to sign in here again without a link.
    </${Notice}>`}
  `;
}
