"""dondoc status · sending status | stop | resume | release | drop: does it send, and may it?"""

from __future__ import annotations

import getpass
from argparse import Namespace, _SubParsersAction
from typing import Any

from cli.output import add_json, print_json
from cli.parsing import OPENING, Parser
from usecases import clock, stopping
from usecases.errors import DeliveryIncomplete
from usecases.metrics import Health, health
from usecases.wiring import open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    status = commands.add_parser("status", help="dịch vụ có chạy đúng nhịp không, tin nào chờ, gì bị dừng")
    _add_status(status)
    top = commands.add_parser("sending", help="dừng gửi, gửi lại, quyết định về lượt bị giữ vì tăng đột biến")
    verbs = top.add_subparsers(dest="verb", metavar="việc", required=True, parser_class=Parser)
    _add_status(verbs.add_parser("status", help="như 'dondoc status'"))

    stop = verbs.add_parser("stop", help="dừng mọi tin cho đến khi có người cho gửi lại")
    stop.add_argument("--why", required=True, metavar="LÝ_DO", help="vì sao dừng; hiện cho đến khi gửi lại")
    _add_who(stop)
    stop.set_defaults(run=_stop)

    resume = verbs.add_parser("resume", help="cho gửi lại")
    resume.add_argument(
        "--confirm-restore",
        action="store_true",
        help="đã kiểm tra cơ sở dữ liệu sau khi khôi phục; tin đang chờ có thể trùng",
    )
    _add_who(resume)
    resume.set_defaults(run=_resume)

    release = verbs.add_parser("release", help="cho gửi các tin của lượt bị giữ vì tăng đột biến")
    release.add_argument("tick", metavar="LƯỢT", help="tên lượt như 'dondoc status' in ra")
    _add_who(release)
    release.set_defaults(run=_release)

    drop = verbs.add_parser("drop", help="bỏ các tin của lượt bị giữ vì tăng đột biến; lý do ghi trong sổ")
    drop.add_argument("tick", metavar="LƯỢT", help="tên lượt như 'dondoc status' in ra")
    drop.add_argument("--why", required=True, metavar="LÝ_DO", help="vì sao không gửi")
    _add_who(drop)
    drop.set_defaults(run=_drop)


def _add_status(parser: Any) -> None:
    parser.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    add_json(parser)
    parser.set_defaults(run=_status)


def _add_who(parser: Any) -> None:
    parser.add_argument("--by", metavar="NGƯỜI", help="ai quyết định; mặc định là người dùng của máy")
    parser.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")


def _status(arguments: Namespace) -> int:
    found = health(open_office(), arguments.at or clock.now())
    if arguments.json:
        print_json(found.as_json)
    else:
        print("\n".join(_lines(found)))
    return 0 if found.ok else DeliveryIncomplete.exit_code


def _lines(found: Health) -> list[str]:
    waits = found.backlog
    last = f"{found.last_tick_at:%H:%M %d/%m/%Y}" if found.last_tick_at else "chưa có"
    oldest = f", lâu nhất từ {waits.oldest_waiting:%H:%M %d/%m/%Y}" if waits.oldest_waiting else ""
    standing = {"ok": ""}
    channels = ", ".join(
        f"{name}{standing.get(how, ' (không gửi được lúc này)')}" for name, how in found.channels.items()
    )
    return [
        f"Lúc {found.at:%H:%M %d/%m/%Y}: {'chạy tốt' if found.ok else 'CÓ LỖI'}.",
        *(f"  ✘ {said}" for said in found.why),
        f"  lượt gần nhất: {last}",
        f"  tin đang chờ: {waits.waiting}{oldest} · chưa rõ kết quả: {waits.unknown}",
        f"  phản hồi chưa xử lý: {waits.heard}",
        f"  kênh đang mở: {channels or 'không đọc được'}",
        *(f"  ! {said}" for said in found.notes),
    ]


def _stop(arguments: Namespace) -> None:
    print(stopping.stop_sending(open_office(), arguments.why, _who(arguments), arguments.at or clock.now()))


def _resume(arguments: Namespace) -> None:
    now = arguments.at or clock.now()
    said = stopping.resume_sending(open_office(), _who(arguments), now, arguments.confirm_restore)
    print("\n".join(said))


def _release(arguments: Namespace) -> None:
    now = arguments.at or clock.now()
    print(stopping.release_storm(open_office(), arguments.tick, _who(arguments), now))


def _drop(arguments: Namespace) -> None:
    now = arguments.at or clock.now()
    print(stopping.drop_storm(open_office(), arguments.tick, arguments.why, _who(arguments), now))


def _who(arguments: Namespace) -> str:
    return arguments.by or getpass.getuser()
