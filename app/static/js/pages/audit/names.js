// Names for a log that mentions much: a list of each kind, and not one by one.

import { get } from "../../lib/api.js";
import { scopeWords } from "../../lib/words.js";

/**
 * Read the names of the newest people, teams and keys, and whose the newest budgets and limits are.
 * What is older or gone has its id, or what the row remembers.
 * @param {AbortSignal} signal
 * @returns {Promise<Map<string, string>>}
 */
export async function readNames(signal) {
  const read = async (/** @type {string} */ path) => (await get(path, { limit: 100 }, signal)).data;
  const [named, bound] = await Promise.all([
    Promise.all(["v1/users", "v1/teams", "v1/keys"].map(read)),
    Promise.all(["v1/budgets", "v1/limits"].map(read)),
  ]);
  const names = new Map(named.flat().map((one) => [one.id, one.name]));
  for (const one of bound.flat()) {
    names.set(one.id, scopeWords(one, names.get(one.scope_id)));
  }
  return names;
}
