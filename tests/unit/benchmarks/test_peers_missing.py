"""Gateways that cannot be installed or started are reported with the reason."""

import os
from pathlib import Path

import pytest

from benchmarks.peers.environments import PeerMissingError
from benchmarks.peers.servers import Launch, Peer, Place, install, serving
from benchmarks.subjects import Cores


def peer(name: str, *, script: str = "", is_installed: bool = True) -> Peer:
    def find() -> Path:
        if not is_installed:
            raise PeerMissingError("not installed: no such release")
        return Path("/bin/sh")

    def prepare(root: Path, _: Place) -> Launch:
        return Launch((root, "-c", script), 9, "/")

    return Peer(name, "1.0", find, prepare)


def test_a_peer_that_cannot_be_installed_does_not_keep_the_others_out() -> None:
    roots, missing = install([peer("broken", is_installed=False), peer("good")])
    assert roots == {"good": Path("/bin/sh")}
    assert missing == {"broken": "not installed: no such release"}


def test_a_peer_that_ends_at_once_is_missing_and_its_last_words_say_why(tmp_path: Path) -> None:
    core = min(os.sched_getaffinity(0))
    place = Place(tmp_path, Cores(core, core), upstream_port=9)
    broken = peer("broken", script="echo port is taken >&2; exit 3")
    with (
        pytest.raises(PeerMissingError, match="not started: port is taken"),
        serving(broken, Path("/bin/sh"), place),
    ):
        pass
