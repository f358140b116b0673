// Streams of events, cut anywhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SseParser } from "../../app/static/js/lib/sse.js";

/** @param {string[]} pieces */
function parse(...pieces) {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

const STREAM = 'data: {"a":1}\n\n: meterhouse {"cost":1}\r\n\r\nevent: error\ndata: x\ndata:y\n\ndata: [DONE]\n\n';
const ITEMS = [
  { data: '{"a":1}', event: "message" },
  { comment: 'meterhouse {"cost":1}' },
  { data: "x\ny", event: "error" },
  { data: "[DONE]", event: "message" },
];

test("events and comments come in order", () => {
  assert.deepEqual(parse(STREAM), ITEMS);
});

test("it does not matter where a stream is cut", () => {
  for (let cut = 0; cut <= STREAM.length; cut += 1) {
    assert.deepEqual(parse(STREAM.slice(0, cut), STREAM.slice(cut)), ITEMS, `cut at ${cut}`);
  }
  assert.deepEqual(parse(...STREAM), ITEMS);
});

test("an event that is not finished is not handed out", () => {
  assert.deepEqual(parse("data: half"), []);
  assert.deepEqual(parse("data: half\n"), []);
});

test("a name without data is no event, and unknown names are passed over", () => {
  assert.deepEqual(parse("event: error\n\nid: 1\nretry: 5\ndata\n\n"), [{ data: "", event: "message" }]);
});
