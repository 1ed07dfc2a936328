"""What did a web service answer, and if nothing: had the question left this machine?

The only way out over HTTP: to the hosts it was made for, without following redirects, with a
limit of time and size, and never to an address inside the network unless the administrator
listed the host. Addresses of questions may carry secrets: they are in no error and no log.
"""

from __future__ import annotations

import asyncio
import json as json_text
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import httpx

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MAX_BYTES = 1024 * 1024
_KEPT_OPEN = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=5.0)

for _name in ("httpx", "httpcore"):  # they write whole addresses, and a bot's token is part of its address
    logging.getLogger(_name).setLevel(logging.WARNING)


class NotAsked(Exception):
    """The question certainly did not reach the service; `is_ours` when our own settings forbid it."""

    def __init__(self, why: str, *, is_ours: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_ours = is_ours


class NoAnswer(Exception):
    """The question had left, or part of it, and no whole answer came: nobody knows what was done."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> dict[str, Any] | None:
        """The body as an object; None when it is a page, cut short or anything else."""
        try:
            found = json_text.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True, slots=True)
class Outbound:
    """Which hosts may be asked; those of `private` may lie inside the network and speak plain HTTP."""

    hosts: frozenset[str]
    private: frozenset[str] = frozenset()
    connect: float = CONNECT_SECONDS
    total: float = TOTAL_SECONDS


class Guarded(httpx.AsyncBaseTransport):
    """Lets a client out to the hosts of `outbound` only.

    The address is looked at when the connection stands and before a byte is written, so a name
    that changes its address between a check and the use of it wins nothing.
    """

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._inner = httpx.AsyncHTTPTransport(trust_env=False, limits=_KEPT_OPEN)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Pass the question on; `dondoc_asked` in its extensions tells that it began to leave."""
        host = request.url.host.casefold()
        is_private = host in self._outbound.private
        if host not in self._outbound.hosts:
            raise NotAsked(f"máy chủ '{host}' không có trong danh sách được gọi tới", is_ours=True)
        if request.url.scheme != "https" and not is_private:
            raise NotAsked(f"máy chủ '{host}' phải dùng https", is_ours=True)
        asked: list[bool] = request.extensions.setdefault("dondoc_asked", [])

        async def watch(event: str, info: Mapping[str, Any]) -> None:
            if event.endswith("connect_tcp.complete") and not is_private:
                await _refuse_inside(info["return_value"], host)
            elif event.endswith("send_request_headers.started"):
                asked.append(True)

        request.extensions["trace"] = watch
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


class Web:
    """One client, opened at the first question and forgotten with the event loop it belongs to."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._in_flight = 0  # questions under way: channels that share a client close it one by one

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """Return the whole answer; raises NotAsked or NoAnswer. `seconds` is for questions that wait."""
        asked: list[bool] = []
        parts: dict[str, Any] = {"headers": headers, "json": json, "data": form, "params": query}
        client = self._opened()
        self._in_flight += 1
        try:
            async with asyncio.timeout(seconds or self._outbound.total):
                request = client.build_request(
                    method,
                    url,
                    extensions={
                        "dondoc_asked": asked,
                        "timeout": self._timeouts(seconds),
                    },
                    **parts,
                )
                response = await client.send(request, stream=True)
                try:
                    return Answer(response.status_code, response.headers, await _limited(response))
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, UnicodeError) as error:
            why = _in_words(error)
            raise (NoAnswer(why) if asked else NotAsked(why)) from None  # its words carry the address
        finally:
            self._in_flight -= 1

    async def close(self) -> None:
        """Close the connections, unless somebody waits for an answer; the next question opens new ones."""
        client, is_ours = self._client, self._loop is asyncio.get_running_loop()
        if is_ours and self._in_flight:
            return
        self._client = None
        if client is not None and is_ours:
            await client.aclose()

    def _opened(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            guarded = Guarded(self._outbound)
            self._client = httpx.AsyncClient(transport=guarded, trust_env=False, follow_redirects=False)
            self._loop, self._in_flight = loop, 0
        return self._client

    def _timeouts(self, seconds: float | None) -> dict[str, float | None]:
        total = seconds or self._outbound.total
        connect = min(self._outbound.connect, total)
        return {"connect": connect, "pool": connect, "read": total, "write": total}


async def _limited(response: httpx.Response) -> bytes:
    found = bytearray()
    async for piece in response.aiter_bytes():
        found += piece
        if len(found) > MAX_BYTES:
            raise NoAnswer(f"câu trả lời dài hơn {MAX_BYTES // 1024} KiB")
    return bytes(found)


async def _refuse_inside(stream: Any, host: str) -> None:
    address = ip_address(str(stream.get_extra_info("server_addr")[0]).split("%")[0])
    seen = getattr(address, "ipv4_mapped", None) or address
    if not seen.is_global or seen.is_multicast:
        await stream.aclose()
        why = (
            f"tên máy chủ '{host}' chỉ tới một địa chỉ trong mạng nội bộ; nếu đúng ý, thêm vào allow_private"
        )
        raise NotAsked(why, is_ours=True)


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return "không trả lời trong thời gian chờ"
    if isinstance(error, httpx.ConnectError | OSError):
        return "không kết nối được"
    if isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return "địa chỉ máy chủ không hợp lệ"
    return "đường truyền bị ngắt giữa chừng"
