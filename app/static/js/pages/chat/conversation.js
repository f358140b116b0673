// A chat that goes on: asks, writes down what comes, and can be stopped. Without a face.

import { Store, asApiError } from "../../lib/state.js";
import { newAnswer, withEntry, withFailure, withHeaders, withItem } from "./answer.js";
import { failureFrom } from "./failures.js";
import { bodyOf } from "./request.js";

/**
 * @typedef {import("./types.js").Answer} Answer
 * @typedef {import("./types.js").Chat} Chat
 * @typedef {import("./types.js").Question} Question
 */

/** How often what comes is shown, in milliseconds: quick to the eye, and slow for the page. */
const PACE_MS = 60;
/** The same for a long answer, which takes longer to draw. */
const LONG_PACE_MS = 100;
const LONG = 20_000;

export class Conversation {
  #ask;
  #entryOf;
  #save;
  /** @type {AbortController | null} */
  #running = null;
  /** @type {Store<Chat>} */
  chat;

  /**
   * @param {Chat} chat As it was left.
   * @param {{ ask: typeof import("../../lib/api.js").openStream, entryOf: (id: string) => Promise<any>,
   *   save: (chat: Chat) => void }} outside
   */
  constructor(chat, { ask, entryOf, save }) {
    this.chat = new Store(chat);
    this.#ask = ask;
    this.#entryOf = entryOf;
    this.#save = save;
  }

  /** @param {Partial<Chat>} changes */
  change(changes) {
    this.chat.set({ ...this.chat.value, ...changes });
    this.#save(this.chat.value);
  }

  /**
   * Ask something, after all that was asked.
   * @param {Question} question
   * @param {string | null} teamId Who is charged.
   */
  async send(question, teamId) {
    await this.#add(this.chat.value.exchanges, question, teamId);
  }

  /**
   * Ask the last question again, as it was or in other words.
   * @param {string | null} teamId
   * @param {Question} [question]
   */
  async again(teamId, question) {
    const { exchanges } = this.chat.value;
    const last = exchanges.at(-1);
    if (last !== undefined) {
      await this.#add(exchanges.slice(0, -1), question ?? last.question, teamId);
    }
  }

  /** End the answer that is being written. What is there stays. */
  stop() {
    this.#running?.abort();
  }

  /** End what is being written, and keep it as it is: nobody will see the rest. */
  leave() {
    this.stop();
    this.#save(this.chat.value);
  }

  /** Begin anew, with the same model and settings. */
  clear() {
    this.stop();
    this.change({ exchanges: [] });
  }

  /**
   * @param {import("./types.js").Exchange[]} before
   * @param {Question} question
   * @param {string | null} teamId
   */
  async #add(before, question, teamId) {
    const { exchanges, model } = this.chat.value;
    const id = (exchanges.at(-1)?.id ?? 0) + 1; // that of an answer that is asked for again is not used again
    this.change({ exchanges: [...before, { id, question, answer: newAnswer(model) }] });
    await this.#run(id, teamId);
  }

  /**
   * @param {number} id
   * @param {string | null} teamId
   */
  async #run(id, teamId) {
    this.stop();
    const controller = new AbortController();
    this.#running = controller;
    const view = new Pace((answer) => this.#show(id, answer));
    let answer = newAnswer(this.chat.value.model);
    const started = performance.now();
    try {
      const { model, settings, exchanges } = this.chat.value;
      const stream = await this.#ask("v1/chat/completions", {
        body: { ...bodyOf(model, settings, exchanges), stream: true },
        headers: teamId === null ? {} : { "X-Meterhouse-Team": teamId },
        signal: controller.signal,
      });
      answer = withHeaders(answer, stream.headers);
      for await (const item of stream.items) {
        answer = withItem(answer, item);
        view.show(answer);
      }
      answer = ended(answer);
    } catch (error) {
      answer = controller.signal.aborted ? { ...answer, state: "stopped" } : failed(answer, error);
    }
    view.end();
    answer = { ...answer, latencyMs: answer.latencyMs ?? performance.now() - started };
    this.#running = this.#running === controller ? null : this.#running;
    this.#show(id, answer);
    this.#save(this.chat.value);
    await this.#complete(id, answer);
  }

  /**
   * Ask the ledger for what an answer that did not end well could not say itself.
   * @param {number} id
   * @param {Answer} answer
   */
  async #complete(id, answer) {
    if (answer.state === "done" || answer.requestId === null || answer.upstream === null) {
      return;
    }
    const entry = await this.#entryOf(answer.requestId);
    if (entry !== null) {
      this.#show(id, withEntry(answer, entry));
      this.#save(this.chat.value);
    }
  }

  /**
   * @param {number} id
   * @param {Answer} answer
   */
  #show(id, answer) {
    const { exchanges } = this.chat.value;
    const changed = exchanges.map((one) => (one.id === id ? { ...one, answer } : one));
    this.chat.set({ ...this.chat.value, exchanges: changed });
  }
}

/** Shows the newest now and then. */
class Pace {
  #show;
  /** @type {Answer | null} */
  #newest = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(answer: Answer) => void} show */
  constructor(show) {
    this.#show = show;
  }

  /** @param {Answer} answer */
  show(answer) {
    this.#newest = answer;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#newest !== null) {
        this.#show(this.#newest);
      }
    }, answer.text.length > LONG ? LONG_PACE_MS : PACE_MS);
  }

  /** Show nothing more. */
  end() {
    clearTimeout(this.#timer);
    this.#newest = null;
  }
}

/**
 * The end of the stream: it should have said so.
 * @param {Answer} answer
 * @returns {Answer}
 */
function ended(answer) {
  if (answer.state === "done" || answer.state === "failed") {
    return answer;
  }
  const message = "The stream ended without saying so.";
  return withFailure(answer, { message, code: "stream_failed", status: 0, againAt: null });
}

/**
 * @param {Answer} answer
 * @param {unknown} thrown
 */
function failed(answer, thrown) {
  const error = asApiError(thrown);
  return withFailure(withHeaders(answer, error.headers), failureFrom(error, Date.now()));
}
