// Which models are shown, and what is said of each. Pure.

import { hrefTo } from "../../lib/router.js";
import { found, mayChat } from "../chat/models.js";

/**
 * @typedef {{ id: string, owned_by: string, tasks: string[] }} Model One of GET /v1/models.
 * @typedef {Record<string, string | undefined>} Query What stands in the address.
 */

/** Stands for models of which nobody says what they do. */
export const UNKNOWN = "unknown";

/**
 * Return the tasks that some model does, in the order of the alphabet.
 * @param {{ tasks?: string[] }[]} models
 */
export function tasksOf(models) {
  return [...new Set(models.flatMap(({ tasks = [] }) => tasks))].toSorted();
}

/**
 * Return the models that fit the task and the words of an address.
 * @param {Model[]} models
 * @param {Query} query
 */
export function shownOf(models, { task, q: words = "" }) {
  const fitting = models.filter(({ tasks }) => task === undefined || (task === UNKNOWN ? tasks.length === 0 : tasks.includes(task)));
  const byName = new Map(fitting.map((model) => [model.id, model]));
  const choices = fitting.map(({ id }) => ({ id, about: "" }));
  return found(choices, words).flatMap(({ id }) => byName.get(id) ?? []);
}

/**
 * Return where a model can be tried, or undefined: it does something that this page has no room for.
 * @param {Model} model
 */
export function placeOf(model) {
  return mayChat(model) ? hrefTo("chat", { model: model.id }) : undefined;
}

/**
 * Return where programs ask for a model.
 * @param {Model} model
 */
export function routeOf(model) {
  return mayChat(model) ? "/v1/chat/completions" : `/hf-inference/models/${model.id}`;
}
