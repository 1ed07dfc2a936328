"""Which spelling of which link opens a door?"""

from __future__ import annotations

import base64
import string
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from notifiers.signing import PAGE, Opened, Reason, Refusal, Signer

OLD, NEW = b"o" * 32, b"n" * 32
NONCE = "kX3_vQ9-aB1cD2eF3gH4iJ"
TOKEN = Signer([NEW]).signed(PAGE, NONCE)
UNREADABLE = Refusal(Reason.UNREADABLE)


def test_a_link_of_ours_says_its_nonce():
    assert Signer([NEW]).read_link(TOKEN) == Opened(PAGE, NONCE)


def test_the_same_door_has_the_same_link():
    assert Signer([NEW]).signed(PAGE, NONCE) == TOKEN


@pytest.mark.parametrize(
    ("keys", "is_known"),
    [
        ([NEW, OLD], True),
        ([OLD, NEW], True),  # the key was changed: links of before still open
        ([OLD], False),  # the key was taken out
    ],
)
def test_a_changed_key_knows_links_of_the_one_before_until_that_is_taken_out(keys, is_known):
    expected = Opened(PAGE, NONCE) if is_known else UNREADABLE

    assert Signer(keys).read_link(TOKEN) == expected


def test_the_first_key_signs():
    assert Signer([OLD, NEW]).signed(PAGE, NONCE) == Signer([OLD]).signed(PAGE, NONCE)


def test_a_link_for_one_purpose_is_none_for_another():
    signer = Signer([NEW])

    assert signer.read_link(TOKEN, "form") == UNREADABLE
    assert signer.read_link(signer.signed("form", NONCE)) == UNREADABLE
    assert signer.read_link(signer.signed("form", NONCE), "form") == Opened("form", NONCE)


def test_a_signature_has_one_spelling():
    payload, _, signature = TOKEN.rpartition(".")
    octets = base64.urlsafe_b64decode(signature + "=")
    spellings = [
        signature[:-1] + last
        for last in string.ascii_letters + string.digits + "-_"
        if base64.urlsafe_b64decode(signature[:-1] + last + "=") == octets
    ]

    opened = [s for s in spellings if Signer([NEW]).read_link(f"{payload}.{s}") != UNREADABLE]
    assert (len(spellings), opened) == (4, [signature])


@pytest.mark.parametrize("place", range(len(TOKEN)))
def test_a_changed_character_opens_nothing(place):
    other = "A" if TOKEN[place] != "A" else "B"

    assert Signer([NEW]).read_link(TOKEN[:place] + other + TOKEN[place + 1 :]) == UNREADABLE


@given(
    st.one_of(st.text(), st.text("." + string.ascii_letters, max_size=120), st.binary(), st.lists(st.text()))
)
def test_nothing_a_stranger_sends_opens_or_breaks(token):
    assert Signer([NEW]).read_link(token) == UNREADABLE


@pytest.mark.parametrize(
    "token", [None, 7, [TOKEN], {"t": TOKEN}, TOKEN + "=", TOKEN + "\n", " " + TOKEN, TOKEN * 9, f"{TOKEN}đ"]
)
def test_only_the_text_itself_is_taken(token):
    assert Signer([NEW]).read_link(token) == UNREADABLE


@pytest.mark.parametrize(
    "said",
    [
        [2, PAGE, NONCE],
        [1, "form", NONCE],
        [1, PAGE, "ngắn"],
        [1, PAGE],
        {"1": PAGE},
        NONCE,
        [1, PAGE, [NONCE]],
    ],
)
def test_something_else_signed_with_our_key_opens_nothing(said):
    how = {"digest_method": sha256, "key_derivation": "hmac"}
    ours = URLSafeSerializer(NEW, salt="dondoc/link/1/page", signer_kwargs=how)

    assert Signer([NEW]).read_link(ours.dumps([1, PAGE, NONCE])) == Opened(PAGE, NONCE)
    assert Signer([NEW]).read_link(ours.dumps(said)) == UNREADABLE


def test_a_secret_is_in_no_representation():
    assert NONCE not in repr(Signer([NEW]).read_link(TOKEN))
    assert "nnn" not in repr(Signer([NEW]))
