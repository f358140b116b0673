// What the browser remembers, where it may: without storage, or with a full one, pages go on.

/** @typedef {"localStorage" | "sessionStorage"} Area One for all tabs and for good, or this tab alone. */

/**
 * Return what was remembered, or null.
 * @param {Area} area
 * @param {string} key
 * @returns {any}
 */
export function recall(area, key) {
  try {
    return JSON.parse(globalThis[area].getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/**
 * Remember something, and say whether there was room for it.
 * @param {Area} area
 * @param {string} key
 * @param {unknown} value Null forgets.
 */
export function remember(area, key, value) {
  try {
    if (value === null) {
      globalThis[area].removeItem(key);
    } else {
      globalThis[area].setItem(key, JSON.stringify(value));
    }
    return true;
  } catch {
    return false;
  }
}

/** Forget all that this tab knows of who was signed in. */
export function forgetTab() {
  try {
    sessionStorage.clear();
  } catch {
    // There is no storage.
  }
}
