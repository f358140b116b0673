"""The demo as somebody starts it: `python -m scripts.demo`, which `make demo` runs."""

import asyncio
import re
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from app.api.ops.schemas import Readiness
from app.utils.background import running_beside
from scripts.demo.living import call_now_and_then

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def demo(data_dir: Path) -> Generator[subprocess.Popen[str]]:
    """Start a demo in a folder, on a free port."""
    command = [sys.executable, "-m", "scripts.demo", "--data", str(data_dir), "--port", "0"]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said_until(process: subprocess.Popen[str], word: str) -> str:
    """Return the line that begins with a word, when it is said."""
    assert process.stdout is not None
    return next(line for line in process.stdout if line.startswith(word))


@pytest.mark.timeout(120)
def test_it_says_that_all_is_made_up_runs_once_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    data_dir = tmp_path / "data-demo"
    with demo(data_dir) as process:
        found = re.search(r"http\S+(?=/#/sign-in/)", said_until(process, "Open"))
        assert found is not None
        url = found[0]

        ready = Readiness.model_validate(httpx2.get(f"{url}/ready").json())
        assert ready.demo
        assert ready.simulated
        with demo(data_dir) as another:
            output, _ = another.communicate()
            assert f"A demo runs at {url} already." in output
            assert another.returncode == 2

        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)

        assert process.returncode == 0
        assert "Traceback" not in rest


async def test_it_makes_calls_with_the_keys_of_its_people() -> None:
    came = asyncio.Queue[str]()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.put_nowait((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        secrets = defaultdict[str, str](lambda: "mh_of-somebody")
        async with running_beside(call_now_and_then(f"http://{host}:{port}", secrets)):
            head = await came.get()

    assert head.startswith("POST /v1/chat/completions ")
    assert "bearer mh_of-somebody" in head.lower()
