"""Names of models as the Hub has them."""

import re
from typing import Final

PATTERN: Final = r"^[\w.-]+(/[\w.-]+)?(:[\w-]+)?$"

_ID: Final = re.compile(PATTERN, re.ASCII)
_LONGEST: Final = 200


def is_model_id(text: str) -> bool:
    """Say whether a text is a Hub model's id, with a suffix or without; `..` never is in one."""
    if len(text) > _LONGEST or ".." in text or text.endswith("\n") or _ID.match(text) is None:
        return False
    return not any(part == "." for part in text.partition(":")[0].split("/"))
