"""Passwords that nobody chose, and what is stored of them."""

import re

from pwdlib import PasswordHash

from app.core.passwords import hash_password, new_password


def test_a_new_password_has_a_hundred_bits_in_groups() -> None:
    found = {new_password() for _ in range(100)}

    assert len(found) == 100
    assert all(
        re.fullmatch(r"[0-9a-hjkmnp-tv-z]{5}(-[0-9a-hjkmnp-tv-z]{5}){3}", one) for one in found
    )


def test_a_password_is_stored_as_argon2id_with_a_salt() -> None:
    password = new_password()

    first, second = hash_password(password), hash_password(password)

    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert PasswordHash.recommended().verify(password, first)
    assert not PasswordHash.recommended().verify(password + "x", first)
