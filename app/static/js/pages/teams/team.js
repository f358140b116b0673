import { get, remove } from "../../lib/api.js";
import { count, percent, shortCount } from "../../lib/format.js";
import { html, useState } from "../../lib/html.js";
import { goTo, hrefTo } from "../../lib/router.js";
import { isAdmin, isLead, loadSession } from "../../lib/session.js";
import { useLoad } from "../../lib/state.js";
import { othersOf } from "../../lib/units.js";
import { Button } from "../../parts/button.js";
import { ConfirmButton } from "../../parts/dialog.js";
import { Loaded } from "../../parts/loaded.js";
import { Page, Section } from "../../parts/page.js";
import { Money } from "../../parts/values.js";
import { Bound } from "../budgets/bound.js";
import { KeyTable } from "../people/key-table.js";
import { Members } from "./members.js";
import { monthStart } from "./month.js";
import { TeamDialog } from "./team-dialog.js";

const DELETION =
  "Every key that is charged to the team is revoked, and programs that use one stop. Its limits and its members' " +
  "places go with it, and its budgets are archived. Its calls stay in the ledger. It cannot be taken back.";

/** @typedef {{ id: string, name: string, created_at: string }} Team */

/**
 * One team: who is in it, its keys, budgets and limits, and what it has used this month.
 * @param {{ who: import("../../lib/session.js").Session, params: Record<string, string> }} props
 */
export default function TeamPage({ who, params }) {
  const id = params.id ?? "";
  const ofAdmin = isAdmin(who);
  const manages = ofAdmin || isLead(who, id);
  const found = useLoad((signal) => get(`v1/teams/${encodeURIComponent(id)}`, {}, signal), [id]);
  const team = /** @type {Team | undefined} */ (found.data);
  const [isOpen, setOpen] = useState(false);
  const actions = html`
    ${manages && html`<a class="button" href=${hrefTo("calls", { team_id: id })}>Its calls</a>`}
    ${ofAdmin && html`<a class="button" href=${hrefTo("audit-log", { object: id })}>Audit log</a>`}
    ${ofAdmin && html`<${Button} onClick=${() => setOpen(true)}>Rename</${Button}>`}
  `;
  return html`<${Page} title=${team?.name ?? "Team"} actions=${team && actions}>
    <${Loaded} of=${found} lines=${6}>
      ${(/** @type {Team} */ shown) => html`
        ${manages && html`<${Used} id=${id} />`}
        <${Members} teamId=${id} canChange=${manages} ofAdmin=${ofAdmin} />
        ${manages && html`<${Section} title="Keys charged to the team"><${KeyTable} of=${{ team_id: id }} /></${Section}>`}
        <${Bound} whose=${{ scope: "team", id, name: shown.name }} canChange=${ofAdmin} />
        ${ofAdmin && html`<${Delete} team=${shown} />`}
      `}
    </${Loaded}>
    ${isOpen && html`<${TeamDialog} team=${team} onClose=${() => setOpen(false)} onDone=${found.set} />`}
  </${Page}>`;
}

/** @param {{ id: string }} props */
function Used({ id }) {
  const used = useLoad((signal) => get("v1/admin/usage", { team_id: id, since: monthStart(new Date()) }, signal), [id]);
  return html`<${Section} title="This month">
    <${Loaded} of=${used} lines=${2}>
      ${(/** @type {import("../overview/report.js").Sums} */ sums) => html`<dl class="amounts card">
        <div><dt>Cost</dt><dd><${Money} usd=${sums.cost_usd} isShort /></dd></div>
        <div><dt>Calls</dt><dd>${count(sums.calls)}</dd></div>
        <div><dt>Errors</dt><dd>${percent(sums.calls_by_status.error, sums.calls)}</dd></div>
        <div><dt>Tokens in</dt><dd>${shortCount(sums.units_in)}</dd></div>
        <div><dt>Tokens out</dt><dd>${shortCount(sums.units_out)}</dd></div>
        ${othersOf(sums).map(([kind, words]) => html`<div key=${kind}><dt>${`Of tasks: ${kind}`}</dt><dd>${words}</dd></div>`)}
      </dl>`}
    </${Loaded}>
  </${Section}>`;
}

/** @param {{ team: Team }} props */
function Delete({ team }) {
  const act = async () => {
    await remove(`v1/teams/${team.id}`);
    await loadSession();
    goTo("teams");
  };
  return html`<${Section} title="Delete">
    <p class="quiet">${DELETION}</p>
    <div><${ConfirmButton} label="Delete this team" verb="Delete" title=${`Delete the team ${team.name}?`} act=${act}><p>${DELETION}</p></${ConfirmButton}></div>
  </${Section}>`;
}
