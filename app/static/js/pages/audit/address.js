// Where the things that the log mentions are, in these pages. Pure.

/** @type {Record<string, string>} */
const PLACES = { user: "people", member: "people", team: "teams", key: "keys", budget: "budgets" };

/**
 * Return where something is shown, or undefined where nothing shows it.
 * @param {{ type: string, id: string }} object
 */
export function placeOfObject({ type, id }) {
  if (type === "limit") {
    return "#/budgets";
  }
  if (type === "body") {
    return `#/calls/${encodeURIComponent(id)}`;
  }
  const place = PLACES[type];
  return place === undefined ? undefined : `#/${place}/${encodeURIComponent(id)}`;
}

/**
 * Return the moment at which a day begins here, or undefined for no day.
 * @param {string | undefined} day As of a date field: "2026-11-23".
 * @param {number} [later] Days after it.
 */
export function dayStart(day, later = 0) {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? "");
  if (found === null) {
    return undefined;
  }
  const [year, month, date] = found.slice(1).map(Number);
  return new Date(/** @type {number} */ (year), /** @type {number} */ (month) - 1, /** @type {number} */ (date) + later).toISOString();
}
