"""Passwords: how they are made up, and the only form in which they are stored."""

import secrets
from typing import Final

from pwdlib.hashers.argon2 import Argon2Hasher

# 32 letters and digits of which no two look alike, so that a password can be read out.
_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 5  # 4 x 5 characters of 5 bits: 100 bits


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
    return Argon2Hasher(time_cost=3, memory_cost=65_536, parallelism=4).hash(password)
