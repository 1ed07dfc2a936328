"""The same figures in every format."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from rich.cells import cell_len

from engine.compliance import AgeingBin, Matrix, OverdueReport, OverdueRow, UnitRow
from engine.data_quality import DataQuality
from engine.model import HANOI
from engine.status import Status, Timeliness
from reports.formats import OVERDUE as FORMATS
from reports.formats import SPREADSHEETS
from reports.vietnamese import CELL, LEVEL, STATUS


class Page(HTMLParser):
    """Tables of a page by caption, each a list of rows of texts; and the rows marked as owed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.owed: list[list[str]] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self._open: list[list[list[str]]] = []
        self._caption: list[str] = []
        self._into: list[list[str]] = []
        self._skip = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        marks = dict(attrs)
        self._skip = self._skip or tag == "style"
        if tag == "table":
            self._open.append([])
            self._caption.append("")
        elif tag == "caption":
            self._into.append([])
        elif tag == "tr":
            self._open[-1].append([])
            if "owed" in (marks.get("class") or ""):
                self.owed.append(self._open[-1][-1])
                self.ids.append(marks["id"])
        elif tag in {"td", "th"}:
            self._into.append([])

    def handle_endtag(self, tag):
        if tag == "style":
            self._skip = False
        elif tag == "table":
            self.tables[self._caption.pop()] = self._open.pop()
        elif tag == "caption":
            self._caption[-1] = spaced(self._into.pop())
        elif tag in {"td", "th"}:
            self._open[-1][-1].append(spaced(self._into.pop()))

    def handle_data(self, data):
        if not self._skip:
            self.text.append(data)
            if self._into:
                self._into[-1].append(data)


def spaced(pieces: list[str]) -> str:
    return " ".join("".join(pieces).split())


def figure(text: str) -> int:
    """The whole number a Vietnamese text starts with: "1.234 Đúng hạn" is 1234."""
    return int(re.match(r"[\d.]+", text)[0].replace(".", ""))


def table(page: Page, starts: str) -> list[list[str]]:
    (found,) = [rows for caption, rows in page.tables.items() if caption.startswith(starts)]
    return found


@pytest.fixture
def data(report):
    return json.loads(FORMATS["json"](report))


@pytest.fixture
def page(report):
    return Page(FORMATS["html"](report))


@pytest.fixture
def text(report):
    return FORMATS["text"](report)


def test_the_page_has_the_matrix_of_the_json(page, data):
    _, done, still_open, undated, undecided, total = table(page, "Số phần việc được giao")
    matrix = data["matrix"]

    assert [figure(cell) for cell in done[1:3]] == [matrix["done_on_time"], matrix["done_late"]]
    assert [figure(cell) for cell in still_open[1:3]] == [matrix["open_in_time"], matrix["open_late"]]
    assert (figure(undated[3]), figure(undecided[3])) == (matrix["no_deadline"], matrix["awaiting_decision"])
    assert (
        figure(total[3])
        == matrix["total"]
        == sum(figure(line[3]) for line in (done, still_open, undated, undecided))
    )
    for column in (1, 2):
        assert figure(total[column]) == figure(done[column]) + figure(still_open[column])
    assert figure(done[3]) == figure(done[1]) + figure(done[2])


def test_the_terminal_has_the_matrix_of_the_json(text, data):
    figures = {
        line[:22].strip(): re.split(r"\s{2,}", line.strip())[1:] for line in text.splitlines()[4:14] if line
    }
    matrix = data["matrix"]

    done, still_open = figures["Đã hoàn thành"], figures["Chưa hoàn thành"]
    assert list(map(figure, done[:2])) == [matrix["done_on_time"], matrix["done_late"]]
    assert list(map(figure, still_open[:2])) == [matrix["open_in_time"], matrix["open_late"]]
    assert figure(figures["Cộng"][2]) == matrix["total"]


def test_both_rates_stand_with_their_denominator_in_text_and_page(page, text, report, data):
    assert "".join(page.text).count("Số đến hạn = ") == 1
    spoken = [spaced(page.text), " ".join(text.split())]
    for rate, part in (
        ("completed_of_due", report.rates.completed),
        ("on_time_of_due", report.rates.on_time),
    ):
        shown = f"{data['rates'][rate] * 100:.1f} %".replace(".", ",")
        formula = f"{shown} = {part} / {report.rates.due}"
        assert [formula in words for words in spoken] == [True, True]


