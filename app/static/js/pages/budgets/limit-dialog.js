import { patch, post } from "../../lib/api.js";
import { Amount, exactBody } from "../../lib/amounts.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { limitPromise, scopeWords } from "../../lib/words.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Form, TextField, errorFor } from "../../parts/field.js";
import { ErrorNotice } from "../../parts/notice.js";
import { ScopeFields } from "./scope-fields.js";
import { readCount } from "./terms.js";

const COUNTS = /** @type {const} */ (["requests_per_minute", "tokens_per_minute", "parallel_calls"]);
const LABELS = { requests_per_minute: "Calls a minute", tokens_per_minute: "Tokens a minute", parallel_calls: "Calls at once" };
const NAMED = [...COUNTS, "wait_up_to_seconds", "scope", "scope_id"];

/** @typedef {import("./tables.js").Limit} Limit */
/** @typedef {import("./scope-fields.js").Whose} Whose */

/**
 * Makes a limit, or changes the one that is given.
 * @param {{ limit?: Limit, whose?: Whose, first?: Whose, onClose: () => void, onDone: () => void }} props
 * `whose` is settled; without it, that is asked, and `first` stands in the fields.
 */
export function LimitDialog({ limit, whose: given, first, onClose, onDone }) {
  const [whose, setWhose] = useState(given ?? first ?? { scope: limit?.scope ?? "team", id: limit?.scope_id ?? "", name: limit?.name ?? "" });
  const [texts, setTexts] = useState(() => textsOf(limit));
  const [isTried, setTried] = useState(false);
  const action = useAction();
  const canWait = whose.scope === "team" || whose.scope === "key";
  const terms = termsOf(texts, canWait);
  const problems = problemsOf(terms, whose);
  const submit = async () => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      return;
    }
    const wait = new Amount(texts.wait_up_to_seconds.trim() || "0");
    const body = { ...terms, ...(canWait ? { wait_up_to_seconds: wait } : { wait_up_to_seconds: undefined }) };
    const done = await action.run(() =>
      limit
        ? patch(`v1/limits/${limit.id}`, exactBody(body))
        : post("v1/limits", exactBody({ scope: whose.scope, scope_id: whose.id || undefined, ...body })),
    );
    if (done) {
      onDone();
      onClose();
    }
  };
  const errorOf = (/** @type {string} */ name) => (isTried && problems[name]) || errorFor(action.error, name);
  const field = (/** @type {keyof typeof texts} */ name, /** @type {string} */ label, hint = "") =>
    html`<${TextField} key=${name} label=${label} isOptional inputmode="decimal" autocomplete="off" hint=${hint || undefined} value=${texts[name]}
      onInput=${(/** @type {string} */ text) => setTexts((before) => ({ ...before, [name]: text }))} error=${errorOf(name)} />`;
  return html`<${Dialog} title=${limit ? "Change the limit" : "New limit"} onClose=${onClose}>
    <${Form} onSubmit=${submit} label="Limit">
      <${ErrorNotice} error=${NAMED.includes(action.error?.param ?? "") ? null : action.error} />
      ${limit || given
        ? html`<p>${`Whose calls: ${scopeWords({ scope: whose.scope, scope_id: whose.id }, whose.name)}`}</p>`
        : html`<${ScopeFields} whose=${whose} onChange=${setWhose} error=${action.error} />`}
      ${COUNTS.map((name) => field(name, LABELS[name]))}
      ${canWait && field("wait_up_to_seconds", "Wait for a turn, in seconds", "Up to 300. Without it, a call beyond the limit is refused at once.")}
      <p class="promise" aria-live="polite">${promiseOf(terms, whose, problems)}</p>
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>${limit ? "Save" : "Make the limit"}</${Button}>
      </div>
    </${Form}>
  </${Dialog}>`;
}

/** @param {Limit} [limit] */
function textsOf(limit) {
  const text = (/** @type {number | null | undefined} */ value) => (value ? String(value) : "");
  return {
    requests_per_minute: text(limit?.requests_per_minute),
    tokens_per_minute: text(limit?.tokens_per_minute),
    parallel_calls: text(limit?.parallel_calls),
    wait_up_to_seconds: text(limit?.wait_up_to_seconds),
  };
}

/**
 * @param {ReturnType<typeof textsOf>} texts
 * @param {boolean} canWait
 */
function termsOf(texts, canWait) {
  const wait = texts.wait_up_to_seconds.trim();
  return {
    requests_per_minute: readCount(texts.requests_per_minute),
    tokens_per_minute: readCount(texts.tokens_per_minute),
    parallel_calls: readCount(texts.parallel_calls),
    wait_up_to_seconds: !canWait || wait === "" ? 0 : /^\d+(\.\d{1,3})?$/.test(wait) ? Number(wait) : NaN,
  };
}

/**
 * @param {ReturnType<typeof termsOf>} terms
 * @param {Whose} whose
 */
function problemsOf(terms, whose) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of COUNTS) {
    if (Number.isNaN(terms[name])) {
      found[name] = "Write a whole number from 1 on, or nothing.";
    }
  }
  if (Number.isNaN(terms.wait_up_to_seconds)) {
    found.wait_up_to_seconds = "Write seconds, like 10 or 0.5.";
  }
  if (whose.scope !== "instance" && whose.id === "") {
    found.scope_id = `Choose a ${whose.scope}.`;
  }
  return found;
}

/**
 * @param {ReturnType<typeof termsOf>} terms
 * @param {Whose} whose
 * @param {Record<string, string>} problems
 */
function promiseOf(terms, whose, problems) {
  const isReady = Object.keys(problems).every((name) => name === "scope_id");
  return isReady ? limitPromise({ ...terms, scope: whose.scope }, whose.name || undefined) : "What it will do is said here.";
}
