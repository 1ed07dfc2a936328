"""dondoc bounces: what the mail server's pipe gets to hear."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

DOMAIN = 'bounce_domain: ""'


@pytest.fixture
def bounced(config):
    """The configuration folder of an office whose bounces have a domain."""
    file = config / "channels.yml"
    text = file.read_text("utf-8")
    assert DOMAIN in text
    file.write_text(text.replace(DOMAIN, 'bounce_domain: "tra-lai.example"'), "utf-8")
    return config


def piped(monkeypatch, octets):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(octets)))


def test_a_mail_of_a_stranger_is_kept_and_said_to_be_none_of_ours(dondoc, bounced, tmp_path, monkeypatch):
    mail = tmp_path / "thu.eml"
    mail.write_bytes(b"From: a@x.example\nTo: b@y.example\n\nchao\n")
    piped(monkeypatch, b"\xff\x00")

    answer = dondoc("bounces", str(mail), "-")
    assert (answer.code, answer.out.count("bỏ qua"), "Đã ghi 2 thư." in answer.out) == (0, 2, True)
    (told,) = dondoc("bounces", str(mail), "--json").json
    assert (told["about"], told["state"]) == ("", "")


def test_what_cannot_be_kept_now_is_asked_for_again_by_the_mail_server(dondoc, config, monkeypatch):
    piped(monkeypatch, b"")

    assert dondoc("bounces", "-").code == 75  # no domain yet: a mail thrown away could not be told of


def test_a_file_that_is_not_there_is_named(dondoc, bounced):
    answer = dondoc("bounces", "khong-co.eml")

    assert answer.code == 4
    assert "khong-co.eml" in answer.err
