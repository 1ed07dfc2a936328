"""Deadline phrases as plans write them, and what each is read as."""

import time
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.deadline import RULES, plan_year_of, read_deadline
from engine.deadline_draft import Phrase
from engine.deadline_plan import PlanYears
from engine.deadline_points import points_of
from engine.deadline_words import tidied
from engine.model import Confirmation, Deadline, DeadlineKind, Offset

ISSUED = date(2025, 10, 17)
TABLE = Path(__file__).parents[1] / "data" / "deadline_phrases.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text().splitlines()[1:]]
WORDS = (
    "trước|sau|từ|đến|hết|ngày|tháng|quý|năm|30/9|2025|hằng|hoặc|và|-|/|(|)|;|III|31/9/2025|1|trong|khi|"
    "đã hoàn thành|gia hạn|thứ Sáu|17h00|…|định kỳ|nt|202|6|O|l|%|§|lần|đầu|cuối"
)
FRAGMENTS = st.sampled_from(WORDS.split("|"))


def shown(deadline: Deadline) -> list[str]:
    """A deadline the way a row of the table writes it."""
    due = f"{deadline.due_at:%Y-%m-%dT%H:%M}" if deadline.due_at else str(deadline.due_on or "")
    detail = [f"from {deadline.starts_on}"] if deadline.starts_on else []
    detail += [f"propose {deadline.proposal}"] if deadline.proposal else []
    detail += [*deadline.rrule, *(str(m.due_on) for m in deadline.milestones)]
    detail += ["done"] if deadline.already_done else []
    detail += [counted(deadline.offset)] if deadline.offset else []
    return [deadline.kind, due, deadline.confirmation, " | ".join(detail)]


def counted(offset: Offset) -> str:
    """An offset the way a row of the table writes it: "10 working day after nhận hồ sơ"."""
    unit = f"working {offset.unit}" if offset.is_working else offset.unit
    return f"{offset.count} {unit} {'before' if offset.is_before else 'after'} {offset.event}".strip()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_phrase_reads_as_the_table_says(row):
    phrase, issued_on, *expected, _note = row

    assert shown(read_deadline(phrase.replace("\\n", "\n"), date.fromisoformat(issued_on))) == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_spacing_and_encoding_do_not_change_a_reading(row):
    phrase, issued_on, *expected, _note = row
    retyped = unicodedata.normalize("NFD", f"\u00a0{phrase.replace(chr(92) + 'n', chr(10))} ").replace(
        " ", " \u00a0"
    )

    assert shown(read_deadline(retyped, date.fromisoformat(issued_on))) == expected


RULE_ROWS = [
    ("same as the row above", "như dòng trên"),
    ("blank", " - "),
    ("blank left open", "ngày ..../.../2026"),
    ("not set yet", "Chưa thống nhất thời gian"),
    ("lunar calendar", "ngày 15 tháng Giêng"),
    ("figures without a form", "45930"),
    ("no such day", "trước ngày 31/6/2026"),
    ("broken slashes", "/8/2026"),
    ("extended", "30/11/2025 (lùi đến 15/01/2026)"),
    ("so long from an event", "trong 7 ngày kể từ khi nhận đủ hồ sơ"),
    ("after an event, so long", "sau khi có kết luận thanh tra 45 ngày"),
    ("so long before or after", "sau 10 ngày công bố"),
    ("once, then every year", "30/11/2025 và hằng năm"),
    ("deadline with reports on the way", "31/12/2025 (báo cáo hằng quý)"),
    ("recurring", "trước ngày 5 hằng tháng"),
    ("starts after that", "Áp dụng đến 30/6/2026, sau thời điểm này mới thay thế"),
    ("and the years after", "15/12/2025 và những năm tiếp theo"),
    ("month of May, or a blank", "tháng năm 2026"),
    ("routine", "Thường xuyên"),
    ("one or the other", "Tháng 3/2026 hay tháng 4/2026"),
    ("from today", "từ nay đến 31/12/2025"),
    ("span of days", "ngày 3 - 7/11/2025"),
    ("span", "từ quý IV/2025 đến quý II/2026"),
    ("event", "Khi Chính phủ yêu cầu"),
    ("length of time", "trong vòng 90 ngày"),
    ("one point", "Quý II/2026"),
    ("milestones", "30/6/2026; 31/12/2026"),
]


@pytest.mark.parametrize(("name", "phrase"), RULE_ROWS, ids=[name for name, _ in RULE_ROWS])
def test_each_rule_reads_its_own_family(name, phrase):
    tidy = tidied(phrase)
    read = Phrase(tidy, *points_of(tidy.text, ISSUED), ISSUED)
    matches = ((rule, rule.pattern.search(read.skeleton)) for rule in RULES)

    assert name == next(rule.name for rule, match in matches if match and rule.read(read, match))


