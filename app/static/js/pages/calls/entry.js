// What an entry of the ledger says, in words. Pure.

import { duration, money } from "../../lib/format.js";

/**
 * @typedef {object} Try One attempt.
 * @property {string} upstream
 * @property {string} model
 * @property {string | null} credential
 * @property {string | null} provider
 * @property {"ok" | "error" | "cancelled"} status
 * @property {string | null} error_code
 * @property {number | null} units_in
 * @property {number | null} units_out
 * @property {number | null} cost_usd
 * @property {number} latency_ms
 * @property {number} [compute_ms] That the upstream says it has worked.
 *
 * @typedef {object} Entry As of GET /v1/usage/entries.
 * @property {string} id
 * @property {string | null} client_request_id
 * @property {string} created_at
 * @property {string} settled_at
 * @property {string} key_id
 * @property {string | null} user_id
 * @property {string | null} team_id
 * @property {string | null} end_user
 * @property {Record<string, string>} tags
 * @property {string} task
 * @property {string} model
 * @property {string | null} upstream
 * @property {string | null} upstream_model
 * @property {boolean} stream
 * @property {"ok" | "error" | "cancelled"} status
 * @property {string | null} error_code
 * @property {string | null} finish_reason
 * @property {number | null} units_in
 * @property {string | null} unit_in
 * @property {number | null} cached_in
 * @property {number | null} units_out
 * @property {string | null} unit_out
 * @property {"reported" | "counted" | "estimated" | null} basis
 * @property {number | null} cost_usd
 * @property {number} held_usd
 * @property {{ source: string, usd_per_million: Record<string, number> } | null} price
 * @property {string[]} charged
 * @property {number} attempts
 * @property {Try[]} tries
 * @property {number} latency_ms
 * @property {number | null} ttft_ms
 *
 * @typedef {{ tone: "good" | "warn" | "bad", label: string }} State
 * @typedef {{ upstream: string, about: string, state: State, ms: number, start: number, width: number, costUsd: number | null, code: string | null }} Bar
 */

/** @type {Record<string, State>} */
const STATES = {
  ok: { tone: "good", label: "Answered" },
  error: { tone: "bad", label: "Failed" },
  cancelled: { tone: "warn", label: "Left" },
};

/** @type {Record<string, string>} */
const BASES = {
  reported: "Reported: the upstream said so itself.",
  counted: "Counted: the upstream did not say, so the gateway counted what it saw.",
  estimated: "Estimated: nobody knows exactly, so this is the most that it can have been.",
};

/** @type {Record<string, string>} */
const SOURCES = {
  "meterhouse.toml": "from the gateway's file meterhouse.toml",
  api: "set by an admin",
  upstream: "from the upstream's own list",
  assumed: "assumed: nobody knows the price, and a budget allows for this much",
};

/** @type {Record<string, string>} What is not named here is called as the gateway calls it. */
const UNITS = {
  cached_input_token: "cached input token",
  input_second: "second that comes",
  output_second: "second that is made",
};

/** Units of which a single one has a price. */
const EACH = new Set(["request", "input_second", "output_second"]);

/** @type {Record<string, string>} */
const KEYS = {
  session: "in the browser",
  bootstrap: "admin key",
  operator: "command line",
};

/** @type {Record<string, string>} What is known of a failure besides its code: the entry has no text. */
const FAILURES = {
  budget_exceeded: "A budget was spent, so the call was stopped.",
  budget_busy: "What was left of a budget was held by other calls.",
  rate_limited: "A limit per minute, or of calls at once, was reached.",
  overloaded: "The upstream had as many calls as it may have, and the wait was too long.",
  not_ready: "The gateway could not take calls at that moment.",
  internal_error: "A mistake of the gateway. Its log says more, under the id of this call.",
  request_timeout: "The request took too long to arrive.",
  upstream_unreachable: "The upstream could not be reached.",
  upstream_timeout: "The upstream did not answer in time.",
  upstream_credentials: "The upstream refused the gateway's own credential. An admin must look at it.",
  upstream_credits: "The gateway's account at the upstream has no credit left.",
  upstream_rate_limited: "The upstream had had too many calls.",
  upstream_unavailable: "The upstream said that it cannot answer now.",
  upstream_loading: "The upstream was still loading the model.",
  upstream_protocol: "The upstream answered something that is no answer.",
  upstream_truncated: "The upstream's answer broke off before its end.",
  upstream_rejected: "The upstream did not accept the request as it was.",
  upstream_not_found: "The upstream does not have this model.",
  upstream_too_large: "The request was too large for the upstream.",
  upstream_unprocessable: "The upstream could not make sense of the request.",
};

/**
 * Say how a call, or one attempt, ended.
 * @param {"ok" | "error" | "cancelled"} status
 * @returns {State}
 */
export function stateOf(status) {
  return /** @type {State} */ (STATES[status] ?? { tone: "warn", label: status });
}

/**
 * Say what a failure means, where that is known.
 * @param {string | null} code
 */
export function failureWords(code) {
  return FAILURES[code ?? ""] ?? "";
}

/**
 * Say how the amounts are known.
 * @param {Entry["basis"]} basis
 */
export function basisWords(basis) {
  return BASES[basis ?? ""] ?? "Nobody knows how much it was.";
}

