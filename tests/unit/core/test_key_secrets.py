"""What an API key looks like, and what is kept of it."""

import string

from hypothesis import given, strategies as st

from app.core.security import digest, is_well_formed, new_secret

BASE62 = string.digits + string.ascii_letters
SECRET = "mh_" + "0123456789abcdefghijABCDEFGHIJ01" + "1ahSqu"


def test_a_secret_is_the_prefix_32_characters_and_6_that_check_them() -> None:
    secret = new_secret()

    assert len(secret) == 3 + 32 + 6
    assert secret.startswith("mh_")
    assert set(secret[3:]) <= set(BASE62)
    assert is_well_formed(secret)


def test_two_secrets_differ() -> None:
    assert len({new_secret() for _ in range(100)}) == 100


def test_the_checksum_is_the_crc32_of_the_random_part() -> None:
    # zlib.crc32(b"0123456789abcdefghijABCDEFGHIJ01") in base 62: scanners elsewhere compute it too.
    assert is_well_formed(SECRET)


@given(position=st.integers(0, 40), character=st.characters())
def test_any_one_changed_character_is_found(position: int, character: str) -> None:
    changed = SECRET[:position] + character + SECRET[position + 1 :]

    assert is_well_formed(changed) == (changed == SECRET)


@given(st.integers(0, 39))
def test_two_swapped_neighbours_are_found(position: int) -> None:
    first, second = SECRET[position : position + 2]
    swapped = SECRET[:position] + second + first + SECRET[position + 2 :]

    assert is_well_formed(swapped) == (swapped == SECRET)


@given(st.text())
def test_any_other_text_is_no_key(text: str) -> None:
    assert not is_well_formed(text)
    assert not is_well_formed("mh_" + text)


def test_a_cut_or_lengthened_key_is_no_key() -> None:
    assert not is_well_formed(SECRET[:-1])
    assert not is_well_formed(SECRET + "0")
    assert not is_well_formed(f" {SECRET[1:]}")


def test_a_digest_depends_on_secret_and_pepper_and_shows_neither() -> None:
    stored = digest(b"p" * 32, SECRET)

    assert len(stored) == 32
    assert stored == digest(b"p" * 32, SECRET)
    assert stored != digest(b"q" * 32, SECRET)
    assert stored != digest(b"p" * 32, new_secret())