def test_ageing_is_the_same_in_all_formats(page, text, data):
    _, *bins, total = table(page, "Số phần việc quá hạn, theo")
    counts = [age["count"] for age in data["ageing"]]

    assert [figure(line[2]) for line in bins] == counts
    assert figure(total[2]) == sum(counts) == len(data["rows"])
    for label, count in zip(["1–7 ngày", "8–30 ngày", "31–60 ngày", "trên 60 ngày"], counts, strict=True):
        assert re.search(rf"^{label} +{count}$", text, re.MULTILINE)


def test_every_overdue_row_is_on_the_page_once_with_its_figures(page, data):
    owed = dict(zip(page.ids, page.owed, strict=True))

    assert sorted(page.ids) == sorted(f"{row['task']}@{row['unit']}" for row in data["rows"])
    for row in data["rows"]:
        name, late, due, reminded, status = owed[f"{row['task']}@{row['unit']}"]
        assert name.endswith(row["unit_name"])
        assert figure(late) == row["days_late"]
        assert due.startswith("/".join(reversed(row["due_on"].split("-"))))
        assert reminded.startswith(f"{row['reminders']} lần" if row["reminders"] else "chưa đôn đốc")
        assert status == STATUS[row["status"]]


def test_every_overdue_row_is_in_the_terminal_once_below_its_task(text, data):
    seen, task = [], ""
    for line in text.splitlines():
        if heading := re.match(r"(KH1/\d+)  ", line):
            task = heading[1]
        elif row := re.match(r"  (xã .*?) +([\d.]+) ngày  hạn (\S+)", line):
            seen.append((task, row[1], figure(row[2]), "-".join(reversed(row[3].split("/")))))

    assert sorted(seen) == sorted(
        (r["task"], r["unit_name"], r["days_late"], r["due_on"]) for r in data["rows"]
    )


def test_every_unit_is_on_the_page_in_the_order_of_the_json(page, text, data):
    shown = table(page, "Nhiều việc quá hạn nhất")[1:] + table(page, "Các đơn vị còn lại")[1:]

    assert len(table(page, "Nhiều việc quá hạn nhất")) == 21
    assert [line[0] for line in shown] == [unit["name"] for unit in data["units"]]
    for line, unit in zip(shown, data["units"], strict=True):
        assert [figure(line[i]) for i in (1, 2, 6)] == [
            unit["open_late"],
            unit["oldest_days_late"],
            unit["total"],
        ]
        assert line[4].endswith(f"{unit['done_on_time'] + unit['done_late']} / {unit['due']}")
        assert line[5].endswith(f"{unit['done_on_time']} / {unit['due']}")
    names = re.findall(r"^(xã .*?)  ", text, re.MULTILINE)
    assert names == [unit["name"] for unit in data["units"]]


def test_every_remark_is_in_text_and_page(page, text, data):
    shown = table(page, "Những điều cần biết") + table(page, "Câu hỏi đang chờ")

    assert shown == [[str(remark["count"]), remark["message"]] for remark in data["data_quality"]]
    for remark in data["data_quality"]:
        assert re.search(rf"^ *{remark['count']}  {re.escape(remark['message'])}$", text, re.MULTILINE)


def test_the_page_stands_alone_and_says_when_and_by_which_rules(report):
    html = FORMATS["html"](report)

    assert html.startswith("<!DOCTYPE html>")
    assert '<html lang="vi">' in html
    assert not re.search(r"(src|href)=\"(?!#)|<script|@import|url\(", html)
    assert "08:00 thứ Năm, ngày 16/10/2025" in html
    assert "sha256:ab12" in html


def test_tables_have_a_caption_and_every_colour_a_word(report):
    html = FORMATS["html"](report)

    assert html.count("<table") == html.count("<caption>")
    assert all(f">{CELL[cell]}</span>" in html for cell in list(Timeliness)[:4])
    assert set(STATUS) == set(Status)


