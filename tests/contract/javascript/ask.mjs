// Calls methods of `@huggingface/inference` and says what each returned or threw.
//
//   node ask.mjs PACKAGE_JSON < CALLS > OUTCOMES
//
// PACKAGE_JSON is that of the folder where the client is installed. CALLS is a list of {endpointUrl,
// key, method, params, options}. A file among them is {"$file": base64, "type": media type}, as it is
// among the outcomes: {value} or {error, status}. Each also has the URLs that were asked.
import { createRequire } from "node:module";

const { InferenceClient } = createRequire(process.argv[2])("@huggingface/inference");

/** Makes a Blob of each file inside a value. */
function read(value) {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== "object") return value;
  if ("$file" in value) return new Blob([Buffer.from(value.$file, "base64")], { type: value.type });
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, read(one)]));
}

/** Makes a value out of what a method returned: JSON, a file, or pieces one after another. */
async function written(found) {
  if (found instanceof Blob) {
    return { $file: Buffer.from(await found.arrayBuffer()).toString("base64"), type: found.type };
  }
  if (typeof found?.[Symbol.asyncIterator] !== "function") return found;
  const pieces = [];
  for await (const piece of found) pieces.push(piece);
  return pieces;
}

/** Calls one method. At most a few requests are let out: the client repeats some for ever. */
async function ask({ endpointUrl, key, method, params, options }) {
  const asked = [];
  const limited = (url, init) => {
    if (asked.push(String(url)) > 3) throw new Error("The client asks again and again.");
    return fetch(url, init);
  };
  const client = new InferenceClient(key, { endpointUrl, fetch: limited });
  try {
    return { value: await written(await client[method](read(params), options)), asked };
  } catch (error) {
    return { error: error.message, status: error.httpResponse?.status ?? null, asked };
  }
}

const calls = JSON.parse(await new Response(process.stdin).text());
const outcomes = [];
for (const call of calls) outcomes.push(await ask(call));
process.stdout.write(JSON.stringify(outcomes));
