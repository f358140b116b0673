"""The gateway's own API, called with the operator's credential by commands on its machine."""

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Protocol, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, PlainSerializer, SecretStr, ValidationError

from app.cli.private_file import write_private
from app.core.errors import AppError, ConfigurationError, NotReadyError
from app.db.data_lock import is_held
from app.services.providers.http_client import KEEPALIVE_SECONDS
from app.services.providers.transport import UpstreamTransport

Item_co = TypeVar("Item_co", covariant=True)
Item = TypeVar("Item")

_FILE: Final = "server.json"
_SECONDS: Final = 10.0
_PAGE: Final = 100


class Page(Protocol[Item_co]):
    """One page of any list."""

    @property
    def data(self) -> Sequence[Item_co]:
        """Return what is on it."""
        ...

    @property
    def has_more(self) -> bool:
        """Say whether another page follows."""
        ...

    @property
    def last_id(self) -> str | None:
        """Return where the next page begins."""
        ...


class RunningServer(BaseModel):
    """Where a server runs, and the credential that lives as long as it does."""

    pid: int
    url: str
    operator_secret: Annotated[
        SecretStr, PlainSerializer(SecretStr.get_secret_value, return_type=str, when_used="json")
    ]


class OperatorApi:
    """The API of one gateway."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        """Take a client that knows the address and the credential."""
        self._client = client

    async def request(
        self, method: Literal["GET", "POST", "PATCH", "DELETE"], *path: str, **options: Any
    ) -> Any:
        """Return the JSON that a route answers, or None where it answers nothing.

        Raises:
            NotReadyError: there was no answer, or the gateway failed.
            AppError: the gateway refused, with its own words.
        """
        try:
            response = await self._client.request(method, _join(path), **options)
        except httpx2.HTTPError as error:
            raise NotReadyError(
                f"The running server at {self._client.base_url} does not answer: {error}."
            ) from error
        if response.is_success:
            return response.json() if response.content else None
        kind = NotReadyError if response.is_server_error else AppError
        raise kind(_complaint(response))

    async def list_all(
        self, read: Callable[[Any], Page[Item]], *path: str, **wanted: str
    ) -> Sequence[Item]:
        """Return everything in a list, the newest first, however many pages that takes."""
        found: list[Item] = []
        query: dict[str, str | int] = {"limit": _PAGE, **wanted}
        while True:
            page = read(await self.request("GET", *path, params=query))
            found += page.data
            if not page.has_more or page.last_id is None:
                return found
            query["after"] = page.last_id


@contextmanager
def announced(data_dir: Path, server: RunningServer) -> Generator[None]:
    """Let commands on the same data folder find a server for as long as it runs."""
    path = data_dir / _FILE
    write_private(path, server.model_dump_json())
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_server(data_dir: Path) -> RunningServer | None:
    """Return the server that runs on a data folder, or None where none does.

    Raises:
        ConfigurationError: something holds the folder, but does not say how to reach it.
    """
    if not is_held(data_dir):
        return None  # what a crashed server left behind says nothing
    with suppress(OSError, ValidationError):
        return RunningServer.model_validate_json((data_dir / _FILE).read_bytes())
    raise ConfigurationError(
        f"Another command or a server that is just starting uses {data_dir}. Try again in a moment."
    )


@asynccontextmanager
async def open_operator_api(
    url: str, secret: SecretStr, transport: httpx2.AsyncBaseTransport | None = None
) -> AsyncGenerator[OperatorApi]:
    """Open a way to a gateway that ignores whatever proxies the environment names."""
    headers = {"Authorization": f"Bearer {secret.get_secret_value()}"}
    if transport is None:  # httpx2's own loads certificates at once
        transport = UpstreamTransport(max_connections=1, keepalive_seconds=KEEPALIVE_SECONDS)
    async with httpx2.AsyncClient(
        base_url=url, headers=headers, timeout=_SECONDS, trust_env=False, transport=transport
    ) as client:
        yield OperatorApi(client)


def _join(path: Sequence[str]) -> str:
    """Return a path of which each part is one segment, whatever a person typed as an id."""
    return "/v1/" + "/".join(quote(part, safe="") for part in path)


def _complaint(response: httpx2.Response) -> str:
    with suppress(ValueError, KeyError, TypeError):
        return str(response.json()["error"]["message"])
    return f"The running server answered {response.status_code}."
