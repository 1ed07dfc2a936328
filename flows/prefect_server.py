"""Prefect's API and pages inside the service: is it up, and what did a previous life leave running?

It lives in a thread of its own and dies with the process. Nothing waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from contextlib import suppress

import httpx
import uvicorn

from flows.orchestration import HOST

LOG = logging.getLogger("dondoc.prefect")
STOP_SECONDS = 1  # its history is best effort; nothing of ours is in it


class PrefectServer:
    """Prefect's API on a socket that is already ours; import nothing of Prefect before `start`."""

    def __init__(self, listener: socket.socket) -> None:
        self.port: int = listener.getsockname()[1]
        self._listener = listener
        self._server: uvicorn.Server | None = None
        self._is_stopping = False
        self._thread = threading.Thread(target=self._live, name="prefect", daemon=True)

    @property
    def url(self) -> str:
        """Where a person finds Prefect's pages."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start the thread; the API answers some seconds later."""
        self._thread.start()

    async def is_healthy(self) -> bool:
        """Ask the API whether it answers."""
        with suppress(httpx.HTTPError):
            async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
                return (await client.get(f"{self.url}/api/health")).is_success
        return False

    def stop(self) -> None:
        """Stop answering; returns after a few seconds at the latest."""
        self._is_stopping = True
        if self._server is not None:
            self._server.should_exit = True
            self._thread.join(STOP_SECONDS)

    def _live(self) -> None:
        try:
            from prefect.server.api.server import create_app

            config = uvicorn.Config(
                create_app(ephemeral=False), log_config=None, access_log=False, timeout_graceful_shutdown=1
            )
            server = uvicorn.Server(config)
            self._server = server
            if not self._is_stopping:
                server.run(sockets=[self._listener])
        except Exception:
            LOG.exception("Prefect không khởi động được; các lượt chạy trực tiếp")
        finally:
            self._listener.close()  # nobody shall wait for an answer of a dead API


def listen(port: int) -> socket.socket | None:
    """Return a socket that listens on this machine only, or None when the port is taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError:
        listener.close()
        return None
    return listener


async def send_last_logs() -> None:
    """Hand over what the runs have logged, before the API goes; returns after a second at the latest."""
    from prefect.logging.handlers import APILogHandler

    with suppress(TimeoutError):
        await asyncio.wait_for(APILogHandler.aflush(), STOP_SECONDS)


async def crash_leftovers() -> int:
    """Mark runs that a previous life left unfinished as crashed; return how many.

    Every run of this server ran inside the process that is gone: none can still be alive.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import State, StateType
    from prefect.states import Crashed

    unfinished = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    wanted = FlowRunFilter(state=FlowRunFilterState(type=unfinished))
    async with get_client() as client:
        runs = await client.read_flow_runs(flow_run_filter=wanted)
        for run in runs:
            state: State[object] = Crashed(message="Dịch vụ đã dừng giữa lượt chạy này")
            await client.set_flow_run_state(run.id, state, force=True)
    return len(runs)
