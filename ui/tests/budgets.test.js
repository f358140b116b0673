// What a budget does now, what happened to it, and what was typed into its form.

import assert from "node:assert/strict";
import { test } from "node:test";

import { callOf, eventWords, stateOf } from "../../app/static/js/pages/budgets/state.js";
import { problemsOf, readCount, readPercents } from "../../app/static/js/pages/budgets/terms.js";
import { deletionWords } from "../../app/static/js/pages/people/words.js";
import { monthStart } from "../../app/static/js/pages/teams/month.js";

/** @type {import("../../app/static/js/pages/budgets/reading.js").BudgetRow} */
const BUDGET = {
  id: "budget_1",
  scope: "team",
  scope_id: "team_1",
  period: "month",
  mode: "hard",
  cap_usd: 50,
  settled_usd: 10,
  held_usd: 0,
  left_usd: 40,
  overshoot_usd: 0,
  alert_percents: [],
  unknown_price: null,
  time_zone: "UTC",
  starts_at: "2026-11-01T00:00:00Z",
  resets_at: "2026-12-01T00:00:00Z",
  created_at: "2026-11-01T00:00:00Z",
  archived_at: null,
};

test("a budget says what it does to calls now", () => {
  const words = (/** @type {Partial<typeof BUDGET>} */ change) => stateOf({ ...BUDGET, ...change })?.words;

  assert.equal(words({}), undefined);
  assert.equal(words({ settled_usd: 45, left_usd: 5 }), "Nearly spent");
  assert.equal(words({ settled_usd: 50, left_usd: 0 }), "Spent: calls are refused");
  assert.equal(words({ settled_usd: 10, held_usd: 40, left_usd: 0 }), "All held: calls wait or are refused");
  assert.equal(words({ settled_usd: 60, left_usd: 0, mode: "soft" }), "Exceeded");
  assert.equal(words({ settled_usd: 50, left_usd: 0, archived_at: "2026-11-02T00:00:00Z" }), "Archived");
});

test("an event says what happened, and which call it was", () => {
  const facts = { settled_usd: 40.12, held_usd: 0, cap_usd: 50 };
  const alert = { id: "1", at: "", kind: "budget.alert", facts: { ...facts, percent: 80 } };
  const billed = { id: "2", at: "", kind: "budget.overshoot", facts: { ...facts, overshoot_usd: 3.2, cause: "req_1" } };
  const lowered = { ...billed, facts: { ...billed.facts, cause: "cap" } };

  assert.equal(eventWords(alert), "80 % of $50.00 was reached: $40.12 spent");
  assert.equal(eventWords(billed), "Exceeded by $3.20: a call cost more than was held for it");
  assert.equal(eventWords(lowered), "Exceeded by $3.20: the cap was lowered below what was spent and held");
  assert.deepEqual([alert, billed, lowered].map(callOf), [null, "req_1", null]);
});

/** @type {import("../../app/static/js/pages/budgets/terms.js").Wish} */
const WISH = { cap: "50", period: "month", timeZone: "UTC", mode: "hard", alerts: "80, 100", unknown: "refuse", hold: "" };
const TEAM = { scope: /** @type {const} */ ("team"), id: "team_1", name: "Search" };

test("a form names each field that is wrong", () => {
  assert.deepEqual(problemsOf(WISH, TEAM), {});
  assert.deepEqual(Object.keys(problemsOf({ ...WISH, cap: "12,40", alerts: "100, 80", unknown: "hold", hold: "0.00" }, { ...TEAM, id: "" })), [
    "scope_id",
    "cap_usd",
    "alert_percents",
    "unknown_price",
  ]);
  assert.deepEqual(problemsOf({ ...WISH, mode: "soft", unknown: "hold" }, { scope: "instance", id: "", name: "" }), {});
});

test("percents are whole and in order", () => {
  assert.deepEqual(["", "80", "50 %, 80%,100"].map(readPercents), [[], [80], [50, 80, 100]]);
  assert.deepEqual(["0", "1.5", "80, 80", "x", "1001"].map(readPercents), [null, null, null, null, null]);
});

test("a count is whole, or none, or wrong", () => {
  assert.deepEqual(["", " ", "60", "6,000"].map(readCount), [null, null, 60, 6000]);
  assert.deepEqual(["0", "-1", "1.5", "many", "1000000001"].map(readCount), [NaN, NaN, NaN, NaN, NaN]);
});

test("who is deleted is named", () => {
  assert.match(deletionWords({ name: "Ana" }), /^Ana is signed out, and their keys/);
});

test("a month begins in UTC", () => {
  assert.equal(monthStart(new Date("2026-11-01T00:30:00+02:00")), "2026-10-01T00:00:00.000Z");
});
