import { patch, post } from "../../lib/api.js";
import { Amount, amountText, exactBody, readAmount } from "../../lib/amounts.js";
import { html, useState } from "../../lib/html.js";
import { useAction } from "../../lib/state.js";
import { budgetPromise, scopeWords } from "../../lib/words.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { Form, SelectField, TextField, errorFor } from "../../parts/field.js";
import { ErrorNotice } from "../../parts/notice.js";
import { ScopeFields } from "./scope-fields.js";
import { problemsOf, readPercents } from "./terms.js";

const PERIODS = [
  { value: "day", label: "Each day" },
  { value: "week", label: "Each week, from Monday" },
  { value: "month", label: "Each calendar month" },
  { value: "total", label: "In total, never anew" },
];
const MODES = [
  { value: "hard", label: "Hard: refuse what does not fit" },
  { value: "soft", label: "Soft: refuse nothing, only tell" },
];
const UNKNOWN = [
  { value: "refuse", label: "Refuse it" },
  { value: "hold", label: "Assume what it costs" },
];
const NAMED = ["scope", "scope_id", "cap_usd", "period", "time_zone", "mode", "alert_percents", "unknown_price"];

/** @typedef {import("./tables.js").Budget} Budget */
/** @typedef {import("./scope-fields.js").Whose} Whose */

/**
 * Makes a budget, or changes the one that is given. Whose it is and its period stay as they are.
 * @param {{ budget?: Budget, whose?: Whose, first?: Whose, onClose: () => void, onDone: (id: string) => void }} props
 * `whose` is settled; without it, that is asked, and `first` stands in the fields.
 */
export function BudgetDialog({ budget, whose: given, first, onClose, onDone }) {
  const [whose, setWhose] = useState(given ?? first ?? whoseOf(budget));
  const [wish, setWish] = useState(() => wishOf(budget));
  const [isTried, setTried] = useState(false);
  const action = useAction();
  const set = (/** @type {Partial<typeof wish>} */ change) => setWish((before) => ({ ...before, ...change }));
  const problems = problemsOf(wish, whose);
  const submit = async () => {
    setTried(true);
    if (Object.keys(problems).length > 0) {
      return;
    }
    const done = await action.run(async () => {
      const { id } = budget ? await patch(`v1/budgets/${budget.id}`, exactBody(termsOf(wish))) : await post("v1/budgets", exactBody(creationOf(wish, whose)));
      onDone(id);
    });
    if (done) {
      onClose();
    }
  };
  const errorOf = (/** @type {keyof typeof problems} */ name) => (isTried && problems[name]) || errorFor(action.error, name);
  return html`<${Dialog} title=${budget ? "Change the budget" : "New budget"} onClose=${onClose}>
    <${Form} onSubmit=${submit} label="Budget">
      <${ErrorNotice} error=${NAMED.includes(action.error?.param ?? "") ? null : action.error} />
      ${budget || given
        ? html`<p>${`Whose calls: ${scopeWords({ scope: whose.scope, scope_id: whose.id }, whose.name)}`}</p>`
        : html`<${ScopeFields} whose=${whose} onChange=${setWhose} error=${action.error} />`}
      <div class="field-row">
        <${TextField} label="US dollars" name="cap_usd" inputmode="decimal" autocomplete="off" required
          value=${wish.cap} onInput=${(/** @type {string} */ cap) => set({ cap })} error=${errorOf("cap_usd")} />
        ${!budget &&
        html`<${SelectField} label="Period" options=${PERIODS} value=${wish.period}
          onInput=${(/** @type {any} */ period) => set({ period })} error=${errorOf("period")} />`}
      </div>
      ${!budget &&
      wish.period !== "total" &&
      html`<${SelectField} label="Time zone" hint="In which days begin." options=${zones(wish.timeZone)} value=${wish.timeZone}
        onInput=${(/** @type {string} */ timeZone) => set({ timeZone })} error=${errorOf("time_zone")} />`}
      <${SelectField} label="When it is spent" options=${MODES} value=${wish.mode}
        onInput=${(/** @type {any} */ mode) => set({ mode })} error=${errorOf("mode")} />
      <${TextField} label="Record an alert at" isOptional hint="Percents of the budget, such as 80, 100." value=${wish.alerts} autocomplete="off"
        onInput=${(/** @type {string} */ alerts) => set({ alerts })} error=${errorOf("alert_percents")} />
      ${wish.mode === "hard" &&
      html`<${SelectField} label="A call whose price nobody knows" options=${UNKNOWN} value=${wish.unknown}
        onInput=${(/** @type {any} */ unknown) => set({ unknown })} />`}
      ${wish.mode === "hard" &&
      wish.unknown === "hold" &&
      html`<${TextField} label="US dollars that it costs" inputmode="decimal" autocomplete="off" required value=${wish.hold}
        onInput=${(/** @type {string} */ hold) => set({ hold })} error=${errorOf("unknown_price")} />`}
      <${Sentence} wish=${wish} whose=${whose} />
      <div class="dialog-actions">
        <${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>${budget ? "Save" : "Make the budget"}</${Button}>
      </div>
    </${Form}>
  </${Dialog}>`;
}

