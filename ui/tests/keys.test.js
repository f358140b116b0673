// What a key says in words, who may do what with it, and what is asked for in a new one.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  EMPTY_WISH,
  bodyOf,
  curlLine,
  keyState,
  missingIn,
  modelFor,
  ownerWords,
  revokeWords,
  rightsOver,
  scopeWords,
} from "../../app/static/js/pages/keys/key.js";

const NOW = new Date("2026-11-23T12:00:00Z");

/** @type {import("../../app/static/js/pages/keys/key.js").Key} */
const KEY = {
  id: "key_1",
  name: "app",
  prefix: "mh_abcde",
  last4: "wxyz",
  scopes: ["inference"],
  user_id: "user_1",
  team_id: "team_1",
  allowed_models: null,
  tags: {},
  lineage_id: "key_1",
  created_by: null,
  created_at: "2026-11-01T00:00:00Z",
  expires_at: null,
  revoked_at: null,
  last_used_at: null,
};

/**
 * @param {string} id
 * @param {"admin" | "member"} role
 * @param {"lead" | "member"} [inTeam]
 */
function who(id, role, inTeam) {
  const teams = inTeam === undefined ? [] : [{ id: "team_1", name: "Research", role: inTeam }];
  return /** @type {any} */ ({ user: { id, name: "", email: "", role, has_password: true }, teams });
}

test("a key works until it is revoked or its end has come", () => {
  assert.deepEqual(keyState(KEY, NOW), { tone: "good", label: "Works", works: true });
  assert.equal(keyState({ ...KEY, expires_at: "2026-11-23T14:00:00Z" }, NOW).label, "Ends in 2 h");
  assert.equal(keyState({ ...KEY, expires_at: "2027-11-23T14:00:00Z" }, NOW).label, "Works");
  assert.equal(keyState({ ...KEY, expires_at: "2026-11-23T11:59:00Z" }, NOW).works, false);
  assert.equal(keyState({ ...KEY, revoked_at: "2026-11-20T00:00:00Z" }, NOW).label, "Revoked");
});

test("only what the gateway allows is offered", () => {
  const all = { canRotate: true, canRevoke: true };
  const none = { canRotate: false, canRevoke: false };

  assert.deepEqual(rightsOver(KEY, who("user_1", "member"), NOW), all);
  assert.deepEqual(rightsOver(KEY, who("user_2", "admin"), NOW), all);
  assert.deepEqual(rightsOver(KEY, who("user_2", "member", "lead"), NOW), { canRotate: false, canRevoke: true });
  assert.deepEqual(rightsOver({ ...KEY, user_id: null }, who("user_2", "member", "lead"), NOW), all);
  assert.deepEqual(rightsOver(KEY, who("user_2", "member", "member"), NOW), none);
  assert.deepEqual(rightsOver({ ...KEY, revoked_at: "2026-11-20T00:00:00Z" }, who("user_1", "member"), NOW), none);
});

test("what is left empty is not asked for", () => {
  assert.deepEqual(bodyOf({ ...EMPTY_WISH, name: " app " }, "user_1", NOW), {
    name: "app",
    scopes: ["inference"],
    user_id: "user_1",
  });
});

test("a service key is of a team, with models, an end and tags", () => {
  const wish = {
    ...EMPTY_WISH,
    name: "app",
    whose: /** @type {const} */ ("team"),
    teamId: "team_1",
    manages: true,
    models: "openai/*, a/b\n c/d",
    ends: "7",
    tags: "project=a=b, stage=test",
  };

  assert.deepEqual(bodyOf(wish, "user_1", NOW), {
    name: "app",
    scopes: ["inference", "manage"],
    team_id: "team_1",
    allowed_models: ["openai/*", "a/b", "c/d"],
    expires_at: "2026-11-30T12:00:00.000Z",
    tags: { project: "a=b", stage: "test" },
  });
});

test("what is missing is said at its field", () => {
  const wish = {
    ...EMPTY_WISH,
    calls: false,
    whose: /** @type {const} */ ("user"),
    ends: "day",
    tags: "project",
  };

  assert.deepEqual(Object.keys(missingIn(wish)), ["calls", "userId", "endsOn", "tags"]);
  assert.deepEqual(Object.keys(missingIn({ ...EMPTY_WISH, whose: "team" })), ["teamId"]);
  assert.deepEqual(missingIn(EMPTY_WISH), {});
});

test("the line for a terminal survives quotes", () => {
  const line = curlLine({ secret: "mh_1", scopes: ["inference"], base: "http://h/p/", model: "it's" });

  assert.match(line, /^curl 'http:\/\/h\/p\/v1\/chat\/completions' \\\n/);
  assert.match(line, /"model":"it'\\''s"/);
  assert.match(curlLine({ secret: "mh_1", scopes: ["manage"], base: "http://h/", model: "m" }), /v1\/me/);
});

test("a key is tried with a model that it may call", () => {
  assert.equal(modelFor(null, ["a/b"]), "a/b");
  assert.equal(modelFor(["c/*"], ["a/b", "c/d"]), "c/d");
  assert.equal(modelFor(["x.y"], ["xzy"]), "x.y");
  assert.equal(modelFor(["x/*"], []), "openai/gpt-oss-120b");
});

test("words say whose it is, what it may, and what revoking ends", () => {
  const names = new Map([["team_1", "Research"]]);

  assert.equal(ownerWords({ ...KEY, user_id: null }, names), "Team Research");
  assert.equal(ownerWords(KEY, names), "user_1");
  assert.equal(scopeWords(["inference", "manage"]), "Calls models, manages");
  assert.match(revokeWords(KEY, NOW), /No use of it is written down yet/);
  assert.match(revokeWords({ ...KEY, last_used_at: "2026-11-23T11:00:00Z" }, NOW), /last used 1 h ago\./);
  assert.match(revokeWords({ ...KEY, last_used_at: "2026-10-01T11:00:00Z" }, NOW), /last used on 1 October\./);
});
