import { get } from "../lib/api.js";
import { count } from "../lib/format.js";
import { html, useState } from "../lib/html.js";
import { goTo } from "../lib/router.js";
import { isAdmin } from "../lib/session.js";
import { useLoad, usePages } from "../lib/state.js";
import { Badge } from "../parts/badge.js";
import { Button } from "../parts/button.js";
import { Empty } from "../parts/loaded.js";
import { Page } from "../parts/page.js";
import { PagedTable } from "../parts/table.js";
import { Money, Time } from "../parts/values.js";
import { TeamDialog } from "./teams/team-dialog.js";
import { monthStart } from "./teams/month.js";

/** @typedef {{ id: string, name: string, created_at: string }} Team */

/**
 * Teams: all for admins, else one's own.
 * @param {{ who: import("../lib/session.js").Session }} props
 */
export default function Teams({ who }) {
  const canChange = isAdmin(who);
  const teams = usePages((after, signal) => get("v1/teams", { after, limit: 50 }, signal), []);
  const used = useLoad((signal) => (canChange ? readUsed(signal) : Promise.resolve(null)), []);
  const [isOpen, setOpen] = useState(false);
  const roles = new Map(who.teams.map(({ id, role }) => [id, role]));
  /** @type {import("../parts/table.js").Column<Team>[]} */
  const columns = [
    { title: "Name", cell: (team) => team.name },
    { title: "Your role", cell: (team) => roleOf(roles.get(team.id)) },
    { title: "Made", cell: (team) => html`<${Time} at=${team.created_at} />`, isWide: true },
  ];
  if (used.data) {
    const groups = used.data;
    columns.push(
      { title: "Calls this month", cell: (team) => count(groups.get(team.id)?.calls ?? 0), isNumber: true, isWide: true },
      { title: "Cost this month", cell: (team) => html`<${Money} usd=${costOf(groups.get(team.id))} isShort />`, isNumber: true },
    );
  }
  return html`<${Page}
    title="Teams"
    intro=${canChange ? "A team's calls are charged to it: it has keys, budgets and limits of its own." : "The teams that you are in."}
    actions=${canChange && html`<${Button} kind="primary" onClick=${() => setOpen(true)}>New team</${Button}>`}
  >
    <${PagedTable} label="Teams" pages=${teams} columns=${columns}
      keyOf=${(/** @type {Team} */ team) => team.id} hrefOf=${(/** @type {Team} */ team) => `#/teams/${team.id}`}
      empty=${html`<${Empty} title=${canChange ? "No team yet" : "You are in no team"}>
        ${canChange ? "Make one for people who share keys and a budget." : "An admin, or the lead of a team, can add you."}
      </${Empty}>`} />
    ${isOpen && html`<${TeamDialog} onClose=${() => setOpen(false)} onDone=${(/** @type {Team} */ team) => goTo(`teams/${team.id}`)} />`}
  </${Page}>`;
}

/** @param {"lead" | "member" | undefined} role */
function roleOf(role) {
  if (role === undefined) {
    return html`<span class="quiet">not in it</span>`;
  }
  return role === "lead" ? html`<${Badge} tone="accent">Lead</${Badge}>` : html`<${Badge}>Member</${Badge}>`;
}

/** @param {Group | undefined} group */
function costOf(group) {
  return group === undefined ? 0 : group.cost_usd;
}

/** @typedef {{ value: string | null, calls: number, cost_usd: number | null }} Group */

/**
 * Read what each team has used this month.
 * @param {AbortSignal} signal
 * @returns {Promise<Map<string | null, Group> | null>} Null where there are more teams than one report has.
 */
async function readUsed(signal) {
  const report = await get("v1/admin/usage", { group_by: "team", since: monthStart(new Date()) }, signal);
  return report.has_more_groups ? null : new Map(report.groups.map((/** @type {Group} */ group) => [group.value, group]));
}
