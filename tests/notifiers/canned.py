"""A web server on loopback that answers from a script, with the faults of real ones."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One question as it arrived."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def form(self):
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}


class Canned:
    """Answers each question with the next of `script`, the last again and again.

    An answer is a status with a body (object, text or octets) and headers, or a fault:
    "hang" · "silence" (a little of it, then the end) · "reset" · "cut" (half of a body) ·
    "close" (nothing at all) · "flood" (no end of it).
    """

    def __init__(self, *script):
        self.script, self.asked, self.url = list(script), [], ""

    async def handle(self, reader, writer):
        try:
            while (asked := await self._read(reader)) is not None:
                self.asked.append(asked)
                answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                if callable(answer):
                    answer = answer(asked)
                if not await self._write(answer, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _read(self, reader):
        line = await reader.readline()
        if not line:
            return None
        method, target, _ = line.decode().split(" ")
        headers = {}
        while (line := await reader.readline()).strip():
            name, _, value = line.decode().partition(":")
            headers[name.strip().casefold()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        return Asked(method, parts.path, query, headers, body)

    async def _write(self, answer, writer):
        if answer == "hang":
            await asyncio.sleep(30)
        elif answer == "silence":
            await asyncio.sleep(0.1)
        elif answer == "reset":
            writer.transport.abort()
        elif answer == "cut":
            writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"error": 0, "mess')
        elif answer == "flood":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n" + b"x" * 3_000_000)
        elif answer != "close":
            status, body, headers = (*answer, {})[:3]
            octets = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            kept = {"content-length": str(len(octets)), **headers}
            head = "".join(f"{name}: {value}\r\n" for name, value in kept.items())
            writer.write(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + octets)
            await writer.drain()
            return True
        return False


@asynccontextmanager
async def serving(*script):
    """Yield a server that answers as `script` says; its `url` has no slash at the end."""
    canned = Canned(*script)
    server = await asyncio.start_server(canned.handle, "127.0.0.1", 0)
    canned.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield canned
    finally:
        server.close()
