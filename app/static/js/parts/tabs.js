import { html } from "../lib/html.js";

/**
 * Views of one page, as links, so that "back" and a shared address keep the choice.
 * @param {{ label: string, tabs: { label: string, href: string, isOpen: boolean }[] }} props
 */
export function Tabs({ label, tabs }) {
  return html`<nav class="tabs" aria-label=${label}>
    ${tabs.map(
      (tab) => html`<a key=${tab.href} href=${tab.href} aria-current=${tab.isOpen ? "true" : undefined}>${tab.label}</a>`,
    )}
  </nav>`;
}

/**
 * A choice of one among few, side by side.
 * @template {string} Value
 * @param {{ label: string, value: Value, options: { value: Value, label: string }[], onChange: (value: Value) => void }} props
 */
export function Choice({ label, value, options, onChange }) {
  return html`<div class="choice" role="group" aria-label=${label}>
    ${options.map(
      (option) => html`<button
        key=${option.value}
        type="button"
        aria-pressed=${option.value === value ? "true" : "false"}
        onClick=${() => onChange(option.value)}
      >${option.label}</button>`,
    )}
  </div>`;
}
