"""What no phrase, however written, may do to the reading of a deadline."""

import calendar
import re
import time
import unicodedata
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.deadline import RULES, read_deadline
from engine.deadline_draft import Phrase
from engine.deadline_points import points_of
from engine.deadline_words import NUMBERS, tidied
from engine.model import Confirmation, Deadline, DeadlineKind

ISSUED = date(2025, 10, 17)
TABLE = Path(__file__).parents[1] / "data" / "deadline_phrases.tsv"
PHRASES = [line.split("\t")[0].replace("\\n", "\n") for line in TABLE.read_text().splitlines()[1:]]
FRAGMENTS = [
    *("trước", "sau", "từ", "đến", "hết", "chậm nhất", "ngày", "tháng", "quý", "năm", "tuần", "hằng", "hoặc"),
    *("và", "trong", "khi", "kể từ", "làm việc", "đã hoàn thành", "gia hạn", "đề nghị", "thứ Sáu", "17h00"),
    *("định kỳ", "báo cáo", "lần", "đầu", "giữa", "cuối", "cả năm", "Tết", "Quốc khánh", "kỳ họp", "nt", "…"),
    *(
        "thường xuyên",
        "T12",
        "10 ngày",
        "6 tháng",
        "số 12/KH-UBND",
        "30/9",
        "31/9/2025",
        "2025",
        "2026",
        "III",
    ),
    *("quý IV/2025", "1", "15", "202", "6", "O", "l", "%", "§", "-", "/", "(", ")", ";", ",", ":"),
]
WORDY = st.lists(st.sampled_from(FRAGMENTS), max_size=14)
RANDOM = st.text(max_size=80) | WORDY.map(" ".join) | WORDY.map("".join)


@st.composite
def mistyped(draw: st.DrawFn) -> str:
    """A phrase of the table with up to three slips of the finger."""
    text = draw(st.sampled_from(PHRASES))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        slip = draw(st.sampled_from(["drop", "double", "swap", "blank", "letter"]))
        letter = draw(st.sampled_from("0123456789OlI/.- \n,ngàytháquýđ"))
        text = {
            "drop": text[:at] + text[at + 1 :],
            "double": text[: at + 1] + text[at : at + 1] + text[at + 1 :],
            "swap": text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
            "blank": text[:at] + " " + text[at:],
            "letter": text[:at] + letter + text[at:],
        }[slip]
    return text


def is_in_force(deadline: Deadline) -> bool:
    """Whether the reading gives a date without anybody being asked."""
    return deadline.due_on is not None and deadline.confirmation is not Confirmation.REQUIRED


