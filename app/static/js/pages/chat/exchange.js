// One question and its answer.

import { html, useState } from "../../lib/html.js";
import { Button } from "../../parts/button.js";
import { CopyButton } from "../../parts/copy-button.js";
import { Badge } from "../../parts/badge.js";
import { wordsOf } from "./failures.js";
import { Facts } from "./facts.js";
import { MarkdownText } from "./markdown-text.js";
import { Pictures } from "./picture-list.js";
import { prettyJson } from "./markup.js";
import { Tools } from "./tools.js";
import { Trouble } from "./trouble.js";

/**
 * @typedef {import("./types.js").Exchange} Exchange
 * @typedef {import("./types.js").Question} Question
 */

/**
 * @param {{ exchange: Exchange, isLast: boolean, isSent: boolean, isBusy: boolean, onAsk: (question: Question) => void,
 *   onAgain: (question?: Question) => void }} props `onAgain` asks the last one again;
 * `isSent`: it goes along with what is asked after it.
 */
export function ExchangeView({ exchange, isLast, isSent, isBusy, onAsk, onAgain }) {
  return html`<article class="exchange" aria-label=${exchange.question.text.slice(0, 80) || "Question"}>
    <${QuestionView} question=${exchange.question} onAgain=${isLast && !isBusy ? onAgain : undefined} />
    <${AnswerView} ...${{ exchange, isLast, isSent, isBusy, onAsk, onAgain }} />
  </article>`;
}

/** @param {{ question: Question, onAgain?: (question: Question) => void }} props */
function QuestionView({ question, onAgain }) {
  const [draft, setDraft] = useState(/** @type {string | null} */ (null));
  if (draft !== null && onAgain) {
    const submit = (/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      setDraft(null);
      onAgain({ ...question, text: draft });
    };
    return html`<form class="question editing" onSubmit=${submit}>
      <textarea aria-label="The question" rows="3" value=${draft}
        onInput=${(/** @type {{ currentTarget: HTMLTextAreaElement }} */ event) => setDraft(event.currentTarget.value)}></textarea>
      <div class="exchange-actions">
        <${Button} isSmall onClick=${() => setDraft(null)}>Cancel</${Button}>
        <${Button} isSmall kind="primary" type="submit">Ask this instead</${Button}>
      </div>
    </form>`;
  }
  return html`<div class="question">
    <${Pictures} pictures=${question.pictures} />
    ${question.text !== "" && html`<p class="question-text">${question.text}</p>`}
    ${question.results.map(
      ({ id, name, content }) => html`<div key=${id}>
        <p class="quiet small">${name} gave back</p>
        <pre class="wrapped">${prettyJson(content)}</pre>
      </div>`,
    )}
    ${onAgain &&
    question.results.length === 0 &&
    html`<div class="exchange-actions"><${Button} isSmall kind="quiet" onClick=${() => setDraft(question.text)}>Edit</${Button}></div>`}
  </div>`;
}

/** @param {Parameters<typeof ExchangeView>[0]} props */
function AnswerView({ exchange, isLast, isSent, isBusy, onAsk, onAgain }) {
  const { answer } = exchange;
  const isWriting = answer.state === "waiting" || answer.state === "writing";
  return html`<div class="answer" aria-busy=${isWriting ? "true" : "false"}>
    <p class="answer-head"><strong>${answer.model}</strong> <${Progress} answer=${answer} /></p>
    ${answer.reasoning !== "" &&
    html`<details class="reasoning">
      <summary>Reasoning</summary>
      <div class="reasoning-text">${answer.reasoning}</div>
    </details>`}
    <${MarkdownText} text=${answer.text} />
    <${Tools} calls=${answer.toolCalls} onAsk=${isLast && !isBusy ? onAsk : undefined} />
    <${Trouble} answer=${answer} words=${wordsOf(answer)} onAgain=${isLast && !isBusy ? onAgain : undefined} />
    ${!isWriting &&
    html`
      ${!isSent && html`<p class="quiet small">Not part of what was asked after it.</p>`}
      <${Facts} answer=${answer} />
      <div class="exchange-actions">
        ${answer.text !== "" && html`<${CopyButton} text=${answer.text} what="Copy the answer" kind="quiet" />`}
        ${isLast && !isBusy && answer.failure === null &&
        html`<${Button} isSmall kind="quiet" onClick=${() => onAgain()}>Ask again</${Button}>`}
      </div>
    `}
  </div>`;
}

/** @param {{ answer: import("./types.js").Answer }} props */
function Progress({ answer }) {
  const failed = answer.text === "" ? null : "not whole";
  const words = { waiting: "waiting", writing: "writing", stopped: "stopped", failed, done: null }[answer.state];
  return words && html`<${Badge}>${words}</${Badge}>`;
}
