"""How much of what is sent to us is read at all?"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = 15  # for the whole of a body
LEFT_SECONDS, LEFT_OCTETS = 5, 1024 * 1024  # for what is left of one that was refused


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


class HeardOut:
    """Lets who is turned away with `Connection: close` read why, though they are still talking.

    What they go on saying is thrown away, up to a limit, before the connection is closed: closed at
    once it is reset, and the answer is lost with it (RFC 9112, section 9.6).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request, and close behind it when that is answered."""
        is_closing = is_heard = False

        async def heard() -> Message:
            nonlocal is_heard
            message = await receive()
            is_heard |= _is_end(message)
            return message

        async def closing(message: Message) -> None:
            nonlocal is_closing
            if message["type"] == "http.response.start":
                is_closing = Headers(raw=message["headers"]).get("connection") == "close"
            elif is_closing and not is_heard and not message.get("more_body"):
                await send({**message, "more_body": True})
                await _heard_out(receive)
                message = {"type": "http.response.body", "body": b""}
            await send(message)

        await self._app(scope, heard, closing)


async def _heard_out(receive: Receive) -> None:
    octets = 0
    try:
        async with asyncio.timeout(LEFT_SECONDS):
            while octets < LEFT_OCTETS and not _is_end(message := await receive()):
                octets += len(message.get("body", b""))
    except TimeoutError:
        pass


def _is_end(message: Message) -> bool:
    return message["type"] != "http.request" or not message.get("more_body", False)
