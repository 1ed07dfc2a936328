"""Is what people really paste into channels.yml refused, with what they meant, and sound words taken?"""

from __future__ import annotations

import json

import pytest

from usecases.channels import read_channels

OFFICE = {"name": "A", "reply_to": "a@b.example", "domain": "b.example", "contact": "C"}


def told(section, **settings):
    text = json.dumps({"office": OFFICE, section: settings}, ensure_ascii=False)
    return [(p.code, p.hint.rpartition("ý bạn là '")[2].rstrip("'?")) for p in read_channels(text, "c")[1]]


@pytest.mark.parametrize(
    ("section", "settings"),
    [
        ("email", {"host": "smtp.tinh.example"}),
        ("email", {"host": "may-chu"}),
        ("email", {"host": "10.0.0.5"}),
        ("email", {"host": "::1"}),
        ("email", {"host": ""}),
        ("email", {"sender": "don.doc+thu@tinh.gov.example"}),
        ("email", {"envelope_from": "", "bounce_domain": ""}),
        ("outbound", {"allow_private": ["127.0.0.1", "may-thu.noi-bo.example"]}),
        ("trial", {"allow": ["SYT/contact", "syt/head", "@tinh.example", "a@tinh.example", "84912345678"]}),
        ("trial", {"allow": ["uid:2512523625412515", "6ede9afa66b88fe6d6a9", "-100123456", "123456789"]}),
    ],
)
def test_what_is_sound_is_taken_without_a_word(section, settings):
    assert told(section, **settings) == []


@pytest.mark.parametrize(
    ("section", "key", "written", "code", "meant"),
    [
        ("email", "host", "smtp://mail.tinh.example:25/x", "bad-host", "mail.tinh.example"),
        ("email", "host", "10.0.0.5:25", "bad-host", "10.0.0.5"),
        ("email", "host", "máy-chủ.tinh.example", "bad-host", "may-chu.tinh.example"),
        ("email", "sender", "mailto:a@b.example", "bad-email", "a@b.example"),
        ("email", "sender", "a @ b.example", "bad-email", "a@b.example"),
        ("email", "bounce_domain", "@tra-lai.example", "bad-domain", "tra-lai.example"),
        ("email", "security", "SSL/TLS", "bad-value", "tls"),
        ("email", "security", "StartTLS", "bad-value", "starttls"),
        ("email", "enabled", "CÓ", "bad-value", "có"),
        ("email", "enabled", "tắt", "bad-value", "không"),
        ("zalo_oa", "buttons", "yes", "bad-value", "có"),
        ("trial", "allow", "*@tinh.example", "bad-allow", "@tinh.example"),
        ("trial", "allow", "@tỉnh.example", "bad-allow", "@tinh.example"),
        ("trial", "allow", "SYT/thủ trưởng", "bad-allow", "SYT/head"),
        ("trial", "allow", "21025", "bad-allow", "21025/contact"),
        ("trial", "allow", "+84 912 345 678", "bad-allow", "84912345678"),
    ],
)
def test_what_was_meant_is_proposed_beside_the_mistake(section, key, written, code, meant):
    assert told(section, **{key: written}) == [(code, meant)]


@pytest.mark.parametrize(
    ("section", "key", "written", "code"),
    [
        ("email", "host", "300.1.1.1", "bad-host"),
        ("email", "host", "mail server", "bad-host"),
        ("email", "sender", "a@b", "bad-email"),
        ("email", "sender", "a@b.example,c@d.example", "bad-email"),
        ("email", "bounce_domain", "tralai", "bad-domain"),
        ("email", "security", "có", "bad-value"),
        ("trial", "allow", "tất cả", "bad-allow"),
        ("trial", "enabled", "", "empty-value"),
        ("trial", "enabled", None, "empty-value"),
        ("telegram", "enabled", [], "not-text"),
    ],
)
def test_where_nothing_can_be_told_of_what_was_meant_nothing_is_proposed(section, key, written, code):
    ((found, hint),) = told(section, **{key: written})

    assert found == code
    assert "ý bạn là" not in hint
