import { html, useEffect, useId, useRef, useState } from "../lib/html.js";
import { useAction } from "../lib/state.js";
import { Button } from "./button.js";
import { ErrorNotice } from "./notice.js";

/**
 * A dialog over the page, for as long as it is there. Escape and the cross close it.
 * @param {{ title: string, onClose: () => void, isSticky?: boolean, children?: import("../lib/html.js").Children }} props
 * `isSticky`: only a button inside closes it, since what it shows is shown once.
 */
export function Dialog({ title, onClose, isSticky, children }) {
  const id = useId();
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const opener = /** @type {HTMLElement | null} */ (document.activeElement);
    element.current?.showModal();
    return () => opener?.focus();
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault(); // whoever opened it takes it away
    if (!isSticky) {
      onClose();
    }
  };
  return html`<dialog ref=${element} aria-labelledby=${id} onCancel=${cancel}>
    <header class="dialog-head">
      <h2 id=${id}>${title}</h2>
      ${!isSticky && html`<${Button} kind="quiet" isSmall label="Close" onClick=${onClose}>✕</${Button}>`}
    </header>
    <div class="dialog-body">${children}</div>
  </dialog>`;
}

/**
 * A button that asks before it does what cannot be undone.
 * @param {{ label: string, title: string, act: () => Promise<unknown>, verb?: string, isSmall?: boolean,
 *   kind?: "danger" | "plain" | "quiet", children?: import("../lib/html.js").Children }} props
 * `children` say what will happen; `verb` is on the button that does it.
 */
export function ConfirmButton({ label, title, act, verb = label, isSmall, kind = "danger", children }) {
  const [isOpen, setOpen] = useState(false);
  const action = useAction();
  const close = () => {
    action.clear();
    setOpen(false);
  };
  const confirm = async () => {
    if (await action.run(act)) {
      setOpen(false);
    }
  };
  return html`
    <${Button} kind=${kind} isSmall=${isSmall} onClick=${() => setOpen(true)}>${label}</${Button}>
    ${isOpen &&
    html`<${Dialog} title=${title} onClose=${close}>
      <div>${children}</div>
      <${ErrorNotice} error=${action.error} />
      <div class="dialog-actions">
        <${Button} onClick=${close}>Cancel</${Button}>
        <${Button} kind="danger" isBusy=${action.isBusy} onClick=${confirm}>${verb}</${Button}>
      </div>
    </${Dialog}>`}
  `;
}
