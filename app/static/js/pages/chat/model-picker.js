// A choice among hundreds of models: type a part of a name, or any name that an upstream may know.

import { html, useEffect, useId, useRef, useState } from "../../lib/html.js";
import { MOST_SHOWN, found } from "./models.js";

/**
 * @param {{ value: string, choices: import("./models.js").ModelChoice[] | undefined, onChoose: (model: string) => void }} props
 */
export function ModelPicker({ value, choices = [], onChoose }) {
  const id = useId();
  const [typed, setTyped] = useState(/** @type {string | null} */ (null));
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const { options, more } = optionsOf(choices, typed);
  const list = useRef(/** @type {HTMLUListElement | null} */ (null));
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: "nearest" }), [active, isOpen]);
  const open = () => {
    setActive(Math.max(0, options.findIndex((one) => one.id === value)));
    setOpen(true);
  };
  const close = () => {
    setTyped(null);
    setOpen(false);
  };
  const choose = (/** @type {string | undefined} */ model) => {
    close();
    if (model !== undefined && model !== value) {
      onChoose(model);
    }
  };
  const move = (/** @type {number} */ by) => {
    if (!isOpen) {
      open();
    } else if (options.length > 0) {
      setActive((active + by + options.length) % options.length);
    }
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => (isOpen ? choose(options[active]?.id) : open()),
    ...(isOpen ? { Escape: close } : {}),
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    const act = event.isComposing ? undefined : keys[event.key];
    if (act !== undefined) {
      event.preventDefault();
      act();
    }
  };
  const type = (/** @type {{ currentTarget: HTMLInputElement }} */ event) => {
    setTyped(event.currentTarget.value);
    setActive(0);
    setOpen(true);
  };
  return html`<div class="field combo">
    <label for=${id}>Model</label>
    <input
      type="text" id=${id} role="combobox" autocomplete="off" spellcheck=${false} placeholder="Choose a model"
      aria-autocomplete="list" aria-expanded=${isOpen ? "true" : "false"} aria-controls=${`${id}-list`}
      aria-activedescendant=${isOpen && options.length > 0 ? `${id}-${active}` : undefined}
      title=${value} value=${typed ?? value}
      onInput=${type} onKeyDown=${press} onBlur=${close} onClick=${open}
      onFocus=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => event.currentTarget.select()}
    />
    <div class="combo-list" hidden=${!isOpen}>
      <ul ref=${list} id=${`${id}-list`} role="listbox" aria-label="Models">
        ${isOpen &&
        options.map(
          (option, index) => html`<li
            key=${option.id}
            id=${`${id}-${index}`}
            role="option"
            class=${index === active ? "active" : undefined}
            aria-selected=${option.id === value ? "true" : "false"}
            onMouseDown=${(/** @type {MouseEvent} */ event) => event.preventDefault()}
            onClick=${() => choose(option.id)}
          ><span>${option.label ?? option.id}</span> <span class="quiet small">${option.about}</span></li>`,
        )}
      </ul>
      ${options.length === 0 && html`<p class="quiet small combo-more">No upstream lists its models: type a name</p>`}
      ${more > 0 && html`<p class="quiet small combo-more">${more} more: type a part of the name</p>`}
    </div>
  </div>`;
}

/**
 * Return what is offered, and how many more there are.
 * @param {import("./models.js").ModelChoice[]} choices
 * @param {string | null} typed
 * @returns {{ options: { id: string, about: string, label?: string }[], more: number }}
 */
function optionsOf(choices, typed) {
  const name = typed?.trim() ?? "";
  const fitting = name === "" ? choices : found(choices, name);
  const options = fitting.slice(0, MOST_SHOWN);
  const isListed = name === "" || choices.some(({ id }) => id === name);
  const asTyped = isListed ? [] : [{ id: name, about: "as typed", label: `“${name}”` }];
  return { options: [...options, ...asTyped], more: fitting.length - options.length };
}
