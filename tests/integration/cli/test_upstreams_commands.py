"""`meterhouse upstreams`, which needs a running server."""

from tests.integration.cli.conftest import Meterhouse
from tests.support.commands import Command


def test_upstreams_of_the_running_server_are_listed_drained_and_restored(
    command: Command, meterhouse: Meterhouse
) -> None:
    with command.running("serve", "--simulate", "--port", "0") as server:
        server.wait_for("http://")
        listed = meterhouse("upstreams", "list").output.splitlines()
        drained = meterhouse("upstreams", "drain", "simulator")
        after = meterhouse("upstreams", "list").output.splitlines()
        restored = meterhouse("upstreams", "restore", "simulator")
        unknown = meterhouse("upstreams", "drain", "nowhere")

    assert listed[0].split("\t") == ["name", "host", "state", "running", "waiting", "last error"]
    name, host, *rest = listed[1].split("\t")
    assert (name, rest) == ("simulator", ["good", "0", "0", ""])
    assert host.startswith("127.0.0.1:")
    assert drained.output == "simulator is drained; 0 calls are still running there.\n"
    assert after[1].split("\t")[2] == "drained"
    assert restored.output == "simulator is restored.\n"
    assert (unknown.status, "no such upstream" in unknown.errors[0]) == (2, True)


def test_without_a_server_there_is_nothing_to_steer(meterhouse: Meterhouse) -> None:
    for command in (("list",), ("drain", "simulator"), ("restore", "simulator")):
        done = meterhouse("upstreams", *command)
        assert (done.status, done.output) == (1, "")
        assert "`meterhouse serve`" in done.errors[0]
