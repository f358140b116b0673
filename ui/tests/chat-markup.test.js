// Links that do not lie, text that stays text, and models that are found.

import assert from "node:assert/strict";
import { test } from "node:test";

import { escaped, prettyJson, targetOf } from "../../app/static/js/pages/chat/markup.js";
import { found, offerOf } from "../../app/static/js/pages/chat/models.js";

test("a link says where it leads, unless its words do", () => {
  assert.deepEqual(targetOf("https://evil.example/x", "https://good.example"), { url: "https://evil.example/x", place: "evil.example" });
  assert.deepEqual(targetOf("https://a.example/x", "https://a.example/x"), { url: "https://a.example/x", place: "" });
  assert.deepEqual(targetOf("http://www.a.example", "www.a.example"), { url: "http://www.a.example/", place: "" });
  assert.deepEqual(targetOf("https://user@evil.example", "good"), { url: "https://user@evil.example/", place: "evil.example" });
  assert.equal(targetOf("https://аpple.com", "apple.com")?.place, "xn--pple-43d.com");
  assert.equal(targetOf("mailto:ana@a.example", "write")?.place, "ana@a.example");
});

test("what leads nowhere else is no link", () => {
  for (const href of ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example", "/v1/keys", "#/keys", "blob:x", "file:///etc/passwd", "https://", ""]) {
    assert.equal(targetOf(href, "words"), null, href);
  }
});

test("a text in markup is a text", () => {
  assert.equal(escaped(`<b a="x" c='y'>&amp;`), "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;amp;");
});

test("JSON is laid out, and what is none stays", () => {
  assert.equal(prettyJson('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(prettyJson('{"a":'), '{"a":');
});

test("a model is found by parts of its name, the nearest first", () => {
  const data = ["org/Big-Llama", "meta-llama/Llama-3-70B", "llama", "other/model"].map((id) => ({ id }));
  const { choices } = offerOf({ data, default_model: null });

  assert.deepEqual(found(choices, "llama").map(({ id }) => id), ["llama", "meta-llama/Llama-3-70B", "org/Big-Llama"]);
  assert.deepEqual(found(choices, "70b LLAMA").map(({ id }) => id), ["meta-llama/Llama-3-70B"]);
  assert.deepEqual(found(choices, "nobody"), []);
});

test("a model says how much it reads, and whether images too", () => {
  const model = { id: "m", architecture: { input_modalities: ["text", "image"] }, providers: [{ context_length: 8192 }, { context_length: 131_072 }] };

  const { choices } = offerOf({ data: [model, { id: "n" }], default_model: null });
  assert.deepEqual(choices, [{ id: "m", about: "images, 131.1K tokens" }, { id: "n", about: "" }]);
});

test("a chat begins with the default model, else with the first there is", () => {
  const data = [{ id: "first" }, { id: "chosen" }];

  assert.equal(offerOf({ data, default_model: "chosen" }).first, "chosen");
  assert.equal(offerOf({ data, default_model: null }).first, "first");
  assert.equal(offerOf({ data: [], default_model: null }).first, undefined);
});
