// State that components share, and state that comes from the gateway.

import { ApiError } from "./api.js";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "./html.js";

/**
 * A value that components can watch.
 * @template T
 */
export class Store {
  /** @type {Set<(value: T) => void>} */
  #watchers = new Set();
  /** @type {T} */
  #value;

  /** @param {T} value */
  constructor(value) {
    this.#value = value;
  }

  /** The value now. */
  get value() {
    return this.#value;
  }

  /** @param {T} value */
  set(value) {
    this.#value = value;
    for (const watcher of [...this.#watchers]) {
      watcher(value);
    }
  }

  /**
   * Be told of each new value; call what this returns to be left alone.
   * @param {(value: T) => void} watcher
   */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }
}

/**
 * Show a store's value, and each new one.
 * @template T
 * @param {Store<T>} store
 * @returns {T}
 */
export function useStore(store) {
  const [, draw] = useState({});
  useLayoutEffect(() => store.watch(() => draw({})), [store]);
  return store.value;
}

/**
 * Something that is being loaded, was loaded, or could not be.
 * @template T
 * @typedef {object} Load
 * @property {T | undefined} data The newest there is; it stays while newer is asked for.
 * @property {ApiError | null} error
 * @property {boolean} isBusy
 * @property {() => void} again Ask once more.
 * @property {(data: T) => void} set Put in what is known without asking.
 */

/**
 * Load when the component appears and whenever `inputs` change. What is late is dropped.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} load
 * @param {unknown[]} inputs
 * @returns {Load<T>}
 */
export function useLoad(load, inputs) {
  const [state, setState] = useState(
    /** @type {{ data?: T, error: ApiError | null, isBusy: boolean }} */ ({ error: null, isBusy: true }),
  );
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    setState((before) => ({ ...before, error: null, isBusy: true }));
    load(controller.signal).then(
      (data) => {
        if (!controller.signal.aborted) {
          setState({ data, error: null, isBusy: false });
        }
      },
      (error) => {
        if (!controller.signal.aborted) {
          setState((before) => ({ ...before, error: asApiError(error), isBusy: false }));
        }
      },
    );
    return () => controller.abort();
  }, [...inputs, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  const set = useCallback(
    (/** @type {T} */ data) => setState({ data, error: null, isBusy: false }),
    [],
  );
  return { data: state.data, error: state.error, isBusy: state.isBusy, again, set };
}

/**
 * A list that comes page by page, newest page last.
 * @template T
 * @typedef {object} Pages
 * @property {T[] | undefined} rows Undefined until the first page is there.
 * @property {boolean} hasMore
 * @property {ApiError | null} error
 * @property {boolean} isBusy
 * @property {() => void} more
 * @property {() => void} again Begin anew.
 */

/**
 * Load a list whose answers are `{ data, last_id, has_more }`.
 * @template T
 * @param {(after: string | undefined, signal: AbortSignal) => Promise<{ data: T[], last_id: string | null, has_more: boolean }>} load
 * @param {unknown[]} inputs
 * @returns {Pages<T>}
 */
export function usePages(load, inputs) {
  const first = useLoad((signal) => load(undefined, signal), inputs);
  const [later, setLater] = useState(
    /** @type {{ of?: object, rows: T[], last: string | null, hasMore: boolean }} */ ({ rows: [], last: null, hasMore: false }),
  );
  const action = useAction();
  const isLater = first.data !== undefined && later.of === first.data;
  const known = isLater ? later : { rows: [], last: first.data?.last_id, hasMore: first.data?.has_more ?? false };
  const current = useRef(/** @type {object | undefined} */ (undefined));
  current.current = first.data;
  const more = () => {
    const of = first.data;
    action.run(async () => {
      const page = await load(known.last ?? undefined, new AbortController().signal);
      if (of !== undefined && current.current === of) {
        setLater({ of, rows: [...known.rows, ...page.data], last: page.last_id, hasMore: page.has_more });
      }
    });
  };
  return {
    rows: first.data && [...first.data.data, ...known.rows],
    hasMore: known.hasMore,
    error: first.error ?? action.error,
    isBusy: first.isBusy || action.isBusy,
    more,
    again: first.again,
  };
}

/**
 * Something that a person sets off: busy meanwhile, and with its error after it.
 * @returns {{ run: (act: () => Promise<unknown>) => Promise<boolean>, isBusy: boolean, error: ApiError | null, clear: () => void }}
 */
export function useAction() {
  const [state, setState] = useState(
    /** @type {{ isBusy: boolean, error: ApiError | null }} */ ({ isBusy: false, error: null }),
  );
  const run = async (/** @type {() => Promise<unknown>} */ act) => {
    setState({ isBusy: true, error: null });
    try {
      await act();
    } catch (error) {
      setState({ isBusy: false, error: asApiError(error) });
      return false;
    }
    setState({ isBusy: false, error: null });
    return true;
  };
  return { ...state, run, clear: () => setState({ isBusy: false, error: null }) };
}

/**
 * Return what was thrown as an error with words for people.
 * @param {unknown} thrown
 * @returns {ApiError}
 */
export function asApiError(thrown) {
  if (thrown instanceof ApiError) {
    return thrown;
  }
  console.error(thrown);
  return new ApiError("This page made a mistake. Reload it; the browser's console says more.", {
    code: "page_error",
  });
}
