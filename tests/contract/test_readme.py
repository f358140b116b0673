"""What the README tells people to paste works when pasted."""

import re
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.core.config import Settings
from app.core.gateway_file import GatewayConfig, UpstreamConfig
from app.core.tasks.catalogue import TASKS
from app.db import schema
from app.main import create_app
from app.simulator.app import create_simulator
from tests.conftest import ADMIN_KEY
from tests.support.servers import running

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
ANSWER = "[simulator] No model was called. You wrote: Say hello in five words."


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


SUMMARY = "[simulator] The tower is 324 metres tall"
*CHATS, TASK = blocks("python")
CURLS = [block for block in blocks("sh") if block.startswith("curl")]


@pytest.fixture
def url(settings: Settings) -> Generator[str]:
    """Serve what `make run` serves to somebody without an upstream."""
    schema.upgrade(settings.data_dir)
    with running(create_simulator()) as simulator:
        upstream = UpstreamConfig(
            kind="huggingface", base_url=f"{simulator}/v1", token=SecretStr("any"), simulated=True
        )
        gateway = GatewayConfig(upstreams={"simulator": upstream})
        with running(create_app(settings, gateway)) as gateway_url:
            yield gateway_url


def pasted(command: list[str], home: Path) -> str:
    """Run something as a reader would, with the key in the environment."""
    environment = {
        "HOME": str(home),
        "METERHOUSE_KEY": ADMIN_KEY,
        "NO_PROXY": "*",
        "PATH": "/usr/bin:/bin",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("program", CHATS, ids=["openai", "huggingface_hub"])
def test_a_client_streams_a_chat(program: str, url: str, tmp_path: Path) -> None:
    said = pasted([sys.executable, "-c", program.replace(ADDRESS, url)], tmp_path)

    assert said == ANSWER


def test_a_client_does_a_task(url: str, tmp_path: Path) -> None:
    said = pasted([sys.executable, "-c", TASK.replace(ADDRESS, url)], tmp_path)

    assert said == f"{SUMMARY}.\n"


def test_the_number_of_tasks_is_the_catalogue_s() -> None:
    assert f"of Hugging Face, {len(TASKS)} in all," in README


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_the_curl_lines_stream_a_chat_and_show_the_ledger(url: str, tmp_path: Path) -> None:
    chat, task, usage = (pasted(["sh", "-c", c.replace(ADDRESS, url)], tmp_path) for c in CURLS)

    assert chat.endswith("data: [DONE]\n\n")
    assert f'"summary_text":"{SUMMARY}' in task
    assert '"task":"summarization"' in usage.replace(" ", "")
    assert '"object":"list"' in usage.replace(" ", "")
    assert "openai/gpt-oss-120b" in usage


def test_every_page_that_the_readme_names_exists() -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", README)

    assert len(linked) > 8
    assert [page for page in linked if not (ROOT / page).exists()] == []
