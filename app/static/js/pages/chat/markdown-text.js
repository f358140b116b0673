import { Component, html, useEffect } from "../../lib/html.js";
import { loadStyle } from "../../lib/style.js";
import { copyText } from "../../parts/copy-button.js";
import { blocksOf } from "./markdown.js";

/**
 * A model's Markdown. While it is written, only its last block is drawn anew.
 * @param {{ text: string }} props
 */
export function MarkdownText({ text }) {
  useEffect(() => {
    loadStyle("static/css/markdown.css").catch(() => {}); // it can be read without
  }, []);
  if (text === "") {
    return null;
  }
  const { blocks, named } = blocksOf(text);
  return html`<div class="markdown" onClick=${copyCode}>
    ${blocks.map(({ raw, markup }, index) => html`<${Drawn} key=${index} raw=${raw} markup=${markup} named=${named} />`)}
  </div>`;
}

/** One block: drawn when its text changes, or the addresses that it may name. */
class Drawn extends Component {
  /** @param {any} next */
  shouldComponentUpdate(next) {
    const { raw, named } = /** @type {any} */ (this.props);
    return next.raw !== raw || next.named !== named;
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
