// The chat of this tab, kept while the tab is open, for the one whose it is.

import { recall, remember } from "../../lib/storage.js";
import { NO_SETTINGS } from "./types.js";

/** @typedef {import("./types.js").Chat} Chat */

const KEY = "meterhouse-chat";
const MODEL_KEY = "meterhouse-model";
const TEAM_KEY = "meterhouse-team";
/** Larger images are not kept. */
export const LARGEST_KEPT_BYTES = 1_000_000;

/**
 * Return what was kept, or an empty chat with the model that was used last.
 * @param {string} userId
 * @returns {Chat}
 */
export function keptChat(userId) {
  const kept = recall("sessionStorage", KEY);
  if (kept?.of === userId && Array.isArray(kept.chat?.exchanges)) {
    return { ...kept.chat, settings: { ...NO_SETTINGS, ...kept.chat.settings } };
  }
  const model = recall("localStorage", MODEL_KEY);
  return { model: typeof model === "string" ? model : "", settings: NO_SETTINGS, exchanges: [] };
}

/**
 * Keep a chat; without its images where there is no room for them.
 * @param {string} userId
 * @param {Chat} chat
 */
export function keepChat(userId, chat) {
  const isKept =
    remember("sessionStorage", KEY, { of: userId, chat: withoutPictures(chat, LARGEST_KEPT_BYTES) }) ||
    remember("sessionStorage", KEY, { of: userId, chat: withoutPictures(chat, 0) });
  if (!isKept) {
    remember("sessionStorage", KEY, null); // an old one would come back instead
  }
  if (chat.model !== "") {
    remember("localStorage", MODEL_KEY, chat.model);
  }
}

/**
 * Return a chat as it is kept: what was being written has stopped, and large images are names.
 * @param {Chat} chat
 * @param {number} largest
 * @returns {Chat}
 */
export function withoutPictures(chat, largest) {
  const exchanges = chat.exchanges.map(({ id, question, answer }) => ({
    id,
    question: {
      ...question,
      pictures: question.pictures.map((one) => (one.bytes > largest ? { ...one, url: null } : one)),
    },
    answer: answer.state === "waiting" || answer.state === "writing" ? { ...answer, state: /** @type {const} */ ("stopped") } : answer,
  }));
  return { ...chat, exchanges };
}

/**
 * Return the team that somebody's calls are charged to, as they chose last; null is nobody but them.
 * @param {string} userId
 * @param {{ id: string }[]} teams
 */
export function keptTeam(userId, teams) {
  const kept = recall("localStorage", TEAM_KEY)?.[userId];
  return teams.some(({ id }) => id === kept) ? kept : null;
}

/**
 * @param {string} userId
 * @param {string | null} teamId
 */
export function keepTeam(userId, teamId) {
  remember("localStorage", TEAM_KEY, { ...recall("localStorage", TEAM_KEY), [userId]: teamId });
}
