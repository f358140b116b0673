// Texts and values, written so that a program means exactly them. Pure.

/**
 * Quote a text for a POSIX shell: nothing in it means anything.
 * @param {string} text
 */
export function shellText(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Write a value as JSON over several lines. Halves of characters become a replacement character, as
 * they would on the way.
 * @param {unknown} value
 * @param {number} [indent]
 */
export function jsonText(value, indent = 2) {
  return JSON.stringify(value, (_, one) => (typeof one === "string" ? one.toWellFormed() : one), indent);
}

/**
 * Write a value for Python, over several lines.
 * @param {unknown} value
 * @param {string} [margin]
 * @returns {string}
 */
export function pythonText(value, margin = "") {
  if (value === null || typeof value === "boolean") {
    return { null: "None", true: "True", false: "False" }[String(value)] ?? "";
  }
  if (typeof value !== "object") {
    return jsonText(value); // escapes of JSON mean the same there
  }
  const inner = `${margin}    `;
  const parts = Array.isArray(value)
    ? value.map((one) => pythonText(one, inner))
    : Object.entries(value).map(([name, one]) => `${jsonText(name)}: ${pythonText(one, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return inLines(parts, { open, close, margin, inner });
}

/**
 * Write an object for JavaScript, with bare names where they may be.
 * @param {unknown} value
 * @param {string} [margin]
 * @returns {string}
 */
export function scriptText(value, margin = "") {
  if (value === null || typeof value !== "object") {
    return jsonText(value);
  }
  const inner = `${margin}  `;
  const parts = Array.isArray(value)
    ? value.map((one) => scriptText(one, inner))
    : Object.entries(value).map(([name, one]) => `${scriptName(name)}: ${scriptText(one, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return inLines(parts, { open, close, margin, inner });
}

/** @param {string} name */
function scriptName(name) {
  if (name === "__proto__") {
    return '["__proto__"]'; // bare or quoted it would be no field
  }
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : jsonText(name);
}

/**
 * On one line where that is short, else one line each.
 * @param {string[]} parts
 * @param {{ open: string | undefined, close: string | undefined, margin: string, inner: string }} form
 */
function inLines(parts, { open, close, margin, inner }) {
  const line = `${open}${parts.join(", ")}${close}`;
  if (line.length <= 72 && !line.includes("\n")) {
    return line;
  }
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join("")}${margin}${close}`;
}
