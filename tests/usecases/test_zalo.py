"""Who allows us to speak for the account, where does that lie, and what when it does not?"""

import asyncio
import shutil
import sqlite3
import threading
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.model import HANOI
from notifiers.base import DeliveryFailed, Scope
from notifiers.http import Outbound, Web
from notifiers.zalo_oauth import Pair, Tokens, ZaloApp
from tests.notifiers.canned import serving
from usecases.channels import read_channels
from usecases.errors import InputRejected, Refused
from usecases.secrets import machine_key
from usecases.settings import Settings
from usecases.wiring import open_office
from usecases.zalo import KeptTokens, connect, exchange, standing, webhook_of, zalo_notifiers

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=HANOI)
CONFIG = Path(__file__).parents[2] / "config"
TOKENS = (200, {"access_token": "ma-truy-cap", "refresh_token": "ma-lam-moi", "expires_in": "90000"})
OFFICE = """
office: {name: Văn phòng, reply_to: a@tinh.example, domain: tinh.example, contact: Phòng theo dõi}
"""
APP = """
outbound:
  allow_private: [127.0.0.1]
zalo_app:
  app_id: "4111"
  oa_id: "2777"
  redirect_uri: https://dondoc.example/zalo
  oauth_url: URL
  oa_url: URL
  zbs_url: URL
zalo_bot: {enabled: có, base_url: URL}
zalo_oa: {enabled: có}
zalo_zbs: {enabled: có, template: "610001"}
"""


def channels(text=APP, url="http://127.0.0.1:9"):
    found, problems = read_channels(OFFICE + text.replace("URL", url), "channels.yml")
    return found, [problem.code for problem in problems]


@pytest.fixture
def secrets(monkeypatch):
    for name, value in {
        "APP_SECRET": "bi-mat-ung-dung",
        "OA_SECRET": "khoa-oa",
        "BOT_TOKEN": "314:T",
    }.items():
        monkeypatch.setenv(f"DONDOC_ZALO_{name}", value)
    monkeypatch.delenv("DONDOC_SECRET_KEY", raising=False)


@pytest.fixture
def office_at(tmp_path, sqlite_template, secrets):
    """An office whose hosts of Zalo are at a given address."""

    def build(url):
        config = tmp_path / "config"
        if not config.exists():
            shutil.copytree(CONFIG, config)
            (tmp_path / "home").mkdir()
            shutil.copy(sqlite_template, tmp_path / "home/dondoc.db")
        (config / "channels.yml").write_text(OFFICE + APP.replace("URL", url), "utf-8")
        return open_office(Settings(home=tmp_path / "home", config=config, database_url=""))

    return build


@pytest.fixture
def server():
    """A server in a thread of its own: the commands bring their own event loop."""
    ready, done, found = threading.Event(), threading.Event(), []

    async def main():
        async with serving(TOKENS) as canned:
            found.append(canned)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    ready.wait(5)
    yield found[0]
    done.set()
    thread.join(5)


def asked_by(url):
    return {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}


def test_access_is_granted_by_bringing_back_the_address_of_the_last_page(office_at, server, tmp_path):
    office = office_at(server.url)
    before = standing(office, NOW)
    page = asked_by(connect(office, NOW))
    after = exchange(office, f"https://dondoc.example/zalo?code=ma-1&oa_id=2777&state={page['state']}", NOW)
    (question,) = server.asked

    assert (before.is_granted, after.is_granted) == (False, True)
    assert (page["app_id"], page["redirect_uri"]) == ("4111", "https://dondoc.example/zalo")
    assert question.form["code"] == "ma-1"
    assert len(question.form["code_verifier"]) == 43
    assert question.headers["secret_key"] == "bi-mat-ung-dung"
    assert KeptTokens(office.database, machine_key(tmp_path / "home"), "4111").read().refresh == "ma-lam-moi"
    with pytest.raises(InputRejected, match="connect"):
        exchange(office, "ma-1", NOW)  # the question was answered; a second answer has none


def test_tokens_lie_sealed(office_at, server, tmp_path):
    office = office_at(server.url)
    connect(office, NOW)
    exchange(office, "ma-1", NOW)
    with sqlite3.connect(tmp_path / "home/dondoc.db") as raw:
        everything = "\n".join(raw.iterdump())

    assert "credential" in everything
    assert not [secret for secret in ("ma-lam-moi", "ma-truy-cap", "bi-mat") if secret in everything]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("https://dondoc.example/zalo?code=ma-1&oa_id=2777&state=khac", "không phải của lần xin quyền"),
        ("https://dondoc.example/zalo?code=ma-1", "không phải của lần xin quyền"),
        ("https://dondoc.example/zalo?code=ma-1&oa_id=9&state=STATE", "OA khác"),
        ("https://dondoc.example/zalo?error=-14003&state=STATE", "không có mã"),
    ],
)
def test_an_answer_to_another_question_is_refused_before_anybody_is_asked(office_at, server, answer, words):
    office = office_at(server.url)
    state = asked_by(connect(office, NOW))["state"]

    with pytest.raises(InputRejected, match=words):
        exchange(office, answer.replace("STATE", state), NOW)
    assert server.asked == []


