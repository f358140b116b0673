// What a chat is made of.

/**
 * @typedef {object} Picture
 * @property {string} name
 * @property {string | null} url A data: URL; null where it was too large to be kept.
 * @property {number} bytes
 *
 * @typedef {{ id: string, name: string, arguments: string }} ToolCall
 * @typedef {{ id: string, name: string, content: string }} ToolResult
 *
 * @typedef {object} Question
 * @property {string} text
 * @property {Picture[]} pictures
 * @property {ToolResult[]} results What the tools of the answer before it gave.
 *
 * @typedef {object} Failure
 * @property {string} message
 * @property {string} code
 * @property {number} status 0 where the status line was already there, or never came.
 * @property {number | null} againAt When it may be tried again, in milliseconds since 1970.
 *
 * @typedef {object} Answer
 * @property {"waiting" | "writing" | "done" | "stopped" | "failed"} state
 * @property {string} model
 * @property {string} text
 * @property {string} reasoning
 * @property {ToolCall[]} toolCalls
 * @property {string | null} finishReason
 * @property {string | null} cutCode Why the gateway ended it early, if it did.
 * @property {Failure | null} failure
 * @property {string | null} requestId
 * @property {string | null} upstream
 * @property {number | null} attempts
 * @property {number | null} unitsIn
 * @property {number | null} unitsOut
 * @property {number | null} costUsd
 * @property {boolean} isCostKnown Whether `costUsd` was told; null is then an unknown price.
 * @property {number | null} latencyMs
 * @property {number | null} firstMs
 *
 * @typedef {{ id: number, question: Question, answer: Answer }} Exchange
 *
 * @typedef {object} Settings As they were typed; empty is the model's own default.
 * @property {string} system
 * @property {string} temperature
 * @property {string} maxTokens
 * @property {string} topP
 * @property {string} seed
 * @property {string} effort
 * @property {"" | "json_object" | "json_schema"} format
 * @property {string} schema
 * @property {string} tools
 *
 * @typedef {{ model: string, settings: Settings, exchanges: Exchange[] }} Chat
 */

/** @type {Settings} */
export const NO_SETTINGS = {
  system: "",
  temperature: "",
  maxTokens: "",
  topP: "",
  seed: "",
  effort: "",
  format: "",
  schema: "",
  tools: "",
};
