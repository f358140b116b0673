"""Takes secrets out of JSON that is still a text, whole or cut off anywhere."""

import re
from typing import Final

from app.core.redaction import HIDDEN, is_secret_name, redact_beginning, redact_whole

# A field with a text; in the second form, in JSON that is a text itself.
_FIELDS: Final = (
    re.compile(r'(?P<name>"[\w.\- ]{1,64}"\s*:\s*")(?P<value>(?:[^"\\]|\\.)+)', re.DOTALL),
    re.compile(r'(?P<name>\\"[\w.\- ]{1,64}\\"\s*:\s*\\")(?P<value>(?:[^"\\]|\\[^"])+)'),
)


def redact_json(text: str, *, is_cut: bool = False) -> str:
    """Return JSON with every text blotted out that is named, or looks like, a secret.

    Args:
        text: One document or several, with whatever stands between them.
        is_cut: Whether it is only the beginning: then the last secret may be cut, too.
    """
    for field in _FIELDS:
        text = field.sub(_without_value, text)
    return redact_beginning(text) if is_cut else redact_whole(text)


def _without_value(found: re.Match[str]) -> str:
    name = found["name"].strip('\\": \t\r\n')
    return f"{found['name']}{HIDDEN}" if is_secret_name(name) else found[0]