def test_every_rule_has_a_row_here():
    assert [name for name, _ in RULE_ROWS] == [rule.name for rule in RULES]


@pytest.mark.parametrize(
    ("phrase", "reading"),
    [
        ("Quý III năm 2025", "Quý III năm 2025 → hết ngày 30/09/2025 (ngày cuối quý; suy ra, cần xác nhận)."),
        (
            "trước ngày 10/9/2026",
            "trước ngày 10/9/2026 → hết ngày 09/09/2026, vì “trước” không tính chính mốc đó.",
        ),
        (
            "31/9/2025",
            "31/9/2025 → không phải là ngày có thật: tháng 9/2025 chỉ có 30 ngày; đề xuất ngày 30/09/2025 "
            "(chưa áp dụng; chờ người có thẩm quyền xác nhận).",
        ),
        ("", "Ô trống → chưa có thời hạn (cần hỏi thời hạn; chờ người có thẩm quyền xác nhận)."),
        (
            "trước ngày 10 của tháng đầu quý sau",
            "trước ngày 10 của tháng đầu quý sau → việc định kỳ: ngày 9 các tháng 1, 4, 7, 10 hằng năm.",
        ),
    ],
)
def test_a_reading_is_one_sentence_that_says_how_and_why(phrase, reading):
    assert read_deadline(phrase, ISSUED).reading == reading


@pytest.mark.parametrize(
    ("phrase", "labels"),
    [
        ("50% năm 2027, 80% năm 2030", ["50% năm 2027", "80% năm 2030"]),
        ("sơ kết năm 2028; tổng kết năm 2030", ["sơ kết năm 2028", "tổng kết năm 2030"]),
        ("31/12/2025 (gia hạn đến 31/3/2026)", ["hạn gốc"]),
        ("Quý III, IV/2025", ["Quý III", "Quý IV/2025"]),
    ],
)
def test_a_milestone_keeps_the_words_it_came_from(phrase, labels):
    assert [m.label for m in read_deadline(phrase, ISSUED).milestones] == labels


@pytest.mark.parametrize(
    ("issued", "due", "confirmation"),
    [
        ("2025-07-01", "2025-09-30", "none"),  # ahead
        ("2025-11-29", "2025-09-30", "none"),  # 60 days back: overdue on arrival, still this year's
        ("2025-11-30", "2025-09-30", "required"),  # 61 days back: perhaps next year's
    ],
)
def test_a_date_without_a_year_takes_the_year_of_issue(issued, due, confirmation):
    deadline = read_deadline("30/9", date.fromisoformat(issued))

    assert (str(deadline.due_on), deadline.confirmation) == (due, confirmation)
    assert deadline.proposal is None


def test_the_words_as_written_are_kept():
    decomposed = unicodedata.normalize("NFD", " Quý III\n năm 2025 ")

    assert read_deadline(decomposed, ISSUED).as_written == " Quý III\n năm 2025 "


@given(st.dates(date(1990, 1, 2), date(2100, 12, 31)), st.sampled_from("/-."), st.booleans())
def test_every_real_date_is_read_and_before_it_means_the_day_before(day, separator, padded):
    written = (
        day.strftime(f"%d{separator}%m{separator}%Y")
        if padded
        else f"{day.day}{separator}{day.month}{separator}{day.year}"
    )

    assert read_deadline(f"chậm nhất ngày {written}", ISSUED).due_on == day
    assert read_deadline(f"trước ngày {written}", ISSUED).due_on == day - timedelta(days=1)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1990, 2100))
def test_a_day_that_does_not_exist_is_never_in_force(day, month, year):
    deadline = read_deadline(f"{day}/{month}/{year}", ISSUED)

    try:
        assert deadline.due_on == date(year, month, day)
    except ValueError:
        assert (deadline.kind, deadline.due_on, deadline.confirmation) == ("invalid", None, "required")


@settings(max_examples=300)
@given(
    st.text() | st.lists(FRAGMENTS, max_size=14).map(" ".join) | st.lists(FRAGMENTS, max_size=14).map("".join)
)
def test_any_text_gets_a_sound_reading(text):
    deadline = read_deadline(text, ISSUED)

    assert deadline.as_written == unicodedata.normalize("NFC", text)
    assert deadline.reading.endswith(".")
    assert "\n" not in deadline.reading
    if deadline.kind in {DeadlineKind.MISSING, DeadlineKind.INVALID, DeadlineKind.EVENT, DeadlineKind.PERIOD}:
        assert (deadline.due_on, deadline.confirmation) == (None, Confirmation.REQUIRED)
    if deadline.starts_on and deadline.due_on:
        assert deadline.starts_on <= deadline.due_on


