// Programs that make the call of a chat: whatever the texts in them hold.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { jsonText, pythonText, scriptText, shellText } from "../../app/static/js/pages/chat/literals.js";
import { LANGUAGES, baseOf, shortened } from "../../app/static/js/pages/chat/snippets.js";

const PIECES = [
  ..."'\"`\\$!#%&*(){}[]<>|;~\n\r\t\b\f\0 é你🎉‮",
  "\u2028", "\u2029", "\x7f", "\x1b[0m", "$(id)", "${HOME}", "`id`", "'''", '"""', "\\'", "\\\"", "\\n", "\\u0041", "\\N{BULLET}",
  "{x}", "%s", "<<EOF\n", "END_OF_REQUEST\n", "\nEND_OF_REQUEST\n", "!!", "!-1", "</script>", "👩‍👩‍👧", "--", "@file", "*/", "//", "a", "Hello",
];

/** The same texts every time: a small generator with a seed. */
function nastyTexts(count = 60, seed = 11) {
  let state = seed;
  const next = (/** @type {number} */ below) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const made = Array.from({ length: count }, () => Array.from({ length: 1 + next(12) }, () => PIECES[next(PIECES.length)]).join(""));
  return [...PIECES, ...made];
}

test("a shell reads every text back, in the words of one argument", () => {
  const texts = nastyTexts().map((text) => text.replaceAll("\0", "")); // no argument can hold it
  for (const shell of ["sh", "bash"]) {
    const script = texts.map((text) => `printf '%s\\0' ${shellText(text)}`).join("\n");
    const read = execFileSync(shell, ["-c", script], { env: { HOME: "/nowhere" }, encoding: "utf8" });

    assert.deepEqual(read.split("\0").slice(0, -1), texts);
  }
});

test("Python reads every text and value back", () => {
  const values = [...nastyTexts(), { a: [1, -0.5, 1e21, true, false, null, "x", {}, []], "b'c": { d: ["y".repeat(90)] } }];
  const script = `import json, sys\nvalues = ${pythonText(values)}\nsys.stdout.write(json.dumps(values))`;
  const read = execFileSync("python3", ["-c", script.replaceAll("\0", "")], { encoding: "utf8" });

  assert.deepEqual(JSON.parse(read), values);
});

test("JavaScript reads every text and value back", () => {
  const values = [...nastyTexts(), { plain: 1, "not-plain": [null, true], ["__proto__"]: { x: 1 } }];

  assert.deepEqual(new Function(`return ${scriptText(values)}`)(), values);
});

test("half a character becomes what it would be on the way", () => {
  assert.equal(jsonText("a\ud83d"), '"a\ufffd"');
});

test("a curl line sends exactly the body, large ones too", () => {
  for (const text of [...nastyTexts(20), "x".repeat(300_000)]) {
    const body = { model: "m", messages: [{ role: "user", content: text }] };
    const line = snippet("curl", body).replaceAll("'http://gw.example/v1/chat/completions'", "''");
    const sent = execFileSync("bash", [], { input: `curl() { for last; do :; done; case $last in @-) cat;; *) printf %s "$last";; esac; }\n${line}`, encoding: "utf8", maxBuffer: 2 ** 24 });

    assert.deepEqual(JSON.parse(sent), { ...body, stream: true });
  }
});

test("the JavaScript program calls with the body, to the gateway", async () => {
  for (const text of nastyTexts(20)) {
    const body = { model: "m", messages: [{ role: "user", content: text }], temperature: 0.5 };
    assert.deepEqual(await calledBy(body), [{ baseURL: "http://gw.example/v1", apiKey: undefined }, { ...body, stream: true }]);
  }
});

test("with tools the answer is asked for whole", async () => {
  const body = { model: "m", messages: [], tools: [{ type: "function", function: { name: "f" } }] };
  assert.deepEqual((await calledBy(body))[1], body);
  for (const name of ["python", "hub"]) {
    assert.doesNotMatch(snippet(name, body), /stream=/);
  }
});

test("huggingface_hub gets what it has no name for as extra", () => {
  assert.match(snippet("hub", { model: "m", messages: [], reasoning_effort: "low" }), /extra_body=\{"reasoning_effort": "low"\}/);
});

test("the gateway's address is that of the page, under a path too", () => {
  assert.equal(baseOf({ origin: "https://x.example", pathname: "/" }), "https://x.example/v1");
  assert.equal(baseOf({ origin: "https://x.example", pathname: "/ai/" }), "https://x.example/ai/v1");
});

test("images are cut where they are shown, and nothing else is", () => {
  const url = `data:image/png;base64,${"A".repeat(500)}`;
  const body = { messages: [{ content: [{ image_url: { url } }, { text: "B".repeat(500) }] }] };
  const shown = shortened(body);

  assert.ok(shown.messages[0].content[0].image_url.url.length < 60);
  assert.equal(shown.messages[0].content[1].text, "B".repeat(500));
});

/**
 * @param {string} name
 * @param {any} body
 */
function snippet(name, body) {
  const language = LANGUAGES.find(({ value }) => value === name);
  assert.ok(language);
  return language.of(body, "http://gw.example/v1");
}

/**
 * Run the JavaScript program with a client that only notes what it is asked.
 * @param {any} body
 * @returns {Promise<any[]>}
 */
async function calledBy(body) {
  /** @type {any[]} */
  const noted = [];
  class OpenAI {
    chat = { completions: { create: async (/** @type {any} */ given) => (noted.push(given), given.stream ? [] : { choices: [{}] }) } };
    /** @param {any} options */
    constructor(options) {
      noted.push(options);
    }
  }
  const program = snippet("script", body).replace('import OpenAI from "openai";', "");
  const AsyncFunction = /** @type {any} */ (async () => {}).constructor;
  await new AsyncFunction("OpenAI", "console", "process", program)(OpenAI, { log() {} }, { env: {}, stdout: { write() {} } });
  return noted;
}
