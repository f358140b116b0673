// What a budget does now, and what has happened to it, in words. Pure.

import { cents, money } from "../../lib/format.js";
import { budgetTone } from "../../lib/words.js";

/**
 * Say in a word or two what a budget does to calls now; null where there is nothing to say.
 * @param {import("./reading.js").BudgetRow} budget
 * @returns {{ words: string, tone: "plain" | "warn" | "bad" } | null}
 */
export function stateOf(budget) {
  if (budget.archived_at !== null) {
    return { words: "Archived", tone: "plain" };
  }
  const tone = budgetTone(budget);
  if (tone === "good") {
    return null;
  }
  if (tone === "warn") {
    return { words: "Nearly spent", tone };
  }
  const isSpent = budget.settled_usd >= budget.cap_usd;
  if (budget.mode === "soft") {
    return { words: isSpent ? "Exceeded" : "All held", tone };
  }
  return { words: isSpent ? "Spent: calls are refused" : "All held: calls wait or are refused", tone };
}

/**
 * @typedef {object} BudgetEvent
 * @property {string} id
 * @property {string} at
 * @property {string} kind
 * @property {{ percent?: number, cause?: string, overshoot_usd?: number, settled_usd: number, held_usd: number,
 *   cap_usd: number }} facts
 */

/**
 * Say what happened: "80 % of $50.00 was spent".
 * @param {BudgetEvent} event
 */
export function eventWords({ kind, facts }) {
  if (kind === "budget.alert") {
    return `${facts.percent} % of ${cents(facts.cap_usd)} was reached: ${cents(facts.settled_usd)} spent`;
  }
  if (kind === "budget.overshoot") {
    const why = facts.cause === "cap" ? "the cap was lowered below what was spent and held" : "a call cost more than was held for it";
    return `Exceeded by ${money(facts.overshoot_usd)}: ${why}`;
  }
  return kind;
}

/**
 * Return the call that an event is about, where it is about one.
 * @param {BudgetEvent} event
 */
export function callOf({ facts: { cause } }) {
  return cause !== undefined && cause.startsWith("req_") ? cause : null;
}
