"""The rule by which tokens are counted."""

from hypothesis import given, settings, strategies as st

from app.simulator.counting import count_tokens, tokens_of


def test_a_token_is_up_to_four_characters_of_a_word_and_the_space_before_it() -> None:
    assert tokens_of("Hello,  big world ") == ["Hell", "o,", "  big", " worl", "d", " "]


def test_nothing_has_no_tokens() -> None:
    assert count_tokens("") == 0


@settings(database=None, deadline=None)
@given(st.text())
def test_tokens_joined_are_the_text_and_never_outnumber_its_bytes(text: str) -> None:
    assert "".join(tokens_of(text)) == text
    assert count_tokens(text) <= len(text.encode("utf-8", "surrogatepass"))
