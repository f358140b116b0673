// Budgets and limits as the gateway tells of them, with the names of those whom they bind.

import { get } from "../../lib/api.js";
import { namesOf } from "../../lib/names.js";

const PAGE_ROWS = 25;

/**
 * @typedef {import("../../lib/words.js").Budget & { settled_usd: number, held_usd: number, overshoot_usd: number,
 *   alert_percents: number[], unknown_price: { hold_usd: number } | null, time_zone: string, starts_at: string,
 *   created_at: string, archived_at: string | null }} BudgetRow
 * @typedef {import("../../lib/words.js").LimitTerms & { id: string, scope: import("../../lib/words.js").Budget["scope"],
 *   scope_id: string | null, created_at: string }} LimitRow
 * @typedef {{ scope?: string, scope_id?: string }} Wanted Of which kind, and of which team, user or key.
 */

/**
 * One that has a scope, with the name of what that is.
 * @template Row
 * @typedef {Row & { name?: string }} Named
 */

/**
 * Read one page of budgets.
 * @param {Wanted} wanted
 * @param {string | undefined} after
 * @param {AbortSignal} signal
 * @returns {Promise<{ data: Named<BudgetRow>[], last_id: string | null, has_more: boolean }>}
 */
export async function readBudgets(wanted, after, signal) {
  const page = await get("v1/budgets", { ...wanted, after, limit: PAGE_ROWS }, signal);
  return { ...page, data: await named(page.data, signal) };
}

/**
 * Read one page of limits.
 * @param {Wanted} wanted
 * @param {string | undefined} after
 * @param {AbortSignal} signal
 * @returns {Promise<{ data: Named<LimitRow>[], last_id: string | null, has_more: boolean }>}
 */
export async function readLimits(wanted, after, signal) {
  const page = await get("v1/limits", { ...wanted, after, limit: PAGE_ROWS }, signal);
  return { ...page, data: await named(page.data, signal) };
}

/**
 * Read one budget.
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Named<BudgetRow>>}
 */
export async function readBudget(id, signal) {
  const [found] = await named([await get(`v1/budgets/${encodeURIComponent(id)}`, {}, signal)], signal);
  return found;
}

/**
 * @param {any[]} rows
 * @param {AbortSignal} signal
 * @returns {Promise<any[]>}
 */
async function named(rows, signal) {
  const wanted = rows.flatMap(({ scope, scope_id: id }) => (id === null ? [] : [{ kind: scope, id }]));
  const names = await namesOf(wanted, signal);
  return rows.map((row) => ({ ...row, name: names.get(row.scope_id ?? "") }));
}
