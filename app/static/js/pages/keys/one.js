import { get, post, remove } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { hrefTo } from "../../lib/router.js";
import { isAdmin } from "../../lib/session.js";
import { useAction, useLoad } from "../../lib/state.js";
import { loadStyle } from "../../lib/style.js";
import { Badge } from "../../parts/badge.js";
import { Button } from "../../parts/button.js";
import { ConfirmButton, Dialog } from "../../parts/dialog.js";
import { Form, SelectField, errorFor } from "../../parts/field.js";
import { Empty, Loaded } from "../../parts/loaded.js";
import { ErrorNotice } from "../../parts/notice.js";
import { Page } from "../../parts/page.js";
import { Time } from "../../parts/values.js";
import { Bound } from "../budgets/bound.js";
import { useNames } from "../calls/use-names.js";
import { hint, keyState, modelWords, ownerWords, revokeWords, rightsOver, scopeWords } from "./key.js";
import { Secret } from "./secret.js";

await loadStyle("static/css/manage.css"); // budgets and limits look as on their own page

/** @typedef {import("./key.js").Key} Key */

const OVERLAPS = [
  { value: "0", label: "At once" },
  { value: "1", label: "In 1 hour" },
  { value: "24", label: "In 24 hours" },
  { value: "168", label: "In 7 days" },
];

/**
 * One key: what it may do, and its end.
 * @param {{ who: import("../../lib/session.js").Session, params: Record<string, string> }} props
 */
export default function OneKey({ who, params }) {
  const place = `v1/keys/${encodeURIComponent(params.id ?? "")}`;
  const key = useLoad((signal) => get(place, {}, signal), [place]);
  const { canRotate, canRevoke } = key.data ? rightsOver(key.data, who) : { canRotate: false, canRevoke: false };
  const actions = html`
    ${canRotate && html`<${Rotate} of=${key.data} who=${who} place=${place} onDone=${key.again} />`}
    ${canRevoke &&
    html`<${ConfirmButton} label="Revoke" verb="Revoke the key" title=${`Revoke ${key.data.name}?`}
      act=${() => remove(place).then(key.again)}>${revokeWords(key.data)}</${ConfirmButton}>`}
  `;
  return html`<${Page} title=${key.data?.name ?? "Key"} intro=${html`<a href="#/keys">All keys</a>`} actions=${actions}>
    ${key.error?.status === 404
      ? html`<${Empty} title="There is no such key that you may see">It may be deleted with its owner, or somebody else's.</${Empty}>`
      : html`<${Loaded} of=${key} lines=${6}>${(/** @type {Key} */ data) => html`<${Facts} of=${data} who=${who} />`}</${Loaded}>`}
  </${Page}>`;
}

/** @param {{ of: Key, who: import("../../lib/session.js").Session }} props */
function Facts({ of: key, who }) {
  const names = useNames(who, idsIn(key));
  const { tone, label } = keyState(key);
  const tags = Object.entries(key.tags);
  return html`
    <dl class="facts">
      <dt>State</dt><dd><${Badge} tone=${tone}>${label}</${Badge}></dd>
      <dt>Secret</dt><dd><code>${hint(key)}</code></dd>
      <dt>Whose</dt><dd>${ownerWords(key, names)}${key.user_id === null && html`<span class="quiet">, a service key</span>`}</dd>
      <dt>Charged to</dt><dd>${key.team_id === null ? "no team" : (names.get(key.team_id) ?? key.team_id)}</dd>
      <dt>May</dt><dd>${scopeWords(key.scopes)}</dd>
      <dt>Models</dt><dd>${modelWords(key.allowed_models)}</dd>
      <dt>Tags</dt><dd>${tags.length === 0 ? "none" : tags.map(([name, value]) => `${name}=${value}`).join(", ")}</dd>
      <dt>Last used</dt><dd><${Time} at=${key.last_used_at} isFull none="not yet; written once a minute" /></dd>
      <dt>Made</dt><dd><${Time} at=${key.created_at} isFull />${key.created_by && ` by ${names.get(key.created_by) ?? key.created_by}`}</dd>
      ${key.revoked_at
        ? html`<dt>Revoked</dt><dd><${Time} at=${key.revoked_at} isFull /></dd>`
        : html`<dt>Ends</dt><dd><${Time} at=${key.expires_at} isFull /></dd>`}
      ${key.lineage_id !== key.id &&
      html`<dt>Takes the place of</dt><dd><a href=${`#/keys/${encodeURIComponent(key.lineage_id)}`}>an earlier key</a>, whose limits and budgets it has</dd>`}
      <dt>Id</dt><dd class="mono">${key.id}</dd>
    </dl>
    <p><a href=${hrefTo("calls", { key_id: key.id })}>Its calls</a></p>
    <${Bound} whose=${{ scope: "key", id: key.lineage_id, name: key.name }} canChange=${isAdmin(who) && keyState(key).works} />
  `;
}

/** @param {{ of: Key, who: import("../../lib/session.js").Session, place: string, onDone: () => void }} props */
function Rotate({ of: key, who, place, onDone }) {
  const [isOpen, setOpen] = useState(false);
  const [hours, setHours] = useState("24");
  const [made, setMade] = useState(/** @type {Key | null} */ (null));
  const action = useAction();
  const close = () => {
    action.clear();
    setOpen(false);
    if (made !== null) {
      setMade(null);
      onDone();
    }
  };
  const rotate = () => action.run(async () => setMade(await post(`${place}/rotate`, { overlap_hours: Number(hours) })));
  return html`
    <${Button} onClick=${() => setOpen(true)}>Rotate</${Button}>
    ${isOpen &&
    made !== null &&
    html`<${Dialog} title="The new secret" onClose=${close} isSticky><${Secret} of=${made} who=${who} onClose=${close} /></${Dialog}>`}
    ${isOpen &&
    made === null &&
    html`<${Dialog} title=${`Rotate ${key.name}?`} onClose=${close}>
      <${Form} label="Rotate" onSubmit=${rotate}>
        <p>You get a new key that may do the same, with the same limits and budgets.</p>
        <${ErrorNotice} error=${errorFor(action.error, "overlap_hours") ? null : action.error} />
        <${SelectField} label="The old secret stops working" value=${hours} options=${OVERLAPS} onInput=${setHours}
          error=${errorFor(action.error, "overlap_hours")} hint="Time to put the new one where the old one is." />
        <div class="dialog-actions key-actions">
          <${Button} onClick=${close}>Cancel</${Button}>
          <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>Rotate the key</${Button}>
        </div>
      </${Form}>
    </${Dialog}>`}
  `;
}

/**
 * @param {Key} key
 * @returns {{ kind: "user" | "team", id: string }[]}
 */
function idsIn({ user_id: user, created_by: maker, team_id: team }) {
  const people = [user, maker].filter((id) => id !== null);
  return [
    ...people.map((id) => ({ kind: /** @type {const} */ ("user"), id })),
    ...(team === null ? [] : [{ kind: /** @type {const} */ ("team"), id: team }]),
  ];
}
