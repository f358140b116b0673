// The audit log in words: what was done, to what, and the difference it made. Pure.

import { money, time } from "../../lib/format.js";
import { scopeWords } from "../../lib/words.js";

/**
 * @typedef {object} Row As of GET /v1/admin/audit-log.
 * @property {string} id
 * @property {string} at
 * @property {{ kind: string, id: string, key_id: string | null, name: string }} actor
 * @property {string} action
 * @property {{ type: string, id: string, team_id: string | null }} object
 * @property {Record<string, unknown> | null} before
 * @property {Record<string, unknown> | null} after
 * @property {string | null} from_ip
 * @property {string | null} request_id
 *
 * @typedef {{ name: string, before: string | null, after: string | null }} Difference Null: there was none.
 */

/** @type {Record<string, string>} What was done, with the kind of its object. */
export const ACTIONS = {
  "user.create": "made the person",
  "user.update": "changed the person",
  "user.disable": "disabled",
  "user.enable": "enabled",
  "user.reset_password": "gave a new password to",
  "user.delete": "deleted the person",
  "user.sign_in": "signed in",
  "user.sign_in_failed": "failed to sign in as",
  "user.sign_in_link": "made a sign-in link for",
  "user.sign_out": "signed out",
  "user.change_password": "changed the password of",
  "team.create": "made the team",
  "team.update": "changed the team",
  "team.delete": "deleted the team",
  "member.add": "added",
  "member.update": "changed the role of",
  "member.remove": "removed",
  "key.create": "made the key",
  "key.rotate": "rotated the key",
  "key.revoke": "revoked the key",
  "budget.create": "made a budget:",
  "budget.update": "changed a budget:",
  "budget.archive": "archived a budget:",
  "limit.create": "made a limit:",
  "limit.update": "changed a limit:",
  "limit.delete": "deleted a limit:",
  "price.create": "set the price",
  "price.import": "imported prices",
  "price.delete": "deleted the price",
  "model.create": "made the model",
  "model.update": "changed the model",
  "model.delete": "deleted the model",
  "upstream.drain": "drained the upstream",
  "upstream.restore": "restored the upstream",
  "body_rule.create": "had requests and answers stored:",
  "body_rule.delete": "ended storing of requests and answers:",
  "body.read": "read what was stored of the call",
};

/** @type {Record<string, string>} */
const ACTORS = { bootstrap: "Admin key", operator: "Command line", system: "The gateway" };

/** @type {Record<string, string>} */
const PREPOSITIONS = { "member.add": "to", "member.remove": "from" };

/** Facts that name whom something binds. */
const PLACED = new Set(["scope", "scope id"]);

/** Facts that are moments, and those that are ids of things. */
const MOMENT = /_at$/;
const THING = /_(id|by|keys)$/;

/** @param {string} action */
export function actionWords(action) {
  return ACTIONS[action] ?? action;
}

/**
 * Name who did it, also where it is nobody.
 * @param {Row["actor"]} actor
 */
export function actorName({ kind, name }) {
  return ACTORS[kind] ?? name;
}

/**
 * Name what was changed: as it is called now, or was; a budget by whom it binds; else its id.
 * Nothing where somebody did it to themselves, and the words say so.
 * @param {Row} row
 * @param {Map<string, string>} names
 */
export function objectName({ action, actor, object, before, after }, names) {
  if (object.id === actor.id) {
    return action.startsWith("user.sign") ? "" : "themselves";
  }
  const facts = after?.scope === undefined ? before : after;
  if (typeof facts?.scope === "string" && object.type !== "key") {
    const id = /** @type {string | null} */ (facts.scope_id ?? null);
    return scopeWords({ scope: /** @type {any} */ (facts.scope), scope_id: id }, names.get(id ?? ""));
  }
  const name = names.get(object.id) ?? after?.name ?? before?.name;
  return typeof name === "string" ? name : object.id;
}

/**
 * Say in which team a change was; empty where that is said already.
 * @param {Row} row
 * @param {Map<string, string>} names
 */
export function placeWords({ action, object }, names) {
  if (object.team_id === null || ["team", "budget", "limit"].includes(object.type)) {
    return "";
  }
  const preposition = PREPOSITIONS[action] ?? "in";
  return `${preposition} team ${names.get(object.team_id) ?? object.team_id}`;
}

/**
 * Set what was beside what is, for every fact that differs: things by their names, moments as here.
 * @param {Row} row
 * @param {Map<string, string>} [known]
 * @returns {Difference[]}
 */
export function differences({ before, after }, known = new Map()) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => ({ name: factName(name), before: valueText(name, before?.[name], known), after: valueText(name, after?.[name], known) }))
    .filter((one) => one.before !== one.after);
}

/**
 * Say the difference in a few words, for a row of a list: "role: member → admin". What its sentence
 * says already, and what was made without, is left out.
 * @param {Difference[]} found
 */
export function differenceWords(found) {
  return found
    .filter(({ name, before, after }) => !PLACED.has(name) && !(before === null && after === "none"))
    .map(({ name, before, after }) => {
      if (before === null || after === null) {
        return `${name}: ${before ?? after}`;
      }
      return `${name}: ${before} → ${after}`;
    })
    .join("; ");
}

/** @param {string} name */
function factName(name) {
  return name.replace(/_usd$/, "").replace(/^(user|team|key)_id$/, "$1").replace(/_/g, " ");
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {Map<string, string>} known
 * @returns {string | null}
 */
function valueText(name, value, known) {
  if (value === undefined) {
    return null;
  }
  if (value === null) {
    return "none";
  }
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  if (typeof value === "number" && name.endsWith("_usd")) {
    return money(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "none" : value.map((one) => valueText(name, one, known)).join(", ");
  }
  if (typeof value === "object") {
    const parts = Object.entries(value).map(([key, one]) => `${factName(key)} ${valueText(key, one, known)}`);
    return parts.length === 0 ? "none" : parts.join(", ");
  }
  const text = String(value);
  if (MOMENT.test(name)) {
    return time(text);
  }
  return (THING.test(name) ? known.get(text) : undefined) ?? text;
}
