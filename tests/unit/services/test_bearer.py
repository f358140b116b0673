"""What callers put into the Authorization header, and what they are told."""

import pytest

from app.core.errors import UnauthenticatedError
from app.core.security import new_secret
from app.services.bearer import read_bearer, refuse_foreign, refuse_malformed


@pytest.mark.parametrize(
    "authorization", ["Bearer abc", "bearer abc", "BEARER   abc ", " Bearer abc"]
)
def test_the_secret_follows_the_word_bearer_in_any_case(authorization: str) -> None:
    assert read_bearer(authorization) == "abc"


@pytest.mark.parametrize("authorization", [None, "", " ", "Bearer", "Bearer "])
def test_a_missing_key_is_answered_with_the_header_to_send(authorization: str | None) -> None:
    with pytest.raises(UnauthenticatedError, match=r"Send the header `Authorization: Bearer mh_"):
        read_bearer(authorization)


@pytest.mark.parametrize("authorization", ["mh_abc", "Basic dXNlcjpwYXNz", "Token x"])
def test_a_key_without_the_word_bearer_is_answered_without_repeating_it(authorization: str) -> None:
    with pytest.raises(UnauthenticatedError, match="needs the word Bearer") as refusal:
        read_bearer(authorization)
    assert authorization.rsplit(maxsplit=1)[-1] not in refusal.value.message


def test_a_hugging_face_key_is_recognised_also_without_the_word_bearer() -> None:
    with pytest.raises(UnauthenticatedError, match="That is a Hugging Face key"):
        read_bearer("hf_abcdefgh")


@pytest.mark.parametrize(
    ("secret", "message"),
    [
        ("hf_abcdefgh", "That is a Hugging Face key. Use a Meterhouse key (mh_...)."),
        ("sk-proj-abcdefgh", "That is an OpenAI key. Use a Meterhouse key (mh_...)."),
    ],
)
def test_a_foreign_key_is_named_by_its_owner(secret: str, message: str) -> None:
    with pytest.raises(UnauthenticatedError) as refusal:
        refuse_foreign(secret)
    assert refusal.value.message == message


def test_our_own_keys_are_not_foreign() -> None:
    secret = new_secret()

    refuse_foreign(secret)
    refuse_malformed(secret)


def test_a_mistyped_key_and_another_text_are_told_apart() -> None:
    with pytest.raises(UnauthenticatedError, match="cut off or mistyped"):
        refuse_malformed(new_secret()[:-1])
    with pytest.raises(UnauthenticatedError, match="That is not a Meterhouse key"):
        refuse_malformed("password")
