// Images from files, the clipboard or the mouse, as addresses that a call can carry.

import { ApiError } from "../../lib/api.js";
import { size } from "../../lib/format.js";

/** @typedef {import("./types.js").Picture} Picture */

/** What models read. */
export const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const LARGEST_BYTES = 5_000_000;

/**
 * Read files.
 * @param {Iterable<File>} files
 * @returns {Promise<Picture[]>}
 */
export async function readPictures(files) {
  return Promise.all(Array.from(files, read));
}

/**
 * @param {File} file
 * @returns {Promise<Picture>}
 */
async function read(file) {
  if (!KINDS.includes(file.type)) {
    throw problem(`${file.name} is no PNG, JPEG, WebP or GIF image. Other files cannot be sent.`);
  }
  if (file.size > LARGEST_BYTES) {
    throw problem(`${file.name} has ${size(file.size)}, and ${size(LARGEST_BYTES)} is the most. Make it smaller.`);
  }
  return { name: file.name, url: await dataUrl(file), bytes: file.size };
}

/**
 * @param {File} file
 * @returns {Promise<string>}
 */
function dataUrl(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(problem(`${file.name} could not be read. Choose it again.`));
    reader.readAsDataURL(file);
  });
}

/** @param {string} words */
function problem(words) {
  return new ApiError(words, { code: "picture" });
}
