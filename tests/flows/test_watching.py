"""Does a run say what is stopped, wait for a clock that is off, and tell an outside watcher?"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.beating import beat
from flows.runs import Run
from flows.schedule import SCHEDULES
from flows.service import told_of
from tests.flows.test_runs import FRIDAY, Counting
from usecases import clock, restored
from usecases.audit import TICK_EVERY, TICK_HOURS
from usecases.stopping import stop_sending


class Watcher(HTTPServer):
    """A dead-man check elsewhere that keeps what it was asked for."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked: list[str] = []


class _Asked(BaseHTTPRequestHandler):
    server: Watcher

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    server = Watcher()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def watched(office, url, private=("127.0.0.1",)):
    """The office with an outside watcher at `url`."""
    object.__setattr__(office, "settings", office.settings.model_copy(update={"heartbeat_url": url}))
    object.__setattr__(office.channels, "allow_private", frozenset(private))
    return office


def test_after_a_good_tick_a_watcher_outside_is_asked_and_the_file_says_what_is_stopped(office, watcher):
    office.notifiers["mailbox"] = Counting()
    watched(office, f"http://127.0.0.1:{watcher.server_port}/ping/secret-token")
    stop_sending(office, "bảo trì", "người trực", FRIDAY)
    summary = asyncio.run(Run(office, FRIDAY).perform("remind"))
    asyncio.run(beat(office, summary))

    assert watcher.asked == ["/ping/secret-token"]
    left = json.loads((office.settings.home / "heartbeat.json").read_text("utf-8"))
    assert (left["at"], left["sent"]) == (FRIDAY.isoformat(), 0)
    assert "bảo trì" in left["stops"][0]
    assert "bảo trì" in told_of(summary)


def test_a_run_that_planned_nothing_has_no_heartbeat(office, watcher):
    watched(office, f"http://127.0.0.1:{watcher.server_port}/")
    for summary in ({"at": "x", "busy": True}, {"at": "x", "waits": "giờ máy lùi"}, {"at": "x", "sent": 1}):
        asyncio.run(beat(office, summary))

    assert watcher.asked == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/secret-token", "http://127.0.0.1:1x/secret-token", "secret-token"]
)
def test_a_watcher_that_cannot_be_asked_is_logged_without_its_address(office, caplog, url):
    with caplog.at_level(logging.DEBUG):
        asyncio.run(beat(watched(office, url), {"at": FRIDAY.isoformat(), "planned": 0}))

    assert caplog.records
    assert "secret-token" not in caplog.text


def test_while_the_clock_is_off_nothing_is_planned_or_sent(office):
    channel = office.notifiers["mailbox"] = Counting()
    now = clock.now()
    restored.trust_clock(office, now)
    note = office.settings.home / restored.CLOCK_NOTE
    shown = json.loads(note.read_text("utf-8"))
    note.write_text(json.dumps(shown | {"at": (now - timedelta(days=3)).isoformat()}), "utf-8")
    summary = asyncio.run(Run(office, now).perform("remind"))

    assert "planned" not in summary
    assert channel.sent == []
    assert "dondoc sending resume" in told_of(summary)


def test_the_auditor_expects_ticks_when_the_schedule_has_them():
    remind = next(schedule for schedule in SCHEDULES if schedule.name == "remind")
    minutes = int(TICK_EVERY.total_seconds() // 60)

    assert remind.cron == f"*/{minutes} {TICK_HOURS[0]}-{TICK_HOURS[-1]} * * *"