def test_what_people_wrote_is_text_and_never_markup_nor_terminal_control(make, owes):
    title = 'Việc <script>alert("x")</script> & "khác"\x1b[2J\nxuống dòng'
    made = make(owes(1, 1, "2025-09-01", title=title))

    assert "<script" not in FORMATS["html"](made)
    assert "&lt;script&gt;" in FORMATS["html"](made)
    assert "\x1b" not in FORMATS["text"](made)
    assert json.loads(FORMATS["json"](made))["rows"][0]["title"] == title


@pytest.mark.parametrize("name", list(FORMATS))
def test_an_empty_registry_can_be_reported(make, name):
    assert FORMATS[name](make()).endswith("\n")


def test_a_task_owed_by_several_units_is_told_once_with_all_of_them_below(make, owes):
    made = make(owes(1, 1, "2025-09-01"), owes(1, 2, "2025-09-10"), owes(2, 1, "2025-09-10"))
    page = Page(FORMATS["html"](made))

    (group,) = [line for line in table(page, "3 phần việc thuộc 2 nhiệm vụ") if line[-1] == "2 đơn vị"]
    assert (group[1], group[2], group[3]) == ("45 ngày", "01/09/2025 – 10/09/2025", "tổng cộng 3 lần")
    assert [line[0] for line in table(page, "2 đơn vị quá hạn nhiệm vụ KH1/1")[1:]] == [
        "xã Đăk Ân 1",
        "xã Đăk Ân 2",
    ]


def test_nothing_overdue_is_said_rather_than_left_blank(make, owes):
    made = make(owes(1, 1, "2025-12-31"))

    assert "Không có phần việc nào quá hạn" in FORMATS["text"](made)
    assert "Không có phần việc nào quá hạn" in FORMATS["html"](made)


def test_columns_align_by_the_width_letters_take_on_screen(make, owes):
    rows = [owes(1, 1, "2025-09-01"), owes(1, 22, "2025-09-01"), owes(2, 333, "2025-07-01")]
    owed = [line for line in FORMATS["text"](make(*rows)).splitlines() if "  hạn " in line]

    assert len({cell_len(line[: line.index("  hạn ")]) for line in owed}) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_how_to_reach_somebody_named_in_a_plan(form, make, owes):
    said = "Họp; liên hệ 0905.123.456 hoặc an@so-y-te.example"
    questions = [("lead-unresolved", f"KH1/1: không nhận ra “{said}”")]

    printed = FORMATS[form](make(owes(1, 1, "2025-09-30", title=said), questions=questions))

    assert "0905" not in printed
    assert "an@so-y-te.example" not in printed
    assert "[số điện thoại]" in printed


@pytest.mark.parametrize("form", SPREADSHEETS)
def test_no_spreadsheet_shows_how_to_reach_somebody_named_in_a_plan(form, make, owes):
    said = "Họp; liên hệ 0905.123.456 hoặc an@so-y-te.example"
    questions = [("lead-unresolved", f"KH1/1: không nhận ra “{said}”")]
    content = SPREADSHEETS[form](make(owes(1, 1, "2025-09-30", title=said), questions=questions))

    words = content.decode() if form == "csv" else str(list(workbook(content).values()))

    assert "0905" not in words
    assert "an@so-y-te.example" not in words
    assert "[số điện thoại]" in words


# --- any report at all, in the forms a spreadsheet opens ---------------------------------------

COUNTS = st.integers(0, 20_000)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
HOSTILE = (
    '=HYPERLINK("http://x.invalid")', "@SUM(1)", "-2+3", "＝1", "'=1", "\u202e=1", "a\x00b", "một\nhai",
    "<script>", '"', "_x0041_", " = ", "'", ",;", "\ud800",
)  # fmt: skip
LETTERS = st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="@")  # nothing to mask
WORDS = st.lists(st.sampled_from(HOSTILE) | st.text(LETTERS, max_size=12), max_size=3).map("".join)
MATRICES = st.builds(Matrix, *[COUNTS] * 6)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, HANOI]))
ROWS = st.builds(
    OverdueRow, WORDS, WORDS, WORDS, WORDS, WORDS, DAYS, DAYS, DAYS, COUNTS, st.sampled_from(Status),
    COUNTS, COUNTS, st.integers(0, 5), st.none() | MOMENTS,
)  # fmt: skip
REPORTS = st.builds(
    OverdueReport,
    as_of=MOMENTS,
    rulebook=st.just("sha256:ab12"),
    documents=st.lists(WORDS, max_size=2).map(tuple),
    matrix=MATRICES,
    ageing=st.tuples(st.builds(AgeingBin, st.just(1), st.just(7), COUNTS)),
    units=st.lists(st.builds(UnitRow, WORDS, WORDS, MATRICES, COUNTS), max_size=4).map(tuple),
    rows=st.lists(ROWS, max_size=4).map(tuple),
    data_quality=st.lists(st.builds(DataQuality, WORDS, COUNTS, WORDS, st.booleans()), max_size=3).map(tuple),
)


