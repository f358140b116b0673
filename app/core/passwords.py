"""Passwords: how they are made up, and the only form in which they are stored."""

import secrets
import unicodedata
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher

# 32 letters and digits of which no two look alike, so that a password can be read out.
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 5  # 4 x 5 characters of 5 bits: 100 bits
# Of random bytes that nobody kept.
_NOBODYS: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$OO/JAMkMRN5iVLLYUprn3Q"
    "$XFSqQFrPar0j1kGWGAKUs5FtnbgOPPbTlQ1YKNwK340"
)


def new_password() -> str:
    """Return a fresh password that nobody can guess, in groups that people can copy."""
    groups = (
        "".join([secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)]) for _ in "x" * _GROUPS
    )
    return "-".join(groups)


def hash_password(password: str) -> str:
    """Return what is stored of a password: Argon2id with its parameters and a salt.

    It takes 64 MiB and a third of a second, on purpose: call it in a thread.
    """
    return _hasher().hash(password)


def verify_password(password: str, hashed: str | None) -> bool:
    """Say whether a password is the one that was hashed. It takes as long where none was.

    Like hashing, it belongs in a thread.
    """
    return _hasher().verify(password, hashed or _NOBODYS) and hashed is not None


def is_outdated(hashed: str) -> bool:
    """Say whether a password should be hashed anew, because today's parameters are others."""
    return _hasher().check_needs_rehash(hashed)


def normal_password(password: str) -> str:
    """Return a password as it is hashed: the same one typed on another machine is the same."""
    return unicodedata.normalize("NFC", password)


def _hasher() -> Argon2Hasher:
    return Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=4)
