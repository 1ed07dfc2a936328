"""The 32 ways in which an import of official papers goes wrong, each from file to registry.

One test a case, numbered as the team's list of acceptance cases has them. The readers have
closer tests of their own beside their modules.
"""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
import zlib
from datetime import date, datetime

import docx
import pytest
import typst
import xlsxwriter

from engine.status import Status, standing_of
from intake.names import safe_name
from store import registry
from tests import filemaking
from tests.guarantee.world import at
from usecases.bring_in import bring_in
from usecases.errors import InputRejected
from usecases.look import report_overdue
from usecases.printing import printed_as
from usecases.questions import open_questions

ISSUED = date(2025, 7, 15)
TODAY = "2025-07-16"
COLUMNS = (
    "STT",
    "Nội dung nhiệm vụ",
    "Cơ quan chủ trì",
    "Cơ quan phối hợp",
    "Hạn hoàn thành",
    "Kết quả dự kiến",
)


def come_in(office, data, name="phu-luc.docx", when=TODAY, plan="KH-1"):
    data = data if isinstance(data, bytes) else data.encode()
    return bring_in(office, data, name, ISSUED, at(when), plan)


def a_text(*rows, columns=COLUMNS):
    return "".join("\t".join(cells) + "\n" for cells in (columns, *rows))


def a_row(number=1, text="Rà soát quy trình nội bộ", lead="Sở Y tế", supporting="", deadline="31/12/2025"):
    return (str(number), text, lead, supporting, deadline, "Báo cáo")


