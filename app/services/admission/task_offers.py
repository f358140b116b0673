"""What a call of a task costs at one target, in the task's own units."""

from collections.abc import Sequence

from app.core.errors import PriceUnknownError
from app.services.admission.accounts import BudgetPeriod, any_is_hard
from app.services.admission.admitted import Offer, price_for
from app.services.admission.bounds import Bound
from app.services.prices.quote import Quote
from app.services.routing.target import Target
from app.services.tasks.work import Work, tokens_of


def offer_of_task(
    work: Work, target: Target, quote: Quote, periods: Sequence[BudgetPeriod]
) -> Offer:
    """Return what a task is to a target: all that it may come to is held at once.

    Args:
        work: What is asked for.
        target: Who may be asked.
        quote: What is known of prices there: those of the task's units count.
        periods: What the call counts into.

    Raises:
        PriceUnknownError: it counts into a budget, and nobody knows what it costs.
    """
    stated = None if quote.price is None else quote.price.metered(work.unit_in, work.unit_out)
    price, _ = price_for(Quote(stated), target.model, periods)
    if price is not None and price is not stated:  # assumed, for each request
        price = price.metered(work.unit_in, work.unit_out)
    if work.strange and any_is_hard(periods) and not (price is not None and price.is_free):
        raise PriceUnknownError(
            f"The parameter `{work.strange[0]}` is not known here and may change what a call "
            "costs, and a hard budget applies. Leave it out, or ask an admin about the budget.",
            param=f"parameters.{work.strange[0]}",
        )
    out = work.most_written
    bound = Bound(work.read.most, out, work.read.units, out)
    nusd = 0 if price is None else price.cost_of_tokens(bound.input_tokens, out)
    return Offer(target, Quote(price), price, target.model, bound, out, nusd)


def tokens_for_limits(work: Work | None, bound: Bound) -> int:
    """Return what a call counts against a limit of tokens until more is known."""
    if work is None:
        return bound.likely_input_tokens + bound.output_tokens
    read = tokens_of(bound.likely_input_tokens, work.unit_in)
    return read + tokens_of(bound.output_tokens, work.unit_out)
