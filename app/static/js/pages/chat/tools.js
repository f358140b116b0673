import { html, useState } from "../../lib/html.js";
import { Button } from "../../parts/button.js";
import { TextField } from "../../parts/field.js";
import { prettyJson } from "./markup.js";

/**
 * What a model asks tools for, and a place for what they give back.
 * @param {{ calls: import("./types.js").ToolCall[], onAsk?: (question: import("./types.js").Question) => void }} props
 */
export function Tools({ calls, onAsk }) {
  const [results, setResults] = useState(/** @type {string[]} */ ([]));
  if (calls.length === 0) {
    return null;
  }
  const set = (/** @type {number} */ index, /** @type {string} */ value) =>
    setResults(calls.map((_, at) => (at === index ? value : (results[at] ?? ""))));
  const isComplete = calls.every((_, index) => (results[index] ?? "").trim() !== "");
  const send = () =>
    onAsk?.({
      text: "",
      pictures: [],
      results: calls.map(({ id, name }, index) => ({ id, name, content: results[index] ?? "" })),
    });
  return html`<div class="tools">
    ${calls.map(
      (call, index) => html`<div key=${index} class="tool">
        <p>Calls <code>${call.name}</code> with</p>
        <pre class="wrapped">${prettyJson(call.arguments)}</pre>
        ${onAsk &&
        html`<${TextField} label=${`What ${call.name} gives back`} rows="2" class="mono"
          value=${results[index] ?? ""} onInput=${(/** @type {string} */ value) => set(index, value)} />`}
      </div>`,
    )}
    ${onAsk &&
    html`<div class="exchange-actions">
      <${Button} isSmall isDisabled=${!isComplete} onClick=${send}>Give it to the model</${Button}>
    </div>`}
  </div>`;
}
