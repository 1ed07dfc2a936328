"""Word forms lie beside the office's own words; a slip in one is told before a report is wanted."""

import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document

from engine.model import HANOI
from engine.paperwork import Letterhead
from reports.official_form import BLOCKS, TEXTS
from reports.official_template import FILES, template
from reports.paper import Form, Paper
from usecases.errors import ConfigurationRejected
from usecases.texts import text_problems
from usecases.word_forms import write_word
from usecases.word_forms_page import word_forms_page


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "templates").mkdir()
    return tmp_path


def told(folder: Path) -> list[tuple[str, str]]:
    return [(problem.source.split("/")[-1], problem.code) for problem in text_problems(folder, {})]


@pytest.mark.parametrize("name", FILES.values())
def test_a_slip_in_a_form_is_told_with_the_rest_of_the_configuration(folder, name):
    form = Document(io.BytesIO(template(Form.REPORT)))
    form.paragraphs[0].runs[0].text = "{{ tên lạ }}"
    form.save(folder / "templates" / name)

    assert told(folder) == [(name, "unknown-field")]


def test_what_is_no_word_file_is_told_too(folder):
    (folder / "templates" / "cong-van.docx").write_bytes(b"x")

    assert told(folder) == [("cong-van.docx", "unreadable-form")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bao-cao.docx", []),
        ("~$o-cao.docx", []),  # Word keeps it beside a file that is open
        ("bao-cao-cu.docx", [("bao-cao-cu.docx", "ignored-file")]),
        ("Bao-cao.doc", [("Bao-cao.doc", "ignored-file")]),
    ],
)
def test_only_the_two_forms_are_read(folder, name, expected):
    (folder / "templates" / name).write_bytes(template(Form.REPORT))

    assert told(folder) == expected


def test_the_manual_explains_every_place_to_fill_in():
    page = "\n".join(word_forms_page())

    for name, meaning in {**TEXTS, **BLOCKS}.items():
        assert f"| `{{{{ {name} }}}}` | {meaning} |" in page


PAPER = Paper("x", "Báo cáo", "Tình hình", datetime(2025, 10, 16, 8, tzinfo=HANOI))


def written(config: Path, paper: Paper) -> list[str]:
    out = io.BytesIO()
    write_word(paper, out, Letterhead(), lambda said: None, config)
    return [line.text for line in Document(out).paragraphs]


@pytest.mark.parametrize("form", Form)
def test_each_form_of_paper_is_set_in_the_offices_own_word_form(folder, form):
    own = Document(io.BytesIO(template(form)))
    own.paragraphs[0].insert_paragraph_before("Mẫu của Văn phòng")
    own.save(folder / "templates" / FILES[form])
    used = {each for each in Form if "Mẫu của Văn phòng" in written(folder, replace(PAPER, form=each))}

    assert used == {form}


def test_a_form_with_a_slip_is_refused_and_not_passed_over(folder):
    (folder / "templates" / "bao-cao.docx").write_bytes(b"x")

    with pytest.raises(ConfigurationRejected, match=r"bao-cao\.docx:0:0  unreadable-form"):
        written(folder, PAPER)
