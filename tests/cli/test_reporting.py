"""Can every report be had in every format, of just the part that was asked for?"""

from __future__ import annotations

import json

import pytest

from reports.formats import FORMATS
from usecases.reports import KINDS

AS_OF = ("--as-of", "2026-01-31")
BEGINNING = {"xlsx": b"PK", "docx": b"PK", "pdf": b"%PDF", "html": b"<!DOCTYPE", "csv": b"\xef\xbb\xbf"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_report_is_had_on_a_screen_and_by_programs(dondoc, with_october, kind):
    shown, told = dondoc("report", kind, *AS_OF), dondoc("report", kind, *AS_OF, "--json")

    assert (shown.code, told.code) == (0, 0)
    assert "Tính đến 23:59 thứ Bảy, ngày 31/01/2026" in shown.out
    assert told.json["as_of"] == "2026-01-31T23:59:59+07:00"
    assert told.json["rulebook"]


@pytest.mark.parametrize("form", sorted(BEGINNING))
def test_the_end_of_the_name_decides_the_format(dondoc, with_october, tmp_path, form):
    file = tmp_path / f"qua-han.{FORMATS[form].suffix}"
    answer = dondoc("report", "overdue", *AS_OF, "-o", file)

    assert (answer.code, answer.out) == (0, "")
    assert file.read_bytes().startswith(BEGINNING[form])
    assert f"Đã ghi {file}" in answer.err


def test_a_filter_leaves_just_its_part_and_says_so(dondoc, with_october):
    everything = dondoc("report", "overdue", *AS_OF, "--json").json
    code, name = everything["rows"][0]["unit"], everything["rows"][0]["unit_name"]
    some = dondoc("report", "overdue", *AS_OF, "--unit", name, "--json").json

    wanted = [row for row in everything["rows"] if row["unit"] == code]
    assert 0 < len(some["rows"]) < len(everything["rows"])
    assert [row["task"] for row in some["rows"]] == [row["task"] for row in wanted]
    by_kind = dondoc("report", "overdue", *AS_OF, "--kind", "commune", "--json").json
    assert {unit["code"].isdecimal() for unit in by_kind["units"]} == {True}
    assert f"Chỉ gồm đơn vị: {name}" in dondoc("report", "overdue", *AS_OF, "--unit", code).out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--unit", "Sở Phép thuật"), 4, "Sở Phép thuật"),
        (("--plan", "KH-11"), 4, "KH-10"),
        (("--level", "9"), 2, "từ 0 đến 4"),
        (("--from", "2025-12-31", "--to", "2025-12-01"), 2, "đổi lại hai ngày"),
        (("-o", "bao-cao.ods"), 2, "không biết dạng tệp '.ods'"),
        (("-o", "khong-co/bao-cao.pdf"), 4, "không ghi được"),
        (("--format", "doc"), 2, "docx"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_with_the_way_out(dondoc, with_october, words, code, said):
    answer = dondoc("report", "overdue", *AS_OF, *words)

    assert answer.out == ""
    assert answer.code == code, answer.err
    assert said in answer.err


def test_letters_are_a_file_each_in_a_folder_and_one_alone_is_a_file(dondoc, with_october, tmp_path):
    listed = dondoc("report", "letters", *AS_OF, "--json").json
    folder, alone = tmp_path / "cong-van", tmp_path / "mot.docx"
    assert dondoc("report", "letters", *AS_OF, "--format", "docx", "-o", folder).code == 0
    assert dondoc("report", "letters", *AS_OF, "--unit", listed["letters"][0]["unit"], "-o", alone).code == 0
    together = dondoc("report", "letters", *AS_OF, "-o", tmp_path / "tat-ca.docx")

    assert len(list(folder.iterdir())) == len(listed["letters"]) > 1
    assert all(file.name.startswith("cong-van-0") and file.name.isascii() for file in folder.iterdir())
    assert alone.read_bytes().startswith(b"PK")
    assert (together.code, (tmp_path / "tat-ca.docx").exists()) == (2, False)
    assert "ghi -o một thư mục" in together.err


def test_the_same_question_has_the_same_answer_to_the_byte(dondoc, with_october, tmp_path):
    for form in ("json", "xlsx", "docx", "pdf"):
        first, again = (tmp_path / f"{name}.{form}" for name in ("mot", "hai"))
        for file in (first, again):
            assert dondoc("report", "overdue", *AS_OF, "-o", file).code == 0
        assert first.read_bytes() == again.read_bytes(), form
    assert json.loads((tmp_path / "mot.json").read_text("utf-8"))["matrix"]["total"] > 0
