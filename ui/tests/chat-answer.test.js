// An answer as it comes, whole or not, and what is said of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newAnswer, withEntry, withHeaders, withItem } from "../../app/static/js/pages/chat/answer.js";
import { wordsOf } from "../../app/static/js/pages/chat/failures.js";

/** @param {any} value */
const event = (value) => ({ data: typeof value === "string" ? value : JSON.stringify(value), event: "message" });

/** @param {any} delta */
const chunk = (delta, finish_reason = null, more = {}) => event({ choices: [{ index: 0, delta, finish_reason }], ...more });

/** @param {import("../../app/static/js/lib/sse.js").SseItem[]} items */
const read = (...items) => items.reduce(withItem, newAnswer("m"));

test("text, reasoning and what it took", () => {
  const answer = read(
    chunk({ role: "assistant", content: null, reasoning: "Hm" }),
    chunk({ content: "Hel" }),
    chunk({ content: "lo" }, "stop"),
    { comment: 'meterhouse {"upstream":"hf","attempts":2,"units_in":3,"units_out":4,"cost_usd":0.0001,"latency_ms":120}' },
    { comment: "still here" },
    event("[DONE]"),
  );

  assert.equal(answer.state, "done");
  assert.deepEqual([answer.text, answer.reasoning, answer.finishReason], ["Hello", "Hm", "stop"]);
  assert.deepEqual([answer.unitsIn, answer.unitsOut, answer.costUsd, answer.attempts], [3, 4, 0.0001, 2]);
  assert.equal(wordsOf(answer), null);
});

test("a cost that nobody knows is told from one that was not told", () => {
  assert.equal(read(chunk({ content: "x" })).isCostKnown, false);
  assert.deepEqual(
    [read({ comment: 'meterhouse {"cost_usd":null}' })].map(({ isCostKnown, costUsd }) => [isCostKnown, costUsd]),
    [[true, null]],
  );
});

test("calls of tools come in pieces, in any order", () => {
  const call = (/** @type {number} */ index, /** @type {any} */ rest) => chunk({ tool_calls: [{ index, ...rest }] });
  const { toolCalls } = read(
    call(1, { id: "b", function: { name: "g", arguments: "{}" } }),
    call(0, { id: "a", function: { name: "f", arguments: '{"x":' } }),
    call(0, { function: { arguments: "1}" } }),
  );

  assert.deepEqual(toolCalls, [
    { id: "a", name: "f", arguments: '{"x":1}' },
    { id: "b", name: "g", arguments: "{}" },
  ]);
});

test("an error event keeps the text so far", () => {
  const answer = read(chunk({ content: "So far" }), event({ error: { message: "It broke.", code: "upstream_truncated" } }));

  assert.deepEqual([answer.state, answer.text], ["failed", "So far"]);
  assert.equal(wordsOf(answer)?.title, "The upstream broke off.");
});

test("a cut by the budget is told from one by length", () => {
  const cut = read(chunk({ content: "x" }), chunk({}, /** @type {any} */ ("length"), { meterhouse: { code: "budget_exceeded" } }), event("[DONE]"));
  const full = read(chunk({ content: "x" }, /** @type {any} */ ("length")), event("[DONE]"));

  assert.match(wordsOf(cut)?.title ?? "", /budget/);
  assert.match(wordsOf(full)?.title ?? "", /length/);
});

test("a refusal is said in words, and one that only asks for patience is a warning", () => {
  const wordsFor = (/** @type {string} */ code, /** @type {number} */ status) =>
    wordsOf({ ...newAnswer("m"), state: "failed", failure: { message: "No.", code, status, againAt: null } });

  assert.deepEqual(wordsFor("rate_limited", 429), { tone: "warn", title: "Too many calls.", next: "" });
  assert.match(wordsFor("budget_exceeded", 402)?.next ?? "", /another team/);
  assert.match(wordsFor("never_heard_of", 404)?.next ?? "", /another model/);
  assert.deepEqual([wordsFor("never_heard_of", 500)?.tone, wordsFor("never_heard_of", 500)?.title], ["bad", "There is no answer."]);
});

test("headers and the ledger's entry fill in what is known", () => {
  const headers = new Headers({ "x-request-id": "req_1", "x-meterhouse-upstream": "hf", "x-meterhouse-attempts": "2", "server-timing": "upstream;dur=12.5" });
  const begun = withHeaders(newAnswer("m"), headers);
  const settled = withEntry(begun, { upstream: "hf", attempts: 2, units_in: 1, units_out: 2, cost_usd: 0.5, latency_ms: 9, ttft_ms: null });

  assert.deepEqual([begun.requestId, begun.upstream, begun.attempts, begun.firstMs], ["req_1", "hf", 2, 12.5]);
  assert.deepEqual([settled.costUsd, settled.isCostKnown, settled.firstMs, settled.latencyMs], [0.5, true, 12.5, 9]);
});
