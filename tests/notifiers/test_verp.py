import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.mime import is_address
from notifiers.verp import Returned, ReturnPath

PATH = ReturnPath("tra-lai.dondoc.example", (b"khoa-moi", b"khoa-cu"))
KEY, TO = "3f9a6c0d1e2b4f5a6b7c8d9e", "dau-moi@so-y-te.example"


def test_a_return_path_names_its_letter_and_the_address_it_went_to():
    address = PATH.of(KEY, TO)
    returned = PATH.read(f"Delivered-To: <{address}>")

    assert is_address(address)
    assert returned is not None
    assert returned.key == KEY
    assert PATH.is_to(returned, "Dau-Moi@So-Y-Te.example")
    assert not PATH.is_to(returned, "khac@so-y-te.example")


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.replace(KEY, "4" + KEY[1:]),
        lambda a: a.replace("@", "0@")[: len(a)],
        lambda a: a.replace(a.split(".")[1], "00000000"),
        lambda a: a.replace("tra-lai.dondoc", "khac.dondoc"),
        lambda a: a.split("@")[0],
        lambda a: "",
        lambda a: f"bounce+{KEY}@tra-lai.dondoc.example",
    ],
)
def test_a_forged_address_is_nobodys(change):
    assert PATH.read(change(PATH.of(KEY, TO))) is None


def test_a_key_of_before_is_still_believed_and_a_discarded_one_is_not():
    old = ReturnPath(PATH.domain, (b"khoa-cu",)).of(KEY, TO)
    returned = PATH.read(old)

    assert returned is not None
    assert PATH.is_to(returned, TO)
    assert ReturnPath(PATH.domain, (b"khoa-moi",)).read(old) is None


def test_two_letters_in_one_bounce_are_none():
    assert PATH.read(f"{PATH.of('a' * 24, TO)} {PATH.of('b' * 24, TO)}") is None
    assert PATH.read(f"{PATH.of(KEY, TO)} {PATH.of(KEY, TO)}") is not None


def test_a_server_that_shouts_is_understood():
    assert PATH.read(PATH.of(KEY, TO).upper()) == PATH.read(PATH.of(KEY, TO))


@given(st.text())
def test_nothing_written_by_others_is_genuine(text):
    assert PATH.read(text) is None


@given(st.binary(min_size=12, max_size=12), st.emails())
def test_every_letter_reads_back(key, to):
    returned = PATH.read(PATH.of(key.hex(), to))

    assert isinstance(returned, Returned)
    assert (returned.key, PATH.is_to(returned, to)) == (key.hex(), True)


def test_the_keys_are_not_shown():
    assert "khoa" not in repr(PATH)
