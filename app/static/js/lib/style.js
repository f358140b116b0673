// Style sheets that only some pages need.

import { ApiError } from "./api.js";

/**
 * Put a style sheet into the document, once, and wait until it counts.
 * @param {string} href
 * @returns {Promise<void>}
 */
export function loadStyle(href) {
  if (document.querySelector(`link[href="${href}"]`)) {
    return Promise.resolve();
  }
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return new Promise((resolve, reject) => {
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new ApiError("A part of this page could not be loaded. Try again."));
    };
    document.head.append(link);
  });
}
