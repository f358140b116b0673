// Markup as templates, and the hooks: the one place that names the library.

import { Component, Fragment, createContext, h, render } from "../../vendor/preact.mjs";
import htm from "../../vendor/htm.mjs";

export {
  useCallback,
  useContext,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "../../vendor/hooks.mjs";
export { Component, Fragment, createContext, render };

/**
 * What a component gives back.
 * @typedef {import("../../vendor/preact.mjs").ComponentChildren} Children
 */

/** Turn a template into elements: html`<p class="quiet">${text}</p>`. Text in it is never markup. */
export const html = htm.bind(h);
