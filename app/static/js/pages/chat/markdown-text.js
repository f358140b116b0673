import { Component, html, useEffect } from "../../lib/html.js";
import { loadStyle } from "../../lib/style.js";
import { copyText } from "../../parts/copy-button.js";
import { blocksOf } from "./markdown.js";

/**
 * A model's Markdown. While it is written, only its last block is drawn anew.
 * @param {{ text: string, isWhole: boolean }} props
 */
export function MarkdownText({ text, isWhole }) {
  useEffect(() => void loadStyle("static/css/markdown.css"), []);
  if (text === "") {
    return null;
  }
  return html`<div class="markdown" onClick=${copyCode}>
    ${blocksOf(text).map(
      ({ raw, markup }, index) => html`<${Drawn} key=${index} raw=${raw} markup=${markup} isWhole=${isWhole} />`,
    )}
  </div>`;
}

/** One block: drawn when its text changes, and at the end, when the addresses of all its links are known. */
class Drawn extends Component {
  /** @param {any} next */
  shouldComponentUpdate(next) {
    const { raw, isWhole } = /** @type {any} */ (this.props);
    return next.raw !== raw || next.isWhole !== isWhole;
  }

  render() {
    const { markup } = /** @type {any} */ (this.props);
    return html`<div class="block" dangerouslySetInnerHTML=${{ __html: markup() }}></div>`;
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