def workbook(content: bytes) -> dict[str, list[list[object]]]:
    """The sheets of a workbook by name, empty lines left out."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: [line for line in book.get_sheet_by_name(name).to_python() if any(line)]
            for name in book.sheet_names}  # fmt: skip


def shown(value: object) -> str:
    """A cell of a workbook as the list writes it, but for the apostrophe."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(int(value)) if isinstance(value, float) else str(value)


def unguarded(cell: str) -> str:
    """The words behind the apostrophe of a list."""
    is_guarded = cell.startswith("'") and re.match(r"[=+@＝＋－＠﹢﹣﹦﹫⁺⁼₊₌-]", cell.lstrip("' "))
    return cell[1:] if is_guarded else cell


@settings(max_examples=25, deadline=None)
@given(REPORTS)
def test_list_and_workbook_have_the_same_rows_in_the_same_words(report):
    listed = list(csv.reader(io.StringIO(SPREADSHEETS["csv"](report).decode("utf-8-sig"), newline="")))
    sheet = workbook(SPREADSHEETS["xlsx"](report))["Quá hạn"]

    assert [line[:-1] for line in listed[:1]] == sheet[:1]
    assert not [cell for line in listed for cell in line if cell and cell[0] in "=+-@\t\r＝＋－＠"]
    below = [[unguarded(cell) for cell in line[:-1]] for line in listed[1:]]
    assert below == ([[shown(cell) for cell in line] for line in sheet[1:]] if report.rows else [])


@settings(max_examples=25, deadline=None)
@given(REPORTS)
def test_the_workbook_has_the_figures_of_the_json(report):
    data, book = json.loads(FORMATS["json"](report)), workbook(SPREADSHEETS["xlsx"](report))
    matrix, summary = data["matrix"], {line[0]: line[1:] for line in book["Tổng hợp"]}

    assert summary["Đã hoàn thành"][:2] == [matrix["done_on_time"], matrix["done_late"]]
    assert summary["Chưa hoàn thành"][:2] == [matrix["open_in_time"], matrix["open_late"]]
    assert summary["Cộng"][2] == matrix["total"]
    for label, key in (("Hoàn thành", "completed_of_due"), ("Đúng hạn", "on_time_of_due")):
        count, due, rate = summary[f"{label} / đến hạn"]
        assert (due, rate) == (due, "–") if not due else rate == pytest.approx(count / due)
        assert data["rates"][key] == (round(rate, 4) if due else None)
    assert summary["1–7 ngày"][0] == data["ageing"][0]["count"]
    for line, row in zip(book["Quá hạn"][1:], data["rows"], strict=bool(data["rows"])):
        dates = [date.fromisoformat(row[f"{name}due_on"]) for name in ("original_", "", "effective_")]
        assert line[5:8] == dates
        assert [line[8], line[9], line[11]] == [row["days_late"], row["extensions"], row["reminders"]]
        assert (line[10], line[12]) == (STATUS[row["status"]], LEVEL.get(row["level"], ""))
    for line, unit in zip(book["Theo đơn vị"][1:], data["units"], strict=bool(data["units"])):
        names = ("open_late", "oldest_days_late", "due")
        assert line[2:5] == [unit[name] for name in names]
        assert [line[5], line[6]] == [
            "–" if unit[name] is None else pytest.approx(unit[name], abs=1e-4)
            for name in ("completed_of_due", "on_time_of_due")
        ]
        names = ("done_on_time", "done_late", "open_in_time", "no_deadline", "awaiting_decision", "total")
        assert line[7:] == [unit[name] for name in names]
    remarks = book["Dữ liệu cần xem"][1:]
    for line, remark in zip(remarks, data["data_quality"], strict=bool(data["data_quality"])):
        assert line[0] == remark["count"]
