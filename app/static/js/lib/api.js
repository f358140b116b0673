// Asks the gateway. Addresses are relative, so that it works under a path of a proxy too.

import { SseParser } from "./sse.js";

const CSRF_HEADER = "X-Meterhouse-CSRF";

/**
 * What a request may say besides its path.
 * @typedef {object} Options
 * @property {string} [method]
 * @property {unknown} [body] Sent as JSON; a FormData or Blob as it is.
 * @property {Record<string, string | number | boolean | null | undefined>} [query] Empty ones are left out.
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 */

/** A refusal, or an answer that never came. `message` is for people and says what to do. */
export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {{ status?: number, code?: string, param?: string | null, requestId?: string | null,
   *   retryAfter?: number | null, headers?: Headers }} [about]
   */
  constructor(message, about = {}) {
    super(message);
    this.name = "ApiError";
    /** 0: there was no answer. */
    this.status = about.status ?? 0;
    this.code = about.code ?? "unreachable";
    /** The name of the field that is wrong, where one is. */
    this.param = about.param ?? null;
    this.requestId = about.requestId ?? null;
    /** Seconds after which it may be tried again. */
    this.retryAfter = about.retryAfter ?? null;
    this.headers = about.headers ?? new Headers();
  }
}

/** What the page knows about its session, kept here so that every request can say it. */
const credentials = {
  csrfToken: "",
  /** Called when an answer leaves it in doubt whether the session goes on. */
  onDoubt: () => {},
};

/**
 * Use a session for the requests that follow.
 * @param {string} csrfToken
 */
export function useCsrfToken(csrfToken) {
  credentials.csrfToken = csrfToken;
}

/**
 * Be told when a session was not enough: it may be over.
 * @param {() => void} listener
 */
export function onSessionDoubt(listener) {
  credentials.onDoubt = listener;
}

/**
 * Ask, and return what was answered.
 * @param {string} path Such as "v1/me".
 * @param {Options} [options]
 * @returns {Promise<any>} The JSON of the answer, null where it has none.
 */
export async function ask(path, options = {}) {
  return (await askWhole(path, options)).data;
}

/**
 * Ask, and return the answer with its headers.
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<{ data: any, status: number, headers: Headers }>}
 */
export async function askWhole(path, options = {}) {
  const answer = await send(path, options);
  const text = await answer.text().catch((error) => {
    throw options.signal?.aborted ? error : unreachable();
  });
  const data = text === "" ? null : readJson(text, answer);
  return { data, status: answer.status, headers: answer.headers };
}

/**
 * @param {string} path
 * @param {Options["query"]} [query]
 * @param {AbortSignal} [signal]
 */
export function get(path, query, signal) {
  return ask(path, { query, signal });
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 */
export function post(path, body, options = {}) {
  return ask(path, { ...options, method: "POST", body });
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 */
export function put(path, body, options = {}) {
  return ask(path, { ...options, method: "PUT", body });
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {Options} [options]
 */
export function patch(path, body, options = {}) {
  return ask(path, { ...options, method: "PATCH", body });
}

/**
 * @param {string} path
 * @param {Options} [options]
 */
export function remove(path, options = {}) {
  return ask(path, { ...options, method: "DELETE" });
}

/**
 * Ask for a file, and return it whole.
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Blob>}
 */
export async function download(path, options = {}) {
  const answer = await send(path, options);
  return answer.blob().catch((error) => {
    throw options.signal?.aborted ? error : unreachable("The file broke off before its end. Try again.");
  });
}

/**
 * Ask for a stream of events. `items` ends with the stream; leaving it, or the signal, ends the call.
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<{ status: number, headers: Headers, items: AsyncGenerator<import("./sse.js").SseItem> }>}
 */
export async function openStream(path, options = {}) {
  const headers = { Accept: "text/event-stream", ...options.headers };
  const answer = await send(path, { method: "POST", ...options, headers });
  return { status: answer.status, headers: answer.headers, items: items(answer, options.signal) };
}

/**
 * @param {Response} answer
 * @param {AbortSignal | undefined} signal
 */
async function* items(answer, signal) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
  const decoder = new TextDecoder();
  const parser = new SseParser();
  try {
    while (true) {
      const { done, value } = await reader.read().catch((error) => {
        throw signal?.aborted ? error : unreachable("The answer broke off before its end.");
      });
      if (done) {
        return;
      }
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/**
 * @param {string} path
 * @param {Options} options
 */
async function send(path, options) {
  const answer = await fetch(addressOf(path, options.query), requestOf(options)).catch((error) => {
    throw options.signal?.aborted ? error : unreachable();
  });
  if (!answer.ok) {
    const error = await errorOf(answer);
    if (error.status === 401 && credentials.csrfToken !== "" && path !== "v1/session") {
      credentials.onDoubt();
    }
    throw error;
  }
  return answer;
}

/**
 * Return a path with its query, without what is empty.
 * @param {string} path
 * @param {Options["query"]} [query]
 */
export function addressOf(path, query = {}) {
  const given = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length === 0 ? path : `${path}?${words}`;
}

/**
 * @param {Options} options
 * @returns {RequestInit}
 */
function requestOf({ method = "GET", body, headers = {}, signal }) {
  const raw = body instanceof FormData || body instanceof Blob;
  return {
    method,
    signal,
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    headers: {
      Accept: "application/json",
      ...(credentials.csrfToken === "" ? {} : { [CSRF_HEADER]: credentials.csrfToken }),
      ...(body === undefined || raw ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    body: body === undefined || raw ? /** @type {BodyInit | undefined} */ (body) : JSON.stringify(body),
  };
}

/**
 * @param {Response} answer
 * @returns {Promise<ApiError>}
 */
async function errorOf(answer) {
  const text = await answer.text().catch(() => "");
  const said = readError(text);
  const wait = Number(answer.headers.get("retry-after") ?? NaN);
  return new ApiError(said.message ?? `The gateway answered ${answer.status}.`, {
    status: answer.status,
    code: said.code ?? `http_${answer.status}`,
    param: said.param,
    requestId: said.request_id ?? answer.headers.get("x-request-id"),
    retryAfter: Number.isFinite(wait) ? wait : null,
    headers: answer.headers,
  });
}

/**
 * @param {string} text
 * @returns {{ message?: string, code?: string, param?: string | null, request_id?: string }}
 */
function readError(text) {
  try {
    const { error } = JSON.parse(text);
    return typeof error === "string" ? { message: error } : (error ?? {});
  } catch {
    return {};
  }
}

/**
 * @param {string} text
 * @param {Response} answer
 */
function readJson(text, answer) {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError("Something between this page and the gateway answered in its place.", {
      status: answer.status,
      code: "not_json",
    });
  }
}

/** @param {string} [words] */
function unreachable(words = "The gateway did not answer. Is it running, and are you online?") {
  return new ApiError(words);
}
