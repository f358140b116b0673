// What Markdown needs to become safe markup. Pure.

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Write a text so that it is one in markup, and inside an attribute.
 * @param {string} text
 */
export function escaped(text) {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/**
 * Return where a link leads, and what has to stand beside its words so that they do not lie: nothing
 * where they are its address. Null where it leads nowhere that a reader could mean.
 * @param {string} href
 * @param {string} words
 * @returns {{ url: string, place: string } | null}
 */
export function targetOf(href, words) {
  if (!/^(https?:\/\/|mailto:)/i.test(href) || !URL.canParse(href)) {
    return null;
  }
  const url = new URL(href);
  const isPlain = [href, url.href, href.replace(/^(https?:\/\/|mailto:)/i, "")].includes(words);
  return { url: url.href, place: isPlain ? "" : url.host || url.pathname };
}

/**
 * Return JSON over several lines; what is none stays as it is.
 * @param {string} text
 */
export function prettyJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
