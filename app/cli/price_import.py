"""Sends the prices of a file to the gateway, some at a time, and says what became of them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from app.api.v1.schemas.prices import MOST_PRICES, PriceImportOut
from app.cli.operator import OperatorApi
from app.cli.price_lists import TWICE, PriceFile

_MOST_NAMES: Final = 8


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file."""

    file: PriceFile
    created: int
    unchanged: int
    kept: int
    twice: int  # of the same model, once providers stand for one upstream
    no_upstream: Counter[str]  # by the upstream that would stand for the provider

    def lines(self) -> Iterator[str]:
        """Yield what to tell about it."""
        yield (
            f"{self.file.source}: {self.created} taken, {self.unchanged} as they were, "
            f"{self.kept} kept as they were set by hand."
        )
        for reason, count in self.file.left_out.most_common():
            yield f"Left out {count}: {reason}."
        if self.twice:
            yield f"Left out {self.twice}: {TWICE}."
        if self.no_upstream:
            names = [f"{name} {count}" for name, count in self.no_upstream.most_common()]
            more = ", ..." if len(names) > _MOST_NAMES else ""
            yield (
                f"Left out {self.no_upstream.total()}: no upstream of that name "
                f"({', '.join(names[:_MOST_NAMES])}{more}). --map PROVIDER=UPSTREAM names one."
            )
        if self.file.dearer_later:
            yield (
                f"{self.file.dearer_later} of the models in the list cost more beyond a length of "
                "input; their price below it counts for all of it."
            )


async def import_file(
    api: OperatorApi, file: PriceFile, upstreams: Mapping[str, str]
) -> ImportReport:
    """Send what a file holds, for the upstreams that stand for its providers."""
    every = [price.wish(upstreams) for price in file.prices]
    wishes = [*{(one["model"], one["upstream"]): one for one in reversed(every)}.values()]
    counts, no_upstream = Counter[str](), Counter[str]()
    for start in range(0, len(wishes), MOST_PRICES):
        body = {"source": file.source, "prices": wishes[start : start + MOST_PRICES]}
        answer = await api.request("POST", "admin", "prices", "import", json=body)
        done = PriceImportOut.model_validate(answer)
        counts.update(created=done.created, unchanged=done.unchanged, kept=done.kept)
        no_upstream.update({one.upstream: one.prices for one in done.left_out})
    return ImportReport(
        file=file,
        created=counts["created"],
        unchanged=counts["unchanged"],
        kept=counts["kept"],
        no_upstream=no_upstream,
        twice=len(every) - len(wishes),
    )