def test_a_question_is_open_for_half_an_hour(office_at, server):
    office = office_at(server.url)
    connect(office, NOW)

    with pytest.raises(InputRejected, match="còn hạn"):
        exchange(office, "ma-1", NOW + timedelta(minutes=30))


def test_a_code_that_zalo_refuses_is_told_with_the_way_out(office_at, server):
    server.script[:] = [(200, {"error": -14002, "error_name": "Invalid appId"})]
    office = office_at(server.url)
    connect(office, NOW)

    with pytest.raises(InputRejected, match="chưa kích hoạt"):
        exchange(office, "ma-1", NOW)
    assert not standing(office, NOW).is_granted


def test_two_processes_renew_a_token_once(database, tmp_path):
    """Each has its own lock in memory; only the lease in the database stands between them."""
    key = machine_key(tmp_path, {"DONDOC_SECRET_KEY": "k" * 40})

    async def main():
        async with serving(TOKENS, (200, {"error": -14014})) as server:
            app = ZaloApp("4111", "2777", "bi-mat", oauth_url=server.url)
            web = Web(Outbound(frozenset({"127.0.0.1"}), frozenset({"127.0.0.1"})))
            stores = [KeptTokens(database, key, "4111") for _ in range(4)]
            stores[0].keep(_pair(timedelta(hours=26)))
            many = [Tokens(app, store, web).access(NOW) for store in stores]
            found = await asyncio.gather(*many)
            await web.close()
            return found, len(server.asked)

    assert asyncio.run(main()) == (["ma-truy-cap"] * 4, 1)


def test_tokens_sealed_with_another_key_count_as_never_granted(database, tmp_path):
    old, new = (machine_key(tmp_path, {"DONDOC_SECRET_KEY": letter * 40}) for letter in "km")
    KeptTokens(database, old, "4111").keep(_pair(timedelta(0)))

    assert KeptTokens(database, new, "4111").read() is None
    assert KeptTokens(database, old, "4111").read().access == "A1"


def _pair(age):
    return Pair("A1", "R1", NOW - age, NOW - age + timedelta(hours=25))


def test_the_files_shipped_leave_every_channel_of_zalo_closed():
    found, _ = read_channels((CONFIG / "channels.yml").read_text("utf-8"), "channels.yml")

    assert found.zalo.names == frozenset()


def test_open_channels_are_named_and_only_their_hosts_may_be_asked():
    found, problems = channels()

    assert (found.zalo.names, problems) == ({"zalo_bot", "zalo_oa", "zalo_zbs"}, [])
    assert found.zalo.hosts == {"127.0.0.1"}
    assert found.names == {"mailbox", "zalo_bot", "zalo_oa", "zalo_zbs"}
    assert found.only_mailbox.names == {"mailbox"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('app_id: "4111"', "", "missing-key"),
        ('oa_id: "2777"', "", "missing-key"),
        (', template: "610001"', "", "missing-key"),
        ("allow_private: [127.0.0.1]", "allow_private: []", "bad-value"),
        ("oa_url: URL", "oa_url: openapi.zalo.me", "bad-value"),
        ("oa_url: URL", "oa_url: 'https://openapi.zalo.me/?x=1'", "bad-value"),
        ("enabled: có, base_url", "enabled: có, users: 0, base_url", "bad-value"),
        ("zalo_oa: {enabled: có}", "zalo_oa: {enabled: có, button: có}", "unknown-key"),
    ],
)
def test_a_mistake_in_the_sections_of_zalo_is_reported(old, new, code):
    assert code in channels(APP.replace(old, new))[1]


def test_a_channel_whose_secret_is_missing_fails_its_own_letters_only(monkeypatch, tmp_path, secrets):
    monkeypatch.delenv("DONDOC_ZALO_BOT_TOKEN")
    monkeypatch.delenv("DONDOC_ZALO_APP_SECRET")
    found = zalo_notifiers(channels()[0].zalo, frozenset(), tmp_path, lambda: None)
    letter = type("Letter", (), {"at": NOW})()

    assert set(found) == {"zalo_bot", "zalo_oa", "zalo_zbs"}
    for notifier in found.values():
        with pytest.raises(DeliveryFailed, match="DONDOC_ZALO_") as failure:
            asyncio.run(notifier.send(letter, "x"))
        assert (failure.value.permanent, failure.value.scope) == (True, Scope.CHANNEL)


def test_events_are_looked_at_with_the_key_of_the_account(secrets):
    ours = webhook_of(channels()[0].zalo)

    assert (ours.app_id, ours.oa_id, ours.oa_secret, ours.is_strict) == ("4111", "2777", "khoa-oa", False)
    assert "khoa-oa" not in repr(ours)


def test_without_the_address_of_the_console_nobody_can_be_asked(office_at, server, monkeypatch):
    monkeypatch.delenv("DONDOC_ZALO_APP_SECRET")

    with pytest.raises(Refused, match="DONDOC_ZALO_APP_SECRET"):
        connect(office_at(server.url), NOW)
