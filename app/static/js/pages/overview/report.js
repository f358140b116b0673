// What the overview asks, and for which period.

import { get } from "../../lib/api.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const STEPS = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS };

/**
 * @typedef {{ name: string, label: string, ms: number, interval: keyof typeof STEPS, points: number, chart: string }} Range
 * @typedef {{ p50: number, p95: number, p99: number }} Percentiles
 * @typedef {object} Sums
 * @property {number} calls
 * @property {{ ok: number, error: number, cancelled: number }} calls_by_status
 * @property {number} calls_without_cost
 * @property {number} units_in
 * @property {number} units_out
 * @property {Record<string, import("../../lib/units.js").UnitSums>} other_units
 * @property {number | null} cost_usd
 * @property {Percentiles | null} latency_ms
 * @property {Percentiles | null} ttft_ms
 *
 * @typedef {Sums & { start: string }} Point
 * @typedef {Sums & { value: string | null }} Group
 * @typedef {{ totals: Sums, models: Group[], points: Point[] }} Report
 */

/** @type {Record<string, Range>} */
export const RANGES = {
  hour: { name: "hour", label: "Last hour", ms: HOUR_MS, interval: "minute", points: 60, chart: "last 60 minutes, by minute" },
  day: { name: "day", label: "Last day", ms: DAY_MS, interval: "hour", points: 24, chart: "last 24 hours, by hour" },
  week: { name: "week", label: "Last week", ms: 7 * DAY_MS, interval: "day", points: 7, chart: "last 7 days, by day in UTC" },
};

/**
 * @param {string | undefined} name
 * @returns {Range}
 */
export function rangeOf(name) {
  return /** @type {Range} */ (RANGES[name ?? "day"] ?? RANGES.day);
}

/**
 * Read the sums of a period, its models and the points of its charts.
 * @param {Range} range
 * @param {boolean} ofAll
 * @param {AbortSignal} signal
 * @returns {Promise<Report>}
 */
export async function readReport(range, ofAll, signal) {
  const path = ofAll ? "v1/admin/usage" : "v1/usage";
  const now = Date.now();
  const since = new Date(now - range.ms).toISOString();
  const [totals, series] = await Promise.all([
    get(path, { since, group_by: "model" }, signal),
    get(path, { since: firstPoint(range, now), interval: range.interval }, signal),
  ]);
  return { totals, models: totals.groups, points: series.series };
}

/**
 * Return when the first bar begins: points begin in UTC, and the last one is now.
 * @param {Range} range
 * @param {number} now
 */
export function firstPoint({ interval, points }, now) {
  const step = STEPS[interval];
  return new Date((Math.floor(now / step) - points + 1) * step).toISOString();
}
