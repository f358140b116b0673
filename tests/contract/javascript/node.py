"""Runs the JavaScript client in Node.js, where both are installed: `make test-ui` does that."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.architecture.source import ROOT

_PACKAGES: Final = ROOT / "ui" / "package.json"
_OWN_NODE: Final = ROOT / ".node-env" / "bin"
_PROGRAM: Final = Path(__file__).with_name("ask.mjs")


class Outcome(NamedTuple):
    """What came of a call."""

    asked: Sequence[str]  # the URLs
    value: Any = None
    error: str | None = None
    status: int | None = None


def ask(calls: Sequence[dict[str, Any]]) -> list[Outcome]:
    """Make calls one after another, all in one process."""
    path = f"{os.environ['PATH']}{os.pathsep}{_OWN_NODE}"  # noqa: TID251 - of the child process
    done = subprocess.run(
        ["node", str(_PROGRAM), str(_PACKAGES)],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        check=False,
        timeout=25,
        env={"PATH": path},
    )
    assert done.returncode == 0, f"`make test-ui` installs the client: {done.stderr}"
    return [Outcome(**outcome) for outcome in json.loads(done.stdout)]
