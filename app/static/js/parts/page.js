import { html, useEffect, useRef } from "../lib/html.js";

/**
 * Whether the next page takes the focus: not the first one, whose reader begins at the top.
 */
const focus = { isWanted: false };

/** Let the next page that appears take the focus. */
export function wantFocus() {
  focus.isWanted = true;
}

/**
 * A page: its heading, what can be done, and its content. Names the tab, and is where focus goes.
 * @param {{ title: string, intro?: import("../lib/html.js").Children,
 *   actions?: import("../lib/html.js").Children, children?: import("../lib/html.js").Children,
 *   placesFocus?: boolean }} props `placesFocus`: something in it takes the focus itself.
 */
export function Page({ title, intro, actions, children, placesFocus = false }) {
  const heading = useRef(/** @type {HTMLHeadingElement | null} */ (null));
  useEffect(() => {
    document.title = `${title} · Meterhouse`;
  }, [title]);
  useEffect(() => {
    if (focus.isWanted) {
      focus.isWanted = false;
      if (!placesFocus) {
        heading.current?.focus({ preventScroll: true });
      }
    }
  }, []);
  return html`<div class="page">
    <header class="page-head">
      <h1 tabindex="-1" ref=${heading}>${title}</h1>
      ${actions && html`<div class="page-actions">${actions}</div>`}
      ${intro && html`<p class="intro">${intro}</p>`}
    </header>
    ${children}
  </div>`;
}

/**
 * A part of a page with a heading of its own.
 * @param {{ title: string, actions?: import("../lib/html.js").Children, children?: import("../lib/html.js").Children }} props
 */
export function Section({ title, actions, children }) {
  return html`<section class="section">
    <header class="section-head">
      <h2>${title}</h2>
      ${actions && html`<div class="page-actions">${actions}</div>`}
    </header>
    ${children}
  </section>`;
}