@settings(max_examples=400, deadline=None)
@given(RANDOM | mistyped(), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_any_words_get_a_sound_reading(text, issued_on):
    deadline = read_deadline(text, issued_on)

    assert deadline.as_written == unicodedata.normalize("NFC", text)
    assert deadline.reading.endswith(".")
    if deadline.starts_on and deadline.due_on:
        assert deadline.starts_on <= deadline.due_on
    if deadline.proposal or deadline.offset or deadline.kind is DeadlineKind.ALTERNATIVE:
        assert deadline.confirmation is Confirmation.REQUIRED
    if deadline.kind in {DeadlineKind.MISSING, DeadlineKind.INVALID, DeadlineKind.EVENT, DeadlineKind.PERIOD}:
        assert (deadline.due_on, deadline.confirmation) == (None, Confirmation.REQUIRED)


def rule_that_reads(phrase: str) -> str | None:
    """The name of the first rule that gives a reading, as `read_deadline` goes through them."""
    tidy = tidied(phrase)
    read = Phrase(tidy, *points_of(tidy.text, ISSUED), ISSUED)
    matches = ((rule, rule.pattern.search(read.skeleton)) for rule in RULES)
    return next((rule.name for rule, match in matches if match and rule.read(read, match)), None)


NAMES_A_TIME = re.compile(
    r"\d|\b[ivxl|!]+\b|tháng|quý|\b[qt]\b|\bq\.?[iv]|năm|tuần|ngày|quốc khánh|tết|lao động|giải phóng"
    r"|liệt s|nhà giáo|phụ nữ|noel|sinh\b|đảng|quân đội|chuyển đổi|pháp luật"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
    re.IGNORECASE,
)


@settings(deadline=None)
@given(RANDOM | mistyped())
def test_words_that_name_no_time_give_no_date(text):
    silent = unicodedata.normalize("NFKC", text)
    while NAMES_A_TIME.search(silent):
        silent = NAMES_A_TIME.sub(" ", silent)

    assert read_deadline(silent, ISSUED).due_on is None


def numbers_in(text: str) -> set[int]:
    """Every number that the words may mean, with letters read as figures and torn figures joined."""
    plain = unicodedata.normalize("NFKC", text).lower()
    figures = re.sub("[li|]", "1", plain.replace("o", "0"))
    runs = (
        re.findall(r"\d+", plain)
        + re.findall(r"\d+", figures)
        + re.findall(r"\d+", re.sub(r"\s", "", figures))
    )
    pieces = [
        run[i:j] for run in runs for i in range(len(run)) for j in range(i + 1, min(len(run), i + 4) + 1)
    ]
    english = {month for month, name in enumerate(calendar.month_abbr) if name and name.lower() in plain}
    return {int(piece) for piece in pieces} | {n for word, n in NUMBERS.items() if word in plain} | english


def follows_from(due_on: date, text: str) -> bool:
    """Whether day and month of a date stand in the words, or its month, quarter, half or year ends there."""
    said, plain = numbers_in(text), unicodedata.normalize("NFC", text).lower()
    if "quốc khánh" in plain or "tết dương" in plain:  # days that the law names
        return (due_on + timedelta(days=1)).day in {1, 2, 3} or due_on.day in {1, 2}
    for day in (due_on, due_on + timedelta(days=1)):  # "trước" leaves the day before
        is_edge = day.day in {1, 7, 10, 14, 15, 20, 21} or (day + timedelta(days=1)).day == 1
        if day.day in said and day.month in said:
            return True
        if is_edge and (day.month in said or re.search(r"quý|q|tháng|i|năm|20\d\d", plain.replace(" ", ""))):
            return True
    return bool(re.search(r"\d\s*(?:ngày|tuần|tháng|quý|năm)", plain))  # counted from a date


@settings(max_examples=400, deadline=None)
@given(WORDY.map(" ".join) | mistyped())
@example("quý IV/2025 tháng 6 tháng")  # once read as a period of 2027
def test_no_date_is_in_force_that_the_words_do_not_give(text):
    deadline = read_deadline(text, ISSUED)

    if is_in_force(deadline):
        years = numbers_in(text)
        near = {ISSUED.year - 1, ISSUED.year, ISSUED.year + 1}  # no year written: the year of issue
        year = deadline.due_on.year
        assert follows_from(deadline.due_on, text)
        assert year in near or {year, year + 1, year - 2000, year - 1999} & years


@settings(deadline=None)
@given(st.sampled_from(PHRASES), st.sampled_from(PHRASES))
def test_two_phrases_in_one_cell_never_hide_an_impossible_day(first, second):
    impossible = read_deadline(f"{first}; 31/9/2025; {second}", ISSUED)

    assert impossible.confirmation is Confirmation.REQUIRED


@settings(deadline=None)
@given(mistyped(), st.sampled_from([" ", "\u00a0", "\t", "\u2009"]))
def test_the_kind_of_blank_says_nothing(text, blank):
    retyped = re.sub(" ", blank, text)
    first, second = read_deadline(text, ISSUED), read_deadline(retyped, ISSUED)

    assert (first.kind, first.due_on, first.confirmation) == (second.kind, second.due_on, second.confirmation)


@pytest.mark.parametrize(
    "piece", [*FRAGMENTS, "trước ngày ", "1/", "2 0 ", "quý l", "(đã xong ", "1, ", "12;"]
)
def test_two_thousand_letters_are_read_at_once(piece):
    started = time.perf_counter()
    for text in (piece, f"{piece} ", f"{piece},", f"{piece} 1 "):
        read_deadline(text * (2_000 // len(text)), ISSUED)

    assert time.perf_counter() - started < 1


def test_every_rule_reads_a_row_of_the_table_that_no_other_reads_so(monkeypatch):
    readers = {phrase: rule_that_reads(phrase) for phrase in PHRASES}
    readings = {phrase: read_deadline(phrase, ISSUED) for phrase in PHRASES}
    idle = []
    for rule in RULES:
        monkeypatch.setattr("engine.deadline.RULES", tuple(other for other in RULES if other is not rule))
        rows = [phrase for phrase, name in readers.items() if name == rule.name]
        if all(read_deadline(phrase, ISSUED) == readings[phrase] for phrase in rows):
            idle.append(rule.name)

    assert idle == []
