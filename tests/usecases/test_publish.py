"""What does the coordinating office find in the morning besides who was not reached?"""

from __future__ import annotations

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from pdfminer.high_level import extract_text

from reports.formats import FORMATS
from store import addresses
from tests.guarantee.world import a_row, at, bring
from usecases.publish import publish_silence

MORNING = at("2025-09-29 09:30")
POST, HEAD = "SYT/contact", "SYT/head"
GONE = "thư trả lại: 5.1.1 <dau-moi.syt@quangngai.example> không có hộp thư"


@pytest.fixture
def office(office):
    bring(office, [a_row(1, "30/9/2025")])
    return office


def is_dead(office, post, when):
    who = office.contacts.at_post(post, when.date())
    with office.database.writing() as session:
        addresses.mark_dead(session, post, who.person, "email", who.addresses["email"], GONE, when)


def published(office, as_of):
    paths = publish_silence(office, as_of)
    found = json.loads(paths["json"].read_text("utf-8"))
    return paths["text"].read_text("utf-8"), [row["post"] for row in found["dead_addresses"]]


def test_a_dead_address_is_told_once_and_again_only_when_asked_for_the_same_morning(office):
    assert published(office, MORNING)[1] == []
    is_dead(office, POST, MORNING + timedelta(hours=2))
    tomorrow = MORNING + timedelta(days=1)
    said, posts = published(office, tomorrow)

    assert posts == [POST]
    assert "ĐỊA CHỈ KHÔNG ĐẾN ĐƯỢC, phát hiện từ 09:30 29/09/2025: 1." in said
    assert f"Sở Y tế ({POST}): thư điện tử không đến được từ 29/09/2025" in said
    assert published(office, tomorrow) == (said, posts)
    assert published(office, tomorrow + timedelta(days=1))[1] == []


def test_the_first_publication_names_all_that_are_dead(office):
    is_dead(office, POST, MORNING - timedelta(days=40))
    is_dead(office, HEAD, MORNING - timedelta(days=1))

    assert published(office, MORNING)[1] == [POST, HEAD]


def test_the_address_itself_is_not_laid_out(office):
    is_dead(office, POST, MORNING)
    paths = publish_silence(office, MORNING)

    assert set(paths) == set(FORMATS)
    assert all("dau-moi.syt@" not in words_in(path) for path in paths.values())


def test_files_of_others_in_the_folder_are_no_publications(office):
    is_dead(office, POST, MORNING - timedelta(days=2))
    office.reports.mkdir(parents=True)
    (office.reports / "chua-ai-nhan-ghi-chu.txt").write_text("của tôi", "utf-8")
    (office.reports / "chua-ai-nhan-20259999-0000.txt").write_text("của tôi", "utf-8")

    assert published(office, MORNING)[1] == [POST]


def test_a_morning_without_dead_addresses_says_nothing_of_them(office):
    said, posts = published(office, MORNING)

    assert posts == []
    assert "ĐỊA CHỈ" not in said


def words_in(path: Path) -> str:
    """Everything a file says, packed or not."""
    if path.suffix == ".pdf":
        return extract_text(path)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return "".join(packed.read(name).decode("utf-8", "ignore") for name in packed.namelist())
    return path.read_text("utf-8")
