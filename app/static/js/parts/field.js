import { html, useId } from "../lib/html.js";

/**
 * @typedef {object} FieldProps
 * @property {string} label
 * @property {string} [hint] What to know before it is filled in.
 * @property {string | null} [error] What is wrong with it.
 * @property {boolean} [isOptional]
 * @property {import("../lib/html.js").Children} [children]
 */

/**
 * A text field with its label, hint and error. Every other attribute of an input may be given too.
 * @param {FieldProps & { value: string, onInput: (value: string) => void, rows?: number } & Record<string, any>} props
 * `rows` makes it a field of several lines.
 */
export function TextField({ label, hint, error, isOptional, value, onInput, rows, ...rest }) {
  const id = useId();
  const take = (/** @type {{ currentTarget: HTMLInputElement }} */ event) => onInput(event.currentTarget.value);
  const common = { id, value, onInput: take, ...describedBy(id, hint, error), ...rest };
  return html`<${Frame} id=${id} ...${{ label, hint, error, isOptional }}>
    ${rows === undefined ? html`<input type="text" ...${common} />` : html`<textarea rows=${rows} ...${common} />`}
  </${Frame}>`;
}

/**
 * A choice of one among some.
 * @param {FieldProps & { value: string, onInput: (value: string) => void,
 *   options: { value: string, label: string }[] } & Record<string, any>} props
 */
export function SelectField({ label, hint, error, isOptional, value, onInput, options, ...rest }) {
  const id = useId();
  const take = (/** @type {{ currentTarget: HTMLSelectElement }} */ event) => onInput(event.currentTarget.value);
  return html`<${Frame} id=${id} ...${{ label, hint, error, isOptional }}>
    <select id=${id} value=${value} onChange=${take} ...${describedBy(id, hint, error)} ...${rest}>
      ${options.map(
        (option) => html`<option key=${option.value} value=${option.value} selected=${option.value === value}>${option.label}</option>`,
      )}
    </select>
  </${Frame}>`;
}

/**
 * Yes or no.
 * @param {{ label: string, hint?: string, isOn: boolean, onChange: (isOn: boolean) => void }} props
 */
export function CheckField({ label, hint, isOn, onChange }) {
  const id = useId();
  const take = (/** @type {{ currentTarget: HTMLInputElement }} */ event) => onChange(event.currentTarget.checked);
  return html`<div class="field check">
    <input type="checkbox" id=${id} checked=${isOn} onChange=${take} ...${describedBy(id, hint)} />
    <label for=${id}>${label}</label>
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/**
 * Return the error of one field, where the gateway named it.
 * @param {import("../lib/api.js").ApiError | null} error
 * @param {string} name
 */
export function errorFor(error, name) {
  return error?.param === name ? error.message : null;
}

/**
 * A form that does not leave the page.
 * @param {{ onSubmit: () => void, label?: string, children?: import("../lib/html.js").Children }} props
 */
export function Form({ onSubmit, label, children }) {
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    onSubmit();
  };
  return html`<form class="form" aria-label=${label} onSubmit=${submit}>${children}</form>`;
}

/** @param {FieldProps & { id: string }} props */
function Frame({ id, label, hint, error, isOptional, children }) {
  return html`<div class="field">
    <label for=${id}>${label}${isOptional && html` <span class="quiet">optional</span>`}</label>
    ${children}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${error && html`<p class="field-error" id=${`${id}-error`} role="alert">${error}</p>`}
  </div>`;
}

/**
 * @param {string} id
 * @param {string} [hint]
 * @param {string | null} [error]
 */
function describedBy(id, hint, error) {
  const ids = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean);
  return {
    "aria-describedby": ids.length > 0 ? ids.join(" ") : undefined,
    "aria-invalid": error ? "true" : undefined,
  };
}
