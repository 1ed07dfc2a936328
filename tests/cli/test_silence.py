"""Who in the red zone heard nothing, and is the reason there for people and for programs?"""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

AS_OF = ("report", "silence", "--as-of", "2025-12-01T09:00")


def test_before_any_run_everything_due_is_silent_for_want_of_one(dondoc, with_october):
    found = dondoc(*AS_OF, "--format", "json").json

    assert {"as_of", "rulebook", "rows", "totals"} <= set(found)
    assert set(found["rows"][0]) >= {
        "task", "unit", "due_on", "zone", "since", "reason", "message", "last_attempt",
    }  # fmt: skip
    assert set(found["totals"]) == {"tick_missing", "awaiting_decision"}
    assert sum(found["totals"].values()) == len(found["rows"]) == found["red_zone"]["total"] > 0


def test_whoever_was_reached_is_no_longer_there(dondoc, with_october):
    dondoc("remind", "--at", "2025-12-01T08:00")
    found = dondoc(*AS_OF, "--json").json

    assert found["reached"] + len(found["rows"]) == found["red_zone"]["total"]
    assert found["reached"] > 0
    assert "tick_missing" not in found["totals"]
    assert Counter(row["reason"] for row in found["rows"]) == found["totals"]


def test_people_read_the_reason_and_the_unit(dondoc, with_october):
    said = " ".join(dondoc(*AS_OF).out.split())

    assert "Chưa có lượt chạy nào xét: " in said
    assert "hạn 30/11/2025 (sắp đến hạn); bậc 'den-han' đã đến lúc 08:00 28/11/2025" in said
    assert "1 đơn vị Công an tỉnh 30/11/2025 Sắp đến hạn" in said
    assert "chưa gửi lần nào" in said


def test_a_spreadsheet_gets_one_line_for_each_silent_share(dondoc, with_october, tmp_path):
    file = tmp_path / "im-lang.csv"
    assert dondoc(*AS_OF, "--format", "csv", "-o", file).code == 0
    lines = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))

    assert lines[0][:3] == ["Nhóm", "Mã nhiệm vụ", "Nhiệm vụ"]
    assert len(lines) - 1 == len(dondoc(*AS_OF, "--json").json["rows"])
    assert {len(line) for line in lines} == {len(lines[0])}


@pytest.mark.parametrize("form", ["html", "xlsx", "docx", "pdf"])
def test_it_is_had_in_every_format_a_report_has(dondoc, with_october, form, tmp_path):
    file = tmp_path / f"im-lang.{form}"

    assert dondoc(*AS_OF, "-o", file).code == 0
    assert file.stat().st_size > 1000
