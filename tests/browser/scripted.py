"""A gateway whose models say what a test wrote down."""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.browser.gateways import Gateway, serving_gateway
from tests.support.commands import Command

_PRICE: Final = {"input": 1.0, "output": 1000.0}  # ten tokens are a cent


@contextmanager
def scripted_gateway(
    folder: Path, answers: Sequence[Mapping[str, Any]], *, priced: Sequence[str] = ()
) -> Generator[Gateway]:
    """Serve a gateway over a simulator with a script: rules as docs/simulator.md has them."""
    (folder / "simulator").mkdir()
    script = folder / "simulator" / "script.json"
    rules = {"pacing": {"chunk_delay_ms": 0}, "answers": answers}
    script.write_text(json.dumps(rules), encoding="utf-8")
    simulator = Command(folder / "simulator")
    with simulator.running("simulate", "--port", "0", "--script", str(script)) as simulating:
        words = simulating.wait_for("http://").split()
        url = next(word for word in words if word.startswith("http://"))
        (folder / "meterhouse.toml").write_text(_settings(url, priced), encoding="utf-8")
        with serving_gateway(folder, TOKEN="any-will-do") as gateway:
            yield gateway


def _settings(url: str, priced: Sequence[str]) -> str:
    upstream = f"""
[upstreams.made-up]
kind = "huggingface"
base_url = "{url}"
token = {{ env = "TOKEN" }}
simulated = true
"""
    prices = [
        f'[[prices]]\nmodel = "{model}"\ninput = {_PRICE["input"]}\noutput = {_PRICE["output"]}\n'
        for model in priced
    ]
    return "\n".join([upstream, *prices])
