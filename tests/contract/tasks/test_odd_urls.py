"""Nothing odd in a URL reaches an upstream: paths as no client would write them."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.contract.upstream import Upstream

# What each form of URL takes.
BODIES = {
    "": b'{"inputs": "A [MASK]"}',
    "/pipeline/fill-mask": b'{"inputs": "A [MASK]"}',
    "/v1/chat/completions": b'{"messages": [{"role": "user", "content": "Hello"}]}',
    "/v1/completions": b'{"prompt": "Hello"}',
}
ODD = [
    *("..", ".", "../..", "org/..", "org/.", "./x", "../x", "org/../../x", "../api/models/x"),
    *("org/%2e%2e", "%2e%2e%2fx", "org%2f..%2fx", "org/%252e%252e/x", "/etc/passwd", "//x"),
    *("org//x", "org/x/y/z", "org%2f%2fx", "org/x%00", "org/x%0d%0aA:b", "org/x%20y", "org%5cx"),
    *("org/x%23y", "org/%c3%a4", "org/%ff", "org/x:a:b", "org/x:", ":x", "a" * 300, "org/x%3fa=b"),
    *("http://else.where/x", "org/x@else.where", "org/x;a=b", "org/x,y", "org/x*", "", "%2f"),
]


def send(
    gateway_url: str, secret: str, path: str, body: bytes = b"", *, method: str = "POST"
) -> tuple[int, bytes]:
    """Send a path as it is, and return the status and the body."""
    place = urlsplit(gateway_url)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {secret}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    with socket.create_connection((str(place.hostname), place.port or 80), timeout=10) as line:
        line.sendall(head.encode() + body)
        answer = b"".join(iter(lambda: line.recv(65_536), b""))
    return int(answer.split(b" ", 2)[1]), answer.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("rest", BODIES)
def test_an_odd_model_is_refused_and_never_sent(
    gateway_url: str, secret: str, upstream: Upstream, *, odd: str, rest: str
) -> None:
    before = _count(upstream)

    status, answer = send(gateway_url, secret, f"/hf-inference/models/{odd}{rest}", BODIES[rest])

    assert status in {400, 404, 405}, answer
    assert b'"error"' in answer
    assert _count(upstream) == before


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_model_is_refused_at_the_urls_of_old_scripts_and_of_facts(
    gateway_url: str, secret: str, upstream: Upstream, *, odd: str
) -> None:
    before = _count(upstream)

    answers = [
        send(gateway_url, secret, f"/models/{odd}", BODIES[""]),
        *(
            send(gateway_url, secret, f"/hf-inference/models/{odd}/{fact}", method="GET")
            for fact in ("health", "info")
        ),
    ]

    assert {status for status, _ in answers} <= {400, 404, 405}, answers
    assert _count(upstream) == before


@pytest.mark.parametrize("rest", ["/pipeline", "/v1", "/v1/embeddings", "/anything", "/pipeline/"])
def test_a_path_that_is_not_listed_is_refused_and_never_sent(
    gateway_url: str, secret: str, upstream: Upstream, rest: str
) -> None:
    before = _count(upstream)

    for method in ("POST", "GET"):
        path = f"/hf-inference/models/org/fill-mask{rest}"
        status, answer = send(gateway_url, secret, path, BODIES[""], method=method)
        assert status in {400, 404, 405}, answer
    assert _count(upstream) == before


def test_an_ordinary_one_is_answered(gateway_url: str, secret: str) -> None:
    for model in ("org/fill-mask", "org%2ffill-mask", "org%2Ffill%2dmask"):
        status, answer = send(gateway_url, secret, f"/hf-inference/models/{model}", BODIES[""])
        assert (status, b"sequence" in answer) == (200, True)


def _count(upstream: Upstream) -> int:
    calls = upstream.client.get("/simulator/calls").json()["data"]
    return max((call["number"] for call in calls), default=0)
