// What calls are measured in: tokens, and what tasks have in their place. Pure.

import { count, shortCount } from "./format.js";

/**
 * @typedef {{ units_in: number, units_out: number }} UnitSums
 * @typedef {UnitSums & { other_units: Record<string, UnitSums> }} Measured Tokens, and other units by their kind.
 */

/**
 * Say an amount: "1,204 tokens", "1 pixel", "unknown".
 * @param {number | null} units
 * @param {string | null} unit
 */
export function amount(units, unit) {
  return units === null ? "unknown" : `${count(units)} ${named(unit ?? "token", units)}`;
}

/**
 * Say what went in and came out, each with its kind unless it is tokens: "120 → 45",
 * "12 characters → 4,096 pixels". What is measured in nothing is left out.
 * @param {{ units_in: number | null, unit_in: string | null, units_out: number | null, unit_out: string | null }} entry
 */
export function amounts({ units_in: into, unit_in: kindIn, units_out: out, unit_out: kindOut }) {
  if (into === null && out === null) {
    return "unknown";
  }
  if ((kindIn ?? "token") === "token") {
    return `${count(into)} → ${count(out)}`;
  }
  return [amount(into, kindIn), kindOut === null ? "" : amount(out, kindOut)].filter(Boolean).join(" → ");
}

/**
 * Say what calls add up to, kind by kind: ["1.2M tokens", "34K characters"].
 * @param {Measured} sums
 */
export function kindsOf(sums) {
  const tokens = sums.units_in + sums.units_out;
  const others = Object.entries(sums.other_units).map(([kind, { units_in: into, units_out: out }]) => short(into + out, kind));
  return tokens > 0 || others.length === 0 ? [short(tokens, "token"), ...others] : others;
}

/**
 * Say in and out of each kind that is not tokens: [["characters", "12 in, 3 out"]].
 * @param {Measured} sums
 * @returns {[string, string][]}
 */
export function othersOf({ other_units: others }) {
  return Object.entries(others).map(([kind, { units_in: into, units_out: out }]) => [
    `${kind}s`,
    `${shortCount(into)} in, ${shortCount(out)} out`,
  ]);
}

/**
 * @param {number} units
 * @param {string} kind
 */
function short(units, kind) {
  return `${shortCount(units)} ${named(kind, units)}`;
}

/**
 * @param {string} kind
 * @param {number} units
 */
function named(kind, units) {
  return `${kind}${units === 1 ? "" : "s"}`;
}
