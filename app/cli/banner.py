"""What a start says on standard output."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from app import __version__
from app.core.gateway_file import GatewayConfig

_LABEL_WIDTH: Final = 18


class AdminKey(Enum):
    """How the operator gets at an admin key, apart from a fresh one."""

    KEPT = "kept"  # shown at an earlier start
    CHOSEN = "chosen"  # METERHOUSE_ADMIN_KEY


@dataclass(frozen=True, slots=True)
class FreshKey:
    """The first admin key: shown now, or in a file where nobody may be watching the output."""

    secret: str
    file: Path | None


def opening_lines(
    url: str, data_dir: Path, gateway: GatewayConfig, login: Path | None
) -> Iterator[str]:
    """Say what runs where and who answers."""
    data = data_dir if data_dir.is_absolute() else f"./{data_dir}"
    yield f"Meterhouse {__version__}  {url}   data: {data} (SQLite)"
    simulated = [one.simulated for one in gateway.upstreams.values()]
    if all(simulated):
        yield _labelled("Answers from", "the built-in SIMULATOR: made-up text, no model, no cost")
        yield _labelled(
            "", "for real ones: HF_TOKEN=hf_... in .env, or Ollama / vLLM: docs/upstreams.md"
        )
        if login is not None:
            yield _labelled("", f"a Hugging Face login is in {login}, and is not used; to use it:")
            yield _labelled("", f'echo "HF_TOKEN=$(cat {shlex.quote(str(login))})" >> .env')
        return
    label = "Answers from"
    for name, upstream in gateway.upstreams.items():
        made_up = "  SIMULATED: made-up text" if upstream.simulated else ""
        yield _labelled(label, f"{name} ({upstream.base_url}){made_up}")
        label = ""


def key_line(key: FreshKey | AdminKey) -> str:
    """Say where the admin key is."""
    match key:
        case FreshKey(secret, None):
            text = f"{secret}   shown once"
        case FreshKey(_, file):
            text = f"in {file}, for your eyes only"
        case AdminKey.CHOSEN:
            text = (
                "METERHOUSE_ADMIN_KEY as you set it; put it into METERHOUSE_KEY for the line below"
            )
        case AdminKey.KEPT:
            text = "in METERHOUSE_KEY, if you kept it; lost it? `meterhouse keys create --admin`"
    return _labelled("Admin key", text)


def open_line(link: str) -> str:
    """Print a link for a browser, above everything that needs a terminal."""
    return _labelled("Open", f"{link}   signs you in, once, within 15 minutes")


def try_it_lines(url: str, key: FreshKey | AdminKey, model: str) -> Iterator[str]:
    """Print a line that streams a chat when it is pasted into a shell."""
    chat = {
        "model": model,
        "stream": True,
        "messages": [{"role": "user", "content": "Say hello in five words."}],
    }
    yield "Try it in a second terminal:"
    yield (
        f"  curl -sN {url}/v1/chat/completions"
        f' -H "Authorization: Bearer {_bearer(key)}"'
        f' -H "Content-Type: application/json" -d {shlex.quote(json.dumps(chat))}'
    )


def trouble_lines(reason: str, way_out: str) -> Iterator[str]:
    """Say why nothing can be tried yet, and what to do about it."""
    yield _labelled("No answers yet", reason)
    yield _labelled("", way_out)


def _bearer(key: FreshKey | AdminKey) -> str:
    match key:
        case FreshKey(secret, None):
            return secret
        case FreshKey(_, file):
            return f"$(cat {shlex.quote(str(file))})"
        case AdminKey():
            return "$METERHOUSE_KEY"


def _labelled(label: str, text: str) -> str:
    return f"{label:<{_LABEL_WIDTH}}{text}"
