// Lists as a whole, for choices among what there is.

import { get } from "./api.js";

const PAGE = 100;
/** How many rows anybody would choose from, about. */
export const MOST = 500;

/**
 * Read a list to its end, or as much of it as anybody would choose from.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any[]>}
 */
export async function readList(path, signal) {
  /** @type {any[]} */
  const rows = [];
  let after;
  do {
    const page = await get(path, { limit: PAGE, after }, signal);
    rows.push(...page.data);
    after = page.has_more ? page.last_id : undefined;
  } while (after !== undefined && rows.length < MOST);
  return rows;
}
