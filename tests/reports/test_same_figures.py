"""Whatever a paper says, every format says the same: the same cells, printed the same."""

import io
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings

from engine.paperwork import Letterhead
from reports.formats import FORMATS
from reports.paper import Paper
from reports.text import write_text
from tests.reports.readers import READERS
from tests.reports.strategies import papers

WIDE = 1_000_000  # columns: nothing wraps


def printed_as(form: str, paper: Paper) -> bytes:
    """A paper as one format prints it."""
    write = partial(write_text, width=WIDE) if form == "text" else FORMATS[form].write
    out = io.BytesIO()
    write(paper, out, Letterhead(), lambda said: None)
    return out.getvalue()


@pytest.mark.parametrize("form", READERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(paper=papers())
def test_a_format_read_back_has_the_cells_of_the_paper(form, paper):
    read_back, expected = READERS[form]

    assert read_back(printed_as(form, paper)) == expected(paper)
