import { placeOf } from "../lib/router.js";
import { html } from "../lib/html.js";
import { navigationFor } from "../routes.js";

/**
 * The pages, as links. The one that is open, or that the open one belongs to, is marked.
 * @param {{ who: import("../lib/session.js").Session, hash: string }} props
 */
export function Navigation({ who, hash }) {
  const top = placeOf(hash).path.split("/")[0];
  return html`<nav class="navigation" id="navigation" aria-label="Pages">
    ${navigationFor(who).map(
      ({ label, entries }) => html`<div key=${label} class="navigation-group">
        <p class="navigation-label">${label}</p>
        <ul>
          ${entries.map(
            (entry) => html`<li key=${entry.path}>
              <a href=${`#/${entry.path}`} aria-current=${entry.path === top ? "page" : undefined}>${entry.label}</a>
            </li>`,
          )}
        </ul>
      </div>`,
    )}
  </nav>`;
}
