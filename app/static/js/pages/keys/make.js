import { post } from "../../lib/api.js";
import { html, useState } from "../../lib/html.js";
import { isAdmin } from "../../lib/session.js";
import { useAction } from "../../lib/state.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { CheckField, Form, SelectField, TextField, errorFor } from "../../parts/field.js";
import { ErrorNotice } from "../../parts/notice.js";
import { EMPTY_WISH, ENDS, bodyOf, missingIn } from "./key.js";
import { useOwners } from "./owners.js";
import { Secret } from "./secret.js";

/**
 * @typedef {import("./key.js").Wish} Wish
 * @typedef {import("../../lib/session.js").Session} Session
 * @typedef {{ wish: Wish, set: (changes: Partial<Wish>) => void, wrong: (field: keyof Wish, name?: string) => string | null }} Draft
 */

/** What the gateway calls the fields that have an error's place in the form. */
const PLACED = ["name", "scopes", "user_id", "team_id", "allowed_models", "expires_at", "tags"];

/**
 * A dialog that makes a key, and then shows its secret, once.
 * @param {{ who: Session, onClose: () => void, onMade: () => void }} props
 */
export function MakeKey({ who, onClose, onMade }) {
  const [wish, setWish] = useState(EMPTY_WISH);
  const [missing, setMissing] = useState(/** @type {ReturnType<typeof missingIn>} */ ({}));
  const [made, setMade] = useState(/** @type {import("./key.js").Key | null} */ (null));
  const action = useAction();
  if (made !== null) {
    return html`<${Dialog} title="Your new key" onClose=${onClose} isSticky><${Secret} of=${made} who=${who} onClose=${onClose} /></${Dialog}>`;
  }
  const submit = async () => {
    const found = missingIn(wish);
    setMissing(found);
    if (Object.keys(found).length === 0) {
      await action.run(async () => {
        setMade(await post("v1/keys", bodyOf(wish, who.user.id)));
        onMade();
      });
    }
  };
  /** @type {Draft} */
  const draft = {
    wish,
    set: (changes) => setWish({ ...wish, ...changes }),
    wrong: (field, name = field) => missing[field] ?? errorFor(action.error, name),
  };
  const isPlaced = PLACED.includes(action.error?.param ?? "");
  return html`<${Dialog} title="Make a key" onClose=${onClose}>
    <${Form} label="Make a key" onSubmit=${submit}>
      <${ErrorNotice} error=${isPlaced ? null : action.error} />
      <${TextField} label="Name" hint="Who or what it is for. Lists show it." required maxlength="100" value=${wish.name}
        error=${draft.wrong("name")} onInput=${(/** @type {string} */ name) => draft.set({ name })} />
      <${Whose} who=${who} draft=${draft} />
      <${Rights} who=${who} draft=${draft} />
      <${End} draft=${draft} />
      <${TextField} label="Tags" isOptional placeholder="project=search, stage=test" value=${wish.tags} error=${draft.wrong("tags")}
        hint="Put on each of its calls, so that reports can add them up."
        onInput=${(/** @type {string} */ tags) => draft.set({ tags })} />
      <div class="dialog-actions key-actions">
        <${Button} onClick=${onClose}>Cancel</${Button}>
        <${Button} kind="primary" type="submit" isBusy=${action.isBusy}>Make the key</${Button}>
      </div>
    </${Form}>
  </${Dialog}>`;
}

/** @param {{ who: Session, draft: Draft }} props */
function Whose({ who, draft: { wish, set, wrong } }) {
  const { people, teams, own } = useOwners(who);
  const kinds = [
    { value: "me", label: "Me" },
    ...(isAdmin(who) ? [{ value: "user", label: "Somebody else" }] : []),
    ...(teams.length > 0 ? [{ value: "team", label: "A team: a service key, of nobody in it" }] : []),
  ];
  const charged = wish.whose === "me" ? own : teams;
  return html`
    ${kinds.length > 1 &&
    html`<${SelectField} label="For" value=${wish.whose} options=${kinds}
      onInput=${(/** @type {Wish["whose"]} */ whose) => set({ whose, teamId: "" })} />`}
    ${wish.whose === "user" &&
    html`<${SelectField} label="Person" value=${wish.userId} options=${[{ value: "", label: "Choose …" }, ...people]}
      error=${wrong("userId", "user_id")} onInput=${(/** @type {string} */ userId) => set({ userId })} />`}
    ${charged.length > 0 &&
    html`<${SelectField} label=${wish.whose === "team" ? "Team" : "Charged to"} value=${wish.teamId} error=${wrong("teamId", "team_id")}
      options=${[{ value: "", label: wish.whose === "team" ? "Choose …" : "No team" }, ...charged]}
      hint=${wish.whose === "team" ? "" : "Its calls count into the team's budgets and limits."}
      onInput=${(/** @type {string} */ teamId) => set({ teamId })} />`}
  `;
}

/** @param {{ who: Session, draft: Draft }} props */
function Rights({ who, draft: { wish, set, wrong } }) {
  const scopes = wrong("calls", "scopes");
  return html`
    <fieldset class="key-rights">
      <legend>It may</legend>
      <${CheckField} label="Call models" isOn=${wish.calls} onChange=${(/** @type {boolean} */ calls) => set({ calls })} />
      <${CheckField} label="Manage" hint=${isAdmin(who) ? "People, keys and money, as far as its owner may." : "What you may here: your keys, and teams that you lead."}
        isOn=${wish.manages} onChange=${(/** @type {boolean} */ manages) => set({ manages })} />
      ${scopes && html`<p class="field-error" role="alert">${scopes}</p>`}
    </fieldset>
    ${wish.calls &&
    html`<${TextField} label="Models" isOptional placeholder="openai/*, meta-llama/Llama-3.3-70B-Instruct" value=${wish.models}
      hint="The only ones that it may call; * stands for any text. Empty: all." error=${wrong("models", "allowed_models")}
      onInput=${(/** @type {string} */ models) => set({ models })} />`}
  `;
}

/** @param {{ draft: Draft }} props */
function End({ draft: { wish, set, wrong } }) {
  return html`
    <${SelectField} label="Ends" value=${wish.ends} options=${ENDS} error=${wish.ends === "day" ? null : wrong("ends", "expires_at")}
      onInput=${(/** @type {string} */ ends) => set({ ends })} />
    ${wish.ends === "day" &&
    html`<${TextField} label="Last day" type="date" value=${wish.endsOn} error=${wrong("endsOn", "expires_at")}
      onInput=${(/** @type {string} */ endsOn) => set({ endsOn })} />`}
  `;
}
