"""dondoc web: the pages behind links, and the addresses at which channels tell us what people said."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace, _SubParsersAction

from usecases.wiring import open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    web = commands.add_parser(
        "web",
        help="trang trả lời và nơi nhận tin của các kênh, khi chạy riêng",
        description="'dondoc serve' đã mở sẵn trang này; chạy riêng khi có nhiều máy.",
    )
    web.add_argument("--host", default="127.0.0.1", metavar="ĐỊA_CHỈ", help="mặc định 127.0.0.1")
    web.add_argument("--port", type=_port, default=8420, metavar="CỔNG", help="mặc định 8420")
    web.set_defaults(run=_web)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise ArgumentTypeError(f"cổng '{text}' phải là số từ 0 đến 65535")
    return int(text)


def _web(arguments: Namespace) -> int:
    from flows.door import run_door

    return run_door(open_office(), arguments.host, arguments.port)
