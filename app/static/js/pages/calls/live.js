// A list that grows at its top while somebody looks at it. Pure.

/**
 * @typedef {import("./entry.js").Entry} Entry
 * @typedef {{ data: Entry[], has_more: boolean, last_id: string | null }} EntryPage
 * @typedef {{ rows: Entry[], hasMore: boolean, last: string | null }} Rows
 */

/**
 * Return the rows of a first page.
 * @param {EntryPage} page
 * @returns {Rows}
 */
export function rowsOf({ data, has_more: hasMore, last_id: last }) {
  return { rows: data, hasMore, last };
}

/**
 * Put the newest page to the rows that are there. Calls that took long come in between. Where so many are
 * new that some would be missing in between, the list begins anew with the page.
 * @param {Rows} known
 * @param {EntryPage} page
 * @returns {Rows}
 */
export function withNewest(known, page) {
  const ids = new Set(known.rows.map(({ id }) => id));
  const fresh = page.data.filter(({ id }) => !ids.has(id));
  if (fresh.length === 0) {
    return known;
  }
  if (fresh.length === page.data.length && page.has_more) {
    return rowsOf(page);
  }
  const rows = [...known.rows, ...fresh].sort(newestFirst);
  return { rows, hasMore: known.hasMore, last: known.last ?? rows.at(-1)?.id ?? null };
}

/**
 * Put the next page under the rows that are there.
 * @param {Rows} known
 * @param {EntryPage} page
 * @returns {Rows}
 */
export function withMore(known, page) {
  const ids = new Set(known.rows.map(({ id }) => id));
  const rows = [...known.rows, ...page.data.filter(({ id }) => !ids.has(id))];
  return { rows, hasMore: page.has_more, last: page.last_id ?? known.last };
}

/**
 * Say how many calls a page has that are not among the rows.
 * @param {Rows} known
 * @param {EntryPage} page
 */
export function newIn(known, page) {
  const ids = new Set(known.rows.map(({ id }) => id));
  return page.data.filter(({ id }) => !ids.has(id)).length;
}

/**
 * @param {Entry} one
 * @param {Entry} other
 */
function newestFirst(one, other) {
  return new Date(other.created_at).getTime() - new Date(one.created_at).getTime() || (other.id < one.id ? -1 : 1);
}
