"""dondoc import: a plan comes in."""

from __future__ import annotations

from argparse import Namespace, _SubParsersAction
from pathlib import Path

from cli.contracts import import_as_json
from cli.output import add_json, print_json, say, shown
from cli.parsing import OPENING, day
from engine.problems import printed
from usecases import clock
from usecases.bring_in import Brought, bring_in
from usecases.errors import InputRejected
from usecases.wiring import open_office


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the commands of this module."""
    command = commands.add_parser(
        "import",
        help="nhập phụ lục nhiệm vụ của một kế hoạch",
        epilog="ví dụ: dondoc import phu-luc.txt --issued 2025-10-17 --dry-run",
    )
    command.add_argument("file", metavar="TỆP", help="phụ lục ở dạng văn bản (.txt) xuất từ Word")
    command.add_argument("--issued", type=day, required=True, metavar="NGÀY", help="ngày ban hành văn bản")
    command.add_argument("--plan", metavar="MÃ", help="mã kế hoạch; bỏ trống thì nhận theo tiêu đề văn bản")
    command.add_argument("--dry-run", action="store_true", help="chỉ đọc và so sánh, không ghi gì")
    command.add_argument("--at", type=OPENING, metavar="LÚC", help="thời điểm nhập; mặc định là bây giờ")
    add_json(command)
    command.set_defaults(run=_import)


def _import(arguments: Namespace) -> None:
    office = open_office()
    brought = bring_in(
        office,
        _read(arguments.file),
        Path(arguments.file).name,
        arguments.issued,
        arguments.at or clock.now(),
        plan=arguments.plan,
        dry_run=arguments.dry_run,
    )
    if arguments.json:
        print_json(import_as_json(brought, office.world.calendar))
    else:
        print("\n".join(_lines(brought)))
    if arguments.dry_run:
        say("Chạy thử: chưa ghi gì. Bỏ --dry-run để nhập thật.")


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise InputRejected(f"không có tệp '{name}'; kiểm tra lại tên và thư mục") from None
    except IsADirectoryError:
        raise InputRejected(f"'{name}' là thư mục; cần một tệp phụ lục") from None
    except OSError as error:
        raise InputRejected(f"không mở được tệp '{name}' ({error.strerror}); kiểm tra quyền đọc") from None


def _lines(brought: Brought) -> list[str]:
    changes = brought.changes
    numbered = sum(task.number is not None for task in brought.tasks)
    lines = [
        f"{brought.document.code}  {brought.document.title}",
        f"  ban hành {shown(brought.document.issued_on)} · {numbered} nhiệm vụ đánh số · "
        f"{len(brought.sections)} mục · {brought.assignments} phần việc được giao",
        f"  thêm {len(changes.added)} · sửa {len(changes.changed)} · bỏ {len(changes.removed)} · "
        f"giữ nguyên {len(changes.unchanged)}",
    ]
    for change in changes.changed:
        for name, (old, new) in change.fields.items():
            lines.append(f"  sửa {change.number}: {name}: “{old}” → “{new}”")
    asked = [(task, code, said) for task in brought.tasks for code, said in task.problems]
    if asked:
        lines.append(f"Cần người xem ({len(asked)}):")
        lines += [f"  STT {task.number or '—'}: {code}: {said}" for task, code, said in asked]
    for duty in brought.duties:
        lines.append(f"Việc định kỳ thấy trong văn bản, chờ người xác nhận: “{duty.as_written}”")
    return lines + [printed(problem) for problem in brought.problems]
