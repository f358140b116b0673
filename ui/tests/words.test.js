// Sentences about budgets.

import assert from "node:assert/strict";
import { test } from "node:test";

import { budgetTone, budgetWords, scopeWords, usedPart } from "../../app/static/js/lib/words.js";

const NOW = new Date("2026-11-23T12:00:00Z");

/** @type {import("../../app/static/js/lib/words.js").Budget} */
const BUDGET = {
  id: "budget_1",
  scope: "team",
  scope_id: "team_1",
  period: "month",
  mode: "hard",
  cap_usd: 50,
  left_usd: 12.4,
  resets_at: "2026-11-30T23:00:00Z",
  time_zone: "Europe/Berlin",
};

test("a budget says what is left, and when it begins anew in its own time zone", () => {
  assert.equal(budgetWords(BUDGET, NOW), "$12.40 of $50.00 left this month, resets on 1 December");
});

test("a total never begins anew", () => {
  const total = { ...BUDGET, period: /** @type {const} */ ("total"), resets_at: null };

  assert.equal(budgetWords(total, NOW), "$12.40 of $50.00 left in total");
});

test("a spent budget says what happens now", () => {
  const spent = { ...BUDGET, left_usd: 0 };

  assert.equal(
    budgetWords(spent, NOW),
    "All of $50.00 is spent or held this month: calls are refused until 1 December",
  );
  assert.equal(
    budgetWords({ ...spent, mode: "soft" }, NOW),
    "All of $50.00 is spent this month, and calls go on; resets on 1 December",
  );
});

test("a bar is full at the cap and beyond, and never below nothing", () => {
  assert.equal(usedPart({ ...BUDGET, left_usd: -5 }), 1);
  assert.equal(usedPart({ ...BUDGET, left_usd: 60 }), 0);
  assert.equal(usedPart({ ...BUDGET, cap_usd: 0, left_usd: 0 }), 1);
  assert.deepEqual([50, 10, 5, 0].map((left_usd) => budgetTone({ ...BUDGET, left_usd })), ["good", "warn", "warn", "bad"]);
});

test("a scope has the name of what it binds, or its id", () => {
  assert.equal(scopeWords(BUDGET, "Research"), "Team Research");
  assert.equal(scopeWords(BUDGET), "Team team_1");
  assert.equal(scopeWords({ scope: "instance", scope_id: null }), "Everybody");
});
