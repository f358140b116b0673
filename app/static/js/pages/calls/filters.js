// Which calls are wanted: the address says it, and so does the question to the gateway. Pure.

import { isAdmin, isLead } from "../../lib/session.js";

const HOUR_MS = 3_600_000;

/** What the gateway takes as it is. */
const PLAIN = /** @type {const} */ (["user_id", "team_id", "key_id", "model", "status", "upstream", "task", "tag"]);

/** Periods that end now. */
export const RANGES = /** @type {const} */ ([
  { value: "hour", label: "Last hour", ms: HOUR_MS },
  { value: "day", label: "Last day", ms: 24 * HOUR_MS },
  { value: "week", label: "Last week", ms: 168 * HOUR_MS },
]);

export const STATUSES = /** @type {const} */ ([
  { value: "ok", label: "Answered" },
  { value: "error", label: "Failed" },
  { value: "cancelled", label: "Left by the client" },
]);

/**
 * @typedef {import("../../lib/session.js").Session} Session
 * @typedef {Record<string, string | undefined>} Query What stands in the address.
 */

/**
 * Return where the wanted calls are listed: those of all for an admin and for a lead who names their team, else
 * one's own.
 * @param {Session} who
 * @param {Query} query
 */
export function pathFor(who, query) {
  const seesAll = isAdmin(who) || (query.team_id !== undefined && isLead(who, query.team_id));
  return seesAll ? "v1/admin/usage/entries" : "v1/usage/entries";
}

/**
 * Return what is asked of the gateway.
 * @param {Query} query
 * @param {Date} [now]
 * @returns {Record<string, string>}
 */
export function questionOf(query, now = new Date()) {
  /** @type {Record<string, string>} */
  const asked = {};
  for (const name of PLAIN) {
    put(asked, name, query[name]);
  }
  const range = RANGES.find(({ value }) => value === query.range);
  put(asked, "since", range ? new Date(now.getTime() - range.ms).toISOString() : query.since);
  put(asked, "until", range ? undefined : query.until);
  return asked;
}

/**
 * Change some filters, and leave out what is empty.
 * @param {Query} query
 * @param {Query} changes
 * @returns {Record<string, string>}
 */
export function changed(query, changes) {
  /** @type {Record<string, string>} */
  const left = {};
  for (const [name, value] of Object.entries({ ...query, ...changes })) {
    put(left, name, value);
  }
  return left;
}

/**
 * Say how many filters there are; both ends of a period are one.
 * @param {Query} query
 */
export function countOf(query) {
  const isTimed = query.range !== undefined || query.since !== undefined || query.until !== undefined;
  return PLAIN.filter((name) => query[name] !== undefined).length + (isTimed ? 1 : 0);
}

/**
 * Say whether calls may still be added to what is wanted.
 * @param {Query} query
 * @param {Date} [now]
 */
export function isLive(query, now = new Date()) {
  const { until } = questionOf(query, now);
  return until === undefined || new Date(until) > now;
}

/**
 * Write a moment for a field that shows local time: "2026-11-23T14:05".
 * @param {string | undefined} moment
 */
export function localOf(moment) {
  const date = new Date(moment ?? NaN);
  if (Number.isNaN(date.getTime())) {
    return "";
  }
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * Read such a field: the moment in UTC, or undefined where it is empty.
 * @param {string} local
 */
export function momentOf(local) {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/**
 * @param {Record<string, string>} into
 * @param {string} name
 * @param {string | undefined} value
 */
function put(into, name, value) {
  if (value !== undefined && value !== "") {
    into[name] = value;
  }
}
