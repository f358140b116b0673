"""How a command finds the running server of a data folder, and speaks to it as its operator."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import httpx2
from pydantic import BaseModel, PlainSerializer, SecretStr, ValidationError

from app.cli.private_file import write_private
from app.core.errors import AppError, ConfigurationError
from app.db.data_lock import is_held

_FILE: Final = "server.json"
_SECONDS: Final = 10.0


class RunningServer(BaseModel):
    """Where a server runs, and the credential that lives as long as it does."""

    pid: int
    url: str
    operator_secret: Annotated[
        SecretStr, PlainSerializer(SecretStr.get_secret_value, return_type=str, when_used="json")
    ]


class OperatorApi:
    """The server's own API, called with the operator's credential."""

    def __init__(self, client: httpx2.Client) -> None:
        """Take a client that knows the address and the credential."""
        self._client = client

    def request(
        self, method: Literal["GET", "POST", "DELETE"], path: str, **options: Any
    ) -> dict[str, Any]:
        """Return the JSON that a route answers, or {} where it answers nothing.

        Raises:
            AppError: the server refused, with its own words, or did not answer.
        """
        try:
            response = self._client.request(method, path, **options)
        except httpx2.HTTPError as error:
            raise ConfigurationError(
                f"The running server at {self._client.base_url} does not answer: {error}."
            ) from error
        if response.is_success:
            return response.json() if response.content else {}
        raise AppError(_complaint(response))


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


@contextmanager
def open_operator_api(server: RunningServer) -> Generator[OperatorApi]:
    """Open a connection to a running server, whatever proxies the environment names."""
    headers = {"Authorization": f"Bearer {server.operator_secret.get_secret_value()}"}
    with httpx2.Client(
        base_url=server.url, headers=headers, timeout=_SECONDS, trust_env=False
    ) as client:
        yield OperatorApi(client)


def _complaint(response: httpx2.Response) -> str:
    with suppress(ValueError, KeyError, TypeError):
        return str(response.json()["error"]["message"])
    return f"The running server answered {response.status_code}."
