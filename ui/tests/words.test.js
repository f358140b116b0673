// Sentences about budgets.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  budgetPromise,
  budgetTone,
  budgetWords,
  limitPromise,
  limitWords,
  scopeWords,
  spentWords,
  usedPart,
} from "../../app/static/js/lib/words.js";

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

test("what is spent says the cap, the mode and when it begins anew", () => {
  assert.equal(
    spentWords({ ...BUDGET, settled_usd: 37.6 }, NOW),
    "$37.60 of $50.00 this month, hard, resets on 1 December (Europe/Berlin)",
  );
  assert.equal(
    spentWords({ ...BUDGET, settled_usd: 0, period: "total", mode: "soft", resets_at: null }, NOW),
    "$0.00 of $50.00 in total, soft",
  );
});

/** @type {import("../../app/static/js/lib/words.js").Terms} */
const TERMS = {
  scope: "team",
  period: "month",
  mode: "hard",
  cap_usd: "50",
  time_zone: "Europe/Berlin",
  alert_percents: [80, 100],
  unknown_price: null,
};

test("a hard budget promises to refuse", () => {
  assert.equal(
    budgetPromise(TERMS, "Search"),
    "Calls of team Search are refused once $50.00 are spent in a calendar month, in the time zone Europe/Berlin. " +
      "Alerts are recorded at 80\u00a0% and 100\u00a0%. A call whose price nobody knows is refused.",
  );
});

test("who is not named yet is this one", () => {
  const said = (/** @type {typeof TERMS["scope"]} */ scope) => budgetPromise({ ...TERMS, scope }).replace(/ are refused.*/, "");

  assert.deepEqual((/** @type {const} */ (["team", "user", "key", "instance"])).map(said), [
    "Calls of this team",
    "Calls of this user",
    "Calls with this key",
    "All calls",
  ]);
});

test("a soft budget promises to refuse nothing", () => {
  assert.equal(
    budgetPromise({ ...TERMS, scope: "user", mode: "soft", period: "day", alert_percents: [100] }, "Ana"),
    "Calls of Ana go on when $50.00 are spent in a day, in the time zone Europe/Berlin: nothing is refused. " +
      "An alert is recorded at 100\u00a0%.",
  );
});

test("a total has no time zone, an assumed price is said, and a cap of nothing is for free calls", () => {
  const terms = { ...TERMS, scope: /** @type {const} */ ("instance"), alert_percents: [] };

  assert.equal(
    budgetPromise({ ...terms, period: "total", cap_usd: "0.000000001", unknown_price: { hold_usd: "0.05" } }),
    "All calls are refused once $0.000000001 are spent in total. No alert is recorded. " +
      "A call whose price nobody knows costs $0.05.",
  );
  assert.match(budgetPromise({ ...terms, cap_usd: "0" }), /^All calls are refused unless they are free\./);
});

const NO_LIMIT = { requests_per_minute: null, tokens_per_minute: null, parallel_calls: null, wait_up_to_seconds: 0 };

test("a limit says only what it limits", () => {
  assert.equal(
    limitWords({ requests_per_minute: 60, tokens_per_minute: 100_000, parallel_calls: 10, wait_up_to_seconds: 0.5 }),
    "60 calls a minute, 100,000 tokens a minute, 10 at once, waits up to 0.5 s",
  );
  assert.equal(limitWords({ ...NO_LIMIT, requests_per_minute: 1 }), "1 call a minute");
});

test("a limit promises what happens beyond it", () => {
  const team = { ...NO_LIMIT, scope: /** @type {const} */ ("team") };

  assert.equal(
    limitPromise({ ...team, requests_per_minute: 6000, parallel_calls: 4 }, "Search"),
    "Calls of team Search beyond 6,000 calls a minute and 4 at once are refused at once.",
  );
  assert.equal(
    limitPromise({ ...team, parallel_calls: 4, wait_up_to_seconds: 10 }, "Search"),
    "Calls of team Search beyond 4 at once wait up to 10 s for their turn, and are refused then.",
  );
  assert.equal(
    limitPromise({ ...team, wait_up_to_seconds: 10 }, "Search"),
    "Calls of team Search wait up to 10 s for their turn where another limit or budget is busy.",
  );
  assert.equal(limitPromise(team, "Search"), "This limits nothing yet: fill in at least one field.");
});
