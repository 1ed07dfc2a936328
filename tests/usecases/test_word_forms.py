"""Word forms lie beside the office's own words; a slip in one is told before a report is wanted."""

import io
from pathlib import Path

import pytest
from docx import Document

from reports.official_form import BLOCKS, TEXTS
from reports.official_template import FILES, template
from reports.paper import Form
from usecases.texts import text_problems
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
