"""In every format the same words, cleaned once, and nothing of how to reach a person."""

import io
import json
import re

import pytest

from engine.paperwork import Letterhead
from reports.formats import FORMATS, write
from reports.paper import Column, Kind, Section, Table, Words

TASKS = (Column("Nhiệm vụ"), Column("Số ngày quá hạn", Kind.NUMBER))
READABLE = ("text", "html", "csv")  # as they are, without unpacking


def named(title):
    """A report whose every kind of words says `title`."""
    table = Table("rows", title, TASKS, [(title, 3)])
    return Section("rows", title, (Words(title), table))


def written(form, paper, data):
    out = io.BytesIO()
    write(form, paper, data, out, Letterhead())
    return out.getvalue()


def test_every_format_names_the_end_of_its_files_and_whether_a_terminal_shows_it():
    assert {name: form.suffix for name, form in FORMATS.items()} == {
        "text": "txt", "json": "json", "csv": "csv", "html": "html", "xlsx": "xlsx", "docx": "docx",
        "pdf": "pdf",
    }  # fmt: skip
    assert [name for name, form in FORMATS.items() if form.is_binary] == ["xlsx", "docx", "pdf"]


@pytest.mark.parametrize("form", READABLE)
def test_no_format_shows_how_to_reach_somebody_named_in_a_plan(form, printed_in):
    content = printed_in(form, named("Họp; liên hệ 0905.123.456 hoặc an@so-y-te.example")).decode()

    assert "0905" not in content
    assert "an@so-y-te.example" not in content
    assert "[số điện thoại]" in content


def test_json_is_the_data_with_the_words_a_paper_would_show_and_fingerprints_as_they_are(paper_of):
    said = "Họp\u202e 0905.123.456\nở 👍"
    data = {
        "rulebook": "sha256:0905123456",
        "log_head": "0905123456",
        "rows": [{"title": said, "days_late": 3}],
    }

    content = written("json", paper_of(Words(said)), data)

    assert json.loads(content) == {
        "rulebook": "sha256:0905123456",
        "log_head": "0905123456",
        "rows": [{"title": "Họp [số điện thoại] ở □", "days_late": 3}],
    }
    assert "\\u" not in content.decode()
    assert content.endswith(b"}\n")


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "json"])
def test_a_paper_without_anything_can_be_printed(form, paper_of):
    assert written(form, paper_of(), {})


@pytest.mark.parametrize("form", ["text", "html", "csv", "xlsx"])
def test_a_long_table_says_how_far_it_has_come(form, paper_of):
    said: list[str] = []
    paper = paper_of(Table("rows", "Nhiệm vụ", TASKS, [("Việc", 1)] * 2000))

    FORMATS[form].write(paper, io.BytesIO(), Letterhead(), said.append)

    assert said[:2] == ["0/2.000 dòng", "40/2.000 dòng"]
    assert len(said) <= 100


@pytest.mark.parametrize("form", ["text", "html", "csv", "xlsx"])
def test_the_same_paper_gives_the_same_bytes(form, printed_in):
    assert printed_in(form, named("Việc")) == printed_in(form, named("Việc"))


@pytest.mark.parametrize("form", READABLE)
def test_what_a_terminal_or_a_browser_would_obey_is_never_written(form, printed_in):
    content = printed_in(form, named('<script>alert("x")</script>\x1b[2J\u202eđảo')).decode()

    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", content.replace("\r\n", ""))
    assert ("<script" in content) == (form != "html")
