import { size } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { Button } from "../../parts/button.js";

/** @typedef {import("./types.js").Picture} Picture */

/**
 * The images of a question, small.
 * @param {{ pictures: Picture[], onRemove?: (picture: Picture) => void }} props
 */
export function Pictures({ pictures, onRemove }) {
  if (pictures.length === 0) {
    return null;
  }
  return html`<ul class="pictures">
    ${pictures.map(
      (picture, index) => html`<li key=${index}>
        ${picture.url === null
          ? html`<span class="no-picture quiet small">${picture.name}: too large to be kept, and not sent again</span>`
          : html`<img src=${picture.url} alt=${picture.name} title=${`${picture.name}, ${size(picture.bytes)}`} />`}
        ${onRemove &&
        html`<${Button} kind="quiet" isSmall label=${`Remove ${picture.name}`} onClick=${() => onRemove(picture)}>✕</${Button}>`}
      </li>`,
    )}
  </ul>`;
}
