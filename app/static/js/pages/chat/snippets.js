// A chat as a program: the same call, from elsewhere. Pure.

import { jsonText, pythonText, scriptText, shellText } from "./literals.js";

/** @typedef {Record<string, any>} Body */

/** How large one argument of a command may be; what is larger is given in a document. */
const LARGEST_ARGUMENT = 100_000;
/** What huggingface_hub has no parameter for. */
const EXTRA = ["reasoning_effort"];

/** @type {{ value: string, label: string, of: (body: Body, base: string) => string }[]} */
export const LANGUAGES = [
  { value: "curl", label: "curl", of: curl },
  { value: "python", label: "Python, openai", of: pythonOpenai },
  { value: "hub", label: "huggingface_hub", of: pythonHub },
  { value: "script", label: "JavaScript, openai", of: scriptOpenai },
];

/**
 * Return the address that clients call.
 * @param {{ origin: string, pathname: string }} page Where the page is.
 */
export function baseOf({ origin, pathname }) {
  return `${origin}${pathname.replace(/[^/]*$/, "")}v1`;
}

/**
 * Return a body whose images are too short to be of use, to be shown.
 * @param {Body} body
 * @returns {Body}
 */
export function shortened(body) {
  return JSON.parse(
    JSON.stringify(body, (name, value) =>
      name === "url" && typeof value === "string" && value.length > 80 ? `${value.slice(0, 48)}…` : value,
    ),
  );
}

/**
 * @param {Body} body
 * @param {string} base
 */
function curl(body, base) {
  const data = jsonText({ ...body, stream: isStream(body) });
  const start = [
    `curl ${isStream(body) ? "-sSN" : "-sS"} ${shellText(`${base}/chat/completions`)}`,
    `-H "Authorization: Bearer $METERHOUSE_KEY"`,
    `-H 'Content-Type: application/json'`,
  ].join(" \\\n  ");
  return data.length < LARGEST_ARGUMENT
    ? `${start} \\\n  -d ${shellText(data)}\n`
    : `${start} \\\n  --data-binary @- <<'END_OF_REQUEST'\n${data}\nEND_OF_REQUEST\n`;
}

/**
 * @param {Body} body
 * @param {string} base
 */
function pythonOpenai(body, base) {
  return `import os

from openai import OpenAI

client = OpenAI(base_url=${pythonText(base)}, api_key=os.environ["METERHOUSE_KEY"])
${pythonCall("client.chat.completions.create", body)}`;
}

/**
 * @param {Body} body
 * @param {string} base
 */
function pythonHub(body, base) {
  const named = Object.entries(body).filter(([name]) => !EXTRA.includes(name));
  const extra = Object.entries(body).filter(([name]) => EXTRA.includes(name));
  const call = { ...Object.fromEntries(named), ...(extra.length > 0 ? { extra_body: Object.fromEntries(extra) } : {}) };
  return `import os

from huggingface_hub import InferenceClient

client = InferenceClient(base_url=${pythonText(base)}, api_key=os.environ["METERHOUSE_KEY"])
${pythonCall("client.chat_completion", call)}`;
}

/**
 * @param {string} method
 * @param {Body} body
 */
function pythonCall(method, body) {
  const margin = "    ";
  const given = Object.entries(body).map(([name, value]) => `${margin}${name}=${pythonText(value, margin)},\n`);
  if (!isStream(body)) {
    return `answer = ${method}(\n${given.join("")})\nprint(answer.choices[0].message)\n`;
  }
  return `stream = ${method}(\n${given.join("")}${margin}stream=True,\n)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
`;
}

/**
 * @param {Body} body
 * @param {string} base
 */
function scriptOpenai(body, base) {
  const start = `import OpenAI from "openai";

const client = new OpenAI({
  baseURL: ${jsonText(base)},
  apiKey: process.env.METERHOUSE_KEY,
});
`;
  if (!isStream(body)) {
    return `${start}const answer = await client.chat.completions.create(${scriptText(body)});
console.log(answer.choices[0].message);
`;
  }
  return `${start}const stream = await client.chat.completions.create(${scriptText({ ...body, stream: true })});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}
console.log();
`;
}

/**
 * Tools are called in pieces that nobody reads: such an answer is better whole.
 * @param {Body} body
 */
function isStream(body) {
  return body.tools === undefined;
}
