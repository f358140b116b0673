// What is said of people. Pure.

/**
 * @typedef {object} User As of GET /v1/users.
 * @property {string} id
 * @property {string} email
 * @property {string} name
 * @property {"admin" | "member"} role
 * @property {boolean} has_password
 * @property {string} created_at
 * @property {string | null} disabled_at
 *
 * @typedef {User & { teams: { id: string, name: string, role: "lead" | "member" }[] }} Listed In a list.
 *
 * @typedef {{ team_id: string, team_name: string, role: "lead" | "member", created_at: string }} Membership
 */

export const ROLES = [
  { value: "member", label: "Member: what is theirs, and what they lead" },
  { value: "admin", label: "Admin: everything" },
];

export const TEAM_ROLES = [
  { value: "member", label: "Member: calls models for the team" },
  { value: "lead", label: "Lead: also manages its members and keys" },
];

/**
 * Say what goes with somebody who is deleted.
 * @param {{ name: string }} user
 */
export function deletionWords({ name }) {
  return (
    `${name} is signed out, and their keys, limits and places in teams go with them; their budgets are archived. ` +
    "Their calls stay in the ledger, their changes in the audit log, and keys that they made for a team stay good. " +
    "It cannot be taken back."
  );
}
