"""dondoc demo: what does the story of seven months look like on a terminal?"""

from __future__ import annotations

import shutil
import sys
from datetime import date, datetime, time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.output import say
from engine.compliance import OverdueReport
from engine.model import HANOI
from engine.planning import SAID_WHY_NOT, SuppressionReason
from store import ledger
from usecases.errors import UsageMistake
from usecases.invented import SHARES
from usecases.look import report_overdue
from usecases.printing import printed_as
from usecases.replay import FIRST_DAY, LAST_DAY, Story, replay
from usecases.settings import Settings
from usecases.wiring import Office, open_office

MARK = ".dondoc-demo"  # a folder with this file is ours to empty
LEVELS = {
    0: "thông tin phối hợp",
    1: "đầu mối",
    2: "thủ trưởng đơn vị",
    3: "cơ quan theo dõi, đôn đốc",
    4: "Chủ tịch",
}


def show(home: str | None) -> None:
    """Replay the seven months into an empty folder and say what came of it."""
    settings = Settings()
    folder = _emptied(Path(home) if home else settings.home / "demo")
    own = Settings(home=folder, config=settings.config, mailbox_only=True, database_url="")
    office = open_office(own)
    say(
        f"Diễn lại {FIRST_DAY:%d/%m/%Y} – {LAST_DAY:%d/%m/%Y} trên hai kế hoạch thật; "
        "không tin nào rời máy này.",
        "Cách các đơn vị hành xử là GIẢ ĐỊNH: "
        + ", ".join(f"{manner} {share}%" for manner, share in SHARES)
        + ".",
    )
    story = _with_progress(office)
    as_of = datetime.combine(LAST_DAY, time(23, 59, 59), tzinfo=HANOI)
    report = report_overdue(office, as_of)
    paths = _written(office, report)
    print(printed_as(office, "text", "overdue", report).decode())
    print("\n".join(_summary(office, story, paths, report)))


def _with_progress(office: Office) -> Story:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} ngày"),
        TimeElapsedColumn(),
    )
    days = (LAST_DAY - FIRST_DAY).days + 1
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("Đang diễn lại", total=days)

        def tell(day: date, story: Story) -> None:
            progress.update(bar, advance=1, description=f"{day:%d/%m/%Y}  {story.messages:>5} tin")
            if progress.disable and day.day == 1:
                say(f"  {day:%d/%m/%Y}: đã lập {story.messages} tin")

        return replay(office, FIRST_DAY, LAST_DAY, tell)


def _summary(office: Office, story: Story, paths: dict[str, Path], report: OverdueReport) -> list[str]:
    with office.database.reading() as session:
        sent, kept_back = ledger.totals(session), ledger.suppression_totals(session)
    lines = ["TIN ĐÃ GỬI", "  cấp                    kênh       trạng thái      số tin"]
    for (state, channel, level), count in sorted(sent.items(), key=lambda item: (item[0][2], item[0])):
        lines.append(f"  {level} {LEVELS[level]:20} {channel:10} {state:12} {count:>9}")
    lines.append("LỜI NHẮC KHÔNG GỬI, HOẶC ĐANG CHỜ (đều có lý do trong sổ)")
    for reason, count in sorted(kept_back.items()):
        lines.append(f"  {count:>6}  {SAID_WHY_NOT[SuppressionReason(reason)]}")
    home = office.settings.home
    dondoc = f"  DONDOC_HOME={home} .venv/bin/dondoc"
    example = next((row for row in report.rows if row.level >= 2), None)
    lines += [
        f"{story.days} ngày, {story.messages} tin, {story.reminders} lời nhắc.",
        "",
        f"Thư đọc được ở {office.settings.mailbox} (tệp .eml), hoặc:",
        f"{dondoc} mailbox UBND/chairman 1",
        f"Trang báo cáo quá hạn: {paths['html']}",
        f"Báo cáo để in và trình ký: {paths['docx']} · {paths['pdf']}",
        "Nhật ký chấp hành còn nguyên vẹn không:",
        f"{dondoc} log verify",
    ]
    if example:
        lines += [
            "Vì sao có con số đó, chẳng hạn:",
            f"{dondoc} explain {example.task} --unit {example.unit} --at {LAST_DAY}",
        ]
    return lines


def _written(office: Office, report: OverdueReport) -> dict[str, Path]:
    office.reports.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name in ("html", "json", "docx", "pdf"):
        paths[name] = office.reports / f"qua-han-{LAST_DAY}.{name}"
        paths[name].write_bytes(printed_as(office, name, "overdue", report))
    return paths


def _emptied(folder: Path) -> Path:
    """Return `folder` empty; one that holds something else than an earlier replay is left alone."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise UsageMistake(f"thư mục {folder} đã có dữ liệu khác; chọn thư mục trống bằng --home")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).write_text("", "utf-8")
    return folder
