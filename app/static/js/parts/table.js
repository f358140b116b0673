import { html } from "../lib/html.js";
import { Button } from "./button.js";
import { Empty, Skeleton } from "./loaded.js";
import { ErrorNotice } from "./notice.js";

/**
 * One column: its head, and what a row shows in it.
 * @template Row
 * @typedef {{ title: string, cell: (row: Row) => import("../lib/html.js").Children, isNumber?: boolean, isWide?: boolean }} Column
 * `isNumber`: to the right. `isWide`: not shown where there is little room.
 */

/**
 * Rows in columns. With `hrefOf`, a row is a link, and its first cell the link's text.
 * @template Row
 * @param {{ label: string, columns: Column<Row>[], rows: Row[], keyOf: (row: Row) => string,
 *   hrefOf?: (row: Row) => string | undefined, empty?: import("../lib/html.js").Children }} props
 */
export function Table({ label, columns, rows, keyOf, hrefOf, empty }) {
  if (rows.length === 0) {
    return empty ?? html`<${Empty} title="Nothing here." />`;
  }
  return html`<div class="table-frame" role="region" aria-label=${label} tabindex=${mayScroll() ? 0 : undefined}>
    <table>
      <thead>
        <tr>${columns.map((column) => html`<th key=${column.title} scope="col" class=${classOf(column)}>${column.title}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map((row) => html`<${TableRow} key=${keyOf(row)} row=${row} columns=${columns} href=${hrefOf?.(row)} />`)}
      </tbody>
    </table>
  </div>`;
}

/**
 * A table of a list that comes page by page: its bars, errors, nothing, and "load more".
 * @template Row
 * @param {{ pages: import("../lib/state.js").Pages<Row> } & Omit<Parameters<typeof Table<Row>>[0], "rows">} props
 */
export function PagedTable({ pages, ...table }) {
  return html`
    <${ErrorNotice} error=${pages.error} onAgain=${pages.again} />
    ${pages.rows === undefined ? pages.isBusy && html`<${Skeleton} lines=${6} />` : html`<${Table} rows=${pages.rows} ...${table} />`}
    ${pages.hasMore && html`<div><${Button} isBusy=${pages.isBusy} onClick=${pages.more}>Load more</${Button}></div>`}
  `;
}

/** @param {{ row: any, columns: Column<any>[], href?: string }} props */
function TableRow({ row, columns, href }) {
  return html`<tr class=${href === undefined ? undefined : "linked"}>
    ${columns.map((column, index) => {
      const shown = column.cell(row);
      const isLink = index === 0 && href !== undefined;
      return html`<td key=${column.title} class=${classOf(column)}>${isLink ? html`<a class="row-link" href=${href}>${shown}</a>` : shown}</td>`;
    })}
  </tr>`;
}

/** @param {Column<any>} column */
function classOf({ isNumber, isWide }) {
  return [isNumber && "number", isWide && "wide"].filter(Boolean).join(" ") || undefined;
}

/** Say whether a table may be wider than its frame: tables.css. */
function mayScroll() {
  return matchMedia("(max-width: 1180px)").matches;
}
