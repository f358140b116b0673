import { html } from "../lib/html.js";
import { ErrorNotice } from "./notice.js";

/**
 * Show what was loaded, bars while it is not there, or why it could not be.
 * @template T
 * @param {{ of: { data: T | undefined, error: import("../lib/api.js").ApiError | null, again: () => void },
 *   lines?: number, children: (data: T) => import("../lib/html.js").Children }} props
 */
export function Loaded({ of, lines = 4, children }) {
  return html`
    <${ErrorNotice} error=${of.error} onAgain=${of.again} />
    ${of.data === undefined ? of.error === null && html`<${Skeleton} lines=${lines} />` : children(of.data)}
  `;
}

/**
 * Where something will be in a moment.
 * @param {{ lines?: number }} props
 */
export function Skeleton({ lines = 4 }) {
  return html`<div class="skeleton" role="status" aria-label="Loading">
    ${Array.from({ length: lines }, (_, index) => html`<div key=${index} class="skeleton-line"></div>`)}
  </div>`;
}

/**
 * Where there is nothing: why, and what to do about it.
 * @param {{ title: string, actions?: import("../lib/html.js").Children, children?: import("../lib/html.js").Children }} props
 */
export function Empty({ title, actions, children }) {
  return html`<div class="empty">
    <p class="empty-title">${title}</p>
    ${children && html`<p>${children}</p>`}
    ${actions && html`<div class="empty-actions">${actions}</div>`}
  </div>`;
}