@pytest.mark.parametrize(
    "piece", ["a", "30/9 ", "1/", "trước ", "2 0 ", "quý l", "(đã xong ", "ngày 1 đến ", "\n"]
)
def test_a_cell_of_any_length_is_read_at_once_and_held(piece):
    started = time.perf_counter()
    deadline = read_deadline(piece * (100_000 // len(piece)), ISSUED)

    assert deadline.confirmation is Confirmation.REQUIRED
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("issued_on", [date.min, date(1900, 1, 1), date(2100, 12, 31), date.max])
def test_any_date_of_issue_is_survived(issued_on):
    for phrase in ("30/9", "từ nay đến hết năm 2100", "năm sau", "quý IV", "30 ngày kể từ ngày 31/12/2100"):
        assert read_deadline(phrase, issued_on).reading


@pytest.mark.parametrize(
    ("title", "years"),
    [
        ("Cải cách hành chính tỉnh Quảng Ngãi năm 2026", PlanYears(2026, 2026)),
        ("Kế hoạch năm 2025", None),  # the year of issue needs no help
        ("Kế hoạch năm 2027", None),
        ("Tổng kết năm 2025, triển khai nhiệm vụ năm 2026", None),  # two years: neither is meant alone
        ("Chuyển đổi số giai đoạn 2026 - 2030", PlanYears(2026, 2030)),
        ("Chuyển đổi số năm 2026, giai đoạn 2026 - 2030", PlanYears(2026, 2030)),
        ("Tổng kết giai đoạn 2021-2025, kế hoạch giai đoạn 2026-2030", None),
        ("Nhiệm vụ năm học 2025 – 2026", PlanYears(2025, 2026, is_school=True)),
        ("Tổng kết năm học 2024-2025, nhiệm vụ năm học 2025-2026", PlanYears(2025, 2026, is_school=True)),
        ("", None),
    ],
)
def test_a_title_says_which_years_a_plan_is_for(title, years):
    assert plan_year_of(title, date(2025, 11, 5)) == years


@pytest.mark.parametrize(
    ("phrase", "due_on", "confirmation"),
    [
        ("15/01", "2027-01-15", "advised"),
        ("Trước 15/7", "2027-07-14", "advised"),  # a month before issue: the summer after
        ("Tháng 9", "2026-09-30", "advised"),
        ("Tháng 5", "2027-05-31", "advised"),
        ("Quý I", "2027-03-31", "advised"),
        ("29/2", "None", "required"),
        ("10/8", "2026-08-10", "required"),  # just missed, or after the school year
        ("Cả năm", "2026-12-31", "required"),
        ("15/7/2026", "2026-07-15", "none"),  # a year that is written counts
    ],
)
def test_a_date_without_a_year_lies_in_the_school_year_of_the_plan(phrase, due_on, confirmation):
    deadline = read_deadline(phrase, date(2026, 8, 14), PlanYears(2026, 2027, is_school=True))

    assert (str(deadline.due_on), deadline.confirmation) == (due_on, confirmation)


@pytest.mark.parametrize(
    ("year", "plan", "confirmation"),
    [
        ("2027", PlanYears(2026, 2030), "advised"),
        ("2031", PlanYears(2026, 2030), "required"),
        ("2027", None, "required"),
    ],
)
def test_a_bare_year_is_read_where_the_plan_is_for_that_year(year, plan, confirmation):
    assert read_deadline(year, date(2026, 7, 15), plan).confirmation == confirmation


@pytest.mark.parametrize(
    ("phrase", "due_on"),
    [
        ("30/6", date(2026, 6, 30)),
        ("Trước 30/6", date(2026, 6, 29)),
        ("Quý I", date(2026, 3, 31)),
        ("Cả năm", date(2026, 12, 31)),
        ("Tháng 12", date(2026, 12, 31)),
        ("31/12/2025", date(2025, 12, 31)),  # a year that is written counts
    ],
)
def test_a_date_without_a_year_lies_in_the_year_the_plan_is_for_and_is_flagged(phrase, due_on):
    deadline = read_deadline(phrase, date(2025, 11, 5), PlanYears(2026, 2026))

    assert deadline.due_on == due_on
    assert deadline.confirmation is (Confirmation.NONE if "2025" in phrase else Confirmation.ADVISED)
