// The audit log in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { time } from "../../app/static/js/lib/format.js";
import { dayStart, placeOfObject } from "../../app/static/js/pages/audit/address.js";
import {
  ACTIONS,
  actionWords,
  actorName,
  differenceWords,
  differences,
  objectName,
  placeWords,
} from "../../app/static/js/pages/audit/words.js";

const NAMES = new Map([["user_1", "Ana"], ["team_1", "Search"], ["budget_1", "Team Search"]]);

/** @type {import("../../app/static/js/pages/audit/words.js").Row} */
const ROW = {
  id: "audit_1",
  at: "2026-11-23T12:00:00Z",
  actor: { kind: "user", id: "user_2", key_id: null, name: "Boss" },
  action: "user.update",
  object: { type: "user", id: "user_1", team_id: null },
  before: { role: "member" },
  after: { role: "admin" },
  from_ip: null,
  request_id: null,
};

/** @param {Partial<typeof ROW>} change */
function said(change) {
  const row = { ...ROW, ...change };
  return [actorName(row.actor), actionWords(row.action), objectName(row, NAMES), placeWords(row, NAMES)].filter(Boolean).join(" ");
}

test("a change is a sentence", () => {
  const member = { type: "member", id: "user_1", team_id: "team_1" };
  const operator = { kind: "operator", id: "operator", key_id: null, name: "operator" };

  assert.equal(said({}), "Boss changed the person Ana");
  assert.equal(said({ action: "member.add", object: member }), "Boss added Ana to team Search");
  assert.equal(said({ action: "member.remove", object: member, actor: operator }), "Command line removed Ana from team Search");
  assert.equal(said({ action: "member.update", object: member }), "Boss changed the role of Ana in team Search");
});

test("what somebody does to themselves is not said twice", () => {
  const actor = { kind: "user", id: "user_1", key_id: null, name: "Ana" };

  assert.equal(said({ action: "user.sign_in", actor }), "Ana signed in");
  assert.equal(said({ action: "user.change_password", actor }), "Ana changed the password of themselves");
});

test("a budget is named by whom it binds", () => {
  const object = { type: "budget", id: "budget_1", team_id: "team_1" };
  const made = { scope: "user", scope_id: "user_1", cap_usd: 5 };

  assert.equal(said({ action: "budget.update", object, before: { cap_usd: 1 }, after: { cap_usd: 2 } }), "Boss changed a budget: Team Search");
  assert.equal(said({ action: "budget.create", object, before: null, after: made }), "Boss made a budget: User Ana");
  assert.equal(said({ action: "budget.create", object, before: null, after: { scope: "instance", scope_id: null } }), "Boss made a budget: Everybody");
});

test("what is gone has the name that the row remembers, or its id", () => {
  const gone = { type: "team", id: "team_9", team_id: "team_9" };

  assert.equal(said({ action: "team.delete", object: gone, before: { name: "Old" }, after: null }), "Boss deleted the team Old");
  assert.equal(said({ action: "team.delete", object: gone, before: null, after: null }), "Boss deleted the team team_9");
});

test("an action of a later version is shown as it is written", () => {
  assert.equal(actionWords("moon.launch"), "moon.launch");
  assert.equal(Object.values(ACTIONS).every(Boolean), true);
});

test("a difference is what was and what is, and nothing that stayed", () => {
  const found = differences({
    ...ROW,
    before: { cap_usd: 0.1, mode: "hard", unknown_price: null, alert_percents: [80, 100] },
    after: { cap_usd: 1234.5, mode: "hard", unknown_price: { hold_usd: 0.05 }, alert_percents: [] },
  });

  assert.deepEqual(found, [
    { name: "cap", before: "$0.10", after: "$1,234.50" },
    { name: "unknown price", before: "none", after: "hold $0.05" },
    { name: "alert percents", before: "80, 100", after: "none" },
  ]);
  assert.equal(differenceWords(found.slice(0, 2)), "cap: $0.10 → $1,234.50; unknown price: none → hold $0.05");
});

test("what was made has no before, what was deleted no after", () => {
  assert.deepEqual(differences({ ...ROW, before: null, after: { name: "Ana", disabled: false } }), [
    { name: "name", before: null, after: "Ana" },
    { name: "disabled", before: null, after: "no" },
  ]);
  assert.deepEqual(differences({ ...ROW, before: { tags: { project: "x" } }, after: null }), [
    { name: "tags", before: "project x", after: null },
  ]);
  assert.deepEqual(differences({ ...ROW, before: null, after: null }), []);
});

test("things have their names, and moments the time here", () => {
  const after = { name: "user_1", user_id: "user_1", replaced_by: "key_9", revoked_keys: ["team_1", "key_9"], expires_at: "2026-11-18T09:41:00+00:00" };

  assert.deepEqual(differences({ ...ROW, before: { expires_at: null }, after }, NAMES), [
    { name: "expires at", before: "none", after: time(after.expires_at) },
    { name: "name", before: null, after: "user_1" },
    { name: "user", before: null, after: "Ana" },
    { name: "replaced by", before: null, after: "key_9" },
    { name: "revoked keys", before: null, after: "Search, key_9" },
  ]);
});

test("a row of a list leaves out what its sentence says, and what was made without", () => {
  const after = { scope: "team", scope_id: "team_1", cap_usd: 5, unknown_price: null };

  assert.equal(differenceWords(differences({ ...ROW, before: null, after })), "cap: $5.00");
});

test("an object has an address where a page shows it", () => {
  const at = (/** @type {string} */ type, id = `${type}_1`) => placeOfObject({ type, id });

  assert.deepEqual(["user", "team", "budget", "limit", "price"].map((type) => at(type)), [
    "#/people/user_1",
    "#/teams/team_1",
    "#/budgets/budget_1",
    "#/budgets",
    undefined,
  ]);
  assert.equal(at("member", "user_1"), "#/people/user_1");
  assert.equal(at("body", "req_1"), "#/calls/req_1");
});

test("a day begins at midnight here, and the next one a day later", () => {
  assert.equal(dayStart("2026-11-30"), new Date(2026, 10, 30).toISOString());
  assert.equal(dayStart("2026-11-30", 1), new Date(2026, 11, 1).toISOString());
  assert.deepEqual([undefined, "", "yesterday"].map((day) => dayStart(day)), [undefined, undefined, undefined]);
});
