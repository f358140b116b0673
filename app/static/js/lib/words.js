// Sentences about what the gateway keeps count of. Pure, for every page that shows them.

import { cents, count, day, money } from "./format.js";

const PERIODS = { day: "today", week: "this week", month: "this month", total: "in total" };
const SPANS = { day: "in a day", week: "in a week, from Monday on", month: "in a calendar month", total: "in total" };
const SCOPES = { instance: "Everybody", team: "Team", user: "User", key: "Key" };

/**
 * @typedef {object} Budget As of GET /v1/budgets, or of GET /v1/me.
 * @property {string} id
 * @property {"instance" | "team" | "user" | "key"} scope
 * @property {string | null} scope_id
 * @property {"day" | "week" | "month" | "total"} period
 * @property {"hard" | "soft"} mode
 * @property {number} cap_usd
 * @property {number} left_usd
 * @property {string | null} resets_at
 * @property {string} [time_zone]
 *
 * @typedef {object} Terms What a budget is to do, before it is made.
 * @property {Budget["scope"]} scope
 * @property {Budget["period"]} period
 * @property {Budget["mode"]} mode
 * @property {string | number} cap_usd
 * @property {string} time_zone
 * @property {number[]} alert_percents
 * @property {{ hold_usd: string | number } | null} unknown_price
 *
 * @typedef {object} LimitTerms
 * @property {number | null} requests_per_minute
 * @property {number | null} tokens_per_minute
 * @property {number | null} parallel_calls
 * @property {number} wait_up_to_seconds
 */

/**
 * Say what is left: "$12.40 of $50.00 left this month, resets on 1 December".
 * @param {Budget} budget
 * @param {Date} [now]
 */
export function budgetWords(budget, now = new Date()) {
  const period = PERIODS[budget.period];
  const cap = cents(budget.cap_usd);
  if (budget.left_usd > 0) {
    return `${cents(budget.left_usd)} of ${cap} left ${period}${resetWords(budget, ", resets on ", now)}`;
  }
  return budget.mode === "hard"
    ? `All of ${cap} is spent or held ${period}: calls are refused${resetWords(budget, " until ", now)}`
    : `All of ${cap} is spent ${period}, and calls go on${resetWords(budget, "; resets on ", now)}`;
}

/**
 * Say what is gone: "$37.60 of $50.00 this month, hard, resets on 1 December (Europe/Berlin)".
 * @param {Budget & { settled_usd: number }} budget As of GET /v1/budgets.
 * @param {Date} [now]
 */
export function spentWords(budget, now = new Date()) {
  const zone = budget.resets_at === null || !budget.time_zone ? "" : ` (${budget.time_zone})`;
  const spent = `${cents(budget.settled_usd)} of ${cents(budget.cap_usd)} ${PERIODS[budget.period]}`;
  return `${spent}, ${budget.mode}${resetWords(budget, ", resets on ", now)}${zone}`;
}

/**
 * Say what a budget will do, in a sentence or two: "Calls of team Search are refused once $50.00 are
 * spent in a calendar month, in the time zone Europe/Berlin."
 * @param {Terms} terms
 * @param {string} [name] Of the team, user or key.
 */
export function budgetPromise(terms, name) {
  const calls = callsOf(terms.scope, name);
  const cap = money(terms.cap_usd);
  const zone = terms.period === "total" ? "" : `, in the time zone ${terms.time_zone}`;
  const span = `${SPANS[terms.period]}${zone}`;
  if (terms.mode === "soft") {
    return [`${calls} go on when ${cap} are spent ${span}: nothing is refused.`, alertsPromise(terms)].join(" ");
  }
  const refusal = Number(terms.cap_usd) === 0
    ? `${calls} are refused unless they are free.`
    : `${calls} are refused once ${cap} are spent ${span}.`;
  return [refusal, alertsPromise(terms), unknownPromise(terms)].join(" ");
}

