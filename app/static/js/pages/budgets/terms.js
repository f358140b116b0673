// What somebody typed into the form of a budget or a limit: whether it makes sense. Pure.

import { readAmount } from "../../lib/amounts.js";

/**
 * @typedef {object} Wish
 * @property {string} cap
 * @property {"day" | "week" | "month" | "total"} period
 * @property {string} timeZone
 * @property {"hard" | "soft"} mode
 * @property {string} alerts
 * @property {"refuse" | "hold"} unknown
 * @property {string} hold
 */

const AMOUNT = "Write it in digits, like 1234.50.";

/**
 * Say what is wrong with each field, by its name.
 * @param {Wish} wish
 * @param {import("./scope-fields.js").Whose} whose
 * @returns {Record<string, string>}
 */
export function problemsOf(wish, whose) {
  /** @type {Record<string, string>} */
  const found = {};
  if (whose.scope !== "instance" && whose.id === "") {
    found.scope_id = `Choose a ${whose.scope}.`;
  }
  if (readAmount(wish.cap) === null) {
    found.cap_usd = AMOUNT;
  }
  if (readPercents(wish.alerts) === null) {
    found.alert_percents = "Write whole percents with commas between them, the smallest first, like 80, 100.";
  }
  if (wish.mode === "hard" && wish.unknown === "hold" && !/[1-9]/.test(readAmount(wish.hold)?.text ?? "")) {
    found.unknown_price = AMOUNT;
  }
  return found;
}

/**
 * Read percents: "80, 100". Null where they are none, or not in order.
 * @param {string} text
 * @returns {number[] | null}
 */
export function readPercents(text) {
  const parts = text.split(",").map((part) => part.replace("%", "").trim()).filter(Boolean);
  const percents = parts.map(Number);
  const isGood = percents.every((percent, at) => Number.isInteger(percent) && percent > (percents[at - 1] ?? 0) && percent <= 1000);
  return isGood && percents.length <= 10 ? percents : null;
}

/**
 * Read a number of calls or tokens: "6,000". Null where there is none, NaN where it is none.
 * @param {string} text
 * @returns {number | null}
 */
export function readCount(text) {
  const digits = text.replace(/[,\s]/g, "");
  if (digits === "") {
    return null;
  }
  const value = Number(digits);
  return /^\d+$/.test(digits) && value >= 1 && value <= 1e9 ? value : NaN;
}
