import { get } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { CopyButton } from "../../parts/copy-button.js";
import { ErrorNotice, Notice } from "../../parts/notice.js";
import { Time } from "../../parts/values.js";
import { laidOut } from "./entry.js";

/** @typedef {{ request: string, answer: string, is_cut: boolean, expires_at: string }} Body */

/**
 * What was asked and answered, where a rule has it stored; asked for by hand, since each look is written down.
 * @param {{ id: string }} props
 */
export function Bodies({ id }) {
  const [body, setBody] = useState(/** @type {Body | null} */ (null));
  const action = useAction();
  const look = () => action.run(async () => setBody(await get(`v1/admin/usage/entries/${encodeURIComponent(id)}/body`)));
  if (body !== null) {
    return html`
      ${body.is_cut && html`<${Notice}>One of them was longer than its rule allows: only its beginning is stored.</${Notice}>`}
      <${Text} title="Request" text=${body.request} />
      <${Text} title="Answer" text=${body.answer} />
      <p class="quiet small">Deleted on <${Time} at=${body.expires_at} isFull />. Secrets that were recognised are redacted.</p>
    `;
  }
  const isMissing = action.error?.status === 404;
  return html`
    ${isMissing ? html`<${Notice}>${action.error?.message}</${Notice}>` : html`<${ErrorNotice} error=${action.error} />`}
    ${!isMissing &&
    html`<div class="call-look">
      <${Button} isBusy=${action.isBusy} onClick=${look}>Show what is stored</${Button}>
      <span class="quiet small">The audit log will say that you looked.</span>
    </div>`}
  `;
}

/** @param {{ title: string, text: string }} props */
function Text({ title, text }) {
  const shown = laidOut(text);
  return html`<div class="call-body">
    <div class="call-body-head"><h3>${title}</h3><${CopyButton} text=${shown} what=${`Copy the ${title.toLowerCase()}`} kind="quiet" /></div>
    ${text === "" ? html`<p class="quiet">Nothing went out.</p>` : html`<pre tabindex="0">${shown}</pre>`}
  </div>`;
}
