// What the ledger says of a call, once it has been written down.

import { ApiError, get } from "../../lib/api.js";

/** When to look, in milliseconds: a call that was left is settled within a second or so. */
const LOOKS_MS = [300, 1200, 3000];

/**
 * Return the entry of a call, or null where there is none to be seen.
 * @param {string} id
 * @returns {Promise<any>}
 */
export async function entryOf(id) {
  for (const wait of LOOKS_MS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    try {
      return await get(`v1/usage/entries/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) {
        return null;
      }
    }
  }
  return null;
}
