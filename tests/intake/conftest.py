"""The two fixture annexes and small annexes built cell by cell."""

from pathlib import Path

import pytest

from intake.source import GridBuilder
from intake.text import read_annex

DATA = Path(__file__).parents[1] / "data"
HEADINGS = ("STT", "Nội dung nhiệm vụ", "Cơ quan chủ trì", "Hạn hoàn thành")


@pytest.fixture(scope="session")
def october():
    return (DATA / "annex-october.txt").read_bytes()


@pytest.fixture(scope="session")
def july():
    return (DATA / "annex-july.txt").read_bytes()


@pytest.fixture(scope="session")
def in_cells():
    """Return a table as Word writes it: one cell a line after a tab, a blank line after each row."""

    def build(*rows, headings=HEADINGS, before="", after=""):
        table = "\n".join("".join(f"\t{cell}\n" for cell in row) for row in (headings, *rows))
        return f"{before}{table}\n{after}".encode()

    return build


@pytest.fixture(scope="session")
def in_lines():
    """Return a table as a spreadsheet writes it: one row a line, tabs between the cells."""

    def build(*rows, headings=HEADINGS, before="", after=""):
        return (before + "\n".join("\t".join(row) for row in (headings, *rows)) + "\n" + after).encode()

    return build


@pytest.fixture(scope="session")
def read():
    def read_one(data):
        return read_annex(data, "phu-luc.txt")

    return read_one


@pytest.fixture(scope="session")
def drawn():
    """Return a grid from a drawing: "^" goes on with the cell above, "<" with that on the left."""

    def draw(drawing, label="", page_starts=()):
        lines = [line.strip().strip("|") for line in drawing.split("\n") if line.strip()]
        cells = [[cell.strip().replace("\\n", "\n") for cell in line.split("|")] for line in lines]
        builder = GridBuilder(label, set(page_starts))
        for row, line in enumerate(cells):
            for column, text in enumerate(line):
                if text not in {"^", "<"}:
                    builder.put(row, column, text, *_reach(cells, row, column))
        return builder.grid()

    return draw


def _reach(cells, row, column):
    """Return how many rows and columns the cell drawn at a place covers."""
    across = next((n for n, text in enumerate(cells[row][column + 1 :], 1) if text != "<"), None)
    below = [line[column] for line in cells[row + 1 :]]
    down = next((n for n, text in enumerate(below, 1) if text != "^"), len(below) + 1)
    return down, across or len(cells[row]) - column
