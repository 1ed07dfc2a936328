"""The service as a process: it catches up, leaves a heartbeat, stops at once, survives being killed."""

from __future__ import annotations

import json
import os
import re
import signal

import httpx

MORNING = "2025-12-26T08:00"
LATER = "2025-12-26T08:15"  # when the claims of a killed process have run out


def test_it_catches_up_at_once_and_stops_when_asked(machine):
    service = machine.dondoc("serve", "--at", MORNING)
    heartbeat = machine.home / "heartbeat.json"
    machine.wait_until(heartbeat.exists)

    service.send_signal(signal.SIGTERM)

    assert service.wait(10) == 0
    beat = json.loads(heartbeat.read_text("utf-8"))
    assert beat["at"].startswith("2025-12-26T08:00:")
    assert beat["planned"] == beat["sent"] == machine.letters() > 0
    assert machine.states() == {"delivered": beat["sent"]}


def test_it_says_what_it_is_doing_in_words(machine):
    service = machine.dondoc("serve", "--at", MORNING)
    machine.wait_until(lambda: "remind: lập" in machine.told(service))

    said = machine.told(service)
    for words in (str(machine.home), "Kênh đang mở: mailbox", "lần tới", "Dừng:", "điều phối: trực tiếp"):
        assert words in said


def test_killed_while_sending_it_loses_nothing(machine):
    killed = machine.dondoc("serve", "--at", MORNING)
    machine.wait_until(machine.letters)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()

    machine.dondoc("serve", "--at", LATER)
    heartbeat = machine.home / "heartbeat.json"
    machine.wait_until(lambda: heartbeat.exists() and "T08:15:" in heartbeat.read_text("utf-8"))

    states = machine.states()
    assert set(states) == {"delivered"}
    assert machine.letters() == states["delivered"]


def test_two_services_on_one_database_tell_nobody_twice(machine):
    services = [machine.dondoc("serve", "--at", MORNING) for _ in range(2)]
    for service in services:
        machine.wait_until(lambda: "remind: " in machine.told(service))  # noqa: B023  # waited for here
    machine.wait_until(lambda: set(machine.states()) == {"delivered"})

    assert machine.letters() == machine.states()["delivered"] > 0
    assert "Traceback" not in machine.all_told()


def test_a_sender_empties_the_outbox_and_leaves(machine):
    machine.dondoc("serve", "--at", "2025-12-26T05:30")  # before the sending hours: everything is held
    machine.wait_until(lambda: machine.states())
    machine.stop()
    held = sum(machine.states().values())

    sender = machine.dondoc("send", "--once", "--at", MORNING)

    assert sender.wait(60) == 0
    assert machine.states() == {"delivered": held}


def test_a_long_lived_sender_stops_when_asked(machine):
    sender = machine.dondoc("send", "--at", MORNING)
    machine.wait_until(lambda: "đang chạy" in machine.told(sender))

    sender.send_signal(signal.SIGTERM)

    assert sender.wait(10) == 0


def test_the_service_opens_its_door_and_closes_it_when_it_stops(machine):
    machine.environment["DONDOC_WEB"] = "127.0.0.1:0"
    service = machine.dondoc("serve", "--at", MORNING)
    machine.wait_until(lambda: "Trang trả lời: http" in machine.told(service))
    url = re.search(r"Trang trả lời: (http://\S+)", machine.told(service))[1]

    assert httpx.get(url, trust_env=False).status_code == 200
    machine.wait_until(lambda: "remind: " in machine.told(service))
    assert httpx.get(f"{url}/healthz", trust_env=False).json()["ok"] is True
    service.send_signal(signal.SIGTERM)
    assert service.wait(10) == 0
