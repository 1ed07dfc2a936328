"""What may somebody who watches the service ask?

Everybody learns whether it is well. Figures and reasons are for this machine itself, and for who
shows the token of DONDOC_METRICS_TOKEN.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from usecases.metrics import health, metrics_text
from usecases.secrets import secret_of
from web.doorway import Doorway

KINDS = ("link", "telegram", "zalo", "zalo_bot")
_LOCAL = {"localhost", "127.0.0.1", "[::1]"}
_TEXT = "text/plain; version=0.0.4"


async def healthz(request: Request) -> Response:
    """Answer 200 while the service is well, 503 otherwise."""
    return await run_in_threadpool(_health, request)


async def metrics(request: Request) -> Response:
    """Answer the figures in the text format of Prometheus."""
    if not _may_know(request):
        return PlainTextResponse("403\n", 403)
    return PlainTextResponse(await run_in_threadpool(_figures, request), media_type=_TEXT)


def _health(request: Request) -> Response:
    doorway: Doorway = request.app.state.doorway
    found = health(doorway.office(), doorway.now())
    told = found.as_json if _may_know(request) else {"ok": found.ok}
    return JSONResponse(told, 200 if found.ok else 503)


def _figures(request: Request) -> str:
    doorway: Doorway = request.app.state.doorway
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Refused(doorway.refused))
    return metrics_text(doorway.office(), doorway.now()) + generate_latest(registry).decode()


class _Refused:
    """What was turned away at the door since the process began."""

    def __init__(self, refused: Mapping[str, int]) -> None:
        self._refused = refused

    def collect(self) -> Iterator[Metric]:
        """Yield one figure for everything that can be pretended."""
        found = CounterMetricFamily("dondoc_refused", "Turned away at the door, by kind", labels=("what",))
        for kind in KINDS:
            found.add_metric((kind,), self._refused.get(kind, 0))
        yield found


def _may_know(request: Request) -> bool:
    wanted = secret_of(None, "metrics_token")
    shown = request.headers.get("authorization", "").removeprefix("Bearer ")
    return _is_this_machine(request) or (
        bool(wanted) and hmac.compare_digest(wanted.encode(), shown.encode("latin-1"))
    )


def _is_this_machine(request: Request) -> bool:
    """Return whether this machine asks itself, and does not pass on the question of another."""
    headers = request.headers
    is_passed_on = any(name.startswith(("x-forwarded", "forwarded", "via", "x-real-ip")) for name in headers)
    host = headers.get("host", "").casefold()
    host = host if host.endswith("]") else host.rpartition(":")[0] or host
    try:
        is_near = ipaddress.ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False
    return is_near and host in _LOCAL and not is_passed_on
