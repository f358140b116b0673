"""Keys, managed through the running server, or in the database where none runs."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Final, Protocol
from urllib.parse import quote

from app.api.v1.schemas.keys import KeyCreate, KeyIssued, KeyList, KeyOut
from app.cli.data_folder import make_ready
from app.cli.operator import OperatorApi, find_server, open_operator_api
from app.core.clock import SystemClock
from app.core.config import Settings
from app.core.security import load_pepper
from app.db.data_lock import hold
from app.db.database import open_database
from app.db.repositories.api_keys import ApiKeyRepository
from app.db.schema import require_head
from app.services.keys import KeyService
from app.services.principals import PrincipalKind, builtin_principal
from app.utils.paging import Cursor

_OPERATOR: Final = builtin_principal(PrincipalKind.OPERATOR)
_PAGE: Final = 100


class KeyDesk(Protocol):
    """What the operator may do with keys."""

    def issue(self, wanted: KeyCreate) -> KeyIssued:
        """Create a key and return it with its secret."""
        ...

    def list_page(self, after: str | None) -> KeyList:
        """Return keys, newest first, beginning after the one with this id."""
        ...

    def revoke(self, key_id: str) -> None:
        """Make a key unusable.

        Raises:
            AppError: there is no such key.
        """
        ...


def list_all(desk: KeyDesk) -> Sequence[KeyOut]:
    """Return every key, newest first."""
    page = desk.list_page(None)
    found = [*page.data]
    while page.has_more:
        page = desk.list_page(page.last_id)
        found += page.data
    return found


@contextmanager
def open_key_desk(settings: Settings, *, may_begin: bool = False) -> Generator[KeyDesk]:
    """Open the keys of a data folder, wherever they have to be changed.

    Args:
        settings: Say which folder.
        may_begin: Make a database where there is none yet.

    Raises:
        ConfigurationError: the folder cannot be used.
    """
    server = find_server(settings.data_dir)
    if server is not None:
        with open_operator_api(server) as api:
            yield RemoteKeys(api)
        return
    if may_begin:
        make_ready(settings.data_dir)
    require_head(settings.data_dir)
    with hold(settings.data_dir):
        yield StoredKeys(settings)


class RemoteKeys:
    """Keys behind a running server's API."""

    def __init__(self, api: OperatorApi) -> None:
        """Take the API, with the operator's credential."""
        self._api = api

    def issue(self, wanted: KeyCreate) -> KeyIssued:
        """Create a key and return it with its secret."""
        body = wanted.model_dump(mode="json")
        return KeyIssued.model_validate(self._api.request("POST", "/v1/keys", json=body))

    def list_page(self, after: str | None) -> KeyList:
        """Return keys, newest first, beginning after the one with this id."""
        wanted = {"limit": _PAGE} | ({"after": after} if after else {})
        return KeyList.model_validate(self._api.request("GET", "/v1/keys", params=wanted))

    def revoke(self, key_id: str) -> None:
        """Make a key unusable; the server stops taking it at once."""
        self._api.request("DELETE", f"/v1/keys/{quote(key_id, safe='')}")


class StoredKeys:
    """Keys in the database of a folder that no server uses."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings that say where the database and the pepper are."""
        self._store = KeyStore(settings)

    def issue(self, wanted: KeyCreate) -> KeyIssued:
        """Create a key and return it with its secret."""
        return asyncio.run(self._store.issue(wanted))

    def list_page(self, after: str | None) -> KeyList:
        """Return keys, newest first, beginning after the one with this id."""
        return asyncio.run(self._store.list_page(after))

    def revoke(self, key_id: str) -> None:
        """Make a key unusable."""
        asyncio.run(self._store.revoke(key_id))


class KeyStore:
    """Keys in a database, each time in a transaction of its own."""

    def __init__(self, settings: Settings) -> None:
        """Take the settings that say where the database and the pepper are."""
        self._settings = settings

    async def issue(self, wanted: KeyCreate) -> KeyIssued:
        """Create a key and return it with its secret."""
        async with self._keys() as keys:
            issued = await keys.issue(
                name=wanted.name,
                scopes=wanted.scopes,
                expires_at=wanted.expires_at,
                issuer=_OPERATOR,
            )
            return KeyIssued.of_issued(issued)

    async def list_page(self, after: str | None) -> KeyList:
        """Return keys, newest first, beginning after the one with this id."""
        async with self._keys() as keys:
            return KeyList.of(await keys.list_page(Cursor(limit=_PAGE, after=after)))

    async def revoke(self, key_id: str) -> None:
        """Make a key unusable, for processes that start after this."""
        async with self._keys() as keys:
            await keys.revoke(key_id)

    @asynccontextmanager
    async def _keys(self) -> AsyncGenerator[KeyService]:
        pepper = load_pepper(self._settings.data_dir, self._settings.key_pepper)
        async with (
            open_database(self._settings.data_dir) as database,
            database.transaction() as session,
        ):
            yield KeyService(ApiKeyRepository(session), SystemClock(), pepper)
