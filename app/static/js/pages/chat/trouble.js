import { html, useEffect, useState } from "../../lib/html.js";
import { Button } from "../../parts/button.js";
import { Notice } from "../../parts/notice.js";

/**
 * Why an answer is not whole, and what to do about it.
 * @param {{ answer: import("./types.js").Answer, words: import("./failures.js").Words | null, onAgain?: () => void }} props
 */
export function Trouble({ answer, words, onAgain }) {
  const wait = useSecondsUntil(answer.failure?.againAt ?? null);
  if (words === null) {
    return null;
  }
  const again =
    onAgain && answer.failure && html`<${Button} isSmall isDisabled=${wait > 0} onClick=${() => onAgain()}>
      ${wait > 0 ? `Try again in ${wait} s` : "Try again"}
    </${Button}>`;
  return html`<${Notice} tone=${words.tone} title=${words.title} actions=${again}>
    ${[answer.failure?.message, words.next].filter(Boolean).join(" ")}
  </${Notice}>`;
}

/**
 * Count down to a moment.
 * @param {number | null} moment
 */
function useSecondsUntil(moment) {
  const left = () => (moment === null ? 0 : Math.max(0, Math.ceil((moment - Date.now()) / 1000)));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    if (left() === 0) {
      return undefined;
    }
    const timer = setInterval(() => setSeconds(left()), 500);
    return () => clearInterval(timer);
  }, [moment]);
  return seconds;
}
