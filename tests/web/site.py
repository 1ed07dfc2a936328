"""The door to us as visitors find it: a real server on loopback over a small office."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from time import monotonic, sleep

import httpx

from engine.model import FactKind
from flows.door import Door
from store import registry
from tests.guarantee.world import PLAN, a_row, at, bring, rows_of
from usecases.channels import read_channels
from usecases.doors import Told, doors_for
from usecases.wiring import Office
from web.doorway import Doorway

NOW = at("2025-09-25 09:00")
POST = "SYT/contact"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CHANNELS = "office: {name: VPUB, reply_to: a@b.example, domain: b.example, contact: Phòng theo dõi}\n"


class Site:
    """A server, its visitors, and what is on record."""

    def __init__(self, office: Office) -> None:
        self.office, self.now, self.woken = office, NOW, 0
        self.doorway = Doorway(lambda: self.office, lambda: self.now, self._wake)
        self._door = Door(self.doorway, "127.0.0.1", 0)
        assert self._door.open()
        self.url = f"http://127.0.0.1:{self._door.port}"

    def close(self) -> None:
        self._door.close()

    def visitor(self, **headers: str) -> httpx.Client:
        """Return somebody with cookies of their own."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=10, trust_env=False)

    def link(self, key: str = "k1", task: int = 1, post: str = POST, when: datetime = NOW) -> str:
        """Return the path of the page given out in a message."""
        with self.office.database.writing() as session:
            share = self._share(session, task)
            who = self.office.contacts.at_post(post, when.date())
            found = doors_for(session, self.office, [Told(key, "email", who, (share,))], when)
        page = found[key][share.id].page
        return page.removeprefix(self.office.channels.office.base_url)

    def facts(self) -> list[str]:
        """Return what was recorded about tasks, in order."""
        kinds = {kind.value for kind in FactKind} - {"held", "decided"}
        found = [str(kind) for (kind,) in rows_of(self.office, "SELECT kind FROM record ORDER BY seq")]
        return [kind for kind in found if kind in kinds]

    def everything(self) -> list[tuple[object, ...]]:
        """Return every row that a visit could change."""
        tables = (
            "record",
            "fact",
            "link",
            "message",
            "reminder",
            "heard",
            "attempt",
            "short_number",
            "lease",
        )
        found = rows_of(self.office, "SELECT name FROM sqlite_master WHERE type = 'table'")
        present = {str(name) for (name,) in found}
        return [
            row for name in tables if name in present for row in rows_of(self.office, f"SELECT * FROM {name}")
        ]

    def _share(self, session, task):
        ids = [f"{PLAN.code}/{task}@SYT"]
        return registry.assignments(session, self.office.directory.unit, ids=ids)[0]

    def _wake(self) -> None:
        self.woken += 1


@contextmanager
def opened(office: Office, channels: str = "", base_url: str = "") -> Iterator[Site]:
    """Open the door to an office with two tasks of the health department."""
    if channels:
        found, problems = read_channels(CHANNELS + channels, "channels.yml")
        assert problems == []
        vars(office)["channels"] = found
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "31/10/2025"), a_row(3, "30/9/2025", "Sở Xây dựng")])
    site = Site(office)
    names = replace(office.channels.office, base_url=base_url or site.url)
    vars(office)["channels"] = replace(office.channels, office=names)
    try:
        yield site
    finally:
        site.close()


def ticket(page: httpx.Response) -> str:
    """Return the half of the ticket that stands in a page's form."""
    found = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def answer(visitor: httpx.Client, path: str, choice: str = "acknowledge", **fields: str) -> httpx.Response:
    """Open a page and send its form as a browser does."""
    page = visitor.get(path)
    filled = {"ticket": ticket(page), "choice": choice, **fields}
    return visitor.post(path, data=filled, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"})


def wait_until(condition, seconds: float = 10) -> None:
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "waited in vain"
        sleep(0.02)
