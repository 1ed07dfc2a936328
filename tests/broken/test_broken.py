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
    "reports": "reports.yml",
    "templates": "templates/loi-rieng.txt.j2",
}
CASES = sorted(
    file for part in PLACES for file in (HERE / part).iterdir() if file.name.endswith((".yml", ".txt.j2"))
)


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> set[Problem]:
    """What is said of `base` itself: the communes of the province have nobody yet."""
    folder = shutil.copytree(HERE / "base", tmp_path_factory.mktemp("sound") / "config")
    found = problems_in(folder, date(2026, 10, 1))
    assert {problem.code for problem in found} == {"no-contact", "no-head"}
    return set(found)


@pytest.mark.parametrize("case", CASES, ids=lambda file: f"{file.parent.name}/{name_of(file)}")
def test_a_mistake_is_told_where_it_stands_with_the_way_out(case, tmp_path, sound):
    folder = shutil.copytree(HERE / "base", tmp_path / "config")
    if case.parent.name == "templates":
        let_a_step_name(folder, "loi-rieng")
    shutil.copy(case, folder / PLACES[case.parent.name])
    found = problems_in(folder, day_of(case))

    assert told(found, sound) == (case.parent / f"{name_of(case)}.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("named", "files", "said"),
    [
        ("mau-thang", ["mau-thang.txt.j2"], {}),
        ("mau-thag", ["mau-thang.txt.j2"], {"unknown-template": "mau-thang", "unused-template": "mau-thang"}),
        (
            "mau-thang",
            ["mau-thang.txt"],
            {"unknown-template": "templates/mau-thang.txt.j2", "ignored-file": ""},
        ),
        ("mau-thang", [], {"unknown-template": "templates/mau-thang.txt.j2"}),
        ("", ["mau-thang.txt.j2"], {"unused-template": "template: mau-thang"}),
    ],
)
def test_a_step_and_the_file_it_names_find_each_other_or_it_is_told(named, files, said, tmp_path, sound):
    folder = shutil.copytree(HERE / "base", tmp_path / "config")
    (folder / "templates").mkdir()
    for file in files:
        (folder / "templates" / file).write_text("Gửi bản giấy về Phòng Tổng hợp.\n", "utf-8")
    if named:
        let_a_step_name(folder, named)
    found = [problem for problem in problems_in(folder, date(2026, 10, 1)) if problem not in sound]

    assert {problem.code for problem in found} == set(said)
    assert all(said[problem.code] in problem.hint for problem in found)
    assert all((p.line, p.column) == (5, 19) for p in found if p.code == "unknown-template")


def let_a_step_name(folder: Path, name: str) -> None:
    rules = folder / PLACES["rules"]
    (folder / "templates").mkdir(exist_ok=True)
    step = "      - id: truoc-3-ngay\n"
    text = rules.read_text("utf-8")
    assert step in text
    rules.write_text(text.replace(step, f"{step}        template: {name}\n"), "utf-8")


def name_of(case: Path) -> str:
    return case.name.removesuffix(".yml").removesuffix(".txt.j2")


def day_of(case: Path) -> date:
    said = re.match(rb"# h\xc3\xb4m nay: ([\d-]{10})", case.read_bytes())
    return date.fromisoformat(said[1].decode()) if said else date(2026, 10, 1)


def told(found: list[Problem], sound: set[Problem]) -> str:
    return "\n".join(printed(problem) for problem in found if problem not in sound) + "\n"
