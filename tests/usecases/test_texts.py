"""Do letters carry the office's own words, and leave without them rather than stay?"""

from __future__ import annotations

import asyncio
import logging
import re
from pathlib import Path

import pytest

from engine.rulebook import read_rulebook
from notifiers.own_words import FILTERS, VARIABLES
from notifiers.own_words_reader import read_own_words
from tests.guarantee.world import CONFIG, ScriptedNotifier, a_row, at, bring
from usecases.deliver import pump
from usecases.own_words_page import own_words_page
from usecases.remind import tick
from usecases.wiring import Office

DUE = at("2025-09-30")
WORDS = "Báo cáo “{{ title }}” về Phòng Tổng hợp trước 17 giờ ngày {{ due }}."
SAID = "Báo cáo “Việc thử số 1” về Phòng Tổng hợp trước 17 giờ ngày 30/09/2025."


@pytest.fixture
def folder(tmp_path):
    """The own words of an office, in a folder of their own."""
    (tmp_path / "config" / "templates").mkdir(parents=True)
    return tmp_path / "config"


@pytest.fixture
def reader(office, folder):
    """An office whose notice on the day of the deadline names own words, and its channel."""
    text = (CONFIG / "rules" / "mac-dinh.yml").read_text("utf-8")
    named = text.replace(
        "      - id: den-han\n", "      - id: den-han\n        template: phong-tong-hop\n", 1
    )
    rulebook, problems = read_rulebook({"config/rules/mac-dinh.yml": named})
    assert not problems
    channel = ScriptedNotifier()
    mine = Office(office.settings.model_copy(update={"config": folder}))
    parts = {name: part for name, part in vars(office.under(rulebook)).items() if name != "settings"}
    vars(mine).update(parts, notifiers={channel.channel: channel})
    return mine, channel


def words(folder: Path, text: str, name: str = "phong-tong-hop.txt.j2") -> None:
    (folder / "templates" / name).write_text(text, "utf-8")


def test_every_letter_of_a_step_carries_its_words_under_the_task(reader, folder):
    office, channel = reader
    words(folder, WORDS)
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", lead="Sở Tài chính")])
    tick(office, DUE)
    asyncio.run(pump(office, DUE))

    assert sorted(SAID in one.said for one in channel.sent) == [False, True]
    assert all("về Phòng Tổng hợp trước 17 giờ" in one.letter.html for one in channel.sent)


def test_a_step_without_words_of_its_own_has_none(reader, folder):
    office, channel = reader
    words(folder, WORDS)
    bring(office, [a_row(1, "30/9/2025")])
    tick(office, at("2025-09-25"))
    asyncio.run(pump(office, at("2025-09-25")))

    assert [("Phòng Tổng hợp" in one.said) for one in channel.sent] == [False]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "templates" / "phong-tong-hop.txt.j2").unlink(),
        lambda folder: words(folder, "{{ ''.__class__ }}"),
        lambda folder: words(folder, "{{ 'a' * 10**9 }}"),
        lambda folder: words(folder, WORDS[:12]),  # half-written
        lambda folder: (folder / "templates" / "phong-tong-hop.txt.j2").write_bytes(b"\xff\xfe\x00"),
        lambda folder: words(folder, "a" * 1_000_000),
    ],
)
def test_words_that_became_bad_never_keep_a_letter_back(reader, folder, spoil, caplog):
    office, channel = reader
    words(folder, WORDS)
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "30/9/2025", lead="Sở Tài chính")])
    tick(office, DUE)
    spoil(folder)
    with caplog.at_level(logging.WARNING):
        outcome = asyncio.run(pump(office, DUE))

    assert outcome.by_state == {"delivered": 2}
    assert not any("Tổng hợp" in one.said for one in channel.sent)
    told = [record.message for record in caplog.records if "phong-tong-hop" in record.message]
    assert len(told) == 1
    assert told[0].startswith("thư gửi đi không có lời riêng 'phong-tong-hop': ")


def test_a_mended_file_counts_from_the_next_letter_on(reader, folder):
    office, channel = reader
    words(folder, "{{ tilte }}")
    bring(office, [a_row(1, "30/9/2025"), a_row(2, "1/10/2025")])
    for day in ("2025-09-30", "2025-10-01"):
        tick(office, at(day))
        asyncio.run(pump(office, at(day)))
        words(folder, WORDS)

    assert [("Phòng Tổng hợp" in one.said) for one in channel.sent] == [False, True]


@pytest.mark.parametrize("one", [*VARIABLES, *FILTERS], ids=lambda one: one.name)
def test_the_manual_knows_every_word_and_shows_one_that_is_read_without_a_mistake(one):
    page = "\n".join(own_words_page())
    _, sample = re.findall(r"```\w*\n(.*?)```", page, re.S)
    example = one.example if "{{" in one.example else f"{{{{ {one.name} }}}}"

    assert f"| `{one.name}` | {one.meaning} |" in page
    assert read_own_words(example, "x")[1] == []
    assert read_own_words(sample, "x")[1] == []


@pytest.mark.parametrize("file", sorted((CONFIG / "templates").glob("*.j2")), ids=lambda file: file.name)
def test_the_words_that_are_shipped_are_read_without_a_mistake(file):
    assert read_own_words(file.read_text("utf-8"), file.name)[1] == []
