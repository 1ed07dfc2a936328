"""dondoc join · people: open a chat to somebody, see who is reached, hand over or blank what is kept."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cli.output import add_json, iso, print_json, say
from cli.parsing import OPENING, Parser
from store.addresses import KeptAddress
from usecases import clock
from usecases.consent import erase_person, export_person
from usecases.errors import InputRejected
from usecases.joining import CHATS, invite, unlink, why_idle
from usecases.reach import CHANNEL_NAMES, Reach, reach_of_everybody, reason_of, said_of
from usecases.wiring import Office, open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    join = commands.add_parser("join", help="cấp mã để một người nối cuộc trò chuyện của mình")
    _add_post(join)
    join.add_argument(
        "--channel", required=True, choices=sorted(CHATS), metavar="KÊNH", help="; ".join(sorted(CHATS))
    )
    join.add_argument(
        "--minutes",
        type=int,
        default=60,
        metavar="PHÚT",
        help="mã có hiệu lực bao lâu, từ 15 đến 1440; mặc định 60",
    )
    _finish(join, _join)
    people = commands.add_parser("people", help="ai nhận tin qua đâu; xuất hoặc xóa dữ liệu của một người")
    actions = people.add_subparsers(dest="action", metavar="việc", required=True, parser_class=Parser)
    reach = actions.add_parser("reach", help="mỗi vị trí nhận tin qua kênh nào; ai không tới được và vì sao")
    reach.add_argument(
        "--gaps", action="store_true", help="chỉ những vị trí không tới được, hoặc có kênh đã đóng"
    )
    _finish(reach, _reach)
    export = actions.add_parser("export", help="xuất mọi điều đang giữ về một người (JSON)")
    _add_post(export)
    export.add_argument("--person", metavar="TÊN", help="mặc định là người đang giữ vị trí")
    _finish(export, _export)
    erase = actions.add_parser("erase", help="xóa dữ liệu cá nhân của một người; nhật ký vẫn xác minh được")
    _add_post(erase)
    erase.add_argument("--person", required=True, metavar="TÊN", help="họ tên đúng như trong danh bạ lúc đó")
    _finish(erase, _erase)
    closing = actions.add_parser("unlink", help="ngắt cuộc trò chuyện đã nối, để nối lại bằng mã mới")
    _add_post(closing)
    closing.add_argument(
        "--channel", required=True, choices=sorted(CHATS), metavar="KÊNH", help="kênh cần ngắt"
    )
    _finish(closing, _unlink)


def _add_post(command: Parser) -> None:
    command.add_argument("post", metavar="VỊ_TRÍ", help="MÃ_ĐƠN_VỊ/contact, head, coordinator hoặc chairman")


def _finish(command: Any, run: Callable[[Namespace], None]) -> None:
    command.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    add_json(command)
    command.set_defaults(run=run)


def _join(arguments: Namespace) -> None:
    now, office = arguments.at or clock.now(), open_office()
    given = invite(office, arguments.post, arguments.channel, now, timedelta(minutes=arguments.minutes))
    _say_if_idle(office, arguments.channel)
    if arguments.json:
        print_json(
            {
                "post": given.post,
                "person": given.person,
                "channel": given.channel,
                "code": given.code,
                "expires_at": iso(given.expires_at),
                "text": given.text,
            }
        )
    else:
        print(f"Mã: {given.code}\nĐưa tận tay người nhận lời sau, không gửi vào nhóm:\n\n{given.text}")


def _reach(arguments: Namespace) -> None:
    everybody = reach_of_everybody(open_office(), arguments.at or clock.now())
    shown = [one for one in everybody if not arguments.gaps or one.closed or one.why or not one.open]
    if arguments.json:
        print_json([_as_json(one) for one in shown])
        return
    for one in shown:
        print(f"{one.post}: {_said(one)}")
    gaps = sum(bool(one.why or not one.open) for one in everybody)
    print(f"{len(everybody)} vị trí; cần sửa: {gaps}." if gaps else f"{len(everybody)} vị trí, đều tới được.")


def _export(arguments: Namespace) -> None:
    print_json(export_person(open_office(), arguments.post, arguments.person, arguments.at or clock.now()))


def _erase(arguments: Namespace) -> None:
    done = erase_person(open_office(), arguments.post, arguments.person, arguments.at or clock.now())
    if arguments.json:
        print_json(done)
    else:
        counts = (
            f"{done['addresses']} địa chỉ, {done['heard']} tin đã nhận, tên trong {done['messages']} tin gửi"
        )
        print(f"Đã xóa: {counts}.")
        print("Còn lại: dòng trong people.yml, bản sao trong hộp thư và bản sao lưu; quản trị viên tự xóa.")


def _unlink(arguments: Namespace) -> None:
    office = open_office()
    if not unlink(office, arguments.post, arguments.channel, arguments.at or clock.now()):
        raise InputRejected(
            f"{arguments.post}: không có gì để ngắt; kênh này chưa nối, xem 'dondoc people reach'"
        )
    _say_if_idle(office, arguments.channel)
    if arguments.json:
        print_json({"post": arguments.post, "channel": arguments.channel, "unlinked": True})
    else:
        print(f"Đã ngắt. Cấp mã mới: dondoc join {arguments.post} --channel {arguments.channel}")


def _say_if_idle(office: Office, channel: str) -> None:
    """Warn that a code of this channel would do nothing: whoever types it hears no answer."""
    if idle := why_idle(office, channel):
        say(idle)


def _said(one: Reach) -> str:
    through = ", ".join(_way(one, name) for name in one.open) or "CHƯA CÓ KÊNH NÀO"
    closed = [f"{_named(kept.channel)} {said_of(kept)}" for kept in one.closed]
    parts = [f"{through} ({'; '.join(closed)})" if closed and not one.why else through]
    if one.told is not None and one.told.sits_at:
        parts.append(f"{one.told.person}, {one.told.title}")
    return " — ".join([*parts, *([f"CẦN SỬA: {one.why}"] if one.why else [])])


def _way(one: Reach, channel: str) -> str:
    return _named(channel) + (" (đang tạm dừng)" if channel in one.paused else "")


def _named(channel: str) -> str:
    return CHANNEL_NAMES.get(channel, channel)


def _as_json(one: Reach) -> dict[str, object]:
    return {
        "post": one.post,
        "person": one.recipient.person if one.recipient else None,
        "told": one.told.person if one.told else None,
        "told_post": one.told.own_post if one.told else None,
        "channels": list(one.open),
        "paused": list(one.paused),
        "why": one.why,
        "known": [_known_json(kept) for kept in one.known],
        "closed": [_known_json(kept) for kept in one.closed],
    }


def _known_json(kept: KeptAddress) -> dict[str, object]:
    return {
        "channel": kept.channel,
        "status": str(kept.status),
        "at": iso(kept.at),
        "evidence": kept.evidence,
        "reason": reason_of(kept.evidence),
        "text_version": kept.text_version,
        "heard_at": iso(kept.heard_at),
    }
