"""What does each scheduled run do? Shared by Prefect's flows and by a process without Prefect.

A run is a few steps over the use cases at one moment. A step that is done is not done
again by the same run, so a run whose orchestrator dies half-way is simply finished directly.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from flows.listening import hear
from store import ledger
from usecases import clock, restored
from usecases.audit import audit
from usecases.bounce_mail import take_folder
from usecases.copies import copy_unanswered
from usecases.deliver import pump
from usecases.guards import kept_back_words, what_stands
from usecases.publications import mail_due, publish_due
from usecases.publish import publish_silence
from usecases.remind import tick
from usecases.ruling import ensure_rules_in_force
from usecases.wiring import Office

LOG = logging.getLogger("dondoc.runs")
Summary = dict[str, Any]  # JSON values only

TURN = timedelta(minutes=2)  # a courtesy between processes; the ledger's keys forbid doubles by themselves
SHOWN_FAILURES = 10


class Run:
    """One run of one process at one moment.

    `done` maps a finished step to its summary; `failure` is what our own work raised last,
    so that a fault of the orchestrator is never taken for ours.
    """

    def __init__(self, office: Office, at: datetime, is_stopping: Callable[[], bool] = lambda: False) -> None:
        self.office = office
        self.at = at
        self.is_stopping = is_stopping
        self.done: dict[str, Summary] = {}
        self.failure: Exception | None = None

    async def perform(self, name: str) -> Summary:
        """Do what the flow `name` does, without an orchestrator; return the summary of all steps."""
        if name in {"remind", "sweep"}:
            return {**await self.plan(full=name == "sweep"), **await self.deliver()}
        steps = {
            "deliver": self.deliver,
            "reports": self.publish_scheduled,
            "silence": self.publish_silence,
        }
        return await steps[name]()

    async def plan(self, full: bool = False) -> Summary:
        """Plan what is due; "busy" says that another process is planning now."""
        return await self._once("plan", partial(self._plan, full))

    async def deliver(self) -> Summary:
        """Send what may leave; "stopped" says that messages are left for the next process."""
        return await self._once("deliver", self._deliver)

    async def publish_silence(self) -> Summary:
        """Write who in the red zone was not reached; "busy" says that another process is writing it now."""
        return await self._once("publish", partial(self._publish, "serve:silence", publish_silence))

    async def publish_scheduled(self) -> Summary:
        """Write the reports of the week, the month and the coming meeting once each, and mail them."""
        return await self._once("publish", self._publish_scheduled)

    async def _once(self, step: str, work: Callable[[], Awaitable[Summary]]) -> Summary:
        if step not in self.done:
            self.failure = None
            try:
                self.done[step] = {"at": self.at.isoformat(), **await work()}
            except Exception as failure:
                self.failure = failure
                raise
        return self.done[step]

    async def _plan(self, full: bool) -> Summary:
        with turn(self.office, "serve:remind") as is_ours:
            if not is_ours:
                return {"busy": True}
            clock_is_off = await asyncio.to_thread(restored.clock_is_off, self.office, self.at)
            if clock_is_off:
                return {"waits": clock_is_off}
            await asyncio.to_thread(ensure_rules_in_force, self.office, self.at)
            found = await asyncio.to_thread(audit, self.office, self.at)
            await asyncio.to_thread(restored.check_database, self.office, self.at)
            planned = await asyncio.to_thread(tick, self.office, self.at, full)
            await asyncio.to_thread(restored.remember, self.office, self.at)
            stops = await asyncio.to_thread(what_stands, self.office, self.at)
        return {
            "planned": len(planned.messages),
            "reminders": planned.reminders,
            "suppressed": len(planned.suppressions),
            "stops": stops,
            "found": [one.said for one in found[:SHOWN_FAILURES]],
        }

    async def _deliver(self) -> Summary:
        began_at = clock.now()
        await asyncio.to_thread(restored.clock_is_off, self.office, self.at)
        await self._hear()
        await asyncio.to_thread(copy_unanswered, self.office, self.at)
        delivered = await pump(
            self.office, self.at, process_name(), lambda: clock.now() - began_at, self.is_stopping
        )
        failures = delivered.failures
        summary = {"sent": delivered.sent, "failed": len(failures), "failures": failures[:SHOWN_FAILURES]}
        if delivered.kept_back:
            summary["kept_back"] = kept_back_words(delivered.kept_back)
        return {**summary, "stopped": True} if delivered.was_stopped else summary

    async def _hear(self) -> None:
        """Work off mails that came back and what people said; a fault in it keeps no reminder back."""
        try:
            await asyncio.to_thread(take_folder, self.office, self.at)
        except Exception:
            LOG.exception("chưa đọc được thư mục thư báo lỗi; lượt sau làm tiếp")
        try:
            await hear(self.office, lambda: self.at)
        except Exception:
            LOG.exception("chưa xử lý được phản hồi; lượt sau làm tiếp")

    async def _publish(self, name: str, write: Callable[[Office, datetime], dict[str, Path]]) -> Summary:
        with turn(self.office, name) as is_ours:
            if not is_ours:
                return {"busy": True}
            paths = await asyncio.to_thread(write, self.office, self.at)
        return {"files": {name: str(path) for name, path in paths.items()}}

    async def _publish_scheduled(self) -> Summary:
        with turn(self.office, "serve:reports") as is_ours:
            if not is_ours:
                return {"busy": True}
            made = await asyncio.to_thread(publish_due, self.office, self.at)
            mailing = await mail_due(self.office, self.at)
        files = {path.name: str(path) for paths in made.values() for path in paths.values()}
        summary: Summary = {"made": sorted(made), "mailed": mailing.sent, "failures": mailing.failures}
        if mailing.waits:
            summary["waits"] = mailing.waits
        return {**summary, "files": files} if files else summary


def process_name() -> str:
    """Return host and process, the owner under which messages are claimed."""
    return f"{socket.gethostname()}:{os.getpid()}"


@contextmanager
def turn(office: Office, name: str) -> Iterator[bool]:
    """Hold the right to do `name` for the time of a block; False while somebody else has it."""
    owner = f"{process_name()}:{uuid.uuid4().hex[:8]}"
    is_ours = _lease(office, name, owner, TURN)
    try:
        yield is_ours
    finally:
        if is_ours:
            _lease(office, name, owner, timedelta(0))


def _lease(office: Office, name: str, owner: str, term: timedelta) -> bool:
    now = clock.now()
    with office.database.writing() as session:
        return ledger.take_lease(session, name, owner, now, now + term)