/**
 * Say whose price it was.
 * @param {string} source
 */
export function sourceWords(source) {
  return source.startsWith("import:") ? `imported from ${source.slice(7)}` : (SOURCES[source] ?? source);
}

/**
 * Return the lines of a price: "$0.15 for 1,000,000 input tokens", "$0.05 for each request".
 * @param {Entry["price"]} price
 */
export function priceLines(price) {
  return Object.entries(price?.usd_per_million ?? {}).map(([unit, usd]) => {
    const kind = UNITS[unit] ?? unit.replace("_", " ");
    return EACH.has(unit) ? `${money(millionth(usd))} for each ${kind}` : `${money(usd)} for 1,000,000 ${kind}s`;
  });
}

/**
 * Say who called: a person, a key or a team, by name where it is known.
 * @param {Entry} entry
 * @param {Map<string, string>} names
 * @returns {{ first: string, second: string }}
 */
export function callerOf(entry, names) {
  const key = keyWords(entry.key_id, names);
  const user = entry.user_id === null ? null : (names.get(entry.user_id) ?? entry.user_id);
  const team = entry.team_id === null ? null : (names.get(entry.team_id) ?? entry.team_id);
  if (user === null) {
    return { first: key, second: team ?? "" };
  }
  return { first: user, second: team === null ? key : `${key} · ${team}` };
}

/**
 * Name a key, or what stands in its place.
 * @param {string} keyId
 * @param {Map<string, string>} names
 */
export function keyWords(keyId, names) {
  return KEYS[keyId] ?? names.get(keyId) ?? keyId;
}

/**
 * Return which names an entry needs.
 * @param {Entry} entry
 * @returns {{ kind: "user" | "team" | "key", id: string }[]}
 */
export function idsOf({ user_id: user, team_id: team, key_id: key }) {
  /** @type {{ kind: "user" | "team" | "key", id: string }[]} */
  const wanted = [];
  if (user !== null) {
    wanted.push({ kind: "user", id: user });
  }
  if (team !== null) {
    wanted.push({ kind: "team", id: team });
  }
  if (KEYS[key] === undefined) {
    wanted.push({ kind: "key", id: key });
  }
  return wanted;
}

/**
 * Return the attempts as bars, one after another, in percent of the whole time; and what is left of it.
 * @param {Entry} entry
 * @returns {{ bars: Bar[], restMs: number }}
 */
export function barsOf({ tries, latency_ms: latency }) {
  const sum = tries.reduce((all, one) => all + one.latency_ms, 0);
  const whole = Math.max(latency, sum, 1);
  let begun = 0;
  const bars = tries.map((one) => {
    const bar = {
      upstream: one.upstream,
      about: aboutTry(one),
      state: stateOf(one.status),
      ms: one.latency_ms,
      start: (100 * begun) / whole,
      width: (100 * one.latency_ms) / whole,
      costUsd: one.cost_usd,
      code: one.error_code,
    };
    begun += one.latency_ms;
    return bar;
  });
  return { bars, restMs: Math.max(0, latency - sum) };
}

/**
 * Move the point six places, digit by digit.
 * @param {number} usd
 */
function millionth(usd) {
  const [digits = "0", power = "0"] = String(usd).split("e");
  return `${digits}e${Number(power) - 6}`;
}

/** @param {Try} one */
function aboutTry(one) {
  const provider = one.provider && one.provider !== one.upstream ? `by ${one.provider}` : "";
  const credential = one.credential ? `credential ${one.credential}` : "";
  const worked = one.compute_ms ? `worked ${duration(one.compute_ms)}` : "";
  return [one.model, provider, credential, worked].filter(Boolean).join(" · ");
}

/**
 * Return the headers that the answer carried, as far as the entry tells them.
 * @param {Entry} entry
 * @returns {[string, string][]}
 */
export function headersOf(entry) {
  const provider = entry.tries.at(-1)?.provider ?? entry.upstream;
  /** @type {[string, string | null | undefined][]} */
  const all = [
    ["x-request-id", entry.id],
    ["x-inference-provider", provider],
    ["x-meterhouse-upstream", entry.upstream],
    ["x-meterhouse-attempts", String(entry.attempts)],
    ["x-meterhouse-cost-usd", entry.stream || entry.cost_usd === null ? null : money(entry.cost_usd).slice(1)],
  ];
  return all.filter(/** @returns {pair is [string, string]} */ (pair) => Boolean(pair[1]));
}

/**
 * Say when, as shortly as can be: the time today, else the day too.
 * @param {string} at
 * @param {Date} [now]
 * @param {string} [timeZone]
 */
export function moment(at, now = new Date(), timeZone) {
  const date = new Date(at);
  const day = (/** @type {Date} */ one) => new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeZone }).format(one);
  const isToday = day(date) === day(now);
  return new Intl.DateTimeFormat("en-GB", {
    ...(isToday ? { second: "2-digit" } : { day: "numeric", month: "short" }),
    hour: "2-digit",
    minute: "2-digit",
    timeZone,
  }).format(date);
}

/**
 * Say how long, where it is known.
 * @param {number | null} ms
 */
export function seconds(ms) {
  return ms === null ? "–" : duration(ms);
}

/**
 * Write what is stored, with room where it is JSON.
 * @param {string} text
 */
export function laidOut(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
