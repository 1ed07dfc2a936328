"""dondoc zalo connect · code · status: the permission to speak for the official account."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction

from cli.output import add_json, print_json, say
from cli.parsing import Parser
from usecases import clock, zalo
from usecases.wiring import open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    top = commands.add_parser("zalo", help="quyền gửi tin của tài khoản Zalo OA")
    verbs = top.add_subparsers(dest="verb", metavar="việc", required=True, parser_class=Parser)
    connecting = verbs.add_parser("connect", help="in địa chỉ để quản trị viên OA cấp quyền")
    connecting.set_defaults(run=_connect)
    code = verbs.add_parser("code", help="đổi mã nhận được lấy quyền gửi tin")
    code.add_argument("answer", metavar="MÃ", help="mã, hoặc cả địa chỉ của trang hiện ra sau khi cấp quyền")
    code.set_defaults(run=_code)
    status = verbs.add_parser("status", help="quyền còn hiệu lực không, đến bao giờ")
    add_json(status)
    status.set_defaults(run=_status)


def _connect(arguments: Namespace) -> None:
    print(zalo.connect(open_office(), clock.now()))
    say(
        "Mở địa chỉ trên bằng tài khoản quản trị viên của OA và bấm đồng ý.",
        "Sau đó chép cả địa chỉ của trang hiện ra: dondoc zalo code 'ĐỊA CHỈ' (trong 10 phút).",
    )


def _code(arguments: Namespace) -> None:
    print(zalo.exchange(open_office(), arguments.answer, clock.now()).words)


def _status(arguments: Namespace) -> int:
    found = zalo.standing(open_office(), clock.now())
    if arguments.json:
        print_json({"granted": found.is_granted, "words": found.words})
    else:
        print(found.words)
    return 0 if found.is_granted else 5
