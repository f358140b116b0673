"""Who is calling."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a key may be used for."""

    INFERENCE = "inference"
    MANAGE = "manage"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: the key behind the request and what it may do."""

    key_id: str
    name: str
    scopes: frozenset[Scope]
