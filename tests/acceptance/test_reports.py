"""What a report must stand: the same figures in every form, and whatever somebody wrote into a plan.

One test or a few a case, numbered as the team's list of acceptance cases has them.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from functools import partial

import docx
import pytest
from lxml import etree
from pdfminer.high_level import extract_text

from engine.model import FactKind
from engine.paperwork import Letterhead
from engine.report_query import ReportQuery
from reports.formats import FORMATS, write
from reports.paper import Paper
from reports.text import write_text
from tests.guarantee.world import a_row, act, at, bring
from tests.reports.readers import READERS
from usecases.reports import KINDS, ask, paper_of, papers_of
from usecases.wiring import Office

AS_OF = at("2025-08-20")
HOSTILE = (
    '=HYPERLINK("http://x.invalid")\r\nBcc: a <script>alert(1)</script> \u202eđảo\u2069 👍 & 100% '
    "#set *x* {{7*7}}"
)
AS_SHOWN = '=HYPERLINK("http://x.invalid") Bcc: a <script>alert(1)</script> đảo □ & 100% #set *x* {{7*7}}'


def printed(form: str, paper: Paper, data: object = None) -> bytes:
    out = io.BytesIO()
    if form == "text":
        partial(write_text, width=100_000)(paper, out, Letterhead())
    else:
        write(form, paper, data or {}, out, Letterhead())
    return out.getvalue()


@pytest.fixture
def busy(office: Office) -> Office:
    """An office with work in every state: done, done late, open, overdue, without a date, extended."""
    units = ("Sở Y tế", "Sở Tài chính", "Sở Xây dựng")
    deadlines = ("31/7/2025", "10/8/2025", "25/8/2025", "31/12/2025", "Thường xuyên")
    bring(office, [a_row(n, deadlines[n % 5], units[n % 3]) for n in range(1, 31)])
    for number, when in ((1, "2025-07-20"), (5, "2025-08-15"), (6, "2025-08-01"), (10, "2025-07-30")):
        act(office, number, FactKind.REPORTED, at(when), note="12/BC-SYT")
    return office


@pytest.fixture
def hostile(office: Office) -> Office:
    """An office whose only task is called something nobody should obey."""
    row = a_row(1, "31/7/2025")
    bring(office, [replace(row, title=HOSTILE, text=HOSTILE)])
    return office


# --- 32, 63: what people wrote ------------------------------------------------------------------


def test_case_32_a_formula_in_a_title_is_a_text_in_every_table(hostile):
    paper = paper_of("overdue", ask(hostile, "overdue", ReportQuery(AS_OF)))

    listed = printed("csv", paper).decode("utf-8-sig")
    assert "'=HYPERLINK" in listed
    assert not re.search(r'(^|,)"?=', listed, re.MULTILINE)
    for form in ("xlsx", "docx"):
        with zipfile.ZipFile(io.BytesIO(printed(form, paper))) as book:
            parts = [book.read(name).decode() for name in book.namelist() if name.endswith(".xml")]
        assert not [part for part in parts if re.search("<f[ >]|fldSimple[^>]*HYPERLINK|<hyperlink", part)]


@pytest.mark.parametrize("form", READERS)
def test_case_63_a_hostile_title_reads_the_same_in_every_form(hostile, form):
    paper = paper_of("overdue", ask(hostile, "overdue", ReportQuery(AS_OF)))
    read_back, _ = READERS[form]

    words = [cell for table in read_back(printed(form, paper)) for row in table for cell in row]

    assert any(AS_SHOWN in cell for cell in words)


def test_case_63_a_hostile_title_is_words_on_the_pages_of_a_pdf(hostile):
    paper = paper_of("overdue", ask(hostile, "overdue", ReportQuery(AS_OF)))

    words = "".join(extract_text(io.BytesIO(printed("pdf", paper))).split())

    assert all(part in words for part in ("<script>", "{{7*7}}", "#set", "đảo", "100%", "*x*"))


@pytest.mark.parametrize("name", KINDS)
def test_case_63_no_report_in_any_form_holds_what_would_be_obeyed(hostile, name):
    report = ask(hostile, name, ReportQuery(AS_OF))
    for paper in papers_of(name, report):
        page = printed("html", paper).decode()
        assert "<script" not in page
        for content in (page, printed("text", paper).decode()):
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", content)
        docx.Document(io.BytesIO(printed("docx", paper)))  # opens
        assert printed("pdf", paper).startswith(b"%PDF")


# --- 84: the same figures -----------------------------------------------------------------------


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", KINDS)
def test_case_84_every_report_has_the_same_figures_in_every_form(busy, name, form):
    read_back, expected = READERS[form]
    for paper in papers_of(name, ask(busy, name, ReportQuery(AS_OF))):
        assert read_back(printed(form, paper)) == expected(paper)


def test_case_84_the_figures_printed_are_those_programs_get(busy):
    report = ask(busy, "overdue", ReportQuery(AS_OF))
    data = json.loads(printed("json", paper_of("overdue", report), KINDS["overdue"].as_json(report)))
    matrix, rows = data["matrix"], data["rows"]
    tables = {table.code: table for table in paper_of("overdue", report).tables}

    done, still_open = tables["matrix"].rows[:2]
    assert done[1:4] == (
        matrix["done_on_time"], matrix["done_late"], matrix["done_on_time"] + matrix["done_late"]
    )  # fmt: skip
    assert still_open[1:3] == (matrix["open_in_time"], matrix["open_late"])
    assert tables["matrix"].total[3] == matrix["total"] == 30
    assert len(tables["rows"].rows) == len(rows) == matrix["open_late"] > 0


def test_case_84_pictures_are_well_formed_and_carry_their_figures(busy):
    page = printed("html", paper_of("overdue", ask(busy, "overdue", ReportQuery(AS_OF)))).decode()
    pictures = re.findall("<svg.*?</svg>", page, re.DOTALL)

    assert pictures
    assert all(etree.fromstring(picture).findtext("{*}desc") for picture in pictures)


def test_case_84_every_form_there_is_takes_part():
    assert {*READERS, "json", "pdf"} == set(FORMATS)  # pages of a pdf are read back beside their own tests
