// Calls as a file.

import { download } from "../../lib/api.js";
import { html } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { ErrorNotice } from "../../parts/notice.js";

const FORMS = /** @type {const} */ ([
  { form: "csv", label: "CSV" },
  { form: "jsonl", label: "JSONL" },
]);

/**
 * Save what the filters leave, whole and not only what is shown.
 * @param {{ path: string, question: () => Record<string, string> }} props
 */
export function ExportButtons({ path, question }) {
  const action = useAction();
  const save = (/** @type {string} */ form) => () =>
    action.run(async () => {
      const file = await download(`${path}/export`, { query: { ...question(), format: form } });
      offer(file, `calls.${form}`);
    });
  return html`
    ${FORMS.map(
      ({ form, label }) => html`<${Button} key=${form} isSmall isBusy=${action.isBusy} onClick=${save(form)}>${`Export ${label}`}</${Button}>`,
    )}
    <${ErrorNotice} error=${action.error} />
  `;
}

/**
 * Have the browser save a file.
 * @param {Blob} file
 * @param {string} name
 */
function offer(file, name) {
  const href = URL.createObjectURL(file);
  const link = Object.assign(document.createElement("a"), { href, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
