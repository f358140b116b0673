// Server-sent events, from pieces of text that may end anywhere.

/**
 * One thing that a stream said: data of an event, or a comment.
 * @typedef {{ data: string, event: string } | { comment: string }} SseItem
 */

/** Cut a stream into events and comments. */
export class SseParser {
  #rest = "";
  #event = "";
  /** @type {string[]} */
  #data = [];

  /**
   * Take the next piece, and give what it completes.
   * @param {string} text
   * @returns {SseItem[]}
   */
  push(text) {
    const all = this.#rest + text;
    // A carriage return at the end may be half of a line's end.
    const held = all.endsWith("\r") ? "\r" : "";
    const lines = all.slice(0, all.length - held.length).split(/\r\n|\r|\n/);
    this.#rest = (lines.pop() ?? "") + held;
    return lines.flatMap((line) => this.#line(line));
  }

  /**
   * @param {string} line
   * @returns {SseItem[]}
   */
  #line(line) {
    if (line === "") {
      return this.#dispatch();
    }
    if (line.startsWith(":")) {
      return [{ comment: line.slice(1).trim() }];
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") {
      this.#data.push(value);
    } else if (name === "event") {
      this.#event = value;
    }
    return [];
  }

  /** @returns {SseItem[]} */
  #dispatch() {
    const data = this.#data;
    const event = this.#event || "message";
    this.#data = [];
    this.#event = "";
    return data.length === 0 ? [] : [{ data: data.join("\n"), event }];
  }
}
