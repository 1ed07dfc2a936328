"""In which Word form is a paper of this office set?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from engine.paperwork import Letterhead
from reports.official_template import FILES
from reports.paper import Paper
from usecases.errors import ConfigurationRejected

FOLDER = "templates"


def write_word(
    paper: Paper,
    out: BinaryIO,
    letterhead: Letterhead,
    tell: Callable[[str], None],
    config: Path,
) -> None:
    """Write the paper in the form of a configuration folder, or in ours where it has none.

    A form with a slip is refused with every problem, never passed over for another.
    """
    from reports.docx import write_docx  # imported here: most commands never need Word
    from reports.official_form import FormRejected

    form = config / FOLDER / FILES[paper.form]
    try:
        write_docx(paper, out, letterhead, tell, form if form.is_file() else None)
    except FormRejected as rejected:
        raise ConfigurationRejected(problems=rejected.problems) from None
