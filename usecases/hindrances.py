"""What keeps messages back by now: stops, the trial, and addresses that are not used any more?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from engine.hindrances import Halt, Hindrances
from engine.model import Recipient
from store import storms
from store.switches import Stop, stops_then
from usecases import guards
from usecases.reach import closed_ways
from usecases.wiring import Office

CHANNEL = "channel:"


def hindrances_at(session: Session, office: Office, at: datetime) -> Hindrances:
    """Return what would keep a message back at a moment, from what was recorded up to it.

    The trial, and the file that stops all sending, are those of today. A storm holds the messages
    of its own tick by name and nothing that is still to come.
    """
    limits = office.channels.guards

    def may_get(told: Recipient, channel: str) -> bool:
        return limits.may_write_to(replace(told, post=told.own_post), channel)

    trial = guards.said_of_trial(limits) if limits.in_trial else ""
    held = {key: guards.said_of(stop) for key, stop in storms.held_then(session, at).items()}
    return Hindrances(tuple(_halts(session, office, at)), trial, may_get, closed_ways(session, at), held)


def _halts(session: Session, office: Office, at: datetime) -> Iterator[Halt]:
    by_file = (stop for stop in guards.standing(session, office, at) if stop.by == guards.BY_FILE)
    for stop in (*by_file, *stops_then(session, office.channels.names, at)):
        yield Halt(guards.said_of(stop), _channel_of(stop), stop.until)


def _channel_of(stop: Stop) -> str:
    return stop.name.removeprefix(CHANNEL) if stop.name.startswith(CHANNEL) else ""
