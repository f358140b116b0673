// Sentences about what the gateway keeps count of. Pure, for every page that shows them.

import { cents, day } from "./format.js";

const PERIODS = { day: "today", week: "this week", month: "this month", total: "in total" };
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
 * @param {Budget} budget
 * @param {string} words
 * @param {Date} now
 */
function resetWords({ resets_at: at, time_zone: zone }, words, now) {
  return at === null ? "" : words + day(at, now, zone);
}
