"""Whatever file a plan comes in, the same work is read from it."""

from __future__ import annotations

import re
from functools import partial

import pytest

from tests.filemaking import (
    REORDERED,
    as_docx,
    as_markdown,
    as_pdf,
    as_tabs,
    as_text,
    as_xlsx,
    registry_plan,
    with_cut_rows,
)
from tests.guarantee.world import at
from usecases.bring_in import bring_in

ISSUED = {"kh-bcd-2025-07": "2025-07-01", "kh-ubnd-2025-10": "2025-10-17"}
CUT = ("2", "5", "11", "20", "29", "35")  # told at length, so that half a text is left
LAYOUTS = {
    "tabs": as_tabs,
    "markdown": as_markdown,
    "docx": as_docx,
    "docx with headings over two rows, on each page": partial(as_docx, two_heading_rows=True, repeat_every=9),
    "docx with merged leads": partial(as_docx, merged_leads=True),
    "docx that Word numbers": partial(as_docx, auto_numbered=True),
    "docx with other columns first": partial(as_docx, columns=REORDERED, two_heading_rows=True),
    "docx with rows cut by pages": lambda plan: as_docx(with_cut_rows(plan, CUT)),
    "docx with everything at once": lambda plan: as_docx(
        with_cut_rows(plan, CUT), REORDERED, True, 10, True, True
    ),
    "xlsx": as_xlsx,
    "xlsx with merged leads and other columns first": partial(as_xlsx, columns=REORDERED, merged_leads=True),
    "pdf": as_pdf,
    "pdf with merged leads": partial(as_pdf, merged_leads=True),
    "pdf with other columns first": partial(as_pdf, columns=REORDERED),
}


@pytest.fixture
def work_in(office):
    """Read a file as an import would, and return what it assigns, in its order."""

    def read(data, name, source):
        issued = at(ISSUED[name])
        brought = bring_in(office, data, source, issued.date(), issued, plan="KH", dry_run=True)
        return [
            {
                "number": task.number,
                "text": task.text,
                "section": task.section,
                "lead": [unit.code for unit in task.lead.units],
                "supporting": [unit.code for unit in task.supporting.units],
                "due_on": task.deadline.due_on,
                "kind": str(task.deadline.kind),
                "expected": task.expected,
                "note": re.sub(r"\s*-\s*", "-", task.note),  # a wrapped line does not show its blanks
            }
            for task in brought.tasks
        ]

    return read


@pytest.mark.parametrize("name", ISSUED)
def test_the_text_holds_every_task_of_the_plan(work_in, name):
    plan = registry_plan(name)

    work = work_in(as_text(plan), name, "ke-hoach.txt")

    keys = ("number", "text", "section", "expected")
    assert [[task[key] for key in keys] for task in work] == [
        [getattr(row, key) for key in keys] for row in plan.rows
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ISSUED)
def test_every_file_of_a_plan_holds_the_work_of_its_text(work_in, name, layout):
    plan = registry_plan(name)
    source = f"ke-hoach.{layout.split()[0]}"

    work = work_in(LAYOUTS[layout](plan), name, source)

    assert work == work_in(as_text(plan), name, "ke-hoach.txt")
