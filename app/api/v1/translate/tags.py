"""What a call says of itself: tags, out of a header and of OpenAI's `metadata`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from app.api.v1.schemas.fields import TagName, TagValue
from app.core.errors import InvalidRequestError
from app.core.problems import describe
from app.services.key_editor import MAX_TAGS

HEADER: Final = "X-Meterhouse-Tags"
# As a route shows it: declared to FastAPI, it would cost each call without tags, too.
PARAMETER: Final[Mapping[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": f"At most {MAX_TAGS} tags that the call's entry carries: "
    "`team=search,feature=autocomplete`. They go before `metadata`, and the key's own before both.",
}

_NAME: Final = HEADER.lower().encode()
_TAGS: Final = TypeAdapter(dict[TagName, TagValue])
_WAY_OUT: Final = "Write `name=value,name=value`; what a header cannot hold can be in `metadata`."


def tags_of(
    headers: Iterable[tuple[bytes, bytes]],
    metadata: Mapping[str, str] | None,
    fixed: Mapping[str, str],
) -> Mapping[str, str]:
    """Return the tags of a call: those of the header, then those of `metadata`.

    Args:
        headers: As they came, with names in lower case.
        metadata: Of the body, checked by its form.
        fixed: The key's own. They go before what is returned here.

    Raises:
        InvalidRequestError: the header is no list of tags, or there are too many in all.
    """
    sent = [value for name, value in headers if name == _NAME]
    if not sent and not metadata:
        return {}
    tags = {**(metadata or {}), **_in_header(b",".join(sent))}
    if len(tags.keys() | fixed.keys()) > MAX_TAGS:
        raise InvalidRequestError(
            f"A call has at most {MAX_TAGS} tags, and this one would have "
            f"{len(tags.keys() | fixed.keys())}, with the {len(fixed)} that its key puts on each. "
            "Send fewer.",
            param=HEADER if sent else "metadata",
        )
    return tags


def _in_header(value: bytes) -> Mapping[str, str]:
    """Read a list. As everywhere in HTTP, nothing between two commas is no item."""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        raise _refusal("is not UTF-8 text") from None
    tags = dict[str, str]()
    for item in filter(None, map(str.strip, text.split(","))):
        name, equals, tag = (part.strip() for part in item.partition("="))
        if not equals:
            raise _refusal(f"holds {item[:80]!r}, which has no `=`")
        if name in tags:
            raise _refusal(f"holds {name[:80]!r} twice")
        tags[name] = tag
    try:
        return _TAGS.validate_python(tags)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = str(problem["loc"][0])
        raise _refusal(f"holds a bad tag: {name[:80]!r} {describe(problem)}") from None


def _refusal(reason: str) -> InvalidRequestError:
    return InvalidRequestError(f"The header {HEADER} {reason}. {_WAY_OUT}", param=HEADER)
