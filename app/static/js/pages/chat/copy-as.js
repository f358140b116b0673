// The chat as a program that makes the same call.

import { html, useState } from "../../lib/html.js";
import { CopyButton } from "../../parts/copy-button.js";
import { Dialog } from "../../parts/dialog.js";
import { Notice } from "../../parts/notice.js";
import { Choice } from "../../parts/tabs.js";
import { bodyOf, problemsOf } from "./request.js";
import { LANGUAGES, baseOf, shortened } from "./snippets.js";

/** @param {{ chat: import("./types.js").Chat, onClose: () => void }} props */
export function CopyAs({ chat, onClose }) {
  const [chosen, setChosen] = useState("curl");
  const language = LANGUAGES.find(({ value }) => value === chosen);
  const isWrong = Object.keys(problemsOf(chat.settings)).length > 0;
  if (language === undefined || isWrong) {
    return html`<${Dialog} title="Copy as code" onClose=${onClose}>
      <${Notice} tone="warn">One of the settings cannot be sent as it is. Mend it first.</${Notice}>
    </${Dialog}>`;
  }
  const body = bodyOf(chat.model, chat.settings, chat.exchanges);
  const base = baseOf(location);
  return html`<${Dialog} title="Copy as code" onClose=${onClose}>
    <div class="copy-as">
      <${Choice} label="Language" value=${chosen} options=${LANGUAGES} onChange=${setChosen} />
      <p class="quiet">
        It asks the last question again. Put a key of <a href="#/keys">yours</a> into the environment variable
        <code>METERHOUSE_KEY</code>; the call is charged to whomever the key belongs to.
      </p>
      <pre tabindex="0" aria-label="The program">${language.of(shortened(body), base)}</pre>
      <div class="dialog-actions"><${CopyButton} key=${chosen} text=${language.of(body, base)} kind="primary" what="Copy the program" /></div>
    </div>
  </${Dialog}>`;
}
