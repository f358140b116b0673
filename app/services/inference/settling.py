"""The end of a call: however it comes, the call is settled and leaves its one entry."""

from types import TracebackType

from app.core.clock import Clock
from app.core.telemetry import Metrics
from app.services.admission.admission import Admission
from app.services.admission.admitted import Admitted
from app.services.call import Call
from app.services.inference.entries import entry_of, sample_of
from app.services.inference.front_door import FrontDoor
from app.services.inference.outcome import Outcome
from app.services.inference.used import sum_up
from app.services.ledger.body_rules import BodyRules
from app.utils.embedded_files import in_words


class Settling:
    """Settles all calls, and stores of their bodies what the rules say."""

    def __init__(
        self,
        admission: Admission,
        body_rules: BodyRules,
        metrics: Metrics,
        *,
        front_door: FrontDoor,
        clock: Clock,
    ) -> None:
        """Take who lets calls out, stores what was said, and counts."""
        self.admission = admission
        self.body_rules = body_rules
        self.metrics = metrics
        self.front_door = front_door
        self.clock = clock

    def of(self, call: Call, admitted: Admitted) -> "SettledCall":
        """Return what settles one call: `with settling.of(call, admitted) as outcome: ...`."""
        return SettledCall(self, call, admitted)


class SettledCall:
    """One call between its admission and its entry."""

    __slots__ = ("_admitted", "_call", "_its", "_outcome")

    def __init__(self, its: Settling, call: Call, admitted: Admitted) -> None:
        """Take the call, which has been let in."""
        self._its = its
        self._call = call
        self._admitted = admitted
        self._outcome = Outcome(recording=its.body_rules.start(call.principal, _shown(call)))

    def __enter__(self) -> Outcome:
        """Begin; what becomes of the call is noted in what this returns."""
        self._call.trace.started = self._its.clock.monotonic()
        self._its.metrics.call_started(self._call.task)
        return self._outcome

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Settle the call, and write its one entry."""
        its, call, outcome, trace = self._its, self._call, self._outcome, self._call.trace
        if isinstance(error, Exception):
            outcome.fail(error)
        trace.latency_seconds = its.clock.monotonic() - trace.started
        used = sum_up([made.used for made in outcome.tries])
        trace.cost_nusd = used.cost_nusd
        its.metrics.call_ended(sample_of(call, self._admitted, outcome, used))
        body = outcome.recording and its.body_rules.end(
            outcome.recording, call.id, is_stream=call.stream
        )
        its.front_door.leave()
        its.admission.settle(self._admitted, entry_of(call, self._admitted, outcome, used), body)


def _shown(call: Call) -> bytes:
    """Return what may be stored of a request: of a file that is no JSON, only its size."""
    return call.body if call.work is None else in_words(call.body, call.work.manner.media_type)
