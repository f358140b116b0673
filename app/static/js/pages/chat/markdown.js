// A model's Markdown as markup that does nothing: no HTML of its own, no images, no styles.

import DOMPurify from "../../../vendor/purify.mjs";
import { Lexer, Marked } from "../../../vendor/marked.mjs";
import { GrowingMarkdown } from "./growing.js";
import { escaped, targetOf } from "./markup.js";

const TAGS = [
  ..."p br hr h1 h2 h3 h4 h5 h6 strong em del code pre blockquote ul ol li".split(" "),
  ..."table thead tbody tr th td a span div button".split(" "),
];
const ATTRIBUTES = ["href", "title", "target", "rel", "class", "start", "align", "type", "data-copy"];

const marked = new Marked({ gfm: true });
marked.use({
  renderer: {
    html: (token) => (token.block ? `<p>${rawHtml(token.text)}</p>` : rawHtml(token.text)),
    image: ({ text, href }) => `<span class="no-image">[image: ${escaped(text || "unnamed")}, ${escaped(href)}]</span>`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
    code: ({ text, lang }) => codeBlock(text, (lang ?? "").split(/\s/)[0] ?? ""),
    link({ href, tokens }) {
      const words = this.parser.parseInline(tokens);
      const target = targetOf(href, tokens.map(({ raw }) => raw).join(""));
      if (target === null) {
        return `${words} (${escaped(href)})`;
      }
      const place = target.place === "" ? "" : ` <span class="goes-to">(${escaped(target.place)})</span>`;
      return `<a href="${escaped(target.url)}" title="${escaped(target.url)}">${words}</a>${place}`;
    },
  },
});

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.tagName === "A") {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer");
  }
});

/** Return what reads a text that grows. */
export function growingMarkdown() {
  return new GrowingMarkdown((text, links) => {
    const lexer = new Lexer(marked.defaults);
    lexer.tokens.links = /** @type {any} */ (links);
    return [...lexer.lex(text)];
  });
}

/**
 * Return a piece of Markdown as markup.
 * @param {import("../../../vendor/marked.mjs").Token} piece
 */
export function markupOf(piece) {
  return clean(marked.parser([piece]));
}

/**
 * HTML that a model wrote is shown as it stands; a line's end is one.
 * @param {string} text
 */
function rawHtml(text) {
  return /^<br\s*\/?>$/i.test(text.trim()) ? "<br>" : escaped(text);
}

/** @param {string} markup */
function clean(markup) {
  return DOMPurify.sanitize(markup, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ADD_URI_SAFE_ATTR: ["align", "start", "type"],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  });
}

/**
 * @param {string} text
 * @param {string} language
 */
function codeBlock(text, language) {
  return `<div class="code"><div class="code-head"><span>${escaped(language || "text")}</span>
<button type="button" class="button quiet small" data-copy="">Copy</button></div>
<pre><code>${escaped(text)}</code></pre></div>`;
}
