"""The numbers, as Prometheus reads them."""

from prometheus_client.parser import text_string_to_metric_families

from app.core.telemetry import CallSample, Metrics, UpstreamSample


def samples(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def call(**changes: object) -> CallSample:
    given = {"task": "chat-completion", "upstream": "up", "status": "ok", "seconds": 0.3} | changes
    return CallSample(**given)  # pyright: ignore[reportArgumentType]


WHERE = (("task", "chat-completion"), ("upstream", "up"))


def test_a_call_is_counted_once_it_has_ended() -> None:
    metrics = Metrics()
    metrics.call_started("chat-completion")
    metrics.call_started("chat-completion")

    metrics.call_ended(call(tokens_in=3, tokens_out=5, first_token_seconds=0.2))

    found = samples(metrics)
    task = (("task", "chat-completion"),)
    assert found["meterhouse_calls_in_flight", task] == 1
    assert found["meterhouse_calls_total", (("status", "ok"), *WHERE)] == 1
    assert found["meterhouse_call_seconds_sum", WHERE] == 0.3
    assert found["meterhouse_first_token_seconds_count", WHERE] == 1
    assert found["meterhouse_tokens_total", (("direction", "in"), *WHERE)] == 3
    assert found["meterhouse_tokens_total", (("direction", "out"), *WHERE)] == 5


def test_the_wait_for_a_durable_intent_is_told_apart() -> None:
    metrics = Metrics()
    for intent_seconds, is_durable in ((0.0004, False), (0.004, True), (0.006, True)):
        metrics.call_ended(call(intent_seconds=intent_seconds, is_durable=is_durable))

    found = samples(metrics)
    quick, durable = (("durable", "no"),), (("durable", "yes"),)
    assert found["meterhouse_intent_seconds_count", quick] == 1
    assert found["meterhouse_intent_seconds_count", durable] == 2
    assert found["meterhouse_intent_seconds_bucket", (*durable, ("le", "0.003"))] == 0
    assert found["meterhouse_intent_seconds_bucket", (*durable, ("le", "0.005"))] == 1
    assert found["meterhouse_intent_seconds_bucket", (*durable, ("le", "0.0075"))] == 2


def test_attempts_are_counted_by_upstream_and_status() -> None:
    metrics = Metrics()

    metrics.call_ended(call(attempts=[("a", "error"), ("a", "error"), ("b", "ok")]))

    found = samples(metrics)
    assert (
        found["meterhouse_upstream_attempts_total", (("status", "error"), ("upstream", "a"))] == 2
    )
    assert found["meterhouse_upstream_attempts_total", (("status", "ok"), ("upstream", "b"))] == 1


def test_upstreams_are_shown_as_they_are_now() -> None:
    metrics = Metrics()
    metrics.show_upstreams([UpstreamSample("a", running=3, open_breakers=2)])
    metrics.show_upstreams([UpstreamSample("a", running=0, open_breakers=1)])

    found = samples(metrics)
    assert found["meterhouse_upstream_running", (("upstream", "a"),)] == 0
    assert found["meterhouse_breaker_open", (("upstream", "a"),)] == 1


def test_what_is_not_known_is_not_counted() -> None:
    metrics = Metrics()
    metrics.call_started("chat-completion")

    metrics.call_ended(call(upstream=None, status="error"))

    found = samples(metrics)
    nobody = (("status", "error"), ("task", "chat-completion"), ("upstream", "none"))
    assert found["meterhouse_calls_total", nobody] == 1
    assert not any(name.startswith("meterhouse_tokens") for name, _ in found)
    assert not any(name.startswith("meterhouse_first_token") for name, _ in found)


def test_requests_are_counted_by_template_and_class_of_status() -> None:
    metrics = Metrics()

    for status in (200, 204, 404, 499):
        metrics.request_ended(method="GET", route="/v1/models", status=status, seconds=0.01)

    found = samples(metrics)
    where = (("method", "GET"), ("route", "/v1/models"))
    assert found["meterhouse_http_requests_total", (*where, ("status", "2xx"))] == 2
    assert found["meterhouse_http_requests_total", (*where, ("status", "4xx"))] == 2
    assert found["meterhouse_http_request_seconds_count", (("route", "/v1/models"),)] == 4


def test_a_made_up_method_makes_no_label() -> None:
    metrics = Metrics()

    for method in ("BREW", "STEEP", "get"):
        metrics.request_ended(method=method, route="unmatched", status=404, seconds=0)

    methods = {
        dict(labels)["method"]
        for name, labels in samples(metrics)
        if name == "meterhouse_http_requests_total"
    }
    assert methods == {"OTHER"}


def test_two_gateways_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()

    one.request_ended(method="GET", route="/", status=200, seconds=0)

    assert ("meterhouse_http_request_seconds_count", (("route", "/"),)) in samples(one)
    assert samples(other) == {}
