// Where a question is written: words, and images that are chosen, pasted or dropped.

import { html, useEffect, useRef, useState } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { ErrorNotice } from "../../parts/notice.js";
import { KINDS, readPictures } from "./pictures.js";
import { Pictures } from "./picture-list.js";

/** @typedef {import("./types.js").Picture} Picture */

/** Whether one can type at once: where there is no mouse, focus would raise a keyboard over the page. */
export const hasKeyboard = () => matchMedia("(pointer: fine)").matches;

/**
 * @param {{ isBusy: boolean, problem: string | null, onStop: () => void,
 *   onSend: (question: import("./types.js").Question) => void }} props `problem`: why nothing can be sent.
 */
export function Composer({ isBusy, problem, onSend, onStop }) {
  const [text, setText] = useState("");
  const [pictures, setPictures] = useState(/** @type {Picture[]} */ ([]));
  const reading = useAction();
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  const box = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  useEffect(() => {
    if (hasKeyboard()) {
      box.current?.focus({ preventScroll: true });
    }
  }, []);
  const canSend = !isBusy && problem === null && (text.trim() !== "" || pictures.length > 0);
  const send = () => {
    if (canSend) {
      onSend({ text, pictures, results: [] });
      setText("");
      setPictures([]);
    }
  };
  const add = (/** @type {FileList | undefined} */ files) =>
    reading.run(async () => {
      const added = await readPictures(files ?? []);
      setPictures((before) => [...before, ...added]);
    });
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  };
  const paste = (/** @type {ClipboardEvent} */ event) => {
    if (event.clipboardData?.files.length) {
      event.preventDefault();
      add(event.clipboardData.files);
    }
  };
  const isOver = useDrops(add);
  const choose = (/** @type {{ currentTarget: HTMLInputElement }} */ event) => {
    add(event.currentTarget.files ?? undefined).then(() => {
      if (chooser.current) {
        chooser.current.value = ""; // so that the same file can be chosen again
      }
    });
  };
  return html`<form class="composer" aria-label="Question" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <${ErrorNotice} error=${reading.error} />
    <div class=${`composer-box${isOver ? " over" : ""}`}>
      <${Pictures} pictures=${pictures}
        onRemove=${(/** @type {Picture} */ gone) => setPictures(pictures.filter((one) => one !== gone))} />
      <textarea
        aria-label="Your question" placeholder="Ask something" rows="2" value=${text} ref=${box}
        onInput=${(/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => setText(event.currentTarget.value)}
        onKeyDown=${press} onPaste=${paste}
      ></textarea>
      <div class="composer-foot">
        <input type="file" class="for-readers" tabindex="-1" aria-label="Image files" ref=${chooser} multiple
          accept=${KINDS.join(",")} onChange=${choose} />
        <${Button} kind="quiet" isSmall onClick=${() => chooser.current?.click()}>Add an image</${Button}>
        <span class="quiet small composer-hint">
          ${problem ?? html`<span class="keys">Enter sends, Shift and Enter is a new line</span>`}
        </span>
        ${isBusy
          ? html`<${Button} isSmall onClick=${onStop}>Stop</${Button}>`
          : html`<${Button} kind="primary" isSmall isDisabled=${!canSend} onClick=${send}>Send</${Button}>`}
      </div>
    </div>
  </form>`;
}

/**
 * Take files that are dropped anywhere on the page, where the browser would leave it to show them.
 * @param {(files: FileList | undefined) => void} take
 */
function useDrops(take) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (/** @type {DragEvent} */ event) => {
      if (event.dataTransfer?.types.includes("Files")) {
        event.preventDefault();
        setOver(true);
      }
    };
    const leave = (/** @type {DragEvent} */ event) => event.relatedTarget === null && setOver(false);
    const drop = (/** @type {DragEvent} */ event) => {
      if (event.dataTransfer?.files.length) {
        event.preventDefault();
        take(event.dataTransfer.files);
      }
      setOver(false);
    };
    const listeners = /** @type {[string, any][]} */ ([["dragover", over], ["dragleave", leave], ["drop", drop]]);
    listeners.forEach(([name, listener]) => addEventListener(name, listener));
    return () => listeners.forEach(([name, listener]) => removeEventListener(name, listener));
  }, []);
  return isOver;
}
