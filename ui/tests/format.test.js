// Numbers, money and time as people read them.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as format from "../../app/static/js/lib/format.js";

const NOW = new Date("2026-11-23T12:00:00Z");

/**
 * @param {string} name
 * @param {(value: any) => string} write
 * @param {[any, string][]} cases
 */
function writes(name, write, cases) {
  for (const [value, expected] of cases) {
    test(`${name} writes ${JSON.stringify(value)} as ${expected}`, () => {
      assert.equal(write(value), expected);
    });
  }
}

writes("money", format.money, [
  [0, "$0.00"],
  [50, "$50.00"],
  [12.4, "$12.40"],
  ["12.400", "$12.40"],
  [1234567.891234567, "$1,234,567.891234567"],
  ["9223372036.854775807", "$9,223,372,036.854775807"],
  [1e-9, "$0.000000001"],
  [1.5e-7, "$0.00000015"],
  [1.5e21, "$1,500,000,000,000,000,000,000.00"],
  [-0.5, "-$0.50"],
  [null, "unknown"],
]);

writes("cents", format.cents, [
  [49.9999232, "$49.99"],
  ["1234.5", "$1,234.50"],
  [0.01, "$0.01"],
  [0.0099, "$0.0099"],
  [0, "$0.00"],
  [-3.999, "-$3.99"],
]);

test("a column of money has as many digits in every line", () => {
  const written = (/** @type {(number | null)[]} */ ...amounts) => amounts.map(format.columnMoney(amounts));

  assert.deepEqual(written(1234.5, 0.881, 0), ["$1,234.50", "$0.88", "$0.00"]);
  assert.deepEqual(written(1.6382, 0.0664, null), ["$1.638", "$0.066", "unknown"]);
  assert.deepEqual(written(12, 0.00042, 0.000031), ["$12.0000", "$0.0004", "< $0.0001"]);
  assert.deepEqual(written(), []);
});

writes("shortMoney", format.shortMoney, [
  [0, "$0"],
  [12.4, "$12.40"],
  [50, "$50"],
  [1234.56, "$1,235"],
  [0.00012345, "$0.00012"],
  [undefined, "unknown"],
]);

writes("count", format.count, [[0, "0"], [999, "999"], [1234567, "1,234,567"], [null, "unknown"]]);
writes("shortCount", format.shortCount, [[9999, "9,999"], [12_340, "12.3K"], [4_600_000, "4.6M"], [2e9, "2B"]]);
writes("plural", (value) => format.plural(value, "call"), [[0, "0 calls"], [1, "1 call"], [2000, "2,000 calls"]]);
writes("percent", ([part, whole]) => format.percent(part, whole), [
  [[0, 0], "0 %"],
  [[1, 3], "33 %"],
  [[1, 40], "2.5 %"],
  [[1, 10_000], "< 0.1 %"],
  [[1, 1], "100 %"],
]);
writes("duration", format.duration, [
  [0, "0 ms"],
  [840, "840 ms"],
  [1240, "1.24 s"],
  [12_000, "12 s"],
  [185_000, "3 min 5 s"],
  [7_260_000, "2 h 1 min"],
  [null, "unknown"],
]);
writes("size", format.size, [[1, "1 byte"], [999, "999 bytes"], [1400, "1.4 kB"], [64e6, "64 MB"]]);
writes("ago", (moment) => format.ago(moment, NOW), [
  ["2026-11-23T11:59:55Z", "just now"],
  ["2026-11-23T11:55:00Z", "5 min ago"],
  ["2026-11-23T14:30:00Z", "in 2 h"],
  ["2026-11-22T12:00:00Z", "1 day ago"],
  ["2026-11-01T12:00:00Z", "1 November"],
  ["2025-11-01T12:00:00Z", "1 November 2025"],
]);
writes("day", (moment) => format.day(moment, NOW, "Europe/Berlin"), [["2026-11-30T23:30:00Z", "1 December"]]);
writes("time", (moment) => format.time(moment, "UTC"), [["2026-11-23T14:05:09Z", "23 Nov 2026, 14:05:09"]]);
writes("utc", format.utc, [["2026-11-23T15:05:09.123+01:00", "2026-11-23 14:05:09 UTC"]]);
