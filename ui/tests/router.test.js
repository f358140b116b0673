// Which page an address names.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hrefTo, matchOf, placeOf } from "../../app/static/js/lib/router.js";

const load = async () => ({ default: null });
const routes = ["overview", "calls", "calls/:id", "teams/:id/members"].map((path) => ({ path, load }));

test("an address is a path and a query", () => {
  assert.deepEqual(placeOf("#/calls/req_1?status=error&model=a%2Fb"), {
    path: "calls/req_1",
    query: { status: "error", model: "a/b" },
  });
  assert.deepEqual(placeOf(""), { path: "", query: {} });
  assert.deepEqual(placeOf("#/calls/"), { path: "calls", query: {} });
});

test("a parameter is whatever stands in its place, decoded", () => {
  const match = matchOf(routes, "#/calls/a%2Fb%20c?x=1");

  assert.equal(match?.route.path, "calls/:id");
  assert.deepEqual(match?.params, { id: "a/b c" });
  assert.deepEqual(match?.query, { x: "1" });
});

test("a broken escape is taken as it is", () => {
  assert.deepEqual(matchOf(routes, "#/calls/100%")?.params, { id: "100%" });
});

test("what has more, fewer or other parts is no page", () => {
  for (const hash of ["#/", "#/nothing", "#/calls/a/b", "#/teams/x", "#/teams//members"]) {
    assert.equal(matchOf(routes, hash), null, hash);
  }
});

test("a link leaves out what is empty, and escapes the rest", () => {
  assert.equal(hrefTo("calls", { model: "a b&c", status: "", after: null }), "#/calls?model=a+b%26c");
  assert.equal(hrefTo("calls"), "#/calls");
  assert.deepEqual(placeOf(hrefTo("calls", { model: "a b&c=ü" })).query, { model: "a b&c=ü" });
});
