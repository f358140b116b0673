"""The other gateways, each as one process on the measured core, in front of the mock upstream."""

import shutil
import subprocess
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.peers.environments import (
    PeerMissingError,
    last_words,
    node_environment,
    pinned_package,
    pinned_version,
    python_environment,
    variables,
)
from benchmarks.processes import running, wait_until_ready
from benchmarks.subjects import Cores, Subject, free_port

NGINX, VLLM, SGLANG = "nginx", "vllm-router", "sglang-router"
PORTKEY, LITELLM = "portkey", "litellm"
_PORTKEY = "@portkey-ai/gateway"
PACES = ("bench-0ms", "bench-5ms", "bench-20ms")
_START_SECONDS = 120
_NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; client_max_body_size 16m; tcp_nodelay on;
  client_body_buffer_size 2m; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream mock {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
"""
_LITELLM_MODEL = """
  - model_name: {model}
    litellm_params: {{model: openai/{model}, api_base: "{upstream}/v1", api_key: none}}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a peer runs."""

    folder: Path
    cores: Cores
    upstream_port: int

    @property
    def upstream(self) -> str:
        """The URL of the mock."""
        return f"http://127.0.0.1:{self.upstream_port}"


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a peer, when it is ready, and what its requests carry."""

    command: Sequence[str | Path]
    port: int
    ready: str
    headers: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Peer:
    """Another gateway."""

    name: str
    version: str
    install: Callable[[], Path]  # where it is not yet; returns where it is
    prepare: Callable[[Path, Place], Launch]


def find_nginx() -> Path:
    """Return where nginx is: a system package, which is not ours to install."""
    program = shutil.which("nginx")
    if program is None:
        raise PeerMissingError("not installed: apt install nginx")
    return Path(program)


def nginx(program: Path, place: Place) -> Launch:
    """Prepare nginx as a plain reverse proxy: the practical limit."""
    port = free_port()
    config = place.folder / "nginx.conf"
    text = _NGINX.format(folder=place.folder, port=port, upstream=place.upstream_port)
    config.write_text(text, encoding="ascii")
    return Launch((program, "-e", "stderr", "-p", place.folder, "-c", config), port, "/v1/models")


def sglang_router(root: Path, place: Place) -> Launch:
    """Prepare SGLang's router."""
    return _router((root / "bin" / "sglang-router", "launch"), place)


def vllm_router(root: Path, place: Place) -> Launch:
    """Prepare vLLM's router."""
    return _router((root / "bin" / "vllm-router",), place)


def _router(program: Sequence[str | Path], place: Place) -> Launch:
    port = free_port()
    command = (
        *(*program, "--worker-urls", place.upstream, "--policy", "round_robin"),
        *("--host", "127.0.0.1", "--port", str(port), "--prometheus-port", str(free_port())),
        *("--log-level", "error"),
    )
    return Launch(command, port, "/health")


def portkey(root: Path, place: Place) -> Launch:
    """Prepare Portkey's gateway; each request says where it goes, as is its way."""
    program = root / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    port = free_port()
    return Launch(
        ("node", program, f"--port={port}", "--headless"),
        port,
        "/",
        headers=(
            "x-portkey-provider: openai",
            f"x-portkey-custom-host: {place.upstream}/v1",
            "Authorization: Bearer none",
        ),
        variables={"NODE_ENV": "production"},
    )


def litellm(root: Path, place: Place) -> Launch:
    """Prepare LiteLLM's proxy with one worker and a master key, without a database."""
    models = (_LITELLM_MODEL.format(model=model, upstream=place.upstream) for model in PACES)
    config = place.folder / "litellm.yaml"
    text = f"model_list:{''.join(models)}general_settings: {{master_key: sk-benchmark}}\n"
    config.write_text(text, encoding="ascii")
    port = free_port()
    return Launch(
        (
            *(
                root / "bin" / "litellm",
                "--config",
                config,
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
            ),
            *("--num_workers", "1", "--telemetry", "False"),
        ),
        port,
        "/health/liveliness",
        headers=("Authorization: Bearer sk-benchmark",),
        variables={
            "LITELLM_LOG": "ERROR",
            "LITELLM_MODE": "PRODUCTION",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        },
    )


def peers() -> list[Peer]:
    """Return all of them, the leanest first."""
    return [
        Peer(NGINX, nginx_version(), find_nginx, nginx),
        Peer(VLLM, pinned_version(VLLM), partial(python_environment, VLLM), vllm_router),
        Peer(SGLANG, pinned_version(SGLANG), partial(python_environment, SGLANG), sglang_router),
        Peer(PORTKEY, pinned_package(_PORTKEY), partial(node_environment, PORTKEY), portkey),
        Peer(LITELLM, pinned_version(LITELLM), partial(python_environment, LITELLM), litellm),
    ]


def nginx_version() -> str:
    """Return what nginx says of itself."""
    program = shutil.which("nginx")
    if program is None:
        return ""
    said = subprocess.run([program, "-v"], capture_output=True, text=True, check=False).stderr
    return said.strip().rpartition("/")[2]


def install(wanted: Sequence[Peer]) -> tuple[dict[str, Path], dict[str, str]]:
    """Install peers where they are not yet; return where they are, and why others are not."""
    roots, missing = dict[str, Path](), dict[str, str]()
    for peer in wanted:
        try:
            roots[peer.name] = peer.install()
        except PeerMissingError as error:
            missing[peer.name] = str(error)
    return roots, missing


@contextmanager
def serving(peer: Peer, root: Path, place: Place) -> Generator[Subject]:
    """Run a peer that is installed at `root` on the measured core.

    Raises:
        PeerMissingError: it cannot be started.
    """
    launch = peer.prepare(root, place)
    log = place.folder / f"{peer.name}.log"
    with running(
        launch.command,
        core=place.cores.measured,
        environment={**variables(), **launch.variables},
        folder=place.folder,
        log=log,
    ) as process:
        url = f"http://127.0.0.1:{launch.port}{launch.ready}"
        try:
            seconds = wait_until_ready(process, url, seconds=_START_SECONDS)
        except RuntimeError as error:
            raise PeerMissingError(f"not started: {last_words(log)}") from error
        yield Subject(
            peer.name, process, launch.port, headers=launch.headers, start_seconds=seconds
        )
