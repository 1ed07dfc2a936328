"""dondoc bounces: mails came back."""

from __future__ import annotations

import logging
import sys
from argparse import Namespace, _SubParsersAction
from pathlib import Path

from cli.output import add_json, print_json
from notifiers.base import Heard
from notifiers.bounces import MOST_OCTETS
from usecases import clock
from usecases.bounce_mail import take, take_folder
from usecases.errors import InputRejected
from usecases.wiring import open_office

TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the mail and calls again
_STATES = {"failed": "báo lỗi", "delivered": "báo đã đến"}


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    command = commands.add_parser(
        "bounces",
        help="nhận thư báo lỗi gửi trả về",
        description="Ghi lại thư báo lỗi để dịch vụ xử lý. Không nêu tệp thì đọc bounces_folder trong "
        "channels.yml. Máy chủ thư gọi qua ống dẫn bằng 'dondoc bounces -'; mã thoát 75 là gọi lại sau.",
    )
    command.add_argument("files", nargs="*", metavar="TỆP", help="tệp thư; - là đầu vào chuẩn")
    add_json(command)
    command.set_defaults(run=_bounces)


def _bounces(arguments: Namespace) -> int:
    try:
        heard = _taken(arguments.files)
    except InputRejected:
        raise
    except Exception as error:
        if "-" not in arguments.files:
            raise
        logging.getLogger("dondoc").error("thư báo lỗi chưa được ghi, sẽ nhận lại: %s", error)
        return TRY_AGAIN  # any other code makes the mail server throw the mail away
    if arguments.json:
        print_json(
            [{"about": h.about, "state": h.state, "recipient": h.address, "text": h.text} for h in heard]
        )
    else:
        for one in heard:
            print(_shown(one))
        print(f"Đã ghi {len(heard)} thư.")
    return 0


def _taken(files: list[str]) -> list[Heard]:
    office, now = open_office(), clock.now()
    if not files:
        return take_folder(office, now)
    return take(office, [_octets(file) for file in files], now)


def _octets(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MOST_OCTETS)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MOST_OCTETS)
    except OSError as error:
        raise InputRejected(f"không đọc được '{file}' ({error.strerror})") from error


def _shown(heard: Heard) -> str:
    said = _STATES.get(heard.state, "bỏ qua")
    return f"{said}: {heard.text}" + (f" (tin {heard.about})" if heard.about else "")
