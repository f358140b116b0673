// Names of teams, users and keys, for ids that an answer mentions.

import { get } from "./api.js";

const LISTS = /** @type {const} */ ({ team: "v1/teams", user: "v1/users", key: "v1/keys" });

/** @typedef {keyof typeof LISTS} Kind */

/**
 * Ask for the names of some ids; one that may not be seen, or is gone, has none.
 * @param {{ kind: Kind, id: string }[]} wanted
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<string, string>>}
 */
export async function namesOf(wanted, signal) {
  const kinds = new Map(wanted.map(({ kind, id }) => [id, kind]));
  const found = await Promise.all(
    [...kinds].map(([id, kind]) =>
      get(`${LISTS[kind]}/${encodeURIComponent(id)}`, {}, signal).then(
        (one) => /** @type {const} */ ([id, one.name]),
        () => null,
      ),
    ),
  );
  return new Map(found.filter((pair) => pair !== null));
}
