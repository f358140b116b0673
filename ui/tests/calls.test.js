// What a call says in words, which calls are wanted, and how a live list grows.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  barsOf,
  basisWords,
  callerOf,
  headersOf,
  idsOf,
  laidOut,
  moment,
  priceLines,
  sourceWords,
} from "../../app/static/js/pages/calls/entry.js";
import { amount, amounts, kindsOf, othersOf } from "../../app/static/js/lib/units.js";
import { changed, countOf, isLive, localOf, momentOf, pathFor, questionOf } from "../../app/static/js/pages/calls/filters.js";
import { newIn, rowsOf, withMore, withNewest } from "../../app/static/js/pages/calls/live.js";

const NOW = new Date("2026-11-23T12:00:00Z");

/** @type {import("../../app/static/js/pages/calls/entry.js").Entry} */
const ENTRY = {
  id: "req_1",
  client_request_id: null,
  created_at: "2026-11-23T11:59:00Z",
  settled_at: "2026-11-23T11:59:01Z",
  key_id: "key_1",
  user_id: "user_1",
  team_id: "team_1",
  end_user: null,
  tags: {},
  task: "chat-completion",
  model: "a/b",
  upstream: "second",
  upstream_model: "a/b",
  stream: false,
  status: "ok",
  error_code: null,
  finish_reason: "stop",
  units_in: 1200,
  unit_in: "token",
  cached_in: null,
  units_out: 34,
  unit_out: "token",
  basis: "reported",
  cost_usd: 0.000001185,
  held_usd: 0,
  price: { source: "api", usd_per_million: { input_token: 0.15, request: 50_000 } },
  charged: [],
  attempts: 2,
  tries: [],
  latency_ms: 1000,
  ttft_ms: null,
};

/** @type {import("../../app/static/js/pages/calls/entry.js").Try} */
const TRY = {
  upstream: "first",
  model: "a/b",
  credential: "1",
  provider: "novita",
  status: "error",
  error_code: "upstream_timeout",
  units_in: null,
  units_out: null,
  cost_usd: null,
  latency_ms: 600,
};

test("attempts stand one after another, and what is left is the gateway's", () => {
  const tries = [TRY, { ...TRY, upstream: "second", status: /** @type {const} */ ("ok"), latency_ms: 200 }];
  const { bars, restMs } = barsOf({ ...ENTRY, tries });

  assert.deepEqual(
    bars.map(({ upstream, start, width, state }) => [upstream, start, width, state.label]),
    [
      ["first", 0, 60, "Failed"],
      ["second", 60, 20, "Answered"],
    ],
  );
  assert.equal(bars[0]?.about, "a/b · by novita · credential 1");
  assert.match(barsOf({ ...ENTRY, tries: [{ ...TRY, compute_ms: 120 }] }).bars[0]?.about ?? "", / · worked 120 ms$/);
  assert.equal(restMs, 200);
});

test("attempts that took no time, or longer than the call, still fit", () => {
  assert.deepEqual(barsOf({ ...ENTRY, latency_ms: 0, tries: [{ ...TRY, latency_ms: 0 }] }).bars[0]?.width, 0);
  assert.equal(barsOf({ ...ENTRY, latency_ms: 10, tries: [TRY] }).bars[0]?.width, 100);
});

test("a caller is named as far as names are known", () => {
  const names = new Map([["user_1", "Ana"], ["team_1", "Research"], ["key_1", "laptop"]]);

  assert.deepEqual(callerOf(ENTRY, names), { first: "Ana", second: "laptop · Research" });
  assert.deepEqual(callerOf({ ...ENTRY, user_id: null }, names), { first: "laptop", second: "Research" });
  assert.deepEqual(callerOf({ ...ENTRY, key_id: "session", team_id: null }, names), { first: "Ana", second: "in the browser" });
  assert.deepEqual(callerOf(ENTRY, new Map()), { first: "user_1", second: "key_1 · team_1" });
});

test("nobody is asked for the name of what is no key", () => {
  assert.deepEqual(idsOf({ ...ENTRY, user_id: null, team_id: null, key_id: "bootstrap" }), []);
});

test("what is unknown is never a number", () => {
  assert.equal(amounts(ENTRY), "1,200 → 34");
  assert.equal(amounts({ ...ENTRY, units_in: null, units_out: null }), "unknown");
  assert.match(basisWords(null), /Nobody knows/);
});

test("what a task is measured in is said with the amount", () => {
  const task = { ...ENTRY, unit_in: "character", units_in: 1, unit_out: "pixel", units_out: 4096 };

  assert.equal(amounts(task), "1 character → 4,096 pixels");
  assert.equal(amounts({ ...task, unit_out: null, units_out: 0 }), "1 character");
  assert.equal(amount(null, "second"), "unknown");
});

test("sums of other units than tokens stand beside them", () => {
  const second = { units_in: 3, units_out: 0 };

  assert.deepEqual(kindsOf({ units_in: 1, units_out: 0, other_units: { second } }), ["1 token", "3 seconds"]);
  assert.deepEqual(kindsOf({ units_in: 0, units_out: 0, other_units: { second } }), ["3 seconds"]);
  assert.deepEqual(kindsOf({ units_in: 0, units_out: 0, other_units: {} }), ["0 tokens"]);
  assert.deepEqual(othersOf({ units_in: 0, units_out: 0, other_units: { second } }), [["seconds", "3 in, 0 out"]]);
});

