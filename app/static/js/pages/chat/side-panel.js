// Beside the chat: which model, who pays, and everything else that a call may say.

import { html, useId, useState } from "../../lib/html.js";
import { SelectField, TextField } from "../../parts/field.js";
import { ModelPicker } from "./model-picker.js";
import { problemsOf } from "./request.js";

/** @typedef {import("./types.js").Settings} Settings */

const EFFORTS = [
  { value: "", label: "As the model does" },
  ...["none", "minimal", "low", "medium", "high"].map((value) => ({ value, label: value })),
];
const FORMATS = [
  { value: "", label: "Text" },
  { value: "json_object", label: "JSON" },
  { value: "json_schema", label: "JSON that follows a schema" },
];
const PARAMETERS = /** @type {const} */ (["temperature", "maxTokens", "topP", "seed", "effort", "format"]);

/**
 * Where there is little room, it is folded to a line that says what is chosen.
 * @param {{ who: import("../../lib/session.js").Session, chat: import("./types.js").Chat,
 *   models: import("../../lib/state.js").Load<import("./models.js").Offer>, teamId: string | null,
 *   chooseTeam: (id: string | null) => void, onModel: (model: string) => void,
 *   onSettings: (settings: Settings) => void }} props
 */
export function SidePanel({ who, chat, models, teamId, chooseTeam, onModel, onSettings }) {
  const { settings } = chat;
  const problems = problemsOf(settings);
  const field = (/** @type {keyof Settings} */ name) => ({
    name,
    value: settings[name],
    error: problems[name] ?? null,
    onInput: (/** @type {string} */ value) => onSettings({ ...settings, [name]: value }),
  });
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const team = who.teams.find((one) => one.id === teamId);
  const isWrong = Object.keys(problems).length > 0;
  return html`<section class="chat-side" aria-label="Model and settings">
    <button type="button" class="button chat-fold" aria-expanded=${isOpen ? "true" : "false"} aria-controls=${id} onClick=${() => setOpen(!isOpen)}>
      <span><strong>${chat.model || "Choose a model"}</strong>${team && `, charged to ${team.name}`}</span>
      ${isWrong ? html`<span class="badge bad">wrong</span>` : html`<span class="quiet">Settings</span>`}
    </button>
    <div id=${id} class=${isOpen ? "chat-settings" : "chat-settings closed"}>
      <${ModelPicker} value=${chat.model} choices=${models.data?.choices} onChoose=${onModel} />
      ${who.teams.length > 0 &&
      html`<${SelectField} label="Charged to" value=${teamId ?? ""}
        onInput=${(/** @type {string} */ id) => chooseTeam(id || null)}
        options=${[{ value: "", label: "You, and no team" }, ...who.teams.map(({ id, name }) => ({ value: id, label: name }))]} />`}
      <${Folded} title="System prompt" isSet=${settings.system.trim() !== ""}>
        <${TextField} label="What the model should know before the chat" rows="5" ...${field("system")} />
      </${Folded}>
      <${Folded} title="Parameters" isSet=${PARAMETERS.some((name) => settings[name] !== "")}
        isWrong=${PARAMETERS.some((name) => problems[name]) || problems.schema !== undefined}>
        <div class="pairs">
          <${TextField} label="Temperature" inputmode="decimal" placeholder="0 to 2" ...${field("temperature")} />
          <${TextField} label="Most tokens" inputmode="numeric" ...${field("maxTokens")} />
          <${TextField} label="Top p" inputmode="decimal" placeholder="0 to 1" ...${field("topP")} />
          <${TextField} label="Seed" inputmode="numeric" ...${field("seed")} />
        </div>
        <${SelectField} label="Reasoning effort" options=${EFFORTS} ...${field("effort")} />
        <${SelectField} label="Form of the answer" options=${FORMATS} ...${field("format")} />
        ${settings.format === "json_schema" &&
        html`<${TextField} label="JSON Schema" rows="6" class="mono" spellcheck=${false} ...${field("schema")} />`}
      </${Folded}>
      <${Folded} title="Tools" isSet=${settings.tools.trim() !== ""} isWrong=${problems.tools !== undefined}>
        <${TextField} label="Functions that the model may call" rows="8" class="mono" spellcheck=${false}
          hint="A list in JSON, as in OpenAI’s API. You write what they give back." ...${field("tools")} />
      </${Folded}>
    </div>
  </section>`;
}

/**
 * What is folded away until it is wanted, and says whether something is set in it.
 * @param {{ title: string, isSet: boolean, isWrong?: boolean, children?: import("../../lib/html.js").Children }} props
 */
function Folded({ title, isSet, isWrong, children }) {
  return html`<details class="folded">
    <summary>${title}${isWrong ? html` <span class="badge bad">wrong</span>` : isSet && html` <span class="badge accent">set</span>`}</summary>
    <div class="folded-body">${children}</div>
  </details>`;
}
