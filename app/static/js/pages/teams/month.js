// The calendar month, as reports have it. Pure.

/**
 * Return when this month began, in UTC, as hours of reports are.
 * @param {Date} now
 */
export function monthStart(now) {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString();
}
