import { html } from "../../lib/html.js";
import { hrefTo } from "../../lib/router.js";
import { isAdmin } from "../../lib/session.js";
import { Time } from "../../parts/values.js";
import { keyWords } from "./entry.js";

/**
 * What was asked, and by whom; what has a list of its own is a link.
 * @param {{ entry: import("./entry.js").Entry, names: Map<string, string>,
 *   who: import("../../lib/session.js").Session }} props
 */
export function Asked({ entry, names, who }) {
  const tags = Object.entries(entry.tags);
  const isAlias = entry.upstream_model !== null && entry.upstream_model !== entry.model;
  return html`<dl class="facts">
    <dt>Model</dt>
    <dd>
      <a href=${hrefTo("calls", { model: entry.model })}>${entry.model}</a>
      ${isAlias && html`<span class="quiet">${` asked for as ${entry.upstream_model}`}</span>`}
    </dd>
    <dt>Task</dt><dd>${`${entry.task}, ${entry.stream ? "as a stream" : "as one answer"}`}</dd>
    ${entry.user_id && html`<dt>Person</dt><dd><${Person} id=${entry.user_id} name=${names.get(entry.user_id)} isLink=${isAdmin(who)} /></dd>`}
    <dt>Key</dt>
    <dd>
      ${entry.key_id.startsWith("key_")
        ? html`<a href=${`#/keys/${encodeURIComponent(entry.key_id)}`}>${keyWords(entry.key_id, names)}</a>`
        : keyWords(entry.key_id, names)}
    </dd>
    <dt>Charged to</dt>
    <dd>${entry.team_id === null ? "no team" : html`<a href=${`#/teams/${encodeURIComponent(entry.team_id)}`}>${names.get(entry.team_id) ?? entry.team_id}</a>`}</dd>
    ${entry.end_user && html`<dt>For</dt><dd>${entry.end_user}</dd>`}
    ${tags.length > 0 &&
    html`<dt>Tags</dt>
      <dd class="tags">
        ${tags.map(([name, value]) => {
          const tag = `${name}=${value}`;
          return html`<a key=${name} class="badge" href=${hrefTo("calls", { tag })}>${tag}</a>`;
        })}
      </dd>`}
    ${entry.client_request_id && html`<dt>The client's own id</dt><dd class="mono">${entry.client_request_id}</dd>`}
    <dt>Let in</dt><dd><${Time} at=${entry.created_at} isFull /></dd>
    <dt>Written down</dt><dd><${Time} at=${entry.settled_at} isFull /></dd>
  </dl>`;
}

/** @param {{ id: string, name?: string, isLink: boolean }} props */
function Person({ id, name = id, isLink }) {
  return isLink ? html`<a href=${`#/people/${encodeURIComponent(id)}`}>${name}</a>` : html`<span>${name}</span>`;
}
