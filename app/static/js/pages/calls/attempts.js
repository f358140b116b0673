import { duration, money } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { Badge } from "../../parts/badge.js";
import { barsOf, failureWords } from "./entry.js";

/**
 * Who was asked, one after another, and how long each took: as a bar, and in words.
 * @param {{ entry: import("./entry.js").Entry }} props
 */
export function Attempts({ entry }) {
  const { bars, restMs } = barsOf(entry);
  if (bars.length === 0) {
    return html`<p class="quiet">Nobody was asked: the call ended before it left for an upstream.</p>`;
  }
  return html`
    <ol class="attempts">
      ${bars.map(
        (bar, index) => html`<li key=${index}>
          <div class="attempt-where">
            <strong>${bar.upstream}</strong>
            <span class="quiet small">${bar.about}</span>
          </div>
          <div class="attempt-bar" aria-hidden="true">
            <div class=${bar.state.tone} style=${{ marginInlineStart: `${bar.start}%`, width: `${bar.width}%` }}></div>
          </div>
          <div class="attempt-how">
            <${Badge} tone=${bar.state.tone}>${bar.state.label}</${Badge}>
            <span class="number">${duration(bar.ms)}</span>
          </div>
          ${(bar.code || (bar.costUsd && bars.length > 1)) &&
          html`<p class="attempt-note quiet small">${noteOf(bar)}</p>`}
        </li>`,
      )}
    </ol>
    ${restMs > 0 && html`<p class="quiet small">${`${duration(restMs)} more went to the gateway itself, and to waiting between attempts.`}</p>`}
  `;
}

/** @param {import("./entry.js").Bar} bar */
function noteOf({ code, costUsd }) {
  const failure = code ? `${code}. ${failureWords(code)}` : "";
  const cost = costUsd ? `It cost ${money(costUsd)}.` : "";
  return [failure, cost].filter(Boolean).join(" ");
}
