"""What tasks are measured in."""

from enum import StrEnum


class Unit(StrEnum):
    """One kind of what goes into a call, or comes out of it."""

    TOKEN = "token"  # noqa: S105 - not a secret
    CHARACTER = "character"
    PIXEL = "pixel"
    SECOND = "second"  # of sound or video, a begun one is a whole one
    REQUEST = "request"
