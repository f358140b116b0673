import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { CopyButton } from "../../parts/copy-button.js";
import { Dialog } from "../../parts/dialog.js";
import { ErrorNotice, Notice } from "../../parts/notice.js";

/**
 * A button that gets a secret, after it was said what that does, and shows it this once.
 * @param {{ label: string, title: string, what: string, get: () => Promise<string>, onDone?: () => void,
 *   note: string, children?: import("../../lib/html.js").Children }} props
 * `what` it is, for who hears it; `note` is under the secret; `children` say what will happen.
 */
export function ToldOnce({ label, title, what, get, onDone, note, children }) {
  const [isOpen, setOpen] = useState(false);
  const [secret, setSecret] = useState("");
  const action = useAction();
  const close = () => {
    setOpen(false);
    setSecret("");
    action.clear();
    if (secret !== "") {
      onDone?.();
    }
  };
  const run = () => action.run(async () => setSecret(await get()));
  return html`
    <${Button} onClick=${() => setOpen(true)}>${label}</${Button}>
    ${isOpen &&
    html`<${Dialog} title=${title} onClose=${close} isSticky=${secret !== ""}>
      ${secret === ""
        ? html`
            <div>${children}</div>
            <${ErrorNotice} error=${action.error} />
            <div class="dialog-actions">
              <${Button} onClick=${close}>Cancel</${Button}>
              <${Button} kind="primary" isBusy=${action.isBusy} onClick=${run}>${label}</${Button}>
            </div>
          `
        : html`
            <${Notice} tone="warn">It is shown this once. Copy it now.</${Notice}>
            <div class="secret"><code>${secret}</code><${CopyButton} text=${secret} what=${`Copy the ${what}`} /></div>
            <p class="quiet">${note}</p>
            <div class="dialog-actions"><${Button} kind="primary" onClick=${close}>Done</${Button}></div>
          `}
    </${Dialog}>`}
  `;
}
