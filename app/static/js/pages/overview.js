import { get } from "../lib/api.js";
import { html } from "../lib/html.js";
import { useLoad } from "../lib/state.js";
import { Loaded } from "../parts/loaded.js";
import { Page } from "../parts/page.js";

export default function Overview() {
  const me = useLoad((signal) => get("v1/me", {}, signal), []);
  return html`<${Page} title="Overview">
    <${Loaded} of=${me}>${(/** @type {any} */ data) => html`<pre>${JSON.stringify(data, null, 2)}</pre>`}</${Loaded}>
  </${Page}>`;
}
