"""How does a peer speak HTTP, and fail at it?

A small HTTP/1.1 server on 127.0.0.1, a thread for each connection, that hands every request to one
function and can break any answer: no connection, no answer, half an answer, an answer lost after
the request counted. A forked child drops its copies of the sockets at once, so that none of them keeps
a connection open which the server has ended.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from typing import Any, BinaryIO
from urllib.parse import parse_qsl, unquote, urlsplit
from weakref import WeakSet

from tests.peers.faults import Fault

REASONS = {200: "OK", 302: "Found", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden"}
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_wires: WeakSet[Wire] = WeakSet()


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was read; names of headers in small letters."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def fields(self) -> dict[str, Any]:
        """Return what the body says, be it JSON, a form or multipart; ValueError when it is none of them.

        A file of a multipart body is (file name, its bytes).
        """
        kind = self.headers.get("content-type", "")
        if not self.body:
            return {}
        if kind.startswith("multipart/form-data"):
            return _parts(kind, self.body)
        if kind.startswith("application/json"):
            read = json.loads(self.body)
            if not isinstance(read, dict):
                raise ValueError("not an object")
            return read
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))


@dataclass(slots=True)
class Reply:
    """What is answered: a JSON value, or text as it stands.

    `lost` is called when the answer never reaches whoever asked.
    """

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lost: Callable[[], None] | None = None

    def encoded(self) -> bytes:
        """Return the answer as it goes over the wire."""
        body = self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()
        kind = "text/html" if isinstance(self.body, str) else "application/json"
        headers = {"Content-Type": kind, **self.headers, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Answer')}\r\n{head}\r\n".encode() + body


class Wire:
    """A listening server; it may leave, so that connections are refused, and come back to its port."""

    def __init__(
        self, answer: Callable[[Request], Reply], fault_for: Callable[[Request], Fault | None]
    ) -> None:
        self._answer, self._fault_for = answer, fault_for
        self._socket, self.port = _bound()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._gone = threading.Event()
        self._gone.set()
        self.come_back()
        _wires.add(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def leave(self) -> None:
        """Refuse connections from now on and drop those there are; the port stays ours."""
        self._gone.set()
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._lock:
            for connection in list(self._open):
                _end(connection)

    def come_back(self) -> None:
        if self._gone.is_set():
            self._gone.clear()
            self._socket.listen(128)
            threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.leave()
        self._socket.close()

    def forget(self) -> None:
        """Close a child's copies of our sockets, which leaves our own as they are."""
        for ours in [self._socket, *self._open]:
            with suppress(OSError):
                os.close(ours.detach())

    def _accept(self) -> None:
        while not self._gone.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            if self._gone.is_set():
                _end(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            with connection.makefile("rb") as incoming:
                while (request := _read(incoming)) and self._settle(connection, request):
                    pass
        except (OSError, ValueError):
            pass  # whoever asked is gone, or speaks no HTTP
        finally:
            with self._lock:
                self._open.discard(connection)
            _end(connection)
            connection.close()

    def _settle(self, connection: socket.socket, request: Request) -> bool:
        """Answer `request`, or break the answer; return whether the connection goes on."""
        fault = self._fault_for(request) or Fault("")
        if not fault.is_accepted:
            return self._fail(connection, fault)
        reply = self._answer(request)
        if fault.kind == "slow":
            self._gone.wait(fault.seconds)
        if fault.kind in ("accept_then_timeout", "accept_then_reset", "cut_json"):
            if reply.lost:
                reply.lost()
            return self._lose(connection, fault, reply)
        try:
            connection.sendall(reply.encoded())
        except OSError:
            if reply.lost:
                reply.lost()
            raise
        return request.headers.get("connection", "").lower() != "close"

    def _fail(self, connection: socket.socket, fault: Fault) -> bool:
        if fault.kind == "reset":
            _reset(connection)
        elif fault.kind == "hang":
            self._wait_for_end(connection)
        elif fault.kind == "html_502":
            connection.sendall(Reply("<html><h1>502 Bad Gateway</h1></html>", 502).encoded())
            return True
        else:
            connection.sendall(Reply("Internal Server Error", 500).encoded())
            return True
        return False

    def _lose(self, connection: socket.socket, fault: Fault, reply: Reply) -> bool:
        if fault.kind == "accept_then_timeout":
            self._wait_for_end(connection)
        elif fault.kind == "accept_then_reset":
            _reset(connection)
        else:
            text = json.dumps(reply.body)
            connection.sendall(
                Reply(text[: len(text) // 2], reply.status, {"Content-Type": "application/json"}).encoded()
            )
        return False

    def _wait_for_end(self, connection: socket.socket) -> None:
        """Return when the other side hangs up, or we leave."""
        while not self._gone.is_set():
            readable, _, _ = select.select([connection], [], [], 0.05)
            if readable and not connection.recv(1, socket.MSG_PEEK):
                return


def _forget_all() -> None:
    for wire in list(_wires):
        wire.forget()


os.register_at_fork(after_in_child=_forget_all)


def _bound() -> tuple[socket.socket, int]:
    """Return a socket bound by number, which keeps its port even while it does not listen."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        ours = socket.socket()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            ours.bind(("127.0.0.1", port))
            return ours, port


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    with suppress(OSError):
        # Closing the descriptor at once, past the reader that holds it too, is what sends the reset.
        os.close(connection.detach())


def _read(incoming: BinaryIO) -> Request | None:
    """Return the next request, None when the other side ended before it was complete."""
    line = incoming.readline().decode("latin-1").split()
    if len(line) != 3:
        return None
    headers: dict[str, str] = {}
    while (header := incoming.readline()) not in (b"\r\n", b"\n", b""):
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    if header == b"":
        return None
    body = _body(incoming, headers)
    if body is None:
        return None
    target = urlsplit(line[1])
    query = dict(parse_qsl(target.query, keep_blank_values=True))
    return Request(line[0], unquote(target.path), query, headers, body)


def _body(incoming: BinaryIO, headers: dict[str, str]) -> bytes | None:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        chunks = []
        while size := int(incoming.readline().split(b";")[0] or b"0", 16):
            chunks.append(incoming.read(size))
            incoming.readline()
        incoming.readline()
        return b"".join(chunks)
    length = int(headers.get("content-length", "0"))
    body = incoming.read(length)
    return body if len(body) == length else None


def _parts(kind: str, body: bytes) -> dict[str, Any]:
    whole: Message = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    if not whole.is_multipart():
        raise ValueError("not multipart")
    found: dict[str, Any] = {}
    for part in whole.get_payload():
        assert isinstance(part, Message)
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        file_name = part.get_filename()
        found[name] = (file_name, content) if file_name else content.decode()
    return found