/** @param {{ wish: Wish, whose: Whose }} props */
function Sentence({ wish, whose }) {
  const cap = readAmount(wish.cap);
  const hold = wish.unknown === "hold" ? readAmount(wish.hold) : null;
  const isReady = cap !== null && (wish.unknown === "refuse" || hold !== null);
  const words = isReady
    ? budgetPromise(
        {
          scope: whose.scope,
          period: wish.period,
          mode: wish.mode,
          cap_usd: cap.text,
          time_zone: wish.timeZone,
          alert_percents: readPercents(wish.alerts) ?? [],
          unknown_price: hold && { hold_usd: hold.text },
        },
        whose.name || undefined,
      )
    : "What it will do is said here.";
  return html`<p class="promise" aria-live="polite">${words}</p>`;
}

/** @typedef {import("./terms.js").Wish} Wish */

/**
 * @param {Budget} [budget]
 * @returns {Wish}
 */
function wishOf(budget) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    cap: budget ? amountText(budget.cap_usd) : "",
    period: budget?.period ?? "month",
    timeZone: budget?.time_zone ?? here,
    mode: budget?.mode ?? "hard",
    alerts: (budget?.alert_percents ?? [80, 100]).join(", "),
    unknown: budget?.unknown_price ? "hold" : "refuse",
    hold: budget?.unknown_price ? amountText(budget.unknown_price.hold_usd) : "",
  };
}

/**
 * @param {Budget} [budget]
 * @returns {Whose}
 */
function whoseOf(budget) {
  return { scope: budget?.scope ?? "team", id: budget?.scope_id ?? "", name: budget?.name ?? "" };
}

/** @param {Wish} wish */
function termsOf(wish) {
  const hold = wish.mode === "hard" && wish.unknown === "hold" ? readAmount(wish.hold) : null;
  return {
    cap_usd: /** @type {Amount} */ (readAmount(wish.cap)),
    mode: wish.mode,
    alert_percents: readPercents(wish.alerts),
    unknown_price: hold && { hold_usd: hold },
  };
}

/**
 * @param {Wish} wish
 * @param {Whose} whose
 */
function creationOf(wish, whose) {
  const zone = wish.period === "total" ? {} : { time_zone: wish.timeZone };
  return { scope: whose.scope, scope_id: whose.id || undefined, period: wish.period, ...zone, ...termsOf(wish) };
}

/** @param {string} chosen */
function zones(chosen) {
  const names = new Set(["UTC", chosen, ...Intl.supportedValuesOf("timeZone")]);
  return [...names].map((name) => ({ value: name, label: name }));
}
