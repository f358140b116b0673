"""What callers put into the Authorization header, and what to tell them where it is no key."""

from typing import Final

from app.core.errors import UnauthenticatedError
from app.core.security import KEY_PREFIX, is_well_formed

_OWNERS: Final = {"hf_": "a Hugging Face", "sk-": "an OpenAI"}
_MISSING: Final = "No API key was sent. Send the header `Authorization: Bearer mh_...`."
_NO_SCHEME: Final = (
    "The Authorization header needs the word Bearer before the key: `Authorization: Bearer mh_...`."
)
_MISTYPED: Final = (
    "This API key is cut off or mistyped. Copy it again: a Meterhouse key is `mh_` and 38 "
    "letters and digits."
)
_STRANGE: Final = (
    "That is not a Meterhouse key. One begins `mh_` and comes from whoever runs this gateway "
    "(`meterhouse keys create`)."
)


def read_bearer(authorization: str | None) -> str:
    """Return the secret in an Authorization header.

    Raises:
        UnauthenticatedError: there is none, or it is not sent as a bearer.
    """
    scheme, _, secret = (authorization or "").strip().partition(" ")
    if scheme.lower() == "bearer" and secret:
        return secret.strip()
    if scheme.lower() in {"", "bearer"}:
        raise UnauthenticatedError(_MISSING)
    refuse_foreign(scheme)
    raise UnauthenticatedError(_NO_SCHEME)


def refuse_foreign(secret: str) -> None:
    """Refuse somebody else's key by its first characters, before anything is done with it.

    Raises:
        UnauthenticatedError: it is a Hugging Face or an OpenAI key.
    """
    owner = _OWNERS.get(secret[:3])
    if owner is not None:
        raise UnauthenticatedError(f"That is {owner} key. Use a Meterhouse key (mh_...).")


def refuse_malformed(secret: str) -> None:
    """Refuse what can be no key of ours, without asking the database.

    Raises:
        UnauthenticatedError: the form or the checksum is wrong.
    """
    if not is_well_formed(secret):
        raise UnauthenticatedError(_MISTYPED if secret.startswith(KEY_PREFIX) else _STRANGE)
