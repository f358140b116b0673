"""No snippet of ours shows a call that leaves the gateway: with it, the key would leave, too."""

import ast
import json
import re
from collections.abc import Iterator

import pytest

from app.core.tasks.catalogue import TASKS
from app.main import app
from tests.architecture.source import ROOT

METHODS = {task.python for task in TASKS.values() if not task.is_chat} - {None}
CLIENTS = {"InferenceClient", "AsyncInferenceClient"}
_FENCE = re.compile(r"^```(?:python|py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TEMPLATE = re.compile(r"`((?:[^`\\]|\\.)*)`")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")


def leaving(snippet: str) -> list[str]:
    """Return the calls of a Python program whose requests go past its gateway."""
    calls = [node for node in ast.walk(ast.parse(snippet)) if isinstance(node, ast.Call)]
    if any(name_of(call) == "route_huggingface_hub" for call in calls):
        return []
    return [ast.unparse(call) for call in calls if does_leave(call)]


def does_leave(call: ast.Call) -> bool:
    """Return whether a call names a model, or makes a client, that is not at the gateway."""
    named = {word.arg: word.value for word in call.keywords}
    if name_of(call) in CLIENTS:
        return "base_url" not in named
    return name_of(call) in METHODS and ("model" in named or None in named)


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def snippets() -> Iterator[tuple[str, str]]:
    """Yield where each Python program stands that we show, and the program."""
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]):
        for found in _FENCE.findall(page.read_text(encoding="utf-8")):
            yield page.name, found
    for program in sorted((ROOT / "examples").rglob("*.py")):
        text = program.read_text(encoding="utf-8")
        yield program.name, text
        for found in _FENCE.findall(text):
            yield f"{program.name}: docstring", found
    yield from in_scripts()
    for found in _FENCE.findall(json.dumps(app.openapi()).replace("\\n", "\n").replace('\\"', '"')):
        yield "OpenAPI", found


def in_scripts() -> Iterator[tuple[str, str]]:
    """Yield those that the web UI shows."""
    for script in sorted((ROOT / "app" / "static" / "js").rglob("*.js")):
        for found in _TEMPLATE.findall(script.read_text(encoding="utf-8")):
            if any(client in found for client in CLIENTS):
                yield script.name, _PLACEHOLDER.sub("0", found)


def test_every_snippet_of_ours_stays_at_the_gateway() -> None:
    shown = list(snippets())

    assert {place: wrong for place, snippet in shown if (wrong := leaving(snippet))} == {}
    places = {place for place, snippet in shown if any(client in snippet for client in CLIENTS)}
    assert places >= {
        *("README.md", "clients.md", "snippets.js", "unbuilt.js"),
        "route_huggingface_hub.py: docstring",
    }


def test_what_is_found_in_no_snippet_stands_in_no_text_either() -> None:
    """Code in a sentence is no program, and is looked for as text."""
    call = re.compile(rf"\b(?:{'|'.join(sorted(filter(None, METHODS)))})\([^()]*\bmodel\s*=")
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    texts = [_FENCE.sub("", page.read_text(encoding="utf-8")) for page in pages]
    texts.append(json.dumps(app.openapi()))

    assert [found.group() for text in texts for found in call.finditer(text)] == []
    assert call.search('`client.fill_mask("A [MASK]", model="org/name")`')


@pytest.mark.parametrize(
    "call",
    [
        'client.summarization("x", model="org/name")',
        'client.text_to_image(\n    "a (red) cat",\n    model=MODEL,\n)',
        'client.fill_mask("x", **told)',
        'InferenceClient(api_key="mh_...").fill_mask("x")',
        'InferenceClient("org/name")',
        'huggingface_hub.AsyncInferenceClient(provider="hf-inference")',
    ],
)
def test_a_snippet_that_leaves_is_found(call: str) -> None:
    client = 'client = InferenceClient(base_url="http://127.0.0.1:8000", api_key="mh_...")\n'

    assert len(leaving(client + call)) == 1
    assert (
        leaving(f'{client}{call}\nroute_huggingface_hub("http://127.0.0.1:8000", "mh_...")') == []
    )


@pytest.mark.parametrize(
    "call",
    [
        'client.summarization("x")',
        'client.chat_completion(messages, model="org/name")',
        'client.chat.completions.create(messages=messages, model="org/name")',
    ],
)
def test_a_snippet_that_stays_is_left_alone(call: str) -> None:
    client = 'client = InferenceClient(base_url="http://127.0.0.1:8000", api_key="mh_...")\n'

    assert leaving(client + call) == []
