// What a key is, in words, and what is asked for in a new one. Pure.

import { ago, day } from "../../lib/format.js";

const DAY_MS = 86_400_000;

/**
 * @typedef {object} Key As of GET /v1/keys.
 * @property {string} id
 * @property {string} name
 * @property {string} prefix
 * @property {string} last4
 * @property {("inference" | "manage")[]} scopes
 * @property {string | null} user_id
 * @property {string | null} team_id
 * @property {string[] | null} allowed_models
 * @property {Record<string, string>} tags
 * @property {string} lineage_id
 * @property {string | null} created_by
 * @property {string} created_at
 * @property {string | null} expires_at
 * @property {string | null} revoked_at
 * @property {string | null} last_used_at
 * @property {string} [secret] Of one that was just made.
 *
 * @typedef {object} Wish What is filled in for a new key.
 * @property {string} name
 * @property {"me" | "user" | "team"} whose
 * @property {string} userId
 * @property {string} teamId The team that is charged; of a service key, its owner.
 * @property {boolean} calls
 * @property {boolean} manages
 * @property {string} models One on a line, or with commas.
 * @property {string} ends "never", a number of days, or "day".
 * @property {string} endsOn A day, where it ends on one.
 * @property {string} tags
 */

/** @type {Wish} */
export const EMPTY_WISH = {
  name: "",
  whose: "me",
  userId: "",
  teamId: "",
  calls: true,
  manages: false,
  models: "",
  ends: "never",
  endsOn: "",
  tags: "",
};

