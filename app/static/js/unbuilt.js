// Fills the page from /ready, and the snippets with the address this page was opened at.

const address = new URL(".", location.href).href.replace(/\/$/, "");

const snippets = {
  "openai-snippet": `import os
from openai import OpenAI

client = OpenAI(
    base_url="${address}/v1",
    api_key=os.environ["METERHOUSE_KEY"],
)
stream = client.chat.completions.create(
    model=client.models.list().data[0].id,
    messages=[{"role": "user", "content": "Hello!"}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
  "hub-snippet": `import os
from huggingface_hub import InferenceClient

client = InferenceClient(
    base_url="${address}/v1",
    api_key=os.environ["METERHOUSE_KEY"],
)
stream = client.chat_completion(
    [{"role": "user", "content": "Hello!"}],
    model="MODEL",  # one of GET /v1/models
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="", flush=True)`,
};

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * @param {string} state
 * @param {string} words
 */
function showState(state, words) {
  element("state").dataset.state = state;
  element("state").textContent = words;
}

/** @param {{ name: string, kind: string, simulated: boolean }[]} upstreams */
function showUpstreams(upstreams) {
  const rows = upstreams.map((upstream) => {
    const row = document.createElement("li");
    const name = document.createElement("strong");
    name.textContent = upstream.name;
    const kind = document.createElement("span");
    kind.className = "tag";
    kind.textContent = upstream.simulated ? "simulator" : upstream.kind;
    kind.dataset.simulated = String(upstream.simulated);
    row.append(name, kind);
    return row;
  });
  element("upstreams").replaceChildren(...rows);
}

async function showReadiness() {
  let answer;
  try {
    answer = await fetch("ready", { cache: "no-store" });
  } catch {
    showState("down", "not reachable");
    return;
  }
  if (!answer.ok) {
    showState("waiting", "not ready");
    return;
  }
  const ready = await answer.json();
  showState("ready", ready.simulated ? "ready, simulated" : "ready");
  element("version").textContent = `· version ${ready.version}`;
  element("simulated").hidden = !ready.simulated;
  showUpstreams(ready.upstreams);
}

for (const [id, text] of Object.entries(snippets)) {
  element(id).textContent = text;
}
await showReadiness();

export {};
