// Every page: its address, its module, and who finds it in the navigation.

import { isAdmin, isLead } from "./lib/session.js";

/**
 * @typedef {import("./lib/session.js").Session} Session
 * @typedef {{ path: string, label: string, isFor?: (who: Session) => boolean }} Entry
 */

/** @type {import("./lib/router.js").Route[]} */
export const routes = [
  { path: "chat", load: () => import("./pages/chat.js"), style: "chat" },
  { path: "overview", load: () => import("./pages/overview.js"), style: "overview" },
  { path: "calls", load: () => import("./pages/calls/list.js"), style: "calls" },
  { path: "calls/:id", load: () => import("./pages/calls/one.js"), style: "calls" },
  { path: "models", load: () => import("./pages/models.js"), style: "models" },
  { path: "keys", load: () => import("./pages/keys/list.js"), style: "keys" },
  { path: "keys/:id", load: () => import("./pages/keys/one.js"), style: "keys" },
  { path: "people", load: () => import("./pages/people.js"), style: "manage", needs: "admin" },
  { path: "people/:id", load: () => import("./pages/people/person.js"), style: "manage", needs: "admin" },
  { path: "teams", load: () => import("./pages/teams.js"), style: "manage" },
  { path: "teams/:id", load: () => import("./pages/teams/team.js"), style: "manage" },
  { path: "budgets", load: () => import("./pages/budgets.js"), style: "manage" },
  { path: "budgets/:id", load: () => import("./pages/budgets/budget.js"), style: "manage" },
  { path: "audit-log", load: () => import("./pages/audit-log.js"), style: "manage", needs: "admin" },
  { path: "audit-log/:id", load: () => import("./pages/audit/row.js"), style: "manage", needs: "admin" },
  { path: "account", load: () => import("./pages/account.js") },
];

/**
 * What the navigation shows, in groups.
 * @type {{ label: string, entries: Entry[] }[]}
 */
export const navigation = [
  {
    label: "Use",
    entries: [
      { path: "chat", label: "Chat" },
      { path: "overview", label: "Overview" },
      { path: "calls", label: "Calls" },
      { path: "models", label: "Models" },
      { path: "keys", label: "Keys" },
    ],
  },
  {
    label: "Manage",
    entries: [
      { path: "people", label: "People", isFor: isAdmin },
      { path: "teams", label: "Teams" },
      { path: "budgets", label: "Budgets and limits" },
      { path: "audit-log", label: "Audit log", isFor: isAdmin },
    ],
  },
];

/**
 * Return the groups with what is for somebody.
 * @param {Session} who
 */
export function navigationFor(who) {
  return navigation
    .map(({ label, entries }) => ({
      label,
      entries: entries.filter((entry) => entry.isFor === undefined || entry.isFor(who)),
    }))
    .filter(({ entries }) => entries.length > 0);
}

/**
 * Return where somebody begins.
 * @param {Session} who
 */
export function landingFor(who) {
  const wanted = isAdmin(who) ? "overview" : "chat";
  return routes.some((route) => route.path === wanted) ? wanted : "overview";
}

/**
 * Say whether a route is for somebody. The gateway decides what they may do; this only spares them
 * a page of refusals.
 * @param {import("./lib/router.js").Route} route
 * @param {Session} who
 */
export function isFor(route, who) {
  return route.needs === undefined || isAdmin(who) || (route.needs === "lead" && isLead(who));
}
