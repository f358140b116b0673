// What a chat asks, and what of it goes along.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newAnswer } from "../../app/static/js/pages/chat/answer.js";
import { bodyOf, problemsOf, sentOf } from "../../app/static/js/pages/chat/request.js";
import { NO_SETTINGS } from "../../app/static/js/pages/chat/types.js";

/**
 * @param {number} id
 * @param {Partial<import("../../app/static/js/pages/chat/types.js").Question>} question
 * @param {Partial<import("../../app/static/js/pages/chat/types.js").Answer>} [answer]
 */
function exchange(id, question, answer = {}) {
  return { id, question: { text: "", pictures: [], results: [], ...question }, answer: { ...newAnswer("m"), ...answer } };
}

const CALL = { id: "call_1", name: "weather", arguments: '{"city":"Paris"}' };

test("a chat is a system prompt, questions and answers", () => {
  const chat = [exchange(1, { text: "Hi" }, { text: "Hello" }), exchange(2, { text: "And?" })];

  assert.deepEqual(bodyOf("m", { ...NO_SETTINGS, system: "Be short." }, chat), {
    model: "m",
    messages: [
      { role: "system", content: "Be short." },
      { role: "user", content: "Hi" },
      { role: "assistant", content: "Hello" },
      { role: "user", content: "And?" },
    ],
  });
});

test("settings are sent as what they are, and those that are empty not at all", () => {
  const settings = { ...NO_SETTINGS, temperature: "0", maxTokens: "12", topP: "0.5", seed: "7", effort: "low" };
  const { temperature, max_tokens, top_p, seed, reasoning_effort, ...rest } = bodyOf("m", settings, [exchange(1, { text: "x" })]);

  assert.deepEqual([temperature, max_tokens, top_p, seed, reasoning_effort], [0, 12, 0.5, 7, "low"]);
  assert.deepEqual(Object.keys(rest), ["model", "messages"]);
});

test("a form of the answer and tools are JSON that was typed", () => {
  const tool = { type: "function", function: { name: "f" } };
  const settings = { ...NO_SETTINGS, format: /** @type {const} */ ("json_schema"), schema: '{"type":"object"}', tools: JSON.stringify([tool]) };
  const body = bodyOf("m", settings, [exchange(1, { text: "x" })]);

  assert.deepEqual(body.response_format, { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } });
  assert.deepEqual(body.tools, [tool]);
});

test("images are parts, and those that were not kept are left out", () => {
  const pictures = [
    { name: "a.png", url: "data:image/png;base64,AAAA", bytes: 3 },
    { name: "b.png", url: null, bytes: 2_000_000 },
  ];
  const { messages } = bodyOf("m", NO_SETTINGS, [exchange(1, { text: "What?", pictures })]);

  assert.deepEqual(messages[0].content, [
    { type: "text", text: "What?" },
    { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
  ]);
});

test("what has no answer does not go along", () => {
  const chat = [exchange(1, { text: "Hi" }), exchange(2, { text: "Again" }, { text: "Yes" }), exchange(3, { text: "Now" })];

  assert.deepEqual(sentOf(chat).map(({ id }) => id), [2, 3]);
});

test("a call of tools goes along with its results, and only with them", () => {
  const called = exchange(1, { text: "Weather?" }, { toolCalls: [CALL] });
  const answered = exchange(2, { results: [{ id: "call_1", name: "weather", content: "5" }] });
  const { messages } = bodyOf("m", NO_SETTINGS, [called, answered]);

  assert.deepEqual(messages.slice(1), [
    {
      role: "assistant",
      content: "",
      tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Paris"}' } }],
    },
    { role: "tool", tool_call_id: "call_1", content: "5" },
  ]);
  assert.deepEqual(sentOf([called, answered, exchange(3, { text: "So?" })]).map(({ id }) => id), [3]);
});

test("what cannot be sent is named by its field", () => {
  const wrong = { ...NO_SETTINGS, temperature: "warm", maxTokens: "1.5", topP: "2", seed: "-1", tools: "[1]" };

  assert.deepEqual(Object.keys(problemsOf(wrong)), ["temperature", "topP", "maxTokens", "seed", "tools"]);
  assert.deepEqual(Object.keys(problemsOf({ ...NO_SETTINGS, format: "json_schema", schema: "{" })), ["schema"]);
  assert.deepEqual(problemsOf(NO_SETTINGS), {});
});
