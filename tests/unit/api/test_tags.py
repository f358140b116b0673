"""Reading the tags of a call."""

import pytest
from hypothesis import given, strategies as st

from app.api.v1.translate.tags import HEADER, tags_of
from app.core.errors import InvalidRequestError

names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=64)
values = st.text(st.characters(categories=["L", "N"], include_characters="=-.:/ "), max_size=256)
EIGHT = ",".join(f"{number}=x" for number in range(8))


def read(
    *headers: str | bytes,
    metadata: dict[str, str] | None = None,
    fixed: dict[str, str] | None = None,
) -> dict[str, str]:
    sent = [one if isinstance(one, bytes) else one.encode() for one in headers]
    pairs = [(b"host", b"x"), *((b"x-meterhouse-tags", one) for one in sent)]
    return dict(tags_of(pairs, metadata, fixed or {}))


@given(tags=st.dictionaries(names, values.map(str.strip), max_size=8))
def test_what_is_written_as_a_list_is_read_from_it(tags: dict[str, str]) -> None:
    assert read(",".join(f"{name}={value}" for name, value in tags.items())) == tags


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("team=search,feature=autocomplete", {"team": "search", "feature": "autocomplete"}),
        (
            " team = search ,, feature=auto complete, ",
            {"team": "search", "feature": "auto complete"},
        ),
        ("query=a=b", {"query": "a=b"}),
        ("empty=", {"empty": ""}),
        ("ort=Köln", {"ort": "Köln"}),
        ("", {}),
        (",", {}),
    ],
)
def test_a_list_may_have_spaces_and_gaps(header: str, expected: dict[str, str]) -> None:
    assert read(header) == expected


def test_a_header_may_come_twice() -> None:
    assert read("a=1", "b=2") == {"a": "1", "b": "2"}


def test_a_header_goes_before_metadata() -> None:
    assert read("a=1", metadata={"a": "2", "b": "3"}) == {"a": "1", "b": "3"}


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (["team"], "no `=`"),
        (["=search"], "at least 1 character"),
        (["a=1,a=2"], "'a' twice"),
        (["a=1", "a=1"], "'a' twice"),
        (["n" * 65 + "=x"], "at most 64 characters"),
        (["a=" + "x" * 257], "'a' must have at most 256 characters"),
        (["a=b\x00c"], "one line of printable characters"),
        (["a=b\u202ec"], "one line of printable characters"),
        ([b"a=\xff"], "not UTF-8 text"),
        ([EIGHT + ",8=x"], "at most 8 tags"),
    ],
)
def test_a_bad_header_is_refused_with_a_way_out(headers: list[str | bytes], words: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read(*headers)

    assert words in caught.value.message
    assert HEADER in f"{caught.value.param} {caught.value.message}"
    assert caught.value.param == HEADER


def test_a_message_about_a_long_header_is_short() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read("x" * 30_000 + "=" + "y" * 300)

    assert len(caught.value.message) < 400


class TestTogether:
    def test_are_at_most_eight_with_those_of_the_key(self) -> None:
        assert len(read(EIGHT, fixed={"0": "y"})) == 8  # which has the name already

        with pytest.raises(InvalidRequestError, match="at most 8 tags") as caught:
            read(EIGHT, fixed={"team": "search"})
        assert caught.value.param == HEADER

    def test_that_metadata_makes_too_many_name_it(self) -> None:
        metadata = dict(one.split("=") for one in EIGHT.split(","))

        with pytest.raises(InvalidRequestError, match="9, with the 1") as caught:
            read(metadata=metadata, fixed={"team": "search"})
        assert caught.value.param == "metadata"
