import { Component, html, useEffect, useState } from "../../lib/html.js";
import { loadStyle } from "../../lib/style.js";
import { copyText } from "../../parts/copy-button.js";
import { growingMarkdown, markupOf } from "./markdown.js";

/**
 * A model's Markdown. While it is written, only its last block is drawn anew.
 * @param {{ text: string }} props
 */
export function MarkdownText({ text }) {
  const [growing] = useState(growingMarkdown);
  useEffect(() => {
    loadStyle("static/css/markdown.css").catch(() => {}); // it can be read without
  }, []);
  if (text === "") {
    return null;
  }
  const pieces = growing.read(text).filter(({ type }) => type !== "space" && type !== "def");
  return html`<div class="markdown" onClick=${copyCode}>
    ${pieces.map((piece, index) => html`<${Drawn} key=${index} piece=${piece} named=${growing.named} />`)}
  </div>`;
}

/** One block: drawn when its text changes, or the addresses that it may name. */
class Drawn extends Component {
  /** @param {any} next */
  shouldComponentUpdate(next) {
    const { piece, named } = /** @type {any} */ (this.props);
    return next.piece.raw !== piece.raw || next.named !== named;
  }

  render() {
    const { piece } = /** @type {any} */ (this.props);
    return html`<div class="block" dangerouslySetInnerHTML=${{ __html: markupOf(piece) }}></div>`;
  }
}

/** @param {MouseEvent} event */
async function copyCode({ target }) {
  const button = /** @type {Element} */ (target).closest("[data-copy]");
  const code = button?.closest(".code")?.querySelector("pre");
  if (button && code) {
    button.textContent = (await copyText(code.textContent ?? "")) ? "Copied" : "Not allowed here";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  }
}
