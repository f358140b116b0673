// Light, dark, or as the system has it. theme.js in the folder above applies it before the first paint.

import { Store } from "./state.js";

const KEY = "meterhouse-theme";

/** @typedef {"system" | "light" | "dark"} Theme */

/** @type {Store<Theme>} */
export const theme = new Store(/** @type {Theme} */ (document.documentElement.dataset.theme ?? "system"));

/** @param {Theme} chosen */
export function setTheme(chosen) {
  try {
    if (chosen === "system") {
      localStorage.removeItem(KEY);
    } else {
      localStorage.setItem(KEY, chosen);
    }
  } catch {
    // It holds until the page is left.
  }
  if (chosen === "system") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
  theme.set(chosen);
}
