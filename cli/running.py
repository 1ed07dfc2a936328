"""dondoc remind · send · serve · deploy · demo · migrate: the service at work."""

from __future__ import annotations

import asyncio
from argparse import Namespace, _SubParsersAction
from collections import Counter
from typing import Any

from cli.output import add_json, iso, print_json, say
from cli.parsing import OPENING
from engine.planning import SAID_WHY_NOT, SuppressionReason
from usecases import clock
from usecases.bring_in import ensure_registry
from usecases.deliver import Delivered, pump
from usecases.errors import DeliveryIncomplete
from usecases.guards import kept_back_words
from usecases.remind import Planned, tick
from usecases.ruling import ensure_rules_in_force, unapplied_edit
from usecases.settings import Settings
from usecases.wiring import open_office

REHEARSAL = "diễn tập: đồng hồ của tiến trình bắt đầu từ thời điểm này; mặc định là bây giờ"


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    remind = commands.add_parser("remind", help="một lượt: xét việc đến mốc, gửi những tin được gửi")
    remind.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    remind.add_argument("--full", action="store_true", help="xét lại toàn bộ, không dựa vào mốc lần trước")
    add_json(remind)
    remind.set_defaults(run=_remind)

    serve = commands.add_parser("serve", help="chạy dịch vụ trên máy này cho đến khi bị dừng")
    serve.add_argument("--at", type=OPENING, metavar="LÚC", help=REHEARSAL)
    serve.set_defaults(run=_serve)

    send = commands.add_parser("send", help="tiến trình gửi: rút hộp chờ gửi cho đến khi bị dừng")
    send.add_argument("--once", action="store_true", help="gửi hết rồi thoát")
    send.add_argument("--at", type=OPENING, metavar="LÚC", help=REHEARSAL)
    send.set_defaults(run=_send)

    deploy = commands.add_parser(
        "deploy", help="nhiều máy: đưa lịch chạy lên máy chủ Prefect ở PREFECT_API_URL"
    )
    deploy.set_defaults(run=_deploy)

    migrate = commands.add_parser("migrate", help="đưa cơ sở dữ liệu lên phiên bản của phần mềm")
    migrate.set_defaults(run=_migrate)

    demo = commands.add_parser("demo", help="diễn lại 1/7/2025–31/1/2026 trên hai kế hoạch thật")
    demo.add_argument("--home", metavar="THƯ_MỤC", help="nơi ghi kết quả; mặc định DONDOC_HOME/demo")
    demo.set_defaults(run=_demo)


def _remind(arguments: Namespace) -> None:
    now = arguments.at or clock.now()
    office = open_office()
    if ensure_registry(office, now):
        say("Sổ nhiệm vụ còn trống: đã nạp các kế hoạch mặc định trong config/registry.")
    ensure_rules_in_force(office, now)
    if not_in_force := unapplied_edit(office):
        say(not_in_force)
    planned = tick(office, now, full=arguments.full)
    delivered = asyncio.run(pump(office, now))
    if arguments.json:
        print_json(_tick_as_json(planned, delivered))
    else:
        print("\n".join(_tick_lines(planned, delivered)))
    if delivered.failures:
        raise DeliveryIncomplete("\n".join(("Có tin chưa gửi được:", *delivered.failures)))


def _tick_as_json(planned: Planned, delivered: Delivered) -> dict[str, Any]:
    return {
        "at": iso(planned.at),
        "planned": len(planned.messages),
        "reminders": planned.reminders,
        "sent": delivered.sent,
        "held": _held(planned, delivered),
        "suppressed": len(planned.suppressions) + delivered.by_state["suppressed"],
        "failed": delivered.by_state["failed_temporary"] + delivered.by_state["failed_permanent"],
        "unknown": delivered.by_state["unknown"],
        "suppressed_by_reason": dict(sorted(planned.by_reason.items())),
        "planned_by_level": {
            str(level): count for level, count in sorted(Counter(m.level for m in planned.messages).items())
        },
        "failures": delivered.failures,
        "kept_back": dict(sorted(delivered.kept_back.items())),
        "stops": delivered.stops,
    }


def _tick_lines(planned: Planned, delivered: Delivered) -> list[str]:
    lines = [
        f"Lượt {planned.at:%H:%M %d/%m/%Y}: xét {planned.looked_at} phần việc, "
        f"lập {len(planned.messages)} tin với {planned.reminders} lời nhắc.",
        f"  đã gửi {delivered.sent} · giữ lại {_held(planned, delivered)} · "
        f"không nhắc {len(planned.suppressions)} · lỗi {len(delivered.failures)}",
    ]
    lines += [
        f"  không nhắc vì {SAID_WHY_NOT[SuppressionReason(reason)]}: {count}"
        for reason, count in sorted(planned.by_reason.items())
    ]
    lines += [f"  {said}" for said in kept_back_words(delivered.kept_back)]
    return lines + [f"  {said}" for said in delivered.stops]


def _held(planned: Planned, delivered: Delivered) -> int:
    """Messages put off to the next sending hours, now or when they were planned."""
    return delivered.by_state["held"] + sum(message.not_before > planned.at for message in planned.messages)


def _serve(arguments: Namespace) -> int:
    from flows.service import serve

    return serve(open_office(), arguments.at)


def _send(arguments: Namespace) -> int:
    from flows.sender import run_sender

    return run_sender(open_office(), once=arguments.once, at=arguments.at)


def _deploy(arguments: Namespace) -> None:
    from flows.deploy import deploy

    if ensure_registry(open_office(), clock.now()):
        say("Sổ nhiệm vụ còn trống: đã nạp các kế hoạch mặc định trong config/registry.")
    print("Đã đưa lên máy chủ Prefect:", *deploy(Settings()), sep="\n  ")


def _migrate(arguments: Namespace) -> None:
    office = open_office()
    assert office.database.is_current()
    print("Cơ sở dữ liệu đã ở phiên bản của phần mềm này.")


def _demo(arguments: Namespace) -> None:
    from cli.demonstration import show

    show(arguments.home)
