"""What a failed attempt says: of the request, of the target, of its credential."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from app.core import errors

RATE_LIMITED_SECONDS: Final = 1.0  # where the upstream does not say how long
REFUSED_SECONDS: Final = 300.0  # a credential that is not valid, or may not have the model
NO_CREDITS_SECONDS: Final = 60.0
_NOT_HERE: Final = frozenset({"model_not_supported", "model_not_found"})


class Blame(Enum):
    """What is left alone for a while, or counted against."""

    NOBODY = "nobody"  # the request is to blame, or the gateway itself
    BREAKER = "breaker"  # one failure more of the target
    TARGET = "target"  # it is left alone for a while
    CREDENTIAL = "credential"  # it is, wherever it is used


class Verdict(NamedTuple):
    """What follows from an attempt that failed."""

    blame: Blame
    can_repeat: bool  # at the same target
    can_go_on: bool  # at another one
    pause_seconds: float = 0.0


_FAULT: Final = Verdict(Blame.BREAKER, can_repeat=True, can_go_on=True)
_NOT_THERE: Final = Verdict(Blame.NOBODY, can_repeat=False, can_go_on=True)
_CALLERS_OWN: Final = Verdict(Blame.NOBODY, can_repeat=False, can_go_on=False)
_REFUSED: Final = Verdict(
    Blame.CREDENTIAL, can_repeat=False, can_go_on=True, pause_seconds=REFUSED_SECONDS
)

# The narrowest class that fits counts.
_VERDICTS: Final[Mapping[type[errors.AppError], Verdict]] = {
    errors.UpstreamError: _FAULT,
    errors.UpstreamCredentialsError: _REFUSED,
    errors.UpstreamCreditsError: _REFUSED._replace(pause_seconds=NO_CREDITS_SECONDS),
    errors.UpstreamRateLimitedError: Verdict(
        Blame.CREDENTIAL, can_repeat=True, can_go_on=True, pause_seconds=RATE_LIMITED_SECONDS
    ),
    errors.UpstreamLoadingError: Verdict(Blame.TARGET, can_repeat=True, can_go_on=True),
    errors.UpstreamRejectedError: _CALLERS_OWN,
    errors.UpstreamNotFoundError: _NOT_THERE,
    errors.OverloadedError: _NOT_THERE,
    errors.AppError: _CALLERS_OWN,
}


def verdict_on(error: errors.AppError) -> Verdict:
    """Return what follows from an error of an attempt.

    What the upstream says of time wins: `Retry-After`, or `estimated_time` of a model that loads.
    """
    if isinstance(error, errors.UpstreamRejectedError) and error.code in _NOT_HERE:
        return _NOT_THERE
    if isinstance(error, errors.UpstreamCredentialsError) and error.is_for_model:
        return _REFUSED._replace(blame=Blame.TARGET)
    kind = next(one for one in type(error).__mro__ if one in _VERDICTS)
    verdict = _VERDICTS[kind]
    seconds = error.retry_after_seconds
    if seconds is not None and verdict.blame in {Blame.CREDENTIAL, Blame.TARGET}:
        return verdict._replace(pause_seconds=seconds)
    return verdict
