import { html, useEffect, useState } from "../lib/html.js";
import { Button } from "./button.js";

/**
 * Copies a text, and says so for a moment.
 * @param {{ text: string, label?: string, what?: string, kind?: "primary" | "plain" | "quiet" }} props
 * `what` is said to screen readers: "Copy the key".
 */
export function CopyButton({ text, label = "Copy", what, kind = "plain" }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said === "") {
      return undefined;
    }
    const timer = setTimeout(() => setSaid(""), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const onClick = async () => setSaid((await copyText(text)) ? "Copied" : "Not allowed here: select it, and copy");
  return html`<${Button} isSmall kind=${kind} onClick=${onClick} label=${said === "" ? what : undefined}>
    <span aria-live="polite">${said || label}</span>
  </${Button}>`;
}

/**
 * Put a text on the clipboard, over plain http too, where browsers have only the old way.
 * @param {string} text
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "for-readers" });
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    return isDone;
  }
}
