// Begins here: finds out who is signed in, and shows the page that the address names.

import { Component, html, render, useEffect, useState } from "./lib/html.js";
import { matchOf, placeOf, replaceWith } from "./lib/router.js";
import { loadSession, session } from "./lib/session.js";
import { asApiError, useLoad, useStore } from "./lib/state.js";
import { loadStyle } from "./lib/style.js";
import { ButtonLink } from "./parts/button.js";
import { Empty, Skeleton } from "./parts/loaded.js";
import { ErrorNotice } from "./parts/notice.js";
import { Page, wantFocus } from "./parts/page.js";
import { isFor, landingFor, routes } from "./routes.js";
import { Shell } from "./shell.js";

function App() {
  const who = useStore(session);
  const hash = useHash();
  const start = useLoad(loadSession, []);
  const [isEntering, setEntering] = useState(false);
  const isSignIn = placeOf(hash).path.split("/")[0] === "sign-in";
  useEffect(() => {
    if (who && !isEntering && (hash.replace(/^#?\/?/, "") === "" || hash === "#/sign-in")) {
      replaceWith(landingFor(who));
    }
  }, [who, hash, isEntering]);
  if (who === undefined) {
    return html`<div class="alone">
      <${ErrorNotice} error=${start.error} onAgain=${start.again} />
    </div>`;
  }
  if (who === null || isSignIn || isEntering) {
    return html`<${Paged} module=${signIn} key="sign-in" hash=${hash} who=${who} onEntering=${setEntering} />`;
  }
  return html`<${Shell} who=${who} hash=${hash}><${Routed} who=${who} hash=${hash} /></${Shell}>`;
}

const signIn = () => import("./pages/sign-in.js");

/** @param {{ who: import("./lib/session.js").Session, hash: string }} props */
function Routed({ who, hash }) {
  const match = matchOf(routes, hash);
  if (match === null) {
    return placeOf(hash).path === "" ? null : html`<${Missing} />`;
  }
  if (!isFor(match.route, who)) {
    return html`<${Refused} />`;
  }
  const { route, params, query } = match;
  return html`<${Paged}
    key=${`${route.path} ${Object.values(params).join(" ")}`}
    module=${route.load}
    style=${route.style}
    params=${params}
    query=${query}
    who=${who}
  />`;
}

/**
 * A page whose module and style are loaded when it is opened.
 * @param {{ module: () => Promise<{ default: any }>, style?: string } & Record<string, any>} props
 */
function Paged({ module, style, ...rest }) {
  const [shown, setShown] = useState(/** @type {{ page?: any, error?: import("./lib/api.js").ApiError }} */ ({}));
  useEffect(() => {
    let isCurrent = true;
    Promise.all([module(), style && loadStyle(`static/css/${style}.css`)]).then(
      ([loaded]) => isCurrent && setShown({ page: loaded.default }),
      (error) => isCurrent && setShown({ error: asApiError(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  if (shown.error) {
    return html`<${ErrorNotice} error=${shown.error} onAgain=${() => location.reload()} />`;
  }
  return shown.page ? html`<${Guarded}><${shown.page} ...${rest} /></${Guarded}>` : html`<${Skeleton} />`;
}

/** Shows what went wrong where a page breaks, and keeps the rest. */
class Guarded extends Component {
  state = { error: /** @type {import("./lib/api.js").ApiError | null} */ (null) };

  /** @param {unknown} error */
  componentDidCatch(error) {
    this.setState({ error: asApiError(error) });
  }

  render() {
    return this.state.error
      ? html`<${ErrorNotice} error=${this.state.error} onAgain=${() => location.reload()} />`
      : /** @type {any} */ (this.props).children;
  }
}

function Missing() {
  return html`<${Page} title="There is no such page">
    <${Empty} title="This address names no page." actions=${html`<${ButtonLink} href="#/">To the start</${ButtonLink}>`}>
      It may be mistyped, or from another version.
    </${Empty}>
  </${Page}>`;
}

function Refused() {
  return html`<${Page} title="Not yours to see">
    <${Empty} title="This page is for admins." actions=${html`<${ButtonLink} href="#/">To the start</${ButtonLink}>`}>
      Ask an admin of this gateway if you need what is on it.
    </${Empty}>
  </${Page}>`;
}

/** Follow the address. */
function useHash() {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = () => {
      if (placeOf(location.hash).path !== placeOf(hash).path) {
        wantFocus();
        scrollTo(0, 0);
      }
      setHash(location.hash);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [hash]);
  return hash;
}

render(html`<${App} />`, /** @type {HTMLElement} */ (document.getElementById("app")));