/**
 * Say what a limit allows: "60 calls a minute, 10 at once".
 * @param {LimitTerms} limit
 */
export function limitWords(limit) {
  const { requests_per_minute: calls, tokens_per_minute: tokens, parallel_calls: parallel } = limit;
  return [
    calls === null ? "" : `${count(calls)} ${calls === 1 ? "call" : "calls"} a minute`,
    tokens === null ? "" : `${count(tokens)} ${tokens === 1 ? "token" : "tokens"} a minute`,
    parallel === null ? "" : `${count(parallel)} at once`,
    limit.wait_up_to_seconds === 0 ? "" : `waits up to ${limit.wait_up_to_seconds} s`,
  ].filter(Boolean).join(", ");
}

/**
 * Say what a limit will do: "Calls of team Search are refused beyond 60 calls a minute and 10 at once."
 * @param {LimitTerms & { scope: Budget["scope"] }} terms
 * @param {string} [name] Of the team, user or key.
 */
export function limitPromise(terms, name) {
  const wait = terms.wait_up_to_seconds;
  const bounds = limitWords({ ...terms, wait_up_to_seconds: 0 }).split(", ").filter(Boolean);
  const calls = callsOf(terms.scope, name);
  if (bounds.length === 0) {
    return wait === 0
      ? "This limits nothing yet: fill in at least one field."
      : `${calls} wait up to ${wait} s for their turn where another limit or budget is busy.`;
  }
  const last = bounds.pop();
  const all = bounds.length === 0 ? last : `${bounds.join(", ")} and ${last}`;
  const end = wait === 0 ? "are refused at once" : `wait up to ${wait} s for their turn, and are refused then`;
  return `${calls} beyond ${all} ${end}.`;
}

/**
 * Say how near a budget is to its end.
 * @param {Budget} budget
 * @returns {"good" | "warn" | "bad"}
 */
export function budgetTone(budget) {
  const used = usedPart(budget);
  if (used >= 1) {
    return "bad";
  }
  return used >= 0.8 ? "warn" : "good";
}

/**
 * Return which part of a budget is used, from 0 to 1, for a bar.
 * @param {Budget} budget
 */
export function usedPart({ cap_usd: cap, left_usd: left }) {
  return cap === 0 ? 1 : Math.min(1, Math.max(0, 1 - left / cap));
}

/**
 * Say whom something binds: "Everybody", "Team Research".
 * @param {{ scope: Budget["scope"], scope_id: string | null }} bound
 * @param {string} [name] Of the team, user or key, where it is known.
 */
export function scopeWords({ scope, scope_id: id }, name) {
  return scope === "instance" ? SCOPES.instance : `${SCOPES[scope]} ${name ?? id}`;
}

/**
 * @param {Budget["scope"]} scope
 * @param {string} [name]
 */
function callsOf(scope, name) {
  if (scope === "instance") {
    return "All calls";
  }
  if (name === undefined) {
    return scope === "key" ? "Calls with this key" : `Calls of this ${scope}`;
  }
  return { team: `Calls of team ${name}`, user: `Calls of ${name}`, key: `Calls with the key ${name}` }[scope];
}

/** @param {Terms} terms */
function alertsPromise({ alert_percents: percents }) {
  const parts = percents.map((percent) => `${percent}\u00a0%`);
  const last = parts.pop();
  if (last === undefined) {
    return "No alert is recorded.";
  }
  const all = parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
  return `${parts.length === 0 ? "An alert is" : "Alerts are"} recorded at ${all}.`;
}

/** @param {Terms} terms */
function unknownPromise({ unknown_price: unknown }) {
  return unknown === null
    ? "A call whose price nobody knows is refused."
    : `A call whose price nobody knows costs ${money(unknown.hold_usd)}.`;
}

/**
 * @param {Budget} budget
 * @param {string} words
 * @param {Date} now
 */
function resetWords({ resets_at: at, time_zone: zone }, words, now) {
  return at === null ? "" : words + day(at, now, zone);
}
