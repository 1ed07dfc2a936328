"""Where do secrets come from, and what does a seal keep?"""

import stat

import pytest

from usecases.errors import Refused
from usecases.secrets import SealBroken, machine_key, secret_of

OLD, NEW = "k" * 40, "m" * 40


def key(tmp_path, words=""):
    return machine_key(tmp_path, {"DONDOC_SECRET_KEY": words})


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first, again = key(tmp_path), key(tmp_path)

    assert first == again
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_what_is_sealed_opens_with_the_same_key_for_the_same_purpose(tmp_path):
    machine = key(tmp_path, OLD)
    sealed = machine.seal("mã truy cập", "zalo")

    assert machine.open(sealed, "zalo") == "mã truy cập"
    assert "truy" not in sealed
    assert sealed != machine.seal("mã truy cập", "zalo")


@pytest.mark.parametrize(
    ("words", "purpose"), [(NEW, "zalo"), (OLD, "links")], ids=["another key", "another purpose"]
)
def test_a_seal_holds_against(tmp_path, words, purpose):
    sealed = key(tmp_path, OLD).seal("mã", "zalo")

    with pytest.raises(SealBroken, match="khóa của máy đã khác"):
        key(tmp_path, words).open(sealed, purpose)


@pytest.mark.parametrize("sealed", ["", "x", "không phải", "AAAA" * 20])
def test_what_was_never_sealed_does_not_open(tmp_path, sealed):
    with pytest.raises(SealBroken):
        key(tmp_path, OLD).open(sealed, "zalo")


def test_a_new_key_before_the_old_one_seals_while_the_old_one_still_opens(tmp_path):
    sealed = key(tmp_path, OLD).seal("mã", "zalo")
    both = key(tmp_path, f"{NEW} {OLD}")

    assert both.open(sealed, "zalo") == "mã"
    assert key(tmp_path, NEW).open(both.seal("mã", "zalo"), "zalo") == "mã"


@pytest.mark.parametrize("words", ["ngắn", f"{OLD} ngắn"])
def test_a_short_key_is_refused(tmp_path, words):
    with pytest.raises(Refused, match="32 ký tự"):
        key(tmp_path, words)


def test_no_key_is_in_what_an_object_shows(tmp_path):
    assert repr(key(tmp_path, OLD)) == "MachineKey()"


def test_a_secret_stands_in_a_file_of_its_own_or_in_the_environment(tmp_path):
    file = tmp_path / "token"
    file.write_text("tu-tep\n")
    file.chmod(0o600)

    assert secret_of(file, "zalo_bot_token", {"DONDOC_ZALO_BOT_TOKEN": "khac"}) == "tu-tep"
    assert secret_of(None, "zalo_bot_token", {"DONDOC_ZALO_BOT_TOKEN": " tu-moi-truong "}) == "tu-moi-truong"
    assert secret_of(None, "zalo_bot_token", {}) == ""


@pytest.mark.parametrize(
    ("mode", "content", "words"),
    [
        (0o644, "x", "chmod 600"),
        (0o640, "x", "chmod 600"),
        (0o600, " \n", "không có gì"),
        (None, "", "không đọc"),
    ],
)
def test_a_file_that_keeps_no_secret_is_refused_with_the_way_out(tmp_path, mode, content, words):
    file = tmp_path / "token"
    if mode is not None:
        file.write_text(content)
        file.chmod(mode)

    with pytest.raises(Refused, match=words):
        secret_of(file, "zalo_bot_token", {})
