// One answer, as it comes. Pure.

/**
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("../../lib/sse.js").SseItem} SseItem
 */

const MOST_CALLS = 128;
const OURS = /^meterhouse (\{.*\})$/s;

/**
 * An answer that has been asked for.
 * @param {string} model
 * @returns {Answer}
 */
export function newAnswer(model) {
  return {
    state: "waiting",
    model,
    text: "",
    reasoning: "",
    toolCalls: [],
    finishReason: null,
    cutCode: null,
    failure: null,
    requestId: null,
    upstream: null,
    attempts: null,
    unitsIn: null,
    unitsOut: null,
    costUsd: null,
    isCostKnown: false,
    latencyMs: null,
    firstMs: null,
  };
}

/**
 * Add what the headers say.
 * @param {Answer} answer
 * @param {Headers} headers
 * @returns {Answer}
 */
export function withHeaders(answer, headers) {
  const timing = /\bupstream;dur=([\d.]+)/.exec(headers.get("server-timing") ?? "");
  const attempts = headers.get("x-meterhouse-attempts");
  return {
    ...answer,
    requestId: headers.get("x-request-id") ?? answer.requestId,
    upstream: headers.get("x-meterhouse-upstream") || answer.upstream,
    attempts: attempts === null ? answer.attempts : Number(attempts),
    firstMs: timing === null ? answer.firstMs : Number(timing[1]),
  };
}

/**
 * Add what one event or comment of the stream says.
 * @param {Answer} answer
 * @param {SseItem} item
 * @returns {Answer}
 */
export function withItem(answer, item) {
  if ("comment" in item) {
    const found = OURS.exec(item.comment);
    return found === null ? answer : withEnd(answer, parsed(found[1] ?? ""));
  }
  if (item.data === "[DONE]") {
    return { ...answer, state: answer.state === "failed" ? "failed" : "done" };
  }
  const chunk = parsed(item.data);
  return chunk.error ? withFailure(answer, failureOf(chunk.error)) : withChunk(answer, chunk);
}

/**
 * End an answer that could not be finished. What was written stays.
 * @param {Answer} answer
 * @param {import("./types.js").Failure} failure
 * @returns {Answer}
 */
export function withFailure(answer, failure) {
  return { ...answer, state: "failed", failure };
}

/**
 * Add what the ledger says of the call.
 * @param {Answer} answer
 * @param {Record<string, any>} entry
 * @returns {Answer}
 */
export function withEntry(answer, entry) {
  return {
    ...withEnd(answer, entry),
    firstMs: entry.ttft_ms ?? answer.firstMs,
  };
}

/**
 * @param {Answer} answer
 * @param {Record<string, any>} facts
 * @returns {Answer}
 */
function withEnd(answer, facts) {
  return {
    ...answer,
    upstream: facts.upstream ?? answer.upstream,
    attempts: facts.attempts ?? answer.attempts,
    unitsIn: facts.units_in ?? null,
    unitsOut: facts.units_out ?? null,
    costUsd: facts.cost_usd ?? null,
    isCostKnown: facts.cost_usd !== undefined,
    latencyMs: facts.latency_ms ?? answer.latencyMs,
  };
}

/**
 * @param {Answer} answer
 * @param {Record<string, any>} chunk
 * @returns {Answer}
 */
function withChunk(answer, chunk) {
  const choice = chunk.choices?.find((/** @type {any} */ one) => (one.index ?? 0) === 0);
  if (choice === undefined) {
    return answer;
  }
  const delta = choice.delta ?? {};
  return {
    ...answer,
    state: "writing",
    text: answer.text + (typeof delta.content === "string" ? delta.content : ""),
    reasoning: answer.reasoning + (delta.reasoning ?? delta.reasoning_content ?? ""),
    toolCalls: withCalls(answer.toolCalls, delta.tool_calls ?? []),
    finishReason: choice.finish_reason ?? answer.finishReason,
    cutCode: chunk.meterhouse?.code ?? answer.cutCode,
  };
}

/**
 * @param {import("./types.js").ToolCall[]} before
 * @param {any[]} pieces
 */
function withCalls(before, pieces) {
  if (pieces.length === 0) {
    return before;
  }
  const calls = [...before];
  for (const piece of pieces) {
    const index = piece.index ?? 0;
    while (calls.length <= index && calls.length < MOST_CALLS) {
      calls.push({ id: "", name: "", arguments: "" });
    }
    const call = calls[index];
    if (call === undefined) {
      continue; // an index that no model means
    }
    calls[index] = {
      id: piece.id ?? call.id,
      name: call.name + (piece.function?.name ?? ""),
      arguments: call.arguments + (piece.function?.arguments ?? ""),
    };
  }
  return calls;
}

/** @param {any} error */
function failureOf(error) {
  const message = typeof error === "string" ? error : (error.message ?? "The answer broke off.");
  return { message, code: error.code ?? "stream_failed", status: 0, againAt: null };
}

/**
 * @param {string} text
 * @returns {Record<string, any>}
 */
function parsed(text) {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