def a_word(*rows, columns=COLUMNS, lay=None):
    """A Word file with one table; `lay` changes the table before it is saved."""
    document = docx.Document()
    table = document.add_table(0, len(columns))
    for cells in (columns, *rows):
        for cell, words in zip(table.add_row().cells, cells, strict=True):
            cell.text = words
    if lay:
        lay(table)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def with_part(data, name, content):
    """A zip file with one part more, or another content of one it has."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


def an_excel(*rows, columns=COLUMNS, write=None):
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Phụ lục")
        for place, cells in enumerate((columns, *rows)):
            for column, value in enumerate(cells):
                sheet.write(place, column, value) if value != "" else None
        if write:
            write(book, sheet)
    return data.getvalue()


def read_as(brought):
    """What an import made of each row, in short."""
    return [(t.number, t.lead.as_written, t.deadline.due_on) for t in brought.tasks]


def refused(office, data, name="x.docx"):
    """The one reason why a file is not taken; nothing of it is kept."""
    with pytest.raises(InputRejected) as error:
        come_in(office, data, name)
    with office.database.reading() as session:
        assert registry.is_empty(session)
    (problem,) = error.value.problems
    assert problem.message
    assert problem.hint
    return problem.code


def standing(office, number, when=TODAY, unit="SYT"):
    with office.database.reading() as session:
        shares = registry.assignments(session, office.directory.unit, task_codes=[f"KH-1/{number}"])
    return {share.unit.code: standing_of(share, at(when)) for share in shares}[unit]


def the_deadline(office, words, name="x.docx"):
    (task,) = come_in(office, a_word(a_row(deadline=words)), name).tasks
    return task.deadline


# --- values -----------------------------------------------------------------------------------


def test_case_01_an_impossible_day_is_kept_proposed_and_waits_for_a_person(office):
    deadline = the_deadline(office, "31/9/2025")

    assert (deadline.kind, deadline.as_written) == ("invalid", "31/9/2025")
    assert (deadline.due_on, deadline.proposal) == (None, date(2025, 9, 30))
    assert standing(office, 1).status is Status.AWAITING_DECISION


def test_case_02_a_quarter_ends_on_its_last_day_and_is_flagged(office):
    (task,) = come_in(office, a_text(a_row(deadline="Quý III năm 2025")), "x.txt").tasks

    assert task.deadline.due_on == date(2025, 9, 30)
    assert "deadline-inferred" in [code for code, _ in task.problems]
    assert standing(office, 1).is_chased


def test_case_03_routine_work_is_never_overdue(office):
    come_in(office, a_text(a_row(deadline="Thường xuyên")), "x.txt")

    report = report_overdue(office, at("2030-01-01"))
    assert (report.matrix.no_deadline, report.matrix.open_late) == (1, 0)


def test_case_04_a_date_that_says_done_is_a_date_and_a_question(office):
    deadline = the_deadline(office, "30/9/2025\n(Đã hoàn thành; tiếp tục triển khai)")

    assert (deadline.due_on, deadline.already_done) == (date(2025, 9, 30), True)
    assert [q.kind for q in open_questions(office, at(TODAY))] == ["done"]


def test_case_05_what_the_converter_left_is_no_part_of_the_words(office):
    text = "\tSTT\n\tNội dung nhiệm vụ\n\tCơ quan chủ trì\n\tHạn hoàn thành\n\n"
    work = "\t1\n\tRà soát[footnoteRef:1] quy trình [1: Theo Nghị quyết số 5.]\n"
    row = f"{work}\tSở Y tế\n\t[bookmark: _GoBack]31/8/2025\n\n"
    (task,) = come_in(office, text + row, "x.txt").tasks

    assert (task.text, task.deadline.due_on) == ("Rà soát quy trình", date(2025, 8, 31))
    assert task.footnotes == ("Theo Nghị quyết số 5.",)


@pytest.mark.parametrize(
    ("words", "kind", "due_on"),
    [
        ("trong tháng 8/2025", "month", date(2025, 8, 31)),
        ("đến hết tháng 12/2025", "month", date(2025, 12, 31)),
        ("trước ngày 10 hàng tháng", "recurring", None),
        ("giai đoạn 2026 - 2030", "range", date(2030, 12, 31)),
    ],
)
def test_case_06_phrases_of_time_are_read(office, words, kind, due_on):
    deadline = the_deadline(office, words)

    assert (deadline.kind, deadline.due_on) == (kind, due_on)


@pytest.mark.parametrize("words", ["29/02/2025", "00/13/2025", "19/7/202", "45930", "31/11/2025"])
def test_case_07_what_is_no_date_is_never_in_force(office, words):
    (task,) = come_in(office, a_text(a_row(deadline=words)), "x.txt").tasks

    assert (task.deadline.as_written, task.deadline.due_on) == (words, None)
    assert standing(office, 1).status is Status.AWAITING_DECISION


def test_case_07_two_figures_of_a_year_are_read_and_flagged(office):
    deadline = the_deadline(office, "1/1/26")

    assert (deadline.due_on, deadline.needs_confirmation) == (date(2026, 1, 1), True)


def test_case_07_dates_of_a_sheet_are_read_however_they_are_stored(office):
    def dates(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime(1, 4, datetime(2025, 9, 30), day)  # a real date
        sheet.write_number(2, 4, 45930)  # the same without a date format
        sheet.write_string(3, 4, "30/9/2025")  # the same as words

    rows = [a_row(n, f"Rà soát quy trình nội bộ số {n}", deadline="") for n in (1, 2, 3)]
    brought = come_in(office, an_excel(*rows, write=dates), "x.xlsx")

    assert [task.deadline.due_on for task in brought.tasks] == [date(2025, 9, 30)] * 3
    assert [[code for code, _ in task.problems] for task in brought.tasks] == [[], ["excel-serial"], []]


# --- files ------------------------------------------------------------------------------------


def test_case_08_columns_in_another_order_hold_the_same_work(office):
    order = (0, 1, 4, 2, 3, 5)
    rows = [a_row(), a_row(2, "Số hóa hồ sơ lưu trữ", "Sở Nội vụ", "Sở Y tế", "30/9/2025")]
    moved = [tuple(row[at] for at in order) for row in rows]
    brought = come_in(office, a_word(*moved, columns=[COLUMNS[at] for at in order]))

    assert read_as(brought) == [("1", "Sở Y tế", date(2025, 12, 31)), ("2", "Sở Nội vụ", date(2025, 9, 30))]


def test_case_09_headings_over_two_rows_are_repeated_on_each_page(office):
    plan = filemaking.registry_plan("kh-ubnd-2025-10")
    brought = come_in(office, filemaking.as_docx(plan, two_heading_rows=True, repeat_every=9))

    assert [task.number for task in brought.tasks] == [row.number for row in plan.rows]
    assert [task.lead.as_written for task in brought.tasks] == [row.lead for row in plan.rows]


def test_case_10_a_row_merged_across_is_a_section_and_no_task(office):
    def merge(table):
        table.rows[1].cells[0].merge(table.rows[1].cells[-1])

    title = ("I. Về công tác chỉ đạo", *[""] * 5)
    brought = come_in(office, a_word(title, a_row(), lay=merge))

    assert [(s.number, s.title) for s in brought.sections] == [("I", "Về công tác chỉ đạo")]
    assert [(task.number, task.section) for task in brought.tasks] == [("1", "I")]


def test_case_11_a_lead_merged_down_three_tasks_leads_all_three(office):
    def merge(table):
        table.cell(1, 2).merge(table.cell(3, 2)).text = "Sở Xây dựng"

    rows = [a_row(n, f"Việc thứ {n} về quy hoạch", lead="") for n in (1, 2, 3)]
    brought = come_in(office, a_word(*rows, lay=merge))

    assert [task.lead.as_written for task in brought.tasks] == ["Sở Xây dựng"] * 3


def test_case_12_a_row_cut_by_a_page_is_one_task(office):
    first = (
        "1",
        "Rà soát, hoàn thiện quy trình số hóa hồ sơ, tài liệu lưu trữ và",
        "Sở Nội",
        "",
        "31/12/",
        "Báo",
    )
    rest = ("", "báo cáo kết quả thực hiện hằng quý", "vụ", "", "2025", "cáo")
    brought = come_in(office, a_word(first, rest, a_row(2)))

    assert [task.number for task in brought.tasks] == ["1", "2"]
    task = brought.tasks[0]
    assert (task.text.endswith("hằng quý"), task.lead.as_written, task.deadline.due_on) == (
        True, "Sở Nội vụ", date(2025, 12, 31),
    )  # fmt: skip
    assert "stitched-row" in [code for code, _ in task.problems]


def test_case_12_a_table_inside_a_cell_makes_no_tasks(office):
    def nest(table):
        inner = table.cell(1, 1).add_table(2, 2)
        for cell, words in zip(inner._cells, ("Đợt", "Số hồ sơ", "1", "500"), strict=True):
            cell.text = words

    brought = come_in(office, a_word(a_row(), a_row(2, "Việc khác hẳn của kế hoạch"), lay=nest))

    assert [task.number for task in brought.tasks] == ["1", "2"]
    assert "500" in brought.tasks[0].text


def test_case_13_decomposed_letters_are_the_same_letters(office):
    text = a_text(a_row(), a_row(2, "Số hóa sổ hộ tịch của tỉnh", "Sở Tư pháp"))
    one = come_in(office, unicodedata.normalize("NFC", text), "x.txt")
    again = come_in(office, unicodedata.normalize("NFD", text), "x.txt", "2025-07-17")

    assert (again.changes.added, again.changes.changed, again.changes.removed) == ((), (), ())
    assert [t.code for t in one.tasks] == [t.code for t in again.tasks]


@pytest.mark.parametrize("lead", ["Sở\u00a0Y  tế", "Sở Y\u200b tế ", " Sở Y tế\u00ad", "Sở\nY tế"])
def test_case_14_blanks_nobody_sees_change_no_name(office, lead):
    (task,) = come_in(office, a_word(a_row(lead=lead))).tasks

    assert [unit.code for unit in task.lead.units] == ["SYT"]


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("Các sở, ban, ngành, địa phương", 110),
        ("Các sở, ban ngành, địa phương", 110),
        ("Các Sở ban, ngành, địa phương", 110),
        ("Các sở,ban, ngành, địa phương", 110),
        ("Sở ban ngành, địa  phương", 110),
        ("Các sở, ngành, địa phương", 110),
        ("Các Sở, ban, ngành", 14),
        ("Các xã phường, đặc khu", 96),
        ("Các địa phương", 96),
        ("Các sở, ban, ngành có liên quan", 0),
        ("Các sở, ban, ngành, địa phương liên quan", 0),
    ],
)
def test_case_15_each_wording_of_a_group_is_its_members_and_no_more(office, words, count):
    (task,) = come_in(office, a_text(a_row(lead=words)), "x.txt").tasks

    assert len(task.lead.units) == count
    assert [q.kind for q in open_questions(office, at(TODAY))] == ([] if count else ["units"])


def test_case_16_a_dissolved_unit_leads_to_its_successor_with_a_note(office):
    (task,) = come_in(office, a_text(a_row(lead="Sở Kế hoạch và Đầu tư")), "x.txt").tasks

    assert [unit.code for unit in task.lead.units] == ["STC"]
    assert task.lead.notes


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("UBND xã Ba Tơ", "21484"),
        ("UBND xã Ba Tô", "21523"),
        ("UBND xã Sơn Hà", "21289"),
        ("UBND xã Sơn Hạ", "21292"),
    ],
)
def test_case_17_communes_one_accent_apart_stay_apart(office, words, code):
    (task,) = come_in(office, a_text(a_row(lead=words)), "x.txt").tasks

    assert [unit.code for unit in task.lead.units] == [code]


@pytest.mark.parametrize(
    ("words", "codes"),
    [("Sở KH&CN", ["SKHCN"]), ("VPUB", ["VPUB"]), ("Sở Khoa hoc và Công nghệ", []), ("Sở Tai chính", [])],
)
def test_case_18_an_abbreviation_is_known_and_a_likeness_decides_nothing(office, words, codes):
    (task,) = come_in(office, a_text(a_row(lead=words)), "x.txt").tasks

    assert [unit.code for unit in task.lead.units] == codes
    assert bool(task.lead.candidates) is (not codes)


def test_case_19_the_same_file_twice_changes_nothing(office):
    data = a_word(a_row(), a_row(2, "Số hóa hồ sơ lưu trữ lịch sử", "Sở Nội vụ"))
    come_in(office, data)
    again = come_in(office, data, when="2025-07-17")

    assert (again.changes.added, again.changes.changed, again.changes.removed) == ((), (), ())
    assert len(again.changes.unchanged) == 2


def test_case_20_a_new_version_is_a_difference_and_history_stays(office):
    rows = [
        a_row(1, "Rà soát quy trình tiếp nhận hồ sơ"),
        a_row(2, "Số hóa hồ sơ lưu trữ lịch sử", "Sở Nội vụ"),
        a_row(3, "Kiểm tra an toàn thông tin mạng", "Công an tỉnh"),
    ]
    come_in(office, a_word(*rows))
    newer = [rows[0], ("2", *rows[2][1:4], "30/11/2025", rows[2][5])]  # row 2 left, and Word renumbered
    brought = come_in(office, a_word(*newer), when="2025-07-18")

    assert [change.title for change in brought.changes.removed] == ["Số hóa hồ sơ lưu trữ lịch sử"]
    (changed,) = brought.changes.changed
    assert changed.fields == {"number": ("3", "2"), "deadline": ("31/12/2025", "30/11/2025")}
    gone, moved = (standing(office, n, "2025-07-19", u) for n, u in ((2, "SNV"), (3, "CAT")))
    assert gone.status is Status.CANCELLED
    assert (moved.original_due_on, moved.due_on) == (date(2025, 12, 31), date(2025, 11, 30))


def test_case_21_the_same_task_in_two_annexes_is_offered_and_kept_apart(office):
    text = "Xây dựng quy chế quản lý, khai thác cơ sở dữ liệu dùng chung của tỉnh Quảng Ngãi"
    come_in(office, a_word(a_row(text=text)))
    brought = come_in(office, a_word(a_row(text=text + " năm 2025")), plan="KH-2")

    assert [code for code, _ in brought.tasks[0].problems] == ["same-task"]
    assert len(brought.changes.added) == 1


def test_case_22_a_draft_without_number_and_date_comes_in(office):
    place = "Quảng Ngãi, ngày     tháng     năm 2025"
    head = f"DỰ THẢO\nSố:      /KH-UBND\n{place}\nKẾ HOẠCH\nPhát triển dữ liệu số\n\n"
    brought = bring_in(office, (head + a_text(a_row())).encode(), "x.txt", ISSUED, at(TODAY))

    assert brought.document.number == "/KH-UBND"
    assert read_as(brought) == [("1", "Sở Y tế", date(2025, 12, 31))]


# --- hostile files ------------------------------------------------------------------------------


def test_case_23_a_zip_bomb_is_refused(office):
    assert refused(office, with_part(a_word(a_row()), "word/media/a.bin", bytes(250_000_000))) == "zip-bomb"


@pytest.mark.parametrize(
    "entity",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',  # case 24
        '<!DOCTYPE a [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>',  # case 25
    ],
)
def test_case_24_25_entities_are_refused(office, entity):
    assert refused(office, with_part(a_word(a_row()), "word/document.xml", entity)) == "hostile-xml"


def test_case_26_a_file_with_macros_under_another_name_is_refused(office):
    assert refused(office, with_part(a_word(a_row()), "word/vbaProject.bin", b"x")) == "macro-file"


def test_case_27_an_encrypted_workbook_is_refused(office):
    locked = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(900)
    )

    assert refused(office, locked, "x.xlsx") == "encrypted-file"


def test_case_28_a_scan_is_refused_and_says_so(office):
    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\xff\xff\xff")) + chunk(b"IEND", b"")
    picture = ",".join(map(str, b"\x89PNG\r\n\x1a\n" + pixel))
    page = f"#image(bytes(({picture})), width: 100%, height: 90%)"

    assert refused(office, typst.compile(page.encode()), "x.pdf") == "scanned-pdf"


def test_case_29_an_upload_cut_off_is_refused(office):
    data = a_word(*(a_row(n) for n in range(1, 30)))

    assert refused(office, data[: len(data) // 2]) == "damaged-file"


def test_case_30_an_empty_file_is_refused(office):
    assert refused(office, b"") == "empty-file"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x.docx", "x.docx"),
        ("..\\..\\x", "x"),
        ("a\0.docx", "a.docx"),
        ("\u202excod.docx", "xcod.docx"),
    ],
)
def test_case_31_a_name_is_shown_and_leads_nowhere(office, name, shown):
    brought = come_in(office, a_word(a_row()), safe_name(name))

    assert brought.source == shown


def test_case_31_a_name_of_300_bytes_is_cut_at_a_letter():
    name = safe_name("ữ" * 100 + ".docx")

    assert len(name.encode()) <= 120
    assert "�" not in name


def test_case_32_a_formula_in_a_cell_comes_back_out_as_text(office):
    hostile = '=HYPERLINK("http://x.invalid","Nhấn vào đây để nhận tiền")'
    come_in(office, an_excel(a_row(text=hostile, deadline="31/7/2025")), "x.xlsx")
    report = report_overdue(office, at("2025-08-20"))

    assert [row.title for row in report.rows] == [hostile]
    csv, xlsx = (printed_as(office, form, "overdue", report) for form in ("csv", "xlsx"))
    assert "'=HYPERLINK" in csv.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(xlsx)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
    assert all("<f>" not in sheet for sheet in sheets)
