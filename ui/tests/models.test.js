// Which models are shown, and where each can be tried.

import assert from "node:assert/strict";
import { test } from "node:test";

import { offerOf } from "../../app/static/js/pages/chat/models.js";
import { placeOf, routeOf, shownOf, tasksOf } from "../../app/static/js/pages/models/listed.js";

const CHAT = { id: "org/chat", owned_by: "hub", tasks: ["chat-completion", "image-text-to-text"] };
const MASK = { id: "org/mask", owned_by: "hub", tasks: ["fill-mask"] };
const PLAIN = { id: "plain", owned_by: "own", tasks: [] };
const ALL = [MASK, CHAT, PLAIN];

test("models are narrowed down by a task and by parts of their names", () => {
  assert.deepEqual(tasksOf(ALL), ["chat-completion", "fill-mask", "image-text-to-text"]);
  assert.deepEqual(shownOf(ALL, {}), ALL);
  assert.deepEqual(shownOf(ALL, { task: "fill-mask" }), [MASK]);
  assert.deepEqual(shownOf(ALL, { task: "unknown" }), [PLAIN]);
  assert.deepEqual(shownOf(ALL, { q: "CHAT org" }), [CHAT]);
  assert.deepEqual(shownOf(ALL, { task: "fill-mask", q: "chat" }), []);
});

test("a chat is offered with what chats, and with what nobody knows", () => {
  assert.deepEqual(offerOf({ data: ALL, default_model: null }).choices.map(({ id }) => id), ["org/chat", "plain"]);
  assert.equal(offerOf({ data: ALL, default_model: null }).first, "org/chat");
  assert.equal(offerOf({ data: ALL, default_model: "org/mask" }).first, "org/chat");
  assert.equal(offerOf({ data: ALL, default_model: "unlisted" }).first, "unlisted");
});

test("a model leads to the chat where it chats, and programs to its route", () => {
  assert.deepEqual(ALL.map(placeOf), [undefined, "#/chat?model=org%2Fchat", "#/chat?model=plain"]);
  assert.deepEqual(ALL.map(routeOf), ["/hf-inference/models/org/mask", "/v1/chat/completions", "/v1/chat/completions"]);
});
