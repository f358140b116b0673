"""`meterhouse simulate` as a process: it ends at once, whatever it was asked to do."""

import socket
import time
from contextlib import ExitStack

import pytest

from tests.integration.simulator.bare_requests import bare_request, received_until_silence
from tests.integration.simulator.requests import body
from tests.support.commands import Command

pytestmark = pytest.mark.timeout(60)

ENDLESS = ("silent", "stall-2", "comments-20", "drip-60000", "delay-600000")


def test_answers_that_never_end_do_not_keep_it(command: Command) -> None:
    with ExitStack() as stack:
        simulator = stack.enter_context(command.running("simulate", "--port", "0"))
        url = simulator.wait_for("Simulator at").split()[2]
        lines: dict[str, socket.socket] = {}
        for fault in ENDLESS:
            request = bare_request(url, body(f"sim/{fault}", stream=True))
            lines[fault] = stack.enter_context(request)
        assert received_until_silence(lines["silent"]) == b""

        began = time.perf_counter()
        assert simulator.end() == 0
        assert time.perf_counter() - began < 10  # whichever keeps it keeps it for a minute
        assert "Traceback" not in simulator.errors
