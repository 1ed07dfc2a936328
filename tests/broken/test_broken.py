"""Does every mistake an administrator can make show where it stands, with the way out?

One file per mistake, in the folder of the part it stands for, with what `dondoc check` says
beside it. The rest of the configuration is `base`; its first line may name the day of asking.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from engine.problems import Problem, printed
from usecases.checking import problems_in

HERE = Path(__file__).parent
PLACES = {
    "rules": "rules/quy-tac.yml",
    "calendar": "calendar/2026.yml",
    "people": "people.yml",
    "units": "units.yml",
    "channels": "channels.yml",
}
CASES = sorted(file for part in PLACES for file in (HERE / part).glob("*.yml"))


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> set[Problem]:
    """What is said of `base` itself: the communes of the province have nobody yet."""
    folder = shutil.copytree(HERE / "base", tmp_path_factory.mktemp("sound") / "config")
    found = problems_in(folder, date(2026, 10, 1))
    assert {problem.code for problem in found} == {"no-contact", "no-head"}
    return set(found)


@pytest.mark.parametrize("case", CASES, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_a_mistake_is_told_where_it_stands_with_the_way_out(case, tmp_path, sound):
    folder = shutil.copytree(HERE / "base", tmp_path / "config")
    shutil.copy(case, folder / PLACES[case.parent.name])
    found = problems_in(folder, day_of(case))

    assert told(found, sound) == case.with_suffix(".txt").read_text("utf-8")


def day_of(case: Path) -> date:
    said = re.match(rb"# h\xc3\xb4m nay: ([\d-]{10})", case.read_bytes())
    return date.fromisoformat(said[1].decode()) if said else date(2026, 10, 1)


def told(found: list[Problem], sound: set[Problem]) -> str:
    return "\n".join(printed(problem) for problem in found if problem not in sound) + "\n"
