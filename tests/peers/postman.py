"""How do events reach the address we gave?

Each is posted once it is due; what is not answered well within two seconds is tried again on the
provider's ladder, by the peer's clock. Copies and disorder are asked for by the test.
"""

from __future__ import annotations

import http.client
import random
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit


@dataclass(slots=True, eq=False)
class Event:
    """Something to be posted, its headers without what changes from try to try."""

    body: bytes
    headers: dict[str, str]
    due_at: datetime
    tries: int = 0
    on_answer: Callable[[bytes], None] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Posted:
    """One try: `status` is 0 when nobody answered."""

    event: Event
    status: int


class Postman:
    """The events of one webhook address; the receiver has `patience` seconds to answer.

    `good` are the statuses that count as heard. `waits` is the ladder in seconds; past its end the
    provider gives up, unless `is_endless`: then the last wait is repeated.
    """

    def __init__(
        self,
        waits: Sequence[float],
        *,
        good: Container[int] = range(200, 300),
        retry_header: str = "",
        is_endless: bool = False,
    ) -> None:
        self.patience = 2.0
        self._good = good
        self._waits, self._retry_header, self._is_endless = waits, retry_header, is_endless
        self.events: list[Event] = []
        self.given_up: list[Event] = []

    def deliver(
        self, url: str, now: datetime, *, shuffle: int | None = None, copies: int = 1
    ) -> list[Posted]:
        """Post what is due at `now`, each `copies` times, in an order drawn by `shuffle` when given."""
        due = [event for event in self.events if event.due_at <= now]
        posts = [event for event in due for _ in range(copies)]
        if shuffle is not None:
            random.Random(shuffle).shuffle(posts)
        posted = []
        for event in posts:
            status, answer = post(url, event.body, self._headers(event), self.patience)
            posted.append(Posted(event, status))
            if status in self._good and event.on_answer:
                event.on_answer(answer)
        for event in due:
            self._settle(event, [one.status for one in posted if one.event is event], now)
        return posted

    def _headers(self, event: Event) -> dict[str, str]:
        retry = {self._retry_header: str(event.tries)} if self._retry_header and event.tries else {}
        return {**event.headers, **retry}

    def _settle(self, event: Event, statuses: list[int], now: datetime) -> None:
        if event not in self.events:
            return  # settled meanwhile, by a send that posted its events at once
        if any(status in self._good for status in statuses):
            self.events.remove(event)
        elif event.tries < len(self._waits) or self._is_endless:
            event.due_at = now + timedelta(seconds=self._waits[min(event.tries, len(self._waits) - 1)])
            event.tries += 1
        else:
            self.events.remove(event)
            self.given_up.append(event)


def post(url: str, body: bytes, headers: Mapping[str, str], patience: float) -> tuple[int, bytes]:
    """Return the status and the answer; 0 when nothing came in time."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname or "", target.port or 80, timeout=patience)
    try:
        connection.request("POST", target.path or "/", body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
