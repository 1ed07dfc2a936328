"""How does a công văn đôn đốc read, and which of them are there to sign?

The order of sentences is the one clerks recognise: what is being carried out and what is still open;
who asks whom; the demands by number. A body outside the UBND is asked with courtesy and never ordered.
Number, date and signature are given by people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from engine.issued_letters import IssuedLetter
from engine.letters import LeftOut, Letter, LetterRow, LettersReport, Voice
from engine.model import Document
from reports.paper import Band, Column, Form, Kind, Paper, Row, Section, Table, Words
from reports.papers.scope import basis_of, cited, kind_of, lines_of
from reports.vietnamese import NBSP, day, number

_CITED = Column("Đã đôn đốc (số văn bản)", width=20)
ROWS = (
    Column("STT", Kind.NUMBER, 6),
    Column("Tên nhiệm vụ", width=44),
    Column("Văn bản giao", width=24),
    Column("Hạn gốc", Kind.DATE, 11),
    Column("Hạn gia hạn", Kind.DATE, 11),
    Column("Số ngày quá hạn", Kind.NUMBER, 9),
    _CITED,
    Column("Ghi chú", width=24),
    Column("Mã nhiệm vụ", width=16, is_wide_only=True),
)
LETTERS = (
    Column("STT", Kind.NUMBER, 6),
    Column("Đơn vị nhận", width=30),
    Column("Công văn đôn đốc lần", Kind.NUMBER, 10),
    Column("Phần việc quá hạn", Kind.NUMBER, 10),
    Column("Phần việc sắp đến hạn", Kind.NUMBER, 10),
    Column("Quá hạn lâu nhất (ngày)", Kind.NUMBER, 10),
    Column("Công văn đã gửi trước", width=26),
    Column("Mã đơn vị", width=11, is_wide_only=True),
)
LEFT_OUT = {
    LeftOut.AWAITING_DECISION: "đang chờ quyết định",
    LeftOut.DISPUTED: "đơn vị cho là không phải việc của mình, chờ phân xử",
    LeftOut.OWN: "do chính cơ quan soạn công văn chủ trì",
    LeftOut.NO_UNIT: "chưa xác định cơ quan chủ trì",
}
MOST_CITED = 3  # more plans or letters are left to the annex


def letters_paper(report: LettersReport) -> Paper:
    """Return who is due a letter, lần mấy and about how many tasks: what the signer sees first."""
    overdue = sum(len(letter.overdue) for letter in report.letters)
    due_soon = sum(len(letter.due_soon) for letter in report.letters)
    said = (
        f"Cần {number(len(report.letters))} công văn đôn đốc, về {number(overdue)} phần việc quá hạn và "
        f"{number(due_soon)} phần việc sắp đến hạn."
        if report.letters
        else "Không có đơn vị nào cần công văn đôn đốc."
    )
    tables = (_summary(report, overdue, due_soon),) if report.letters else ()
    return Paper(
        code="letters",
        title="Danh sách công văn đôn đốc cần ban hành",
        subject="Công văn đôn đốc cần ban hành",
        as_of=report.as_of,
        lines=lines_of(report.query, _documents(report)),
        sections=(Section("letters", "Công văn cần ban hành", (Words(said), *tables)),),
        notes=tuple(_notes(report)),
        basis=basis_of(report.rulebook, report.log_head),
    )


def letter_papers(report: LettersReport) -> list[Paper]:
    """Return the letters themselves, one a unit, in the order of the summary."""
    return [letter_paper(letter, report) for letter in report.letters]


def letter_paper(letter: Letter, report: LettersReport) -> Paper:
    """Return one letter with its list of tasks as the annex; number and date stay blank."""
    name = letter.unit.name
    body = tuple(map(Words, _sentences(letter, report)))
    annex = Section(
        "rows", f"Danh mục nhiệm vụ quá hạn, sắp đến hạn của {name}", (_rows(letter),), is_annex=True
    )
    return Paper(
        code=f"letter-{letter.unit.code}",
        title=f"Công văn lần {number(letter.count)} gửi {name}",
        subject=_about(letter) + _time(letter),
        as_of=report.as_of,
        lines=lines_of(report.query),
        sections=(Section("body", "", body), annex),
        basis=basis_of(report.rulebook, report.log_head),
        form=Form.LETTER,
        to=(name,),
    )


# --- the sentences ---------------------------------------------------------------------------------


def _about(letter: Letter) -> str:
    """Return what stands behind "V/v"."""
    verb = "đề nghị phối hợp thực hiện" if letter.is_courteous else "đôn đốc thực hiện"
    documents = letter.documents
    if len(documents) == 1 and documents[0].number:
        only = documents[0].number
        shown = f"…{only}" if only.startswith("/") else only
        return f"{verb} nhiệm vụ tại {kind_of(only)} số {shown}"
    return f"{verb} các nhiệm vụ được giao" if len(letter.rows) > 1 else f"{verb} nhiệm vụ được giao"


def _time(letter: Letter) -> str:
    """Return lần thứ mấy; a first letter of courtesy does not speak of a second."""
    is_said = letter.count > 1 or not letter.is_courteous
    return f" (lần{NBSP}{number(letter.count)})" if is_said else ""


def _sentences(letter: Letter, report: LettersReport) -> Iterator[str]:
    name, voice = letter.unit.name, report.voice
    yield _state(letter, report)
    if letter.before:
        yield _reminder(letter)
    yield f"{voice.speaker} {_verb(letter, voice)} {name}{_with_care(letter)}:"
    demands = _courteous(letter, voice) if letter.is_courteous else _demands(letter, voice)
    for place, demand in enumerate(demands, start=1):
        yield f"{place}. {demand}"
    yield _ending(letter, voice)


def _state(letter: Letter, report: LettersReport) -> str:
    counts = [
        f"{padded(len(rows))} nhiệm vụ {words}"
        for rows, words in ((letter.overdue, "quá hạn"), (letter.due_soon, "sắp đến hạn"))
        if rows
    ]
    verb = "còn" if letter.overdue else "có"
    return (
        f"Thực hiện {_cited(letter.documents)}; qua theo dõi, đến ngày {day(report.query.on)}, "
        f"{letter.unit.name} {verb} {', '.join(counts)} (Phụ lục kèm theo)."
    )


def _cited(documents: Sequence[Document]) -> str:
    if len(documents) > MOST_CITED:
        return f"{number(len(documents))} văn bản nêu tại Phụ lục"
    return _listed([cited(document) for document in documents])


def _reminder(letter: Letter) -> str:
    before, verb = letter.before, "trao đổi" if letter.is_courteous else "đôn đốc"
    shown = _listed([f"Công văn số {one.number} ngày {day(one.on)}" for one in before[-MOST_CITED:]])
    times = f" {padded(len(before))} lần" if len(before) > 1 else ""
    newest = "gần nhất là " if len(before) > MOST_CITED else ""
    return f"Nội dung này đã được {verb}{times} tại {newest}{shown}."


def _verb(letter: Letter, voice: Voice) -> str:
    if letter.is_courteous:
        return "trân trọng đề nghị"
    return "yêu cầu" if voice.is_chairman else "đề nghị"


def _with_care(letter: Letter) -> str:
    return " quan tâm, phối hợp" if letter.is_courteous else ""


def _demands(letter: Letter, voice: Voice) -> Iterator[str]:
    yield f"{_work(letter, 'Khẩn trương hoàn thành', 'Hoàn thành')}."
    if letter.overdue:
        yield (
            f"Báo cáo nguyên nhân, trách nhiệm để {_those(letter.overdue)} quá hạn và kết quả thực hiện, gửi "
            f"{voice.receiver} trước ngày {day(letter.answer_by)}."
        )
    yield from _when_blocked(letter, "Chủ động làm việc với")
    yield (
        "Trường hợp có nhiệm vụ cần gia hạn, có văn bản đề nghị nêu rõ lý do và thời hạn mới, gửi "
        f"{voice.receiver} {_before(letter)}."
    )


def _courteous(letter: Letter, voice: Voice) -> Iterator[str]:
    yield f"{_work(letter, 'Sớm hoàn thành', 'Hoàn thành')}."
    if letter.overdue:
        yield (
            f"Thông tin về tiến độ, khó khăn, vướng mắc của {_those(letter.overdue)} quá hạn tới "
            f"{voice.receiver} trước ngày {day(letter.answer_by)} để phối hợp tháo gỡ."
        )
    yield from _when_blocked(letter, "Phối hợp với")
    yield (
        "Trường hợp cần thêm thời gian, có văn bản trao đổi nêu rõ lý do và thời hạn mới, gửi "
        f"{voice.receiver} {_before(letter)}."
    )


def _before(letter: Letter) -> str:
    """Return by when more time is asked for: what is not overdue yet, before it is."""
    if not letter.overdue:
        return "trước khi hết thời hạn"
    until = f"trước ngày {day(letter.answer_by)}"
    return f"{until}; với nhiệm vụ sắp đến hạn thì trước khi hết thời hạn" if letter.due_soon else until


def _work(letter: Letter, hurry: str, finish: str) -> str:
    """Return the first demand: overdue work by a day, the rest when it is due."""
    said = []
    if letter.overdue:
        said.append(f"{hurry} {_those(letter.overdue)} quá hạn trước ngày {day(letter.finish_by)}")
    if letter.due_soon:
        verb = finish.lower() if said else finish
        said.append(f"{verb} {_those(letter.due_soon)} sắp đến hạn {_in_time(letter.due_soon)}")
    return "; ".join(said)


def _in_time(rows: Sequence[LetterRow]) -> str:
    days = {row.due_on for row in rows}
    if len(days) == 1:
        return f"đúng thời hạn ngày {day(days.pop())}"
    return "đúng thời hạn nêu tại Phụ lục"


def _when_blocked(letter: Letter, verb: str) -> Iterator[str]:
    blocked = [row for row in letter.rows if row.is_blocked]
    if blocked:
        units = list(dict.fromkeys(row.waits_for or "đơn vị liên quan" for row in blocked))
        yield f"{verb} {_listed(units)} để giải quyết {_those(blocked)} đang vướng."


def _ending(letter: Letter, voice: Voice) -> str:
    if letter.is_courteous:
        return f"{voice.speaker} rất mong nhận được sự quan tâm, phối hợp của {letter.unit.name}./."
    if voice.is_chairman:
        return f"Yêu cầu {letter.unit.name} nghiêm túc triển khai thực hiện./."
    return f"Đề nghị {letter.unit.name} quan tâm, triển khai thực hiện./."


def _those(rows: Sequence[LetterRow]) -> str:
    return "các nhiệm vụ" if len(rows) > 1 else "nhiệm vụ"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} và {last}" if most else last


def padded(count: int) -> str:
    """Return a count as official prose has it: 03, 15, 1.200."""
    return f"{count:02}" if count < 10 else number(count)


# --- the tables ------------------------------------------------------------------------------------


def _summary(report: LettersReport, overdue: int, due_soon: int) -> Table:
    lines = [
        (
            place, letter.unit.name, letter.count, len(letter.overdue), len(letter.due_soon),
            max((row.days_late for row in letter.overdue), default=None), issued(letter.before),
            letter.unit.code,
        )
        for place, letter in enumerate(report.letters, start=1)
    ]  # fmt: skip
    total = (None, "Cộng", None, overdue, due_soon, None, "", "")
    return Table("letters", "Đơn vị cần đôn đốc bằng công văn", LETTERS, lines, total)


def issued(letters: Sequence[IssuedLetter]) -> str:
    """Return the numbers of letters with their days: "45/VP-KGVX (16/09/2025); …"."""
    return "; ".join(f"{letter.number} ({day(letter.on)})" for letter in letters)


def _rows(letter: Letter) -> Table:
    lines: list[Row | Band] = []
    groups = [(letter.overdue, "Nhiệm vụ quá hạn"), (letter.due_soon, "Nhiệm vụ sắp đến hạn")]
    for numeral, (rows, words) in zip(("I", "II"), (group for group in groups if group[0]), strict=False):
        lines.append(Band(f"{numeral}. {words}: {number(len(rows))}"))
        lines += [_row(place, row) for place, row in enumerate(rows, start=1)]
    columns: tuple[Column, ...] = ROWS
    if letter.is_courteous:
        columns = tuple(replace(one, heading="Công văn đã gửi") if one is _CITED else one for one in ROWS)
    return Table("rows", f"Nhiệm vụ quá hạn, sắp đến hạn của {letter.unit.name}", columns, lines)


def _row(place: int, row: LetterRow) -> Row:
    extended: date | None = row.due_on if row.due_on != row.original_due_on else None
    return (
        place, row.task.title, cited(row.task.document), row.original_due_on, extended,
        row.days_late or None, issued(row.cited), "; ".join(_remarks(row)), row.task.code,
    )  # fmt: skip


def _remarks(row: LetterRow) -> Iterator[str]:
    if not row.days_late:
        yield f"còn {number(row.days_left)} ngày làm việc" if row.days_left else "ngày làm việc cuối cùng"
    if row.is_blocked:
        since = f" từ ngày {day(row.blocked_on)}" if row.blocked_on else ""
        yield f"đang chờ {row.waits_for or 'đơn vị khác'}{since}"
    if row.wished_on:
        yield f"đề nghị gia hạn đến {day(row.wished_on)}, chờ quyết định"
    if row.extensions:
        yield f"đã gia hạn {number(row.extensions)} lần"


def _documents(report: LettersReport) -> list[Document]:
    found = {document.code: document for letter in report.letters for document in letter.documents}
    return sorted(found.values(), key=lambda document: (document.issued_on, document.code))


def _notes(report: LettersReport) -> Iterator[str]:
    yield (
        "Mỗi công văn gồm phần việc quá hạn và phần việc còn không quá "
        f"{number(report.red_zone_days)} ngày làm việc đến hạn của một đơn vị chủ trì."
    )
    yield ("Lần đôn đốc chỉ đếm những công văn đã ban hành và đã ghi vào nhật ký, về cùng một văn bản giao.")
    for why, count in report.left_out.items():
        if count:
            yield f"{number(count)} phần việc không đưa vào công văn: {LEFT_OUT[why]}."
