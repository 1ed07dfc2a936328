"""dondoc tag: people mark tasks, so that rules can speak about them."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction

from cli.output import add_json, iso, print_json
from cli.parsing import OPENING
from store.tags import GIVEN
from usecases import clock
from usecases.tagging import Tagged, tag
from usecases.wiring import open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    command = commands.add_parser("tag", help="gắn nhãn cho nhiệm vụ, để quy tắc ('when: tag') nhận ra")
    command.add_argument("task", metavar="NHIỆM_VỤ", help="mã nhiệm vụ, ví dụ KH-UBND-2025-10/15")
    command.add_argument("tags", nargs="+", metavar="NHÃN", help='ví dụ "trọng điểm"')
    command.add_argument("--remove", action="store_true", help="gỡ các nhãn này thay vì gắn")
    command.add_argument("--by", default="", metavar="AI", help="vị trí hoặc người thực hiện")
    command.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm; mặc định là bây giờ")
    add_json(command)
    command.set_defaults(run=_tag)


def _tag(arguments: Namespace) -> None:
    at = arguments.at or clock.now()
    found = tag(open_office(), arguments.task, arguments.tags, at, arguments.by, remove=arguments.remove)
    if arguments.json:
        print_json(_as_json(found))
    else:
        print(f"{found.task}: {_said(found)}; các nhãn: {', '.join(found.carries) or 'không còn'}")


def _as_json(found: Tagged) -> dict[str, object]:
    """Return the record that was written; `tags` is empty when nothing had to be."""
    return {
        "task": found.task,
        "kind": found.kind,
        "tags": list(found.tags),
        "by": found.by,
        "at": iso(found.at),
        "carries": list(found.carries),
    }


def _said(found: Tagged) -> str:
    if not found.tags:
        return "đã có đủ các nhãn này, không ghi gì thêm"
    return f"đã {'gắn' if found.kind == GIVEN else 'gỡ'} nhãn {', '.join(found.tags)}"
