// Whose a key can be.

import { readList } from "../../lib/lists.js";
import { isAdmin, isLead } from "../../lib/session.js";
import { useLoad } from "../../lib/state.js";

/** @typedef {{ value: string, label: string }} Option */

/**
 * Return the people and teams that somebody can choose from. A member's and a lead's teams are in their session.
 * @param {import("../../lib/session.js").Session} who
 * @returns {{ people: Option[], teams: Option[], own: Option[], error: import("../../lib/api.js").ApiError | null }}
 * `teams`: those whose keys they manage; `own`: those that they are in.
 */
export function useOwners(who) {
  const load = useLoad(async (signal) => {
    const [people, teams] = await Promise.all([
      isAdmin(who) || isLead(who) ? readList("v1/users", signal) : [],
      isAdmin(who) ? readList("v1/teams", signal) : who.teams.filter((team) => team.role === "lead"),
    ]);
    return { people: people.map(optionOf), teams: teams.map(optionOf) };
  }, []);
  return { ...(load.data ?? { people: [], teams: [] }), own: who.teams.map(optionOf), error: load.error };
}

/**
 * @param {{ id: string, name: string }} one
 * @returns {Option}
 */
function optionOf({ id, name }) {
  return { value: id, label: name };
}
