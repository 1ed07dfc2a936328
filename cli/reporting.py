"""dondoc report: the same figures on a screen, in a spreadsheet, on official paper."""

from __future__ import annotations

import re
import sys
import unicodedata
from argparse import ArgumentTypeError, Namespace, _SubParsersAction
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli.asking import office_with_registry
from cli.output import progress_of, say
from cli.parsing import END, day
from engine.model import UnitKind
from engine.report_query import ReportQuery
from reports.formats import FORMATS
from reports.paper import Paper
from usecases import clock
from usecases.errors import InputRejected, UsageMistake
from usecases.printing import OFFICIAL, letters_in, paper_as, printed_as
from usecases.reports import KINDS, ask
from usecases.wiring import Office

MOST_LEVEL = 4
_BY_SUFFIX = {form.suffix: name for name, form in FORMATS.items()}


def add_commands(commands: _SubParsersAction) -> None:  # type: ignore[type-arg]
    """Add the command of this module."""
    which = "\n".join(f"  {kind.name:<12}{kind.title}" for kind in KINDS.values())
    report = commands.add_parser(
        "report",
        help="báo cáo tại một thời điểm: quá hạn, sắp đến hạn, kết quả, công văn đôn đốc …",
        epilog=f"các báo cáo:\n{which}",
    )
    report.add_argument("which", choices=list(KINDS), metavar="LOẠI", help="xem danh sách bên dưới")
    report.add_argument("--as-of", type=END, metavar="LÚC", help="tại thời điểm; mặc định là bây giờ")
    report.add_argument(
        "--plan", action="append", default=[], metavar="MÃ", help="chỉ văn bản này; ghi được nhiều lần"
    )
    report.add_argument(
        "--unit", action="append", default=[], metavar="ĐƠN_VỊ", help="chỉ đơn vị này, mã hoặc tên"
    )
    kinds = [str(kind) for kind in UnitKind]
    report.add_argument(
        "--kind",
        action="append",
        default=[],
        choices=kinds,
        metavar="KHỐI",
        help=f"chỉ khối đơn vị này: {', '.join(kinds)}",
    )
    report.add_argument(
        "--level", action="append", default=[], type=_level, metavar="CẤP",
        help="chỉ việc đã đôn đốc cao nhất đến cấp này: 0 chưa đôn đốc, 1 đầu mối, 2 thủ trưởng, "
        "3 cơ quan theo dõi, 4 Chủ tịch",
    )  # fmt: skip
    report.add_argument("--from", dest="first", type=day, metavar="NGÀY", help="kỳ báo cáo, từ ngày")
    report.add_argument("--to", dest="last", type=day, metavar="NGÀY", help="kỳ báo cáo, đến hết ngày")
    report.add_argument(
        "--format", choices=list(FORMATS), metavar="DẠNG",
        help=f"{', '.join(FORMATS)}; mặc định theo đuôi tệp sau -o, không có tệp thì text",
    )  # fmt: skip
    report.add_argument("--json", action="store_true", help="như --format json")
    report.add_argument(
        "-o", "--output", metavar="TỆP", help="ghi vào tệp; nhiều công văn thì ghi vào thư mục này"
    )
    report.set_defaults(run=_report)


def _report(arguments: Namespace) -> None:
    form = _form(arguments)
    is_printed = arguments.output in (None, "-")
    if FORMATS[form].is_binary and is_printed and sys.stdout.isatty():
        example = f"-o {arguments.which}.{FORMATS[form].suffix}"
        raise UsageMistake(f"dạng {form} không đọc được trên màn hình; ghi vào tệp: {example}")
    as_of = arguments.as_of or clock.now()
    query = ReportQuery(
        as_of=as_of,
        plans=tuple(arguments.plan),
        units=tuple(arguments.unit),
        kinds=tuple(UnitKind(kind) for kind in arguments.kind),
        levels=tuple(arguments.level),
        first_on=arguments.first,
        last_on=arguments.last,
    )
    if query.first_on and query.last_on and query.first_on > query.last_on:
        raise UsageMistake(
            f"--from {query.first_on:%d/%m/%Y} sau --to {query.last_on:%d/%m/%Y}; đổi lại hai ngày"
        )
    office = office_with_registry(as_of)
    with progress_of("Lập báo cáo") as tell:
        found = ask(office, arguments.which, query)
        _hand_over(office, arguments.which, found, form, None if is_printed else arguments.output, tell)


def _hand_over(
    office: Office, which: str, found: Any, form: str, output: str | None, tell: Callable[[str], None]
) -> None:
    """Print a report, or lay it in a file; letters to several units are a file each in a folder."""
    letters = letters_in(which, found) if form in OFFICIAL else []
    if letters and output is None:
        raise UsageMistake(f"công văn dạng {form} ghi vào tệp hoặc thư mục: -o cong-van")
    if output is not None and letters and (len(letters) > 1 or Path(output).is_dir()):
        _into_folder(Path(output), letters, form, office, tell)
    elif letters:
        _lay(paper_as(office, form, letters[0]), form, output)
    else:
        _lay(printed_as(office, form, which, found, tell), form, output)


def _into_folder(
    folder: Path, letters: list[Paper], form: str, office: Office, tell: Callable[[str], None]
) -> None:
    if folder.suffix:
        hint = f"ghi -o một thư mục kèm --format {form}, hoặc --unit để lập một công văn"
        raise UsageMistake(f"có {len(letters)} công văn, không ghi chung vào một tệp '{folder}'; {hint}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        hint = "chọn tên khác, hoặc --unit để lập một công văn"
        raise InputRejected(f"không tạo được thư mục '{folder}' ({error.strerror}); {hint}") from None
    for n, letter in enumerate(letters, start=1):
        tell(f"công văn {n}/{len(letters)}")
        name = f"cong-van-{n:03}-{_file_name(letter.to[0])}.{FORMATS[form].suffix}"
        _put(paper_as(office, form, letter), folder / name)
    say(f"Đã ghi {len(letters)} công văn vào {folder}")


def _file_name(words: str) -> str:
    """Return words as a file name any system takes: "Sở Y tế" is "so-y-te"."""
    bare = unicodedata.normalize("NFD", words.lower().replace("đ", "d"))
    return re.sub(r"[^a-z0-9]+", "-", bare.encode("ascii", "ignore").decode()).strip("-")[:60]


def _lay(content: bytes, form: str, output: str | None) -> None:
    if output is None and not FORMATS[form].is_binary:
        sys.stdout.write(content.decode())
    elif output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        _put(content, Path(output))
        say(f"Đã ghi {output}")


def _put(content: bytes, path: Path) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        hint = "chọn thư mục đã có và ghi được"
        raise InputRejected(f"không ghi được '{path}' ({error.strerror}); {hint}") from None


def _form(arguments: Namespace) -> str:
    if arguments.json:
        return "json"
    if arguments.format:
        return str(arguments.format)
    suffix = Path(arguments.output or "").suffix.lstrip(".").lower()
    if suffix and suffix not in _BY_SUFFIX:
        known = ", ".join(f".{name}" for name in _BY_SUFFIX)
        raise UsageMistake(f"không biết dạng tệp '.{suffix}'; đặt đuôi tệp là {known}, hoặc ghi --format")
    return _BY_SUFFIX.get(suffix, "text")


def _level(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= MOST_LEVEL):
        raise ArgumentTypeError(f"cấp '{text}' không có; ghi một số từ 0 đến {MOST_LEVEL}")
    return int(text)
