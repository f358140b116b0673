"""The fields of a `multipart/form-data` body, as far as clients of ours write them."""

import re
from collections.abc import Mapping
from typing import Final

_BOUNDARY: Final = re.compile(r'multipart/form-data;.*boundary="?([^";]+)')
_NAME: Final = re.compile(rb'\bname="([^"]*)"')


def fields_of(body: bytes, content_type: str) -> Mapping[str, bytes]:
    """Return what each field holds. A body that is none has no field."""
    found = _BOUNDARY.match(content_type)
    if found is None:
        return {}
    fields: dict[str, bytes] = {}
    for part in body.split(b"--" + found[1].encode("latin-1"))[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        if name := _NAME.search(head):
            fields[name[1].decode("latin-1")] = data.removesuffix(b"\r\n")
    return fields
