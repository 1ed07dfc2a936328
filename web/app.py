"""Which addresses does the door to us have, and what holds for every one of them?

Links in letters begin with the address of channels.yml and with nothing a visitor says. Requests for
another host, by another method or to anywhere else are answered in one sentence.
"""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from store.database import DatabaseUnavailable
from usecases.errors import Refused
from web import pages, watching, webhooks
from web.bodies import HeardOut
from web.doorway import Doorway
from web.hosts import is_ours
from web.rendering import SAFE, told

_log = logging.getLogger("dondoc.web")
_DATABASE = (Refused, DatabaseUnavailable, SQLAlchemyError)
_AWAY = (
    "Tạm thời chưa dùng được",
    "Thử lại sau ít phút; liên kết trong thư vẫn còn hiệu lực.",
    "Chưa ghi gì.",
)


def web_app(doorway: Doorway) -> Starlette:
    """Return the application; it keeps nothing itself."""
    app = Starlette(
        routes=[
            Route("/", _home),
            Route("/v/{token}", pages.page, methods=["GET", "POST"]),
            Route("/webhooks/telegram", webhooks.telegram, methods=["POST"]),
            Route("/webhooks/zalo", webhooks.zalo, methods=["POST"]),
            Route("/webhooks/zalo-bot", webhooks.zalo_bot, methods=["POST"]),
            Route("/healthz", watching.healthz),
            Route("/metrics", watching.metrics),
        ],
        middleware=[Middleware(HeardOut), Middleware(_Guarded, doorway=doorway)],
        exception_handlers={HTTPException: _not_here, Exception: _fault, **dict.fromkeys(_DATABASE, _away)},
    )
    app.router.redirect_slashes = False
    app.state.doorway = doorway
    return app


class _Guarded:
    """Looks at the host before anything else, and sends along what protects a page."""

    def __init__(self, app: ASGIApp, doorway: Doorway) -> None:
        self._app, self._doorway = app, doorway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request for a host of ours."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SAFE)
            await send(message)

        base_url = self._doorway.office().channels.office.base_url
        if is_ours(Headers(scope=scope).get("host", ""), base_url, scope["path"]):
            await self._app(scope, receive, guarded)
        else:
            answer = told(None, 400, "Địa chỉ không đúng", "Mở thẳng liên kết trong thư.")
            await answer(scope, receive, guarded)


async def _home(request: Request) -> Response:
    doorway: Doorway = request.app.state.doorway
    return told(doorway.office(), 200, "Đôn đốc", "Trả lời một nhiệm vụ bằng liên kết trong thư nhắc việc.")


async def _not_here(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    doorway: Doorway = request.app.state.doorway
    advice = "Mở thẳng liên kết trong thư nhắc việc."
    title = "Không làm được như vậy ở đây" if error.status_code == 405 else "Không có trang này"
    return told(doorway.office(), error.status_code, title, advice, headers=error.headers)


async def _away(request: Request, error: Exception) -> Response:
    _log.warning("trang trả lời: %s", error if isinstance(error, Refused) else type(error).__name__)
    return told(None, 503, *_AWAY, headers={"Retry-After": "60"})


async def _fault(request: Request, error: Exception) -> Response:
    return told(
        None, 500, "Phần mềm gặp lỗi", "Thử lại sau, hoặc trả lời bằng cách ghi trong thư.", headers=SAFE
    )
