// Markdown that grows: what is behind its last pieces is not read again. Pure.

/** How many pieces at the end may still become something else. */
const OPEN = 2;
const NONE = "{}";

/**
 * A piece of Markdown that stands for itself: a paragraph, a list, a block of code.
 * @typedef {{ raw: string, type: string, tag?: string, href?: string, title?: string | null }} Piece
 * @typedef {Record<string, unknown>} Links Addresses by their names, which `lex` adds to.
 */

/** @template {Piece} Token */
export class GrowingMarkdown {
  #lex;
  #text = "";
  /** @type {Token[]} */
  #closed = [];
  #closedLength = 0;
  /**
   * Those that are named behind the last pieces.
   * @type {Links}
   */
  #links = noLinks();
  /** Every address that links may mean by its name: with another one, any piece may change. */
  named = NONE;

  /** @param {(text: string, links: Links) => Token[]} lex */
  constructor(lex) {
    this.#lex = lex;
  }

  /**
   * Return the pieces of a text, mostly the one before and some more.
   * @param {string} given
   * @returns {Token[]}
   */
  read(given) {
    const text = given.replace(/\r\n?/g, "\n");
    if (!text.startsWith(this.#text)) {
      this.#forget();
    }
    this.#text = text;
    let tail = this.#readTail();
    if (tail === null) {
      this.#forget();
      tail = this.#readTail() ?? [];
    }
    const all = [...this.#closed, ...tail];
    this.#close(tail);
    return all;
  }

  /** Read what is not closed; null where what is closed must be read again. */
  #readTail() {
    const links = Object.assign(noLinks(), this.#links);
    const tail = this.#lex(this.#text.slice(this.#closedLength), links);
    const named = JSON.stringify(links);
    if (named !== this.named && this.#closedLength > 0) {
      return null;
    }
    this.named = named;
    return tail;
  }

  /** @param {Token[]} tail */
  #close(tail) {
    const solid = tail.flatMap(({ type }, index) => (type === "space" ? [] : [index]));
    for (const token of tail.slice(0, solid.at(-OPEN) ?? 0)) {
      this.#closed.push(token);
      this.#closedLength += token.raw.length;
      if (token.type === "def" && token.tag !== undefined) {
        this.#links[token.tag] ??= { href: token.href, title: token.title };
      }
    }
  }

  #forget() {
    this.#closed = [];
    this.#closedLength = 0;
    this.#links = noLinks();
    this.named = NONE;
  }
}

/**
 * An object in which not even "constructor" is a name.
 * @returns {Links}
 */
function noLinks() {
  return Object.create(null);
}