test("a price is for a million of each unit, and for one request", () => {
  const usd_per_million = { output_pixel: 0.5, input_second: 2_000_000, cached_input_token: 1 };

  assert.deepEqual(priceLines({ source: "api", usd_per_million }), [
    "$0.50 for 1,000,000 output pixels",
    "$2.00 for each second that comes",
    "$1.00 for 1,000,000 cached input tokens",
  ]);
  assert.deepEqual(priceLines(ENTRY.price), ["$0.15 for 1,000,000 input tokens", "$0.05 for each request"]);
  assert.deepEqual(priceLines(null), []);
  assert.equal(sourceWords("import:litellm"), "imported from litellm");
});

test("a stream's headers say no cost", () => {
  assert.deepEqual(headersOf(ENTRY).at(-1), ["x-meterhouse-cost-usd", "0.000001185"]);
  assert.equal(headersOf({ ...ENTRY, stream: true }).at(-1)?.[0], "x-meterhouse-attempts");
});

test("the day is said where it is another one", () => {
  assert.equal(moment("2026-11-23T09:05:07Z", NOW, "UTC"), "09:05:07");
  assert.equal(moment("2026-11-22T23:59:00Z", NOW, "UTC"), "22 Nov, 23:59");
});

test("stored JSON gets room, and all else stays as it is", () => {
  assert.equal(laidOut('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(laidOut("data: {}"), "data: {}");
});

test("a period that ends now moves on, and both ends of another stay", () => {
  assert.deepEqual(questionOf({ range: "hour", model: "m", page: "x" }, NOW), { model: "m", since: "2026-11-23T11:00:00.000Z" });
  assert.deepEqual(questionOf({ since: "a", until: "b", status: "" }, NOW), { since: "a", until: "b" });
});

test("filters that are emptied leave the address", () => {
  assert.deepEqual(changed({ model: "m", status: "ok" }, { status: "", tag: "a=b" }), { model: "m", tag: "a=b" });
  assert.equal(countOf({ since: "a", until: "b", model: "m" }), 2);
});

test("a list whose period is over does not wait for more", () => {
  assert.equal(isLive({ until: "2026-11-23T11:00:00Z" }, NOW), false);
  assert.equal(isLive({ range: "hour" }, NOW), true);
});

test("a moment goes through a field of local time and back", () => {
  assert.equal(momentOf(localOf("2026-11-23T14:05:00.000Z")), "2026-11-23T14:05:00.000Z");
  assert.equal(momentOf(""), undefined);
  assert.equal(localOf("nonsense"), "");
});

test("who leads a team sees its calls, and otherwise their own", () => {
  const user = { id: "user_1", name: "Lea", email: "", role: /** @type {const} */ ("member"), has_password: true };
  const lead = /** @type {any} */ ({ user, teams: [{ id: "team_1", name: "R", role: "lead" }, { id: "team_2", name: "S", role: "member" }] });

  assert.equal(pathFor(lead, {}), "v1/usage/entries");
  assert.equal(pathFor(lead, { team_id: "team_1" }), "v1/admin/usage/entries");
  assert.equal(pathFor(lead, { team_id: "team_2" }), "v1/usage/entries");
  assert.equal(pathFor(/** @type {any} */ ({ user: { ...user, role: "admin" }, teams: [] }), {}), "v1/admin/usage/entries");
});

/**
 * @param {number[]} numbers
 * @param {boolean} [hasMore]
 */
function page(numbers, hasMore = false) {
  const data = numbers.map((n) => ({ ...ENTRY, id: `req_${n}`, created_at: new Date(1000 * n).toISOString() }));
  return { data, has_more: hasMore, last_id: data.at(-1)?.id ?? null };
}

/** @param {import("../../app/static/js/pages/calls/live.js").Rows} rows */
const numbers = ({ rows }) => rows.map(({ id }) => Number(id.slice(4)));

test("new calls come on top, and those that took long in between", () => {
  const known = rowsOf(page([9, 7, 5], true));

  const grown = withNewest(known, page([10, 9, 8], true));

  assert.deepEqual(numbers(grown), [10, 9, 8, 7, 5]);
  assert.equal(grown.hasMore, true);
  assert.equal(withNewest(known, page([9, 7], true)), known);
});

test("a list begins anew where calls would be missing in between", () => {
  const known = rowsOf(page([3, 2, 1]));

  assert.deepEqual(numbers(withNewest(known, page([9, 8, 7], true))), [9, 8, 7]);
  assert.deepEqual(numbers(withNewest(rowsOf(page([])), page([2, 1]))), [2, 1]);
});

test("the next page comes below, without what is there", () => {
  const grown = withMore(rowsOf(page([9, 8], true)), page([8, 7]));

  assert.deepEqual(numbers(grown), [9, 8, 7]);
  assert.equal(grown.hasMore, false);
  assert.equal(newIn(grown, page([10, 9])), 1);
});
