"""Everything that is measured side by side, all of it alive at once."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.peers.environments import PeerMissingError
from benchmarks.peers.servers import PACES, Peer, Place, serving
from benchmarks.subjects import (
    Cores,
    GatewayFolder,
    Subject,
    direct,
    gateway,
    null_asgi,
    null_route,
)

DIRECT, NULL_ASGI, NULL_ROUTE = "direct", "null asgi", "null route"
OURS = "Meterhouse"
NOT_DURABLE = "Meterhouse, soft budgets"
NULLS = (NULL_ASGI, NULL_ROUTE)
_SPARE = """
[upstreams.spare]
kind = "openai"
base_url = "http://127.0.0.1:{port}/v1"
"""
_MODEL = """
[models."{model}"]
targets = [
  {{ upstream = "mock", model = "{model}", price = {{ input = 0.25, output = 2 }} }},
  {{ upstream = "spare", model = "{model}", priority = 1, price = {{ input = 0.3, output = 2 }} }},
]
"""


@dataclass(frozen=True, slots=True)
class Weight:
    """What one subject's process weighs, and how long it takes to stand up."""

    start_seconds: float
    idle_mb: float
    first_start_seconds: float | None = None  # of ours: its database is made


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to start: null routes, other gateways and where they are; and ours how many times."""

    nulls: Sequence[str]
    peers: Sequence[Peer]
    roots: Mapping[str, Path]
    starts: int


@dataclass(frozen=True, slots=True)
class LineUp:
    """Who is there, who could not start and why, and what each weighed before the load."""

    subjects: Sequence[Subject]
    missing: dict[str, str] = field(default_factory=dict[str, str])
    weights: dict[str, Weight] = field(default_factory=dict[str, Weight])


def our_folder(folder: Path, cores: Cores, upstream_port: int) -> GatewayFolder:
    """Return a gateway with models of its own: two targets each, with prices."""
    models = "".join(_MODEL.format(model=model) for model in PACES)
    more = _SPARE.format(port=upstream_port) + models
    return GatewayFolder(folder, cores, upstream_port=upstream_port, more=more)


@contextmanager
def line_up(folder: Path, cores: Cores, wanted: Wanted) -> Generator[LineUp]:
    """Start everything, one after the other; whatever cannot start is left out with the reason."""
    with ExitStack() as stack:
        mock = stack.enter_context(direct(cores))
        subjects = [mock]
        for name, null in ((NULL_ASGI, null_asgi), (NULL_ROUTE, null_route)):
            if name in wanted.nulls:
                subjects.append(stack.enter_context(null(cores)))
        missing = dict[str, str]()
        place = Place(folder, cores, mock.port)
        for peer in wanted.peers:
            try:
                running = serving(peer, wanted.roots[peer.name], place)
                subjects.append(stack.enter_context(running))
            except PeerMissingError as error:
                missing[peer.name] = str(error)
        weights = {one.name: Weight(one.start_seconds, one.process.memory_mb()) for one in subjects}
        for name, mode in ((NOT_DURABLE, "soft"), (OURS, "hard")):
            ours = our_folder(folder / mode, cores, mock.port)
            starts = [_start_seconds(ours) for _ in range(wanted.starts + 1)]
            subject = stack.enter_context(gateway(ours, name, budgets=mode))
            weights[name] = Weight(
                median(starts[1:]), subject.process.memory_mb(), first_start_seconds=starts[0]
            )
            subjects.append(subject)
        yield LineUp(subjects, missing, weights)


def _start_seconds(folder: GatewayFolder) -> float:
    with folder.running() as (_, _, seconds):
        return seconds
