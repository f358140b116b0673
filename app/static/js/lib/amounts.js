// Amounts of money as people type them, and as the gateway takes them: digit by digit, never computed.

import { money } from "./format.js";

/** A decimal that is written into JSON as it is. */
export class Amount {
  /** @param {string} text Digits, with a point among them or not. */
  constructor(text) {
    this.text = text;
  }
}

/**
 * Read what somebody typed: "12.40", "$1234". Null where it is no amount.
 * @param {string} text
 * @returns {Amount | null}
 */
export function readAmount(text) {
  const found = /^\$?\s*(\d+)(?:\.(\d{1,9}))?$/.exec(text.trim());
  if (found === null) {
    return null;
  }
  const [, whole = "", fraction] = found;
  return new Amount(whole.replace(/^0+(?=\d)/, "") + (fraction === undefined ? "" : `.${fraction}`));
}

/**
 * Write an amount of the gateway into a field: 1234.5 is "1234.50".
 * @param {number | string} usd
 */
export function amountText(usd) {
  return money(usd).replace(/[$,]/g, "");
}

/**
 * Write JSON in which amounts have every digit, as a body for lib/api.js.
 * @param {unknown} value
 * @returns {Blob}
 */
export function exactBody(value) {
  return new Blob([exactJson(value)], { type: "application/json" });
}

/**
 * @param {unknown} value
 * @returns {string}
 */
export function exactJson(value) {
  if (value instanceof Amount) {
    return value.text;
  }
  if (Array.isArray(value)) {
    return `[${value.map(exactJson).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const parts = Object.entries(value).filter(([, part]) => part !== undefined);
    return `{${parts.map(([name, part]) => `${JSON.stringify(name)}:${exactJson(part)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
