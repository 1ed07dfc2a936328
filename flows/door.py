"""The door to us beside the work: pages and webhooks in a thread of their own.

A long letter being written must not keep a channel waiting for its answer. Nobody's address stands
in a log: it is a key.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
from contextlib import suppress

import uvicorn
from pydantic_settings import BaseSettings, SettingsConfigDict

from flows.listening import Listener
from flows.standing import StandingOffice
from flows.telling import tell
from usecases import clock
from usecases.errors import UsageMistake
from usecases.wiring import Office
from web.app import web_app
from web.doorway import Doorway

LOG = logging.getLogger("dondoc.web")
STOP_SECONDS = 5
OFF = {"off", "0", "no", "false", ""}


class DoorSettings(BaseSettings):
    """Where the door is: DONDOC_WEB is host:port, or off."""

    model_config = SettingsConfigDict(env_prefix="DONDOC_", extra="ignore")

    web: str = "127.0.0.1:8420"

    @property
    def place(self) -> tuple[str, int] | None:
        """Host and port, None when there is to be no door; raises UsageMistake."""
        said = self.web.strip()
        host, _, port = said.rpartition(":")
        if said.casefold() in OFF:
            return None
        if not host or not port.isdecimal() or int(port) > 65535:
            raise UsageMistake(f"DONDOC_WEB='{said}' phải là off, hoặc địa chỉ:cổng như 127.0.0.1:8420")
        return host.strip("[]"), int(port)


class Door:
    """A web server that starts and stops with the process it lives in."""

    def __init__(self, doorway: Doorway, host: str, port: int) -> None:
        self._config = uvicorn.Config(
            web_app(doorway), host, port, log_config=None, access_log=False, server_header=False,
            lifespan="off", timeout_keep_alive=15, limit_concurrency=200, timeout_graceful_shutdown=3,
            h11_max_incomplete_event_size=32 * 1024,
        )  # fmt: skip
        self._server = uvicorn.Server(self._config)
        self._thread = threading.Thread(target=self._live, name="web", daemon=True)

    def open(self) -> bool:
        """Open the door; False, and said, when somebody else has the port."""
        host, port = self._config.host, self._config.port
        shown = f"[{host}]" if ":" in host else host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family, backlog=256)
        except OSError as error:
            tell(f"Trang trả lời: không mở được {shown}:{port} ({error.strerror}).")
            return False
        self._thread.start()
        tell(f"Trang trả lời: http://{shown}:{self.port} (đặt máy chủ HTTPS của cơ quan ở trước).")
        return True

    @property
    def port(self) -> int:
        """Where it really is: 0 asks for any free port."""
        return int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Finish what is being answered; returns after a few seconds at the latest."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _live(self) -> None:
        try:
            self._server.run(sockets=[self._socket])
        except Exception:
            LOG.exception("trang trả lời đã dừng vì lỗi")
        finally:
            with suppress(OSError):
                self._socket.close()


def run_door(office: Office, host: str, port: int) -> int:
    """Keep the door open, and work off what was heard at it, until asked to stop; return the exit code."""
    return asyncio.run(_kept_open(StandingOffice(office), host, port))


async def _kept_open(office: StandingOffice, host: str, port: int) -> int:
    for asked in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(asked, office.stopping.set)
    listener = Listener(office, clock.now)
    door = Door(Doorway(lambda: office.latest, clock.now, listener.wake), host, port)
    if not door.open():
        return 1
    try:
        await listener.live(asks=False)
    finally:
        await asyncio.to_thread(door.close)
    tell("Đã dừng; liên kết trong thư vẫn còn hiệu lực.")
    return 0
