// The chat: try a model, and see what a call costs.

import { get, openStream } from "../lib/api.js";
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/html.js";
import { hrefTo, replaceWith } from "../lib/router.js";
import { session } from "../lib/session.js";
import { useLoad, useStore } from "../lib/state.js";
import { Button } from "../parts/button.js";
import { Empty } from "../parts/loaded.js";
import { ErrorNotice } from "../parts/notice.js";
import { Page } from "../parts/page.js";
import { Composer, hasKeyboard } from "./chat/composer.js";
import { Conversation } from "./chat/conversation.js";
import { CopyAs } from "./chat/copy-as.js";
import { entryOf } from "./chat/entries.js";
import { ExchangeView } from "./chat/exchange.js";
import { keepChat, keepTeam, keptChat, keptTeam } from "./chat/keep.js";
import { offerOf } from "./chat/models.js";
import { problemsOf, sentOf } from "./chat/request.js";
import { SidePanel } from "./chat/side-panel.js";

/** How near to its end a page counts as read to the end, in pixels. */
const NEAR = 120;

/** @param {{ who: import("../lib/session.js").Session, query: Record<string, string> }} props */
export default function Chat({ who, query }) {
  const conversation = useConversation(who.user.id);
  const chat = useStore(conversation.chat);
  const [teamId, setTeamId] = useState(() => keptTeam(who.user.id, who.teams));
  const [isCopying, setCopying] = useState(false);
  const models = useLoad((signal) => get("v1/models", {}, signal).then(offerOf), []);
  useChosenModel(conversation, query.model, models.data?.first);
  const follow = useFollowing(chat.exchanges);
  const last = chat.exchanges.at(-1);
  const isBusy = last?.answer.state === "waiting" || last?.answer.state === "writing";
  const sent = new Set(sentOf(chat.exchanges).map(({ id }) => id));
  const ask = (/** @type {() => Promise<void>} */ act) => {
    follow();
    return act();
  };
  const chooseTeam = (/** @type {string | null} */ id) => {
    setTeamId(id);
    keepTeam(who.user.id, id);
  };
  return html`<${Page} title="Chat" placesFocus=${hasKeyboard()} actions=${html`
    <${Button} isDisabled=${last === undefined} onClick=${() => setCopying(true)}>Copy as code</${Button}>
    <${Button} isDisabled=${last === undefined} onClick=${() => conversation.clear()}>New chat</${Button}>
  `}>
    <div class="chat">
      <${SidePanel} ...${{ who, chat, models, teamId, chooseTeam }}
        onModel=${(/** @type {string} */ model) => replaceWith("chat", { model })}
        onSettings=${(/** @type {any} */ settings) => conversation.change({ settings })} />
      <div class="talk">
        <${ErrorNotice} error=${models.error} onAgain=${models.again} />
        ${last === undefined && html`<${Welcome} />`}
        ${chat.exchanges.map(
          (exchange, index) => html`<${ExchangeView}
            key=${exchange.id}
            exchange=${exchange}
            isLast=${index === chat.exchanges.length - 1}
            isSent=${sent.has(exchange.id)}
            isBusy=${isBusy}
            onAsk=${(/** @type {any} */ question) => ask(() => conversation.send(question, teamId))}
            onAgain=${(/** @type {any} */ question) => ask(() => conversation.again(teamId, question))}
          />`,
        )}
        <p class="for-readers" role="status">${spoken(last?.answer)}</p>
        <${Composer}
          isBusy=${isBusy}
          problem=${problemOf(chat)}
          onSend=${(/** @type {any} */ question) => ask(() => conversation.send(question, teamId))}
          onStop=${() => conversation.stop()}
        />
      </div>
    </div>
    ${isCopying && html`<${CopyAs} chat=${chat} onClose=${() => setCopying(false)} />`}
  </${Page}>`;
}

function Welcome() {
  return html`<${Empty} title="Ask a model something">
    Every question is a call like any other: it has its cost, counts into the budgets, and is listed under${" "}
    <a href=${hrefTo("calls")}>Calls</a>.
  </${Empty}>`;
}

/**
 * The chat of this tab, for as long as the page is open; leaving ends what is being written.
 * @param {string} userId
 */
function useConversation(userId) {
  const [conversation] = useState(() => {
    const save = (/** @type {import("./chat/types.js").Chat} */ chat) => {
      if (session.value) {
        keepChat(userId, chat); // whoever has signed out leaves nothing behind
      }
    };
    return new Conversation(keptChat(userId), { ask: openStream, entryOf, save });
  });
  useEffect(() => {
    const leave = () => conversation.leave();
    addEventListener("pagehide", leave);
    return () => {
      removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
  return conversation;
}

/**
 * Take the model that the address names; without any, the one to begin with.
 * @param {Conversation} conversation
 * @param {string | undefined} named
 * @param {string | undefined} first
 */
function useChosenModel(conversation, named, first) {
  useEffect(() => {
    const { model } = conversation.chat.value;
    const wanted = named || model || first;
    if (wanted !== undefined && wanted !== model) {
      conversation.change({ model: wanted });
    }
  }, [named, first]);
}

/**
 * Keep the end of the page in sight while it grows, unless its reader has scrolled up.
 * @param {unknown} content
 */
function useFollowing(content) {
  const isAtEnd = useRef(false);
  useEffect(() => {
    const note = () => {
      isAtEnd.current = innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR;
    };
    addEventListener("scroll", note, { passive: true });
    return () => removeEventListener("scroll", note);
  }, []);
  useLayoutEffect(() => {
    if (isAtEnd.current) {
      scrollTo(0, document.documentElement.scrollHeight);
    }
  }, [content]);
  return () => {
    isAtEnd.current = true;
  };
}

/**
 * What a screen reader says of the newest answer: that it comes, and when it is there all of it.
 * @param {import("./chat/types.js").Answer} [answer]
 */
function spoken(answer) {
  if (answer === undefined) {
    return "";
  }
  return answer.state === "waiting" || answer.state === "writing" ? "Answering" : answer.text;
}

/** @param {import("./chat/types.js").Chat} chat */
function problemOf({ model, settings }) {
  if (model === "") {
    return "Choose a model first.";
  }
  return Object.keys(problemsOf(settings)).length > 0 ? "One of the settings cannot be sent as it is." : null;
}
