import { html } from "../../lib/html.js";
import { readList } from "../../lib/lists.js";
import { isAdmin } from "../../lib/session.js";
import { useLoad } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { CopyButton } from "../../parts/copy-button.js";
import { Notice } from "../../parts/notice.js";
import { curlLine, modelFor } from "./key.js";

/**
 * The secret of a key that was just made, and a line that tries it.
 * @param {{ of: import("./key.js").Key, who: import("../../lib/session.js").Session, onClose: () => void }} props
 */
export function Secret({ of: key, who, onClose }) {
  const models = useLoad((signal) => readList("v1/models", signal), []);
  const secret = key.secret ?? "";
  const model = modelFor(key.allowed_models, (models.data ?? []).map((/** @type {{ id: string }} */ one) => one.id));
  const line = curlLine({ secret, scopes: key.scopes, base: new URL(".", document.baseURI).href, model });
  return html`
    <${Notice} tone="warn">Copy the secret of <strong>${key.name}</strong> now. It is shown this once, and nobody can read it again.</${Notice}>
    <div class="key-secret">
      <code>${secret}</code>
      <${CopyButton} text=${secret} what="Copy the secret" kind="primary" />
    </div>
    <div class="key-try">
      <div class="key-try-head"><h3>Try it in a terminal</h3><${CopyButton} text=${line} what="Copy the line" kind="quiet" /></div>
      <pre tabindex="0">${line}</pre>
    </div>
    <p class="quiet">
      A client of OpenAI takes the key and the address <code>${new URL("v1", document.baseURI).href}</code>.
      ${isAdmin(who) && html` <a href=${`#/keys/${encodeURIComponent(key.id)}`} onClick=${onClose}>Limit what it may spend</a>`}
    </p>
    <div class="dialog-actions"><${Button} onClick=${onClose}>I have copied it</${Button}></div>
  `;
}
