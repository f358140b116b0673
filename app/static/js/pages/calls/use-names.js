// Names for the ids on a page, each asked for once.

import { useEffect, useRef, useState } from "../../lib/html.js";
import { namesOf } from "../../lib/names.js";

/**
 * Return the names that are known, and ask for the others. One that cannot be seen stays without.
 * @param {import("../../lib/session.js").Session} who Their own name and teams are known.
 * @param {{ kind: "user" | "team" | "key", id: string }[]} wanted
 * @returns {Map<string, string>}
 */
export function useNames(who, wanted) {
  const asked = useRef(/** @type {Set<string> | null} */ (null));
  const [names, setNames] = useState(() => knownBy(who));
  asked.current ??= new Set(names.keys());
  const missing = wanted.filter(({ id }) => !asked.current?.has(id));
  const ids = missing.map(({ id }) => id).join(" ");
  useEffect(() => {
    if (ids === "") {
      return;
    }
    for (const { id } of missing) {
      asked.current?.add(id);
    }
    namesOf(missing).then((found) => setNames((before) => new Map([...before, ...found])));
  }, [ids]);
  return names;
}

/** @param {import("../../lib/session.js").Session} who */
function knownBy(who) {
  return new Map([[who.user.id, who.user.name], ...who.teams.map((team) => /** @type {[string, string]} */ ([team.id, team.name]))]);
}
