"""Do the tests beside the rules hold?

The rules are those of the configuration folder that the tests stand in, else those of the
folder in use: an edit can be tried before it is in force.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from engine.expectation_file import RuleTest, read_tests
from engine.expectation_steps import unknown_steps
from engine.expectations import Outcome, outcome_of
from engine.problems import Problem
from engine.rulebook import Rulebook
from engine.units import UnitDirectory
from usecases.configuration import load_calendar, load_directory, load_rulebook, text_of
from usecases.errors import ConfigurationRejected, InputRejected

TESTS = Path("rules", "tests")  # in a configuration folder
SUFFIXES = frozenset({".yml", ".yaml"})


@dataclass(frozen=True, slots=True)
class Tested:
    """The tests of a folder under the rules of `config`, and what is wrong in their files."""

    config: Path
    fingerprint: str
    outcomes: tuple[Outcome, ...]
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Whether every test could be read and holds."""
        return not self.problems and all(outcome.passed for outcome in self.outcomes)


def try_rules(place: Path | None, config: Path) -> Tested:
    """Return how the tests of `place` turn out; by default those beside the rules of `config`.

    `place` is a folder of tests, one file of them, or a configuration folder to take rules
    and tests from. Raises InputRejected when there is no such place, ConfigurationRejected
    when the rules, the calendar or the units cannot be used or there are no tests.
    """
    home = config if place is None else _configuration_around(place) or config
    files = _files(_tests_of(place, home), home)
    rulebook, calendar, directory = load_rulebook(home), load_calendar(home), load_directory(home)
    problems: list[Problem] = []
    tests: list[RuleTest] = []
    for file in files:
        found, wrong = _read(file, _shown(file, home), directory, rulebook)
        tests += found
        problems += wrong
    outcomes = tuple(outcome_of(test, rulebook, calendar) for test in tests)
    return Tested(home, rulebook.fingerprint, outcomes, tuple(problems))


def _configuration_around(place: Path) -> Path | None:
    """Return the configuration folder that a place is or stands in, None outside of any."""
    here = place.resolve()
    return next((folder for folder in (here, *here.parents) if _is_configuration(folder)), None)


def _is_configuration(folder: Path) -> bool:
    return all((folder / part).exists() for part in ("rules", "calendar", "units.yml"))


def _tests_of(place: Path | None, home: Path) -> Path:
    """Return the folder or file that holds the tests meant by a place."""
    if place is None or place.resolve() == home.resolve():
        return home / TESTS
    is_rules = place.resolve() == (home / "rules").resolve()
    return place / TESTS.name if is_rules else place


def _files(place: Path, home: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir() and place != home / TESTS:
        raise InputRejected(f"không có thư mục hay tệp '{place}'; ghi đúng đường dẫn tới các phép thử")
    files = sorted(file for file in place.rglob("*") if file.suffix in SUFFIXES and file.is_file())
    if not files:
        hint = "thêm một tệp .yml có mục 'tests:'; xem mục 'Thử một quy tắc' trong README"
        problem = Problem(_shown(place, home), 0, 0, "no-files", "không có phép thử nào ở đây", hint)
        raise ConfigurationRejected(problems=[problem])
    return files


def _read(
    file: Path, source: str, directory: UnitDirectory, rulebook: Rulebook
) -> tuple[list[RuleTest], list[Problem]]:
    try:
        text, _ = text_of(file.parent, file.name)
    except ConfigurationRejected as rejected:
        return [], [replace(problem, source=source) for problem in rejected.problems]
    tests, problems = read_tests(text, source, directory)
    problems += unknown_steps(text, source, rulebook)
    return tests, sorted(problems, key=lambda problem: (problem.line, problem.column))


def _shown(path: Path, home: Path) -> str:
    """Return a path as the administrator knows it: from the configuration folder's name on, else as given."""
    here = path.resolve()
    around = home.resolve().parent
    return str(here.relative_to(around)) if here.is_relative_to(home.resolve()) else str(path)
