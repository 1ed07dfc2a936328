"""Which process does a thing that only one may do at a time?

A row with an owner and an end in the database. It is renewed while the work goes on, so that one
that was killed is followed soon, and one that is slow is left alone.
"""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from store import ledger
from store.database import DatabaseUnavailable
from usecases import clock
from usecases.wiring import Office

TERM = timedelta(minutes=1)
_RENEW_SECONDS = 20
_AWAY = (SQLAlchemyError, DatabaseUnavailable)

Holds = Callable[[], bool]


@asynccontextmanager
async def held(office: Office, name: str) -> AsyncIterator[Holds]:
    """Give a question that is answered with yes while this process alone does `name`.

    The answer is no from the start while somebody else does it, and becomes no when the lease
    could not be renewed in time.
    """
    owner = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    last = [clock.now()] if await asyncio.to_thread(_take, office, name, owner, TERM) else []
    renewing = asyncio.create_task(_renewed(office, name, owner, last)) if last else None
    try:
        yield lambda: bool(last) and clock.now() - last[-1] < TERM
    finally:
        if renewing is not None:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            with suppress(*_AWAY):
                await asyncio.to_thread(_take, office, name, owner, timedelta(0))


async def _renewed(office: Office, name: str, owner: str, last: list[datetime]) -> None:
    while last:
        await asyncio.sleep(_RENEW_SECONDS)
        now = clock.now()
        with suppress(*_AWAY):
            if await asyncio.to_thread(_take, office, name, owner, TERM):
                last[:] = [now]
            else:
                last.clear()


def _take(office: Office, name: str, owner: str, term: timedelta) -> bool:
    now = clock.now()
    with office.database.writing() as session:
        return ledger.take_lease(session, name, owner, now, now + term)
