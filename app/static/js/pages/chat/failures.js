// Why an answer is not whole, and what to do about it. Pure.

/**
 * `next` is empty where the gateway's own words say it.
 * @typedef {{ tone: "info" | "warn" | "bad", title: string, next: string }} Words
 */

const OTHER_MODEL = "Choose another model.";
const AGAIN = "Try again, or choose another model.";
const MORE_MONEY = "Charge it to another team, or ask an admin to raise the budget.";

/** @type {Record<string, [title: string, next: string]>} */
const BY_CODE = {
  budget_exceeded: ["The budget is used up.", MORE_MONEY],
  budget_busy: ["Other calls hold what is left of the budget.", "Try again when they have ended."],
  rate_limited: ["Too many calls.", ""],
  price_unknown: ["This model has no price.", "Choose another model, or ask an admin to set its price."],
  model_not_allowed: ["This model is not for you.", OTHER_MODEL],
  model_not_found: ["Nobody answers for this model.", OTHER_MODEL],
  model_required: ["No model is chosen.", "Choose one above."],
  request_too_large: ["This is too much for one call.", "Send smaller images, or begin a new chat."],
  context_length_exceeded: ["The chat is too long for this model.", "Begin a new chat, or choose a model that reads more."],
  unreachable: ["The gateway was not reached.", "Try again when you are online and it runs."],
  not_ready: ["The gateway is stopping or starting.", "Try again in a moment."],
  overloaded: ["There is no room for the call.", "Try again in a moment."],
  upstream_rate_limited: ["The upstream takes no more calls for now.", AGAIN],
  upstream_credentials: ["The upstream refuses the gateway's key.", "An admin can renew it; or choose another model."],
  upstream_credits: ["The gateway's account at the upstream has no credits.", "An admin can add some; or choose another model."],
  upstream_truncated: ["The upstream broke off.", AGAIN],
};

const NEXT_BY_STATUS = /** @type {Record<number, string>} */ ({
  400: "Change what it names, and try again.",
  401: "Sign in again.",
  403: "Ask an admin if you need it.",
  404: OTHER_MODEL,
});

/**
 * Say what is to be said beside an answer; null where it is simply there.
 * @param {import("./types.js").Answer} answer
 * @returns {Words | null}
 */
export function wordsOf({ state, failure, finishReason, cutCode, text }) {
  if (failure !== null) {
    return failureWords(failure, text !== "");
  }
  if (state === "stopped") {
    return { tone: "info", title: "Stopped.", next: text === "" ? "" : "What was written until then is charged." };
  }
  return finishWords(finishReason, cutCode);
}

/**
 * @param {import("./types.js").Failure} failure
 * @param {boolean} isPartial
 * @returns {Words}
 */
function failureWords({ code, status }, isPartial) {
  const [title, next] = BY_CODE[code] ?? [
    isPartial ? "The answer broke off." : "There is no answer.",
    NEXT_BY_STATUS[status] ?? AGAIN,
  ];
  return { tone: status === 429 ? "warn" : "bad", title, next };
}

/**
 * @param {string | null} reason
 * @param {string | null} cutCode
 * @returns {Words | null}
 */
function finishWords(reason, cutCode) {
  if (cutCode === "budget_exceeded") {
    return { tone: "warn", title: "Cut short: the budget has no more for this answer.", next: MORE_MONEY };
  }
  if (cutCode !== null) {
    return { tone: "warn", title: "Cut short by the gateway.", next: `Its code is ${cutCode}.` };
  }
  if (reason === "length") {
    return { tone: "warn", title: "Cut short: the answer has reached its length.", next: "Raise “Most tokens” under Parameters for more." };
  }
  if (reason === "content_filter") {
    return { tone: "warn", title: "The upstream held back the rest.", next: "Its content filter did. Ask in other words." };
  }
  return null;
}

/**
 * Return an error of a request as what went wrong with an answer.
 * @param {import("../../lib/api.js").ApiError} error
 * @param {number} now In milliseconds since 1970.
 * @returns {import("./types.js").Failure}
 */
export function failureFrom(error, now) {
  const againAt = error.retryAfter === null ? null : now + error.retryAfter * 1000;
  return { message: error.message, code: error.code, status: error.status, againAt };
}
