from dataclasses import replace
from typing import cast

import pytest

from app.services.admission.admitted import Admitted, Offer
from app.services.admission.bounds import Bound
from app.services.admission.hidden_output import MAX_MODELS, HiddenOutput
from app.services.admission.limits import Grant
from app.services.ledger.hold import Hold
from app.services.prices.quote import Quote
from app.services.providers.provider import Provider
from app.services.routing.target import Target

HOLD = Hold(
    id="req_1",
    created_at_ms=0,
    key_id="key_1",
    user_id=None,
    team_id=None,
    client_request_id=None,
    task="chat-completion",
    model="m",
    upstream="up",
    upstream_model="m",
    stream=True,
    unit_in="token",
    unit_out="token",
    units_in=10,
    units_out=1_000,
    held_nusd=1,
    price=None,
    charged=None,
    tags={},
    end_user=None,
)


def _stream(*, held: int = 1_000, written: int = 0, model: str = "m") -> Admitted:
    """Return a stream that may write 40,000 tokens."""
    target = Target("up", model, cast("Provider", None))
    offer = Offer(target, Quote(), None, model, Bound(10, 40_000, 10, 40_000), held, 0)
    return Admitted(
        hold=HOLD,
        charges=(),
        scopes=(),
        offers=(offer,),
        periods=(),
        charged=(),
        grant=Grant(None),
        offer=offer,
        held_nusd=1,
        held_output=held,
        written=written,
    )


def _is_hidden(call: Admitted, units_out: int) -> bool:
    hidden = HiddenOutput()
    hidden.note(call, units_out)
    return hidden.is_known_of("up", "m")


@pytest.mark.parametrize(
    ("held", "written", "units_out", "is_hidden"),
    [
        (1_000, 0, 0, False),
        (1_000, 8, 20, False),  # what a model's template adds is never shown
        (1_000, 8, 265, True),
        (1_000, 900, 1_000, False),
        (1_000, 900, 1_001, True),
        (6_000, 5_000, 5_000, False),
        (40_000, 0, 257, True),
        (40_000, 40_000, 40_001, False),  # above its bound, and all of it shown
    ],
)
def test_output_was_hidden_where_more_was_written_than_was_shown(
    *, held: int, written: int, units_out: int, is_hidden: bool
) -> None:
    assert _is_hidden(_stream(held=held, written=written), units_out) is is_hidden


def test_a_whole_answer_shows_nothing_on_its_way_and_is_held_for_anyway() -> None:
    whole = replace(_stream(), hold=HOLD._replace(stream=False))

    assert not _is_hidden(whole, 40_000)


def test_other_models_are_not_suspected_until_there_are_too_many_to_remember() -> None:
    hidden = HiddenOutput()
    for number in range(MAX_MODELS - 1):
        hidden.note(_stream(model=f"m{number}"), 40_000)
    assert hidden.is_known_of("up", "m1")
    assert not hidden.is_known_of("elsewhere", "m1")

    hidden.note(_stream(model="one more"), 40_000)

    assert hidden.is_known_of("elsewhere", "m1")
