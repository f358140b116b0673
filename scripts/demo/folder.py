"""The demo's own folder: made anew at each start, and never in place of anything else."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.cli.operator import find_server
from app.core.demo_data import DEMO_MARKER, is_demo
from app.core.errors import ConfigurationError

_GATEWAY_FILE: Final = Path(__file__).with_name("meterhouse.toml")


def clear(data_dir: Path) -> None:
    """Make an empty folder for a demo, where there is none but one of an earlier demo.

    Raises:
        ConfigurationError: a demo runs there, or something else lies there.
    """
    if data_dir.exists() and any(data_dir.iterdir()):
        if not is_demo(data_dir):
            raise ConfigurationError(
                f"{data_dir} was not made by a demo, and would be deleted. Move it, or name "
                "another folder with --data."
            )
        running = find_server(data_dir)
        if running is not None:
            raise ConfigurationError(
                f"A demo runs at {running.url} already. A link to sign in there: "
                f".venv/bin/meterhouse sign-in-link --data {data_dir}"
            )
        shutil.rmtree(data_dir)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data_dir / DEMO_MARKER).touch(mode=0o600)


def write_gateway_file(data_dir: Path, urls: Mapping[str, str]) -> Path:
    """Write the gateway's file, with where its upstreams are today."""
    text = _GATEWAY_FILE.read_text(encoding="utf-8")
    for name, url in urls.items():
        text = text.replace(name.replace("-", "_").upper(), url)
    (data_dir / "simulator-token").write_text("hf_simulator\n", encoding="utf-8")
    path = data_dir / "meterhouse.toml"
    path.write_text(text, encoding="utf-8")
    return path
