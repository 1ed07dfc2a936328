"""What became of a letter handed to a mail server?

A few connections are kept, each with one letter in hand: a cut or a refusal on one of them
touches no other letter.
"""

from __future__ import annotations

import asyncio

from notifiers.base import Letter, Receipt, Scope
from notifiers.mail_codes import Answer
from notifiers.mime import as_bytes, is_address
from notifiers.smtp import Connection, EmailSettings, failed
from notifiers.words import plain


class EmailNotifier:
    """Sends letters through one mail server, over as many connections as it was given."""

    channel = "email"
    repeats_safely = True

    def __init__(self, settings: EmailSettings) -> None:
        self.batch = settings.connections
        self._settings = settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()

    async def send(self, letter: Letter, address: str) -> Receipt:
        """Return the receipt once the server has taken the letter; a refusal concerns this letter only."""
        if not is_address(address):
            words = f"địa chỉ '{plain(address)}' không hợp lệ"
            raise failed(letter, Answer(True, words, Scope.RECIPIENT))
        octets = as_bytes(letter, self._settings.sender, address)
        self._adopt_loop()
        connection = await self._free.get()  # the one used last, so that one letter at a time needs only one
        try:
            return await connection.send(letter, address, octets)
        finally:
            self._free.put_nowait(connection)

    async def close(self) -> None:
        """Say goodbye to the server; the next letter opens a new connection."""
        if self._loop is asyncio.get_running_loop():
            idle = [self._free.get_nowait() for _ in range(self._free.qsize())]
            await asyncio.gather(*(connection.close() for connection in idle))
            for connection in idle:
                self._free.put_nowait(connection)

    def _adopt_loop(self) -> None:
        """Begin with new connections on an event loop that is not that of the last letter."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._free = loop, asyncio.LifoQueue()
            for _ in range(self.batch):
                self._free.put_nowait(Connection(self._settings))
