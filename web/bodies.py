"""How much of what is sent to us is read at all?"""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

SECONDS = 15  # for the whole of a body


class TooLarge(Exception):
    """More was sent than is read here."""


async def body_of(request: Request, most: int) -> bytes:
    """Return the body; raises TooLarge as soon as it is, also when its length was not told.

    One that comes too slowly, or stops, is as good as none.
    """
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:18]) > most:
        raise TooLarge
    found = bytearray()
    try:
        async with asyncio.timeout(SECONDS):
            async for part in request.stream():
                found += part
                if len(found) > most:
                    raise TooLarge
    except (TimeoutError, ClientDisconnect):
        return b""
    return bytes(found)
