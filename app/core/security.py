"""API key secrets: how they are made, recognised and stored, and the pepper that hashes them."""

import hashlib
import hmac
import os
import secrets
import stat
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from app.core.errors import ConfigurationError

KEY_PREFIX: Final = "mh_"  # public: it lets scanners find a key that got out
PEPPER_FILE: Final = "secret.key"

_BASE62: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY_LENGTH: Final = 32  # 190 bits
_CHECKSUM_LENGTH: Final = 6  # 62**6 > 2**32: room for any CRC32
_SECRET_LENGTH: Final = len(KEY_PREFIX) + _BODY_LENGTH + _CHECKSUM_LENGTH
_PEPPER_MIN_BYTES: Final = 32
_PEPPER_WAY_OUT: Final = (
    "Without the pepper that made them, keys stop working: restore it from a backup, "
    "or remove the file and issue every key again."
)


def new_secret() -> str:
    """Return a fresh key: `mh_`, 32 random characters, and 6 that check them."""
    body = "".join([secrets.choice(_BASE62) for _ in range(_BODY_LENGTH)])
    return KEY_PREFIX + body + _checksum(body)


def is_well_formed(secret: str) -> bool:
    """Say whether a text can be a key at all, without asking the database.

    The checksum (GitHub's scheme) finds every mistyped character and nearly every made-up key.
    """
    if len(secret) != _SECRET_LENGTH or not secret.isascii():
        return False
    body = secret[len(KEY_PREFIX) : -_CHECKSUM_LENGTH]
    return secret.startswith(KEY_PREFIX) and secret.endswith(_checksum(body))


def digest(pepper: bytes, secret: str) -> bytes:
    """Return the only form of a secret that is ever stored: its HMAC-SHA256 under the pepper."""
    return hmac.digest(pepper, secret.encode(), "sha256")


def digester(pepper: bytes) -> Callable[[str], bytes]:
    """Return `digest` under one pepper, made ready: 2 us less for each call, and the lock kept.

    (A one-shot HMAC lets the interpreter's lock go, which another thread then takes.)
    """
    keyed = hmac.new(pepper, digestmod="sha256")

    def digest_of(secret: str) -> bytes:
        mac = keyed.copy()
        mac.update(secret.encode())
        return mac.digest()

    return digest_of


def pepper_version(pepper: bytes) -> int:
    """Return a number that tells peppers apart and says nothing about them."""
    return int.from_bytes(hashlib.sha256(b"meterhouse pepper " + pepper).digest()[:6], "big")


def load_pepper(data_dir: Path, configured: SecretStr | None) -> bytes:
    """Return the pepper: the configured one, else the data folder's, made at first start.

    The file holds the same text that METERHOUSE_KEY_PEPPER takes, so it can move to a secret store.

    Raises:
        ConfigurationError: it is unreadable, too short, or open to every user of the machine.
    """
    if configured is not None:
        return _require_length("METERHOUSE_KEY_PEPPER", configured.get_secret_value().strip())
    path = data_dir / PEPPER_FILE
    try:
        if not path.exists():
            _create(path)
        mode, text = stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(
            f"{path}: cannot use the key pepper ({why}). Make it readable and its folder writable "
            f"for the user who runs Meterhouse, or set METERHOUSE_KEY_PEPPER. {_PEPPER_WAY_OUT}"
        ) from error
    if mode & stat.S_IRWXO:
        raise ConfigurationError(
            f"{path}: every user of this machine can open the key pepper (mode {mode:04o}). "
            f"Run `chmod 600 {path}`."
        )
    return _require_length(str(path), text.strip())


def _create(path: Path) -> None:
    """Write a new pepper so that a crash leaves a whole file or none, and the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(_PEPPER_MIN_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)  # unlike a rename, never replaces what another start made
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        draft.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _require_length(name: str, text: str) -> bytes:
    pepper = text.encode()
    if len(pepper) < _PEPPER_MIN_BYTES:
        raise ConfigurationError(
            f"{name}: the key pepper has {len(pepper)} characters and needs {_PEPPER_MIN_BYTES} "
            f"or more (`openssl rand -hex 32` makes one). {_PEPPER_WAY_OUT}"
        )
    return pepper


def _checksum(body: str) -> str:
    number, characters = zlib.crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        characters = _BASE62[digit] + characters
    return characters
