// Asking the gateway, over a real socket.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";

import { addressOf, ApiError, ask, get, onSessionDoubt, openStream, post, useCsrfToken } from "../../app/static/js/lib/api.js";

/** @type {(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse) => void} */
let answer;
const server = createServer((request, response) => answer(request, response));
const fetchHere = globalThis.fetch;

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  // A page's addresses are relative to where it is; Node is nowhere.
  globalThis.fetch = (path, options) => fetchHere(new URL(String(path), `http://127.0.0.1:${port}/`), options);
});

after(() => {
  globalThis.fetch = fetchHere;
  server.closeAllConnections();
  server.close();
});

beforeEach(() => useCsrfToken(""));

/**
 * @param {number} status
 * @param {unknown} body
 * @param {Record<string, string>} [headers]
 */
function answerWith(status, body, headers = {}) {
  /** @type {import("node:http").IncomingMessage[]} */
  const seen = [];
  answer = (request, response) => {
    seen.push(request);
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
  return seen;
}

test("a session's token goes with every request, and none without a session", async () => {
  const seen = answerWith(200, {});
  await get("v1/me");
  useCsrfToken("the-token");
  await post("v1/keys", { name: "ci" }, { headers: { "X-Meterhouse-Team": "team_1" } });

  assert.equal(seen[0]?.headers["x-meterhouse-csrf"], undefined);
  assert.equal(seen[1]?.headers["x-meterhouse-csrf"], "the-token");
  assert.equal(seen[1]?.headers["x-meterhouse-team"], "team_1");
  assert.equal(seen[1]?.headers["content-type"], "application/json");
});

test("a refusal is an error with its words, field and patience", async () => {
  answerWith(429, { error: { message: "Wait.", code: "rate_limited", param: "model", request_id: "req_1" } }, { "retry-after": "7" });

  await assert.rejects(get("v1/me"), (error) => {
    assert.ok(error instanceof ApiError);
    assert.deepEqual(
      [error.message, error.status, error.code, error.param, error.requestId, error.retryAfter],
      ["Wait.", 429, "rate_limited", "model", "req_1", 7],
    );
    return true;
  });
});

test("an error that is not of the gateway has words too", async () => {
  answer = (_, response) => response.writeHead(502).end("<h1>Bad gateway</h1>");

  await assert.rejects(get("v1/me"), { message: "The gateway answered 502.", code: "http_502" });
});

test("a success that is not JSON is an error", async () => {
  answer = (_, response) => response.writeHead(200).end("<html>");

  await assert.rejects(get("v1/me"), { code: "not_json" });
});

test("no answer at all is an error with words", async () => {
  answer = (request) => request.socket.destroy();

  await assert.rejects(get("v1/me"), { status: 0, code: "unreachable" });
});

test("an answer without a body is null", async () => {
  answer = (_, response) => response.writeHead(204).end();

  assert.equal(await ask("v1/session", { method: "DELETE" }), null);
});

test("a 401 puts the session in doubt, unless it was the question itself", async () => {
  let doubts = 0;
  onSessionDoubt(() => {
    doubts += 1;
  });
  answerWith(401, { error: { message: "Sign in." } });
  await assert.rejects(get("v1/me"));
  useCsrfToken("the-token");
  await assert.rejects(get("v1/session"));
  await assert.rejects(get("v1/me"));

  assert.equal(doubts, 1);
});

test("a stream yields events as they come", async () => {
  answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": "req_1" });
    response.write("data: 1\n\n: meterhouse {}\n\nda");
    response.end("ta: [DONE]\n\n");
  };
  const stream = await openStream("v1/chat/completions", { body: {} });
  const items = [];
  for await (const item of stream.items) {
    items.push(item);
  }

  assert.equal(stream.headers.get("x-request-id"), "req_1");
  assert.deepEqual(items, [
    { data: "1", event: "message" },
    { comment: "meterhouse {}" },
    { data: "[DONE]", event: "message" },
  ]);
});

test("a stream that is stopped leaves the gateway", async () => {
  const controller = new AbortController();
  const left = new Promise((resolve) => {
    answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("data: 1\n\n");
      response.on("close", () => resolve("left"));
    };
  });
  const stream = await openStream("v1/chat/completions", { body: {}, signal: controller.signal });
  await assert.rejects(async () => {
    for await (const item of stream.items) {
      assert.ok(item);
      controller.abort();
    }
  }, { name: "AbortError" });

  assert.equal(await left, "left");
});

test("a stream that breaks off is an error, and not an end", async () => {
  answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: 1\n\n", () => response.destroy());
  };
  const stream = await openStream("v1/chat/completions", { body: {} });

  await assert.rejects(async () => {
    for await (const item of stream.items) {
      assert.ok(item);
    }
  }, { message: "The answer broke off before its end." });
});

test("an address has what is given, escaped", () => {
  assert.equal(addressOf("v1/usage", { model: "a/b&c", after: null, limit: 5, tag: "" }), "v1/usage?model=a%2Fb%26c&limit=5");
  assert.equal(addressOf("v1/usage"), "v1/usage");
});