export const ENDS = [
  { value: "never", label: "Never" },
  { value: "7", label: "In 7 days" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
  { value: "day", label: "On a day" },
];

/**
 * Say whether a key works, and until when.
 * @param {Key} key
 * @param {Date} [now]
 * @returns {{ tone: "good" | "warn" | "bad" | "plain", label: string, works: boolean }}
 */
export function keyState(key, now = new Date()) {
  if (key.revoked_at !== null) {
    return { tone: "plain", label: "Revoked", works: false };
  }
  if (key.expires_at === null) {
    return { tone: "good", label: "Works", works: true };
  }
  const left = new Date(key.expires_at).getTime() - now.getTime();
  if (left <= 0) {
    return { tone: "plain", label: "Expired", works: false };
  }
  return left < 7 * DAY_MS
    ? { tone: "warn", label: `Ends ${ago(key.expires_at, now)}`, works: true }
    : { tone: "good", label: "Works", works: true };
}

/**
 * Say what a key may do.
 * @param {Key["scopes"]} scopes
 */
export function scopeWords(scopes) {
  const words = [scopes.includes("inference") && "calls models", scopes.includes("manage") && "manages"];
  return capital(words.filter(Boolean).join(", "));
}

/**
 * Say which models a key may call.
 * @param {string[] | null} models
 */
export function modelWords(models) {
  return models === null ? "all" : models.join(", ");
}

/**
 * Say whose a key is.
 * @param {Key} key
 * @param {Map<string, string>} names
 */
export function ownerWords(key, names) {
  const team = key.team_id === null ? "" : (names.get(key.team_id) ?? key.team_id);
  if (key.user_id === null) {
    return team === "" ? "nobody" : `Team ${team}`;
  }
  return names.get(key.user_id) ?? key.user_id;
}

/**
 * Write a secret so that it is recognised and cannot be used.
 * @param {Key} key
 */
export function hint({ prefix, last4 }) {
  return `${prefix}…${last4}`;
}

/**
 * Say what somebody may do with a key: what the gateway would refuse is not offered.
 * @param {Key} key
 * @param {import("../../lib/session.js").Session} who
 * @param {Date} [now]
 */
export function rightsOver(key, who, now) {
  const { works } = keyState(key, now);
  const isAdmin = who.user.role === "admin";
  const leads = who.teams.some((team) => team.id === key.team_id && team.role === "lead");
  const isOwn = key.user_id === who.user.id;
  return {
    canRotate: works && (isAdmin || isOwn || (key.user_id === null && leads)),
    canRevoke: works && (isAdmin || isOwn || leads),
  };
}

/**
 * Return what is sent for a new key.
 * @param {Wish} wish
 * @param {string} me The id of who asks.
 * @param {Date} [now]
 * @returns {Record<string, unknown>}
 */
export function bodyOf(wish, me, now = new Date()) {
  const models = wish.models.split(/[\s,]+/).filter(Boolean);
  const tags = tagsOf(wish.tags);
  const end = endOf(wish, now);
  const user = { me, user: wish.userId, team: "" }[wish.whose];
  return {
    name: wish.name.trim(),
    scopes: [wish.calls && "inference", wish.manages && "manage"].filter(Boolean),
    ...(user === "" ? {} : { user_id: user }),
    ...(wish.teamId === "" ? {} : { team_id: wish.teamId }),
    ...(models.length === 0 ? {} : { allowed_models: models }),
    ...(end === null ? {} : { expires_at: end }),
    ...(Object.keys(tags).length === 0 ? {} : { tags }),
  };
}

/**
 * Say what is missing in a wish, by field; the gateway says the rest.
 * @param {Wish} wish
 * @returns {Partial<Record<keyof Wish, string>>}
 */
export function missingIn(wish) {
  /** @type {Partial<Record<keyof Wish, string>>} */
  const missing = {};
  if (!wish.calls && !wish.manages) {
    missing.calls = "A key that may do neither is of no use. Choose one, or both.";
  }
  if (wish.whose === "user" && wish.userId === "") {
    missing.userId = "Choose whose it is.";
  }
  if (wish.whose === "team" && wish.teamId === "") {
    missing.teamId = "Choose the team that it belongs to.";
  }
  if (wish.ends === "day" && wish.endsOn === "") {
    missing.endsOn = "Choose the day.";
  }
  const bad = pairsOf(wish.tags).find((pair) => !/^[^=]+=./.test(pair));
  if (bad !== undefined) {
    missing.tags = `"${bad}" is no tag. Write name=value, with commas between them.`;
  }
  return missing;
}

/**
 * Return a line for a terminal that tries a key.
 * @param {{ secret: string, scopes: Key["scopes"], base: string, model: string }} about `base` ends in a slash.
 */
export function curlLine({ secret, scopes, base, model }) {
  const key = `-H ${quoted(`Authorization: Bearer ${secret}`)}`;
  if (!scopes.includes("inference")) {
    return `curl ${quoted(`${base}v1/me`)} \\\n  ${key}`;
  }
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Hello!" }] });
  return [
    `curl ${quoted(`${base}v1/chat/completions`)} \\`,
    `  ${key} \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d ${quoted(body)}`,
  ].join("\n");
}

/**
 * Choose a model to try a key with: one that it may call.
 * @param {string[] | null} allowed
 * @param {string[]} models Those that there are.
 */
export function modelFor(allowed, models) {
  const fitting = models.find((model) => allowed === null || allowed.some((pattern) => fits(pattern, model)));
  return fitting ?? allowed?.find((pattern) => !pattern.includes("*")) ?? "openai/gpt-oss-120b";
}

/**
 * Say what ends when a key is revoked.
 * @param {Key} key
 * @param {Date} [now]
 */
export function revokeWords(key, now) {
  const used = key.last_used_at === null ? "No use of it is written down yet, which happens once a minute." : `It was last used ${agoOrOn(key.last_used_at, now)}.`;
  return `Every program that uses it is refused within 5 seconds. Answers that are under way finish. ${used} This cannot be undone.`;
}

/**
 * @param {string} at
 * @param {Date} [now]
 */
function agoOrOn(at, now) {
  const words = ago(at, now);
  return words === day(at, now) ? `on ${words}` : words;
}

/**
 * @param {Wish} wish
 * @param {Date} now
 */
function endOf({ ends, endsOn }, now) {
  if (ends === "never") {
    return null;
  }
  if (ends !== "day") {
    return new Date(now.getTime() + Number(ends) * DAY_MS).toISOString();
  }
  return new Date(`${endsOn}T23:59:59`).toISOString();
}

/** @param {string} text */
function tagsOf(text) {
  return Object.fromEntries(
    pairsOf(text).map((pair) => [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1).trim()]),
  );
}

/** @param {string} text */
function pairsOf(text) {
  return text
    .split(/[,\n]/)
    .map((pair) => pair.trim())
    .filter(Boolean);
}

/**
 * @param {string} pattern
 * @param {string} model
 */
function fits(pattern, model) {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(model);
}

/**
 * Quote a text for a shell.
 * @param {string} text
 */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
