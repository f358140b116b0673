// Who is signed in, and what follows from it.

import { ask, onSessionDoubt, post, put, remove, useCsrfToken } from "./api.js";
import { Store } from "./state.js";
import { forgetTab } from "./storage.js";

/**
 * @typedef {{ id: string, name: string, email: string, role: "admin" | "member", has_password: boolean }} SessionUser
 * @typedef {{ id: string, name: string, role: "lead" | "member" }} SessionTeam
 * @typedef {object} Session
 * @property {SessionUser} user
 * @property {SessionTeam[]} teams
 * @property {string} csrf_token
 * @property {"link" | "password"} signed_in_with
 * @property {string} created_at
 * @property {string} expires_at
 * @property {boolean} is_encrypted False: plain http, off this machine.
 */

/**
 * Undefined until it is known, null when nobody is signed in.
 * @type {Store<Session | null | undefined>}
 */
export const session = new Store(/** @type {Session | null | undefined} */ (undefined));

// Unreachable: it is still in doubt, and the next request asks again.
onSessionDoubt(() => loadSession().catch(() => {}));

/** Find out who is signed in. */
export async function loadSession() {
  try {
    take(await ask("v1/session"));
  } catch (error) {
    if (/** @type {{ status?: number }} */ (error).status !== 401) {
      throw error;
    }
    take(null);
  }
}

/** @param {string} token Of a one-time link. */
export async function signInWithLink(token) {
  take(await post("v1/session", { link: token }));
}

/**
 * @param {string} email
 * @param {string} password
 */
export async function signInWithPassword(email, password) {
  take(await post("v1/session", { email, password }));
}

/** @param {{ email?: string, current_password?: string, new_password: string }} wish */
export async function setPassword(wish) {
  take(await put("v1/session/password", wish));
}

/** End the session here and on the gateway. */
export async function signOut() {
  await remove("v1/session").catch((error) => {
    if (error.status !== 401) {
      throw error;
    }
  });
  forgetTab();
  take(null);
}

/** @param {Session | null | undefined} who */
export function isAdmin(who) {
  return who?.user.role === "admin";
}

/**
 * Say whether somebody leads a team, or any.
 * @param {Session | null | undefined} who
 * @param {string} [teamId]
 */
export function isLead(who, teamId) {
  return (who?.teams ?? []).some(
    (team) => team.role === "lead" && (teamId === undefined || team.id === teamId),
  );
}

/** @param {Session | null} found */
function take(found) {
  useCsrfToken(found?.csrf_token ?? "");
  session.set(found);
}
