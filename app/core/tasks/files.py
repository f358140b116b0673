"""Pictures, sounds and videos as tasks take and give them."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from app.utils.media import media_type_of


class Kind(StrEnum):
    """What a file is for people."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


# What is taken for what: sounds come in containers of videos, and moving pictures as GIF.
_ALSO: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.IMAGE: (),
    Kind.AUDIO: ("video/mp4", "video/webm"),
    Kind.VIDEO: ("image/gif",),
}
_NAME: Final = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)  # of a media type: it goes into headers
_PROGRAMS: Final = frozenset({"image/svg+xml"})  # a page that may hold scripts, for a browser
_ARTICLES: Final = {Kind.IMAGE: "an image", Kind.AUDIO: "audio", Kind.VIDEO: "a video"}


@dataclass(frozen=True, slots=True)
class File:
    """A file that came in, or out."""

    kind: Kind
    media_type: str
    data: bytes


def read_file(kind: Kind, data: bytes, said: str | None = None) -> File:
    """Return bytes as a file of a kind: by their first bytes, or else by what was said of them.

    Args:
        kind: What it has to be.
        data: The file.
        said: Its media type, as whoever sent it names it.

    Raises:
        ValueError: it is something else, or nobody knows what.
    """
    found = media_type_of(data)
    if found is not None:
        if _is_of(kind, found):
            return File(kind, found, data)
        raise ValueError(f"must be {_ARTICLES[kind]}, and these bytes are {found}")
    if said is not None and _NAME.fullmatch(said) and _is_of(kind, said):
        return File(kind, said, data)
    raise ValueError(f"must be {_ARTICLES[kind]}, and these bytes are of no format that is known")


def _is_of(kind: Kind, media_type: str) -> bool:
    is_of = media_type.startswith(f"{kind}/") or media_type in _ALSO[kind]
    return is_of and media_type not in _PROGRAMS


def _in_base64(kind: Kind) -> Callable[[Any], File]:
    def read(value: Any) -> File:
        if not isinstance(value, str):
            raise ValueError(f"must be {_ARTICLES[kind]} in base64")  # noqa: TRY004 - pydantic's
        try:
            data = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise ValueError(
                f"must be {_ARTICLES[kind]} in base64: A-Z, a-z, 0-9, + and /, without a `data:` "
                "before it"
            ) from None
        return read_file(kind, data)

    return read


def _schema(kind: Kind) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "string", "contentEncoding": "base64", "contentMediaType": f"{kind}/*"}
    )


Image = Annotated[File, BeforeValidator(_in_base64(Kind.IMAGE)), _schema(Kind.IMAGE)]
Audio = Annotated[File, BeforeValidator(_in_base64(Kind.AUDIO)), _schema(Kind.AUDIO)]
Video = Annotated[File, BeforeValidator(_in_base64(Kind.VIDEO)), _schema(Kind.VIDEO)]
IN_BASE64: Final[Mapping[Kind, Any]] = {Kind.IMAGE: Image, Kind.AUDIO: Audio, Kind.VIDEO: Video}
# The smallest PNG, where something has to be shown.
PIXEL: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)
