// A chat that goes on, with a gateway that a test plays.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../app/static/js/lib/api.js";
import { Conversation } from "../../app/static/js/pages/chat/conversation.js";
import { keepChat, keepTeam, keptChat, keptTeam, withoutPictures } from "../../app/static/js/pages/chat/keep.js";
import { NO_SETTINGS } from "../../app/static/js/pages/chat/types.js";

/** @typedef {import("../../app/static/js/lib/sse.js").SseItem} SseItem */

const HELLO = { text: "Hello", pictures: [], results: [] };
const EMPTY = { model: "m", settings: NO_SETTINGS, exchanges: [] };
const DONE = [event({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] }), event("[DONE]")];

/** @param {any} value */
function event(value) {
  return { data: typeof value === "string" ? value : JSON.stringify(value), event: "message" };
}

/**
 * @param {(signal: AbortSignal) => AsyncGenerator<SseItem>} answer
 * @param {any} [entry]
 */
function conversationWith(answer, entry = null) {
  /** @type {any[]} */
  const asked = [];
  /** @type {any[]} */
  const saved = [];
  const conversation = new Conversation(EMPTY, {
    ask: async (path, options = {}) => {
      asked.push({ path, ...options });
      const headers = new Headers({ "x-request-id": "req_1", "x-meterhouse-upstream": "hf" });
      return { status: 200, headers, items: answer(/** @type {AbortSignal} */ (options.signal)) };
    },
    entryOf: async () => entry,
    save: (chat) => saved.push(chat),
  });
  return { conversation, asked, saved };
}

async function* whole() {
  yield* DONE;
}

/** @param {Conversation} conversation */
const lastOf = (conversation) => conversation.chat.value.exchanges.at(-1)?.answer;

test("an answer is asked for, written down and saved", async () => {
  const { conversation, asked, saved } = conversationWith(whole);
  await conversation.send(HELLO, "team_1");

  assert.deepEqual(asked[0].body, { model: "m", messages: [{ role: "user", content: "Hello" }], stream: true });
  assert.deepEqual(asked[0].headers, { "X-Meterhouse-Team": "team_1" });
  assert.deepEqual([lastOf(conversation)?.text, lastOf(conversation)?.state], ["Hi", "done"]);
  assert.equal(saved.at(-1).exchanges[0].answer.text, "Hi");
});

test("asking again takes the place of the last answer, under a name of its own", async () => {
  const { conversation, asked } = conversationWith(whole);
  await conversation.send(HELLO, null);
  await conversation.again(null);
  await conversation.again(null, { ...HELLO, text: "Other" });

  assert.deepEqual(conversation.chat.value.exchanges.map(({ id, question }) => [id, question.text]), [[3, "Other"]]);
  assert.equal(asked[2].body.messages.length, 1);
  assert.deepEqual(asked[2].headers, {});
});

test("what is stopped stays, with what the ledger says it cost", async () => {
  const { conversation } = conversationWith(
    async function* (signal) {
      yield DONE[0] ?? event("");
      conversation.stop();
      throw signal.reason;
    },
    { cost_usd: 0.25, units_in: 1, units_out: 2, attempts: 1, upstream: "hf", latency_ms: 5 },
  );
  await conversation.send(HELLO, null);
  const answer = lastOf(conversation);

  assert.deepEqual([answer?.state, answer?.text, answer?.costUsd], ["stopped", "Hi", 0.25]);
});

test("a stream that ends without saying so has failed", async () => {
  const { conversation } = conversationWith(async function* () {
    yield DONE[0] ?? event("");
  });
  await conversation.send(HELLO, null);

  assert.deepEqual([lastOf(conversation)?.state, lastOf(conversation)?.text], ["failed", "Hi"]);
});

test("a refusal is kept with the moment from which it may be tried again", async () => {
  const { conversation } = conversationWith(whole);
  const refused = new Conversation(EMPTY, {
    ask: async () => {
      throw new ApiError("Wait.", { status: 429, code: "rate_limited", retryAfter: 7 });
    },
    entryOf: async () => null,
    save: () => {},
  });
  const before = Date.now();
  await refused.send(HELLO, null);
  const failure = lastOf(refused)?.failure;

  assert.equal(failure?.code, "rate_limited");
  assert.ok((failure?.againAt ?? 0) >= before + 7000);
  assert.equal(lastOf(conversation), undefined);
});

test("ten thousand tokens are shown a few times, and in the end whole", async () => {
  const { conversation } = conversationWith(async function* () {
    for (let token = 0; token < 10_000; token += 1) {
      yield event({ choices: [{ index: 0, delta: { content: "x" } }] });
      if (token % 1000 === 0) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    yield* DONE;
  });
  let shown = 0;
  conversation.chat.watch(() => {
    shown += 1;
  });
  await conversation.send(HELLO, null);

  assert.ok(shown < 20, `shown ${shown} times`);
  assert.equal(lastOf(conversation)?.text.length, 10_002);
});

test("a new chat ends the answer that is being written", async () => {
  const { conversation } = conversationWith(async function* (signal) {
    yield DONE[0] ?? event("");
    conversation.clear();
    throw signal.reason;
  });
  await conversation.send(HELLO, null);

  assert.deepEqual(conversation.chat.value.exchanges, []);
});

test("large images are kept as names, and what was being written has stopped", () => {
  const small = { name: "s.png", url: "data:s", bytes: 10 };
  const large = { name: "l.png", url: "data:l", bytes: 5_000_000 };
  const { conversation } = conversationWith(whole);
  conversation.send({ ...HELLO, pictures: [small, large] }, null);
  const [kept] = withoutPictures(conversation.chat.value, 1_000_000).exchanges;

  assert.deepEqual(kept?.question.pictures, [small, { ...large, url: null }]);
  assert.equal(kept?.answer.state, "stopped");
});

test("a chat is kept for whose it is, and a team while they are in it", () => {
  const area = () => {
    const kept = new Map();
    return { getItem: (/** @type {string} */ key) => kept.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value), removeItem: (/** @type {string} */ key) => kept.delete(key) };
  };
  Object.assign(globalThis, { localStorage: area(), sessionStorage: area() });
  keepChat("user_1", { ...EMPTY, model: "kept/model" });
  keepTeam("user_1", "team_1");

  assert.equal(keptChat("user_1").model, "kept/model");
  assert.deepEqual(keptChat("user_2").exchanges, []);
  assert.deepEqual([keptTeam("user_1", [{ id: "team_1" }]), keptTeam("user_1", []), keptTeam("user_2", [{ id: "team_1" }])], ["team_1", null, null]);
});
