// Markdown that grows reads as it would at once.

import assert from "node:assert/strict";
import { test } from "node:test";

import { GrowingMarkdown } from "../../app/static/js/pages/chat/growing.js";
import { Lexer, Marked } from "../../app/static/vendor/marked.mjs";

const TEXT = `# Title

A paragraph
that goes on. See [the docs][docs] and [x](https://x.example).

Setext
===

- one
- two

  still two
    - three

1. first

   \`\`\`py
   code
   \`\`\`
2. second

| a | b |
|---|---|
| 1 | 2 |

\`\`\`js
const a = 1;

const b = 2;
\`\`\`

    indented

    still

> quote
lazy

<div>
html

</div>

[docs]: https://docs.example

Last [the docs][docs], and * * *
***
`;
const marked = new Marked({ gfm: true });
let lexed = 0;

function growing() {
  return new GrowingMarkdown((text, links) => {
    lexed += text.length;
    const lexer = new Lexer(marked.defaults);
    lexer.tokens.links = /** @type {any} */ (links);
    return [...lexer.lex(text)];
  });
}

/** @param {import("../../app/static/vendor/marked.mjs").Token[]} tokens */
const markup = (tokens) => marked.parser([...tokens]);

for (const step of [1, 3, 7, 40]) {
  test(`in pieces of ${step} it is at every moment what it is at once`, () => {
    const reader = growing();
    for (let end = step; end < TEXT.length + step; end += step) {
      const text = TEXT.slice(0, end);
      assert.equal(markup(reader.read(text)), markup(marked.lexer(text)), JSON.stringify(text.slice(-60)));
    }
  });
}

test("another text is read from its beginning", () => {
  const reader = growing();
  reader.read(TEXT);

  assert.equal(markup(reader.read("Other [the docs][docs]")), "<p>Other [the docs][docs]</p>\n");
  assert.equal(markup(reader.read("Other\r\n\r\ntext\r")), "<p>Other</p>\n<p>text</p>\n");
});

test("what every object has is no address", () => {
  const text = "[a][constructor] [b][__proto__] [toString]\n\n[__proto__]: https://x.example\n\n[hasOwnProperty]";

  assert.equal(markup(growing().read(text)), markup(marked.lexer(text)));
});

test("a long text is not read again and again", () => {
  const reader = growing();
  const paragraph = "Some words, **bold** ones too.\n\n";
  lexed = 0;
  for (let count = 1; count <= 500; count += 1) {
    reader.read(paragraph.repeat(count));
  }

  assert.ok(lexed < 500 * paragraph.length * 5, String(lexed));
});
