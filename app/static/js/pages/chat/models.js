// Finding a model among hundreds. Pure.

import { shortCount } from "../../lib/format.js";

/**
 * @typedef {{ id: string, about: string }} ModelChoice
 * @typedef {{ choices: ModelChoice[], first: string | undefined }} Offer What there is, and what to begin with.
 */

const CHATS = new Set(["chat-completion", "image-text-to-text", "text-generation"]);

/** How many are shown at once. */
export const MOST_SHOWN = 60;

/**
 * Return models as they are offered: a chat begins with the gateway's default, else with the first.
 * @param {{ data: any[], default_model: string | null }} list As of GET /v1/models.
 * @returns {Offer}
 */
export function offerOf({ data, default_model: chosen }) {
  const chatting = data.filter(mayChat);
  const isOther = chosen !== null && data.some((model) => model.id === chosen && !mayChat(model));
  return {
    choices: chatting.map((model) => ({ id: model.id, about: aboutOf(model) })),
    first: isOther ? chatting[0]?.id : (chosen ?? chatting[0]?.id),
  };
}

/**
 * Say whether a model may be chatted with: of many, nobody says what they do.
 * @param {{ tasks?: string[] }} model
 */
export function mayChat({ tasks = [] }) {
  return tasks.length === 0 || tasks.some((task) => CHATS.has(task));
}

/**
 * Return those whose names hold every word, in any order: first the one with
 * just this name, then names of which a part begins so.
 * @param {ModelChoice[]} choices
 * @param {string} words
 */
export function found(choices, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = choices.filter(({ id }) => wanted.every((word) => id.toLowerCase().includes(word)));
  const [first = ""] = wanted;
  const rank = (/** @type {ModelChoice} */ { id }) => {
    const name = id.toLowerCase();
    return name === first ? 0 : name.split("/").some((part) => part.startsWith(first)) ? 1 : 2;
  };
  return fits.toSorted((one, other) => rank(one) - rank(other));
}

/** @param {any} model */
function aboutOf(model) {
  const providers = Array.isArray(model.providers) ? model.providers : [];
  const lengths = [model, ...providers].map((one) => one?.context_length).filter(Number.isFinite);
  const images = model.architecture?.input_modalities?.includes("image") ? "images" : "";
  const reads = lengths.length > 0 ? `${shortCount(Math.max(...lengths))} tokens` : "";
  return [images, reads].filter(Boolean).join(", ");
}
