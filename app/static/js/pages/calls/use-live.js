// A list whose newest calls appear by themselves, without moving what somebody reads.

import { get } from "../../lib/api.js";
import { useEffect, useRef, useState } from "../../lib/html.js";
import { asApiError, useAction } from "../../lib/state.js";
import { newIn, rowsOf, withMore, withNewest } from "./live.js";

const AGAIN_MS = 2_000;
const TOP_PX = 80;
const PAGE = 50;

/**
 * @typedef {import("./live.js").Rows} Rows
 * @typedef {import("./live.js").EntryPage} EntryPage
 * @typedef {object} Live
 * @property {Rows | undefined} list Undefined until the first page is there.
 * @property {number} waiting How many new calls are not shown yet, since the page would jump.
 * @property {import("../../lib/api.js").ApiError | null} error
 * @property {boolean} isBusy
 * @property {() => void} more
 * @property {() => void} again
 * @property {() => void} showNew
 */

/**
 * @param {string} path
 * @param {() => Record<string, string>} question Asked anew each time: "the last hour" moves on.
 * @param {string} key What, when it changes, makes it another list.
 * @param {boolean} isLive
 * @returns {Live}
 */
export function useLive(path, question, key, isLive) {
  const [list, setList] = useState(/** @type {Rows | undefined} */ (undefined));
  const [waiting, setWaiting] = useState(0);
  const [error, setError] = useState(/** @type {import("../../lib/api.js").ApiError | null} */ (null));
  const [turn, setTurn] = useState(0);
  const shown = useRef({ list, hasMore: false });
  const action = useAction();
  const show = (/** @type {Rows | undefined} */ next) => {
    shown.current.list = next;
    setList(next);
    setWaiting(0);
  };
  const take = (/** @type {EntryPage} */ page, /** @type {boolean} */ isAsked) => {
    const known = shown.current.list;
    if (known === undefined) {
      show(rowsOf(page));
    } else if (isAsked || !(shown.current.hasMore || scrollY > TOP_PX)) {
      show(withNewest(known, page));
    } else {
      setWaiting(newIn(known, page));
    }
  };
  const read = (/** @type {AbortSignal} */ signal, /** @type {string} */ after = "") =>
    get(path, { ...question(), limit: PAGE, after }, signal);

  useEffect(() => {
    const controller = new AbortController();
    shown.current = { list: undefined, hasMore: false };
    show(undefined);
    setError(null);
    read(controller.signal).then(
      (page) => take(page, true),
      (thrown) => controller.signal.aborted || setError(asApiError(thrown)),
    );
    return () => controller.abort();
  }, [path, key, turn]);

  useEffect(() => {
    if (!isLive || list === undefined) {
      return undefined;
    }
    const controller = new AbortController();
    const timer = setTimeout(ask, AGAIN_MS);
    async function ask() {
      if (document.visibilityState === "visible") {
        await read(controller.signal).then(
          (page) => {
            if (!controller.signal.aborted) {
              setError(null);
              take(page, false);
            }
          },
          (thrown) => controller.signal.aborted || setError(asApiError(thrown)),
        );
      }
      if (!controller.signal.aborted) {
        next = setTimeout(ask, AGAIN_MS);
      }
    }
    let next = timer;
    return () => {
      controller.abort();
      clearTimeout(next);
    };
  }, [path, key, turn, isLive, list === undefined]);

  const signal = () => new AbortController().signal;
  return {
    list,
    waiting,
    error: error ?? action.error,
    isBusy: action.isBusy,
    again: () => setTurn((before) => before + 1),
    more: () =>
      action.run(async () => {
        const before = shown.current;
        const page = await read(signal(), before.list?.last ?? "");
        if (before === shown.current && before.list !== undefined) {
          before.hasMore = true;
          show(withMore(before.list, page));
        }
      }),
    showNew: () =>
      action.run(async () => {
        const before = shown.current;
        const page = await read(signal());
        if (before === shown.current) {
          take(page, true);
          scrollTo(0, 0);
        }
      }),
  };
}
