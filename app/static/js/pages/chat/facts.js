import { count, duration, money } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { hrefTo } from "../../lib/router.js";

/**
 * What a call took, and where it is written down.
 * @param {{ answer: import("./types.js").Answer }} props
 */
export function Facts({ answer }) {
  const { requestId } = answer;
  const isListed = requestId !== null && answer.upstream !== null; // a call that was let in
  const facts = [
    { name: "Cost", value: answer.isCostKnown ? money(answer.costUsd) : null },
    { name: "First token", value: answer.firstMs === null ? null : duration(answer.firstMs) },
    { name: "Total", value: answer.upstream === null || answer.latencyMs === null ? null : duration(answer.latencyMs) },
    { name: "Tokens", value: tokens(answer) },
    { name: "Upstream", value: answer.upstream },
    { name: "Attempts", value: answer.attempts === null ? null : count(answer.attempts) },
    { name: "Ended", value: answer.finishReason },
  ].filter(({ value }) => value !== null);
  if (facts.length === 0) {
    return null;
  }
  return html`<div class="facts-line">
    <dl>${facts.map(({ name, value }) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${isListed && html`<a href=${hrefTo(`calls/${encodeURIComponent(/** @type {string} */ (requestId))}`)}>See the call</a>`}
  </div>`;
}

/** @param {import("./types.js").Answer} answer */
function tokens({ unitsIn, unitsOut }) {
  return unitsIn === null && unitsOut === null ? null : `${count(unitsIn)} in, ${count(unitsOut)} out`;
}
