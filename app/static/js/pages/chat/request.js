// The request that a chat makes. Pure.

/**
 * @typedef {import("./types.js").Exchange} Exchange
 * @typedef {import("./types.js").Settings} Settings
 * @typedef {Record<string, any>} Message
 */

/**
 * Return the body of a call, without `stream`.
 * @param {string} model
 * @param {Settings} settings Without problems.
 * @param {Exchange[]} exchanges The last one is asked now.
 * @returns {Record<string, any>}
 */
export function bodyOf(model, settings, exchanges) {
  return { model, messages: messagesOf(settings.system, exchanges), ...parametersOf(settings) };
}

/**
 * Say what is wrong with the settings, by the name of the field.
 * @param {Settings} settings
 * @returns {Partial<Record<keyof Settings, string>>}
 */
export function problemsOf(settings) {
  const found = {
    temperature: numberProblem(settings.temperature, 0, 2),
    topP: numberProblem(settings.topP, 0, 1),
    maxTokens: wholeProblem(settings.maxTokens, 1),
    seed: wholeProblem(settings.seed, 0),
    schema: settings.format === "json_schema" ? schemaProblem(settings.schema) : null,
    tools: settings.tools.trim() === "" ? null : toolsProblem(settings.tools),
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null));
}

/**
 * Return what of a chat goes along when its last question is asked. An exchange without an answer
 * does not, since many models refuse two questions in a row; nor does a call of tools to which
 * nobody gave a result.
 * @param {Exchange[]} exchanges
 * @returns {Exchange[]}
 */
export function sentOf(exchanges) {
  const sent = exchanges.slice(-1);
  for (const exchange of exchanges.slice(0, -1).reverse()) {
    const { text, toolCalls } = exchange.answer;
    if (text !== "" || (toolCalls.length > 0 && isResults(sent[0]))) {
      sent.unshift(exchange);
    }
  }
  return sent;
}

/**
 * @param {string} system
 * @param {Exchange[]} exchanges
 */
function messagesOf(system, exchanges) {
  /** @type {Message[]} */
  const messages = system.trim() === "" ? [] : [{ role: "system", content: system }];
  const sent = sentOf(exchanges);
  for (const [index, exchange] of sent.entries()) {
    const next = sent[index + 1];
    messages.push(...questionOf(exchange), ...(next === undefined ? [] : [answerOf(exchange, next)]));
  }
  return messages;
}

/**
 * @param {Exchange} exchange
 * @returns {Message[]}
 */
function questionOf({ question: { text, pictures, results } }) {
  if (results.length > 0) {
    return results.map(({ id, content }) => ({ role: "tool", tool_call_id: id, content }));
  }
  const kept = pictures.filter(({ url }) => url !== null);
  if (kept.length === 0) {
    return [{ role: "user", content: text }];
  }
  const parts = kept.map(({ url }) => ({ type: "image_url", image_url: { url } }));
  return [{ role: "user", content: [...(text === "" ? [] : [{ type: "text", text }]), ...parts] }];
}

/**
 * @param {Exchange} exchange
 * @param {Exchange} next
 * @returns {Message}
 */
function answerOf({ answer }, next) {
  if (!isResults(next)) {
    return { role: "assistant", content: answer.text };
  }
  const calls = answer.toolCalls.map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  }));
  return { role: "assistant", content: answer.text, tool_calls: calls };
}

/** @param {Exchange} [exchange] */
function isResults(exchange) {
  return exchange !== undefined && exchange.question.results.length > 0;
}

/** @param {Settings} settings */
function parametersOf(settings) {
  const given = {
    temperature: numberOf(settings.temperature),
    max_tokens: numberOf(settings.maxTokens),
    top_p: numberOf(settings.topP),
    seed: numberOf(settings.seed),
    reasoning_effort: settings.effort || undefined,
    response_format: formatOf(settings),
    tools: settings.tools.trim() === "" ? undefined : JSON.parse(settings.tools),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** @param {Settings} settings */
function formatOf({ format, schema }) {
  if (format === "json_schema") {
    return { type: format, json_schema: { name: "answer", schema: JSON.parse(schema) } };
  }
  return format === "" ? undefined : { type: format };
}

/** @param {string} text */
function numberOf(text) {
  return text.trim() === "" ? undefined : Number(text);
}

/**
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function numberProblem(text, least, most) {
  const value = numberOf(text);
  return value === undefined || (value >= least && value <= most)
    ? null
    : `A number from ${least} to ${most}, such as ${most / 2}.`;
}

/**
 * @param {string} text
 * @param {number} least
 */
function wholeProblem(text, least) {
  const value = numberOf(text);
  return value === undefined || (Number.isSafeInteger(value) && value >= least)
    ? null
    : `A whole number, ${least} or more.`;
}

/** @param {string} text */
function schemaProblem(text) {
  const found = parsed(text);
  return found !== null && typeof found === "object" && !Array.isArray(found)
    ? null
    : "A JSON Schema: an object in JSON, with its names in double quotes.";
}

/** @param {string} text */
function toolsProblem(text) {
  const found = parsed(text);
  const isList = Array.isArray(found) && found.every((tool) => typeof tool?.function?.name === "string");
  return isList && found.length > 0
    ? null
    : 'A list in JSON, each with its name: [{"type": "function", "function": {"name": "..."}}]';
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
