"""Says what is wrong with a request body or parameter, in one sentence and one path."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

from app.core.errors import AppError, InvalidRequestError, UnsupportedMediaTypeError
from app.core.problems import describe

_Location = tuple[int | str, ...]

_PLACES: Final = {"body", "query", "path", "header", "cookie"}
_OBJECT: Final = {"dict_type", "model_type", "model_attributes_type", "dataclass_type"}
_LONGEST_NAME: Final = 200  # a caller chooses the names of unknown fields
_MOST_REASONS: Final = 3  # a union has one for each of its members
# Names that pydantic puts into a path for a member of a union: types, never fields of ours.
_MEMBER: Final = re.compile(
    r"[a-z-]+\[.*|(?:constrained-)?(?:str|int|float)|bool|dict|list|bytes|none|[A-Z]\w*"
)
_JSON: Final = re.compile(r"application/(?:[\w.+-]+\+)?json\b", re.IGNORECASE)

_NOTHING: Final = object()

NO_BODY: Final = "The request has no body. Send JSON, with `Content-Type: application/json`."


def as_domain_error(
    problems: Sequence[Mapping[str, Any]], *, body: object, content_type: str | None
) -> AppError:
    """Return the error to answer for what FastAPI or a model refused.

    `body` is what the problems are about: parsed, or still bytes where no JSON was announced.
    """
    if not problems:
        return InvalidRequestError("The request is not valid.")
    if isinstance(body, bytes) and body and not is_json(content_type):
        said = f"`{content_type[:100]}`" if content_type else "missing"
        return UnsupportedMediaTypeError(
            f"The Content-Type is {said}. Send JSON, with `Content-Type: application/json`."
        )
    if broken := next((one for one in problems if one["type"] == "json_invalid"), None):
        return InvalidRequestError(_broken_json(broken, body))
    return _first_problem(problems, body)


def is_json(content_type: str | None) -> bool:
    """Say whether a Content-Type announces JSON."""
    return content_type is not None and _JSON.match(content_type.strip()) is not None


def _first_problem(problems: Sequence[Mapping[str, Any]], body: object) -> AppError:
    """Explain the deepest problem: in a union, that is the member which fits best."""
    if all(tuple(one["loc"]) == ("body",) and one["type"] == "missing" for one in problems):
        return InvalidRequestError(NO_BODY)
    paths = [_path(one, body) for one in problems]
    path = max(paths, key=len)  # the first of the longest
    reasons = [_reason(one) for one, at in zip(problems, paths, strict=True) if at == path]
    others = len({at for at in paths if at != path and at != path[: len(at)]})
    more = f" (and {others} more problem{'s' * (others > 1)})" if others else ""
    name = ".".join(map(str, path))[:_LONGEST_NAME] or None
    what = f"`{name}`" if name else "The body"
    return InvalidRequestError(f"{what} {_either(reasons)}{more}.", param=name)


def _reason(problem: Mapping[str, Any]) -> str:
    kind = problem["type"]
    if kind in _OBJECT:
        return "must be an object"
    if kind in {"too_short", "too_long"}:
        return _wrong_length(problem["ctx"])
    if kind == "extra_forbidden":
        return "is not a field that is known here; remove it"
    return describe(cast("Any", problem)).replace("a text in quotes", "a text")


def _wrong_length(bounds: Mapping[str, Any]) -> str:
    least, most = bounds.get("min_length"), bounds.get("max_length")
    bound = f"at least {least}" if most is None else f"at most {most}"
    # "Value": a secret text, which has characters; all else that has a length is a list of things.
    return f"must have {bound} {'characters' if bounds['field_type'] == 'Value' else 'items'}"


def _either(reasons: Iterable[str]) -> str:
    first, *rest = list(dict.fromkeys(reasons))[:_MOST_REASONS]
    return " or ".join([first, *(one.removeprefix("must be ") for one in rest)])


def _path(problem: Mapping[str, Any], body: object) -> _Location:
    """Return where a problem is in the caller's own words, without names of union members."""
    location = cast("_Location", tuple(problem["loc"]))
    if location[:1] and location[0] in _PLACES:
        if location[0] != "body":
            return location[1:]
        location = location[1:]
    kept = tuple(_steps(location, body))
    discriminator = problem.get("ctx", {}).get("discriminator")
    if problem["type"].startswith("union_tag_") and discriminator:
        return (*kept, str(discriminator).strip("'"))
    return kept


def _steps(location: _Location, body: object) -> Iterable[int | str]:
    """Walk the body along a path; what leads nowhere in it is the name of a union's member."""
    is_seen = isinstance(body, dict | list)
    here = body
    for place, part in enumerate(location, start=1):
        rest = location[place:]
        below = _below(here, part)
        if isinstance(below, dict | list):
            here = cast("object", below)
            yield part
        elif below is not _NOTHING and all(map(_is_member, rest)):
            yield part
            return
        elif not (rest and is_seen) and not _is_member(part):
            yield part


def _below(here: object, part: int | str) -> object:
    if isinstance(here, dict):
        return cast("dict[int | str, object]", here).get(part, _NOTHING)
    if isinstance(here, list) and isinstance(part, int):
        items = cast("list[object]", here)
        return items[part] if part < len(items) else _NOTHING
    return _NOTHING


def _is_member(part: int | str) -> bool:
    return isinstance(part, str) and _MEMBER.fullmatch(part) is not None


def _broken_json(problem: Mapping[str, Any], body: object) -> str:
    """Say where JSON stops being JSON. FastAPI knows the offset, pydantic the line."""
    said = str(problem.get("ctx", {}).get("error", problem["msg"]))
    place = problem["loc"][-1] if problem["loc"] else None
    if isinstance(body, str) and isinstance(place, int):
        line = body.count("\n", 0, place) + 1
        column = place - body.rfind("\n", 0, place)
        said = f"{said} at line {line} column {column}"
    return f"The body is not valid JSON: {said}."
