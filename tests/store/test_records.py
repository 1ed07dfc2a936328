"""The chain of compliance records: it grows without forks and shows every change."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from store import records
from store.database import Database
from store.records import GENESIS, Verification

MORNING = datetime(2025, 7, 1, 1, 2, 3, 456789, tzinfo=UTC)

DROP = {
    "sqlite": ("DROP TRIGGER record_no_update", "DROP TRIGGER record_no_delete"),
    "postgresql": ("DROP TRIGGER record_append_only ON record",),
}


def appended(database: Database, count: int) -> None:
    with database.writing() as session:
        for n in range(1, count + 1):
            records.append(session, MORNING, "thử", f"việc {n}", {"lần": n})


def verified(database: Database) -> Verification:
    with database.reading() as session:
        return records.verify(session)


def tampered(database: Database, *statements: str) -> None:
    """Change records as somebody with full rights at a database prompt could."""
    with database.writing() as session:
        for statement in (*DROP[database.engine.dialect.name], *statements):
            session.connection().exec_driver_sql(statement)


def test_an_empty_chain_is_whole(database):
    assert verified(database) == Verification(True, 0, GENESIS, None)


def test_a_record_is_hashed_as_documented(database):
    with database.writing() as session:
        records.append(
            session, MORNING, "extended", "KH/1@so-y-te", {"note": "gia hạn", "due_on": "2025-12-31"}
        )

    content = (
        '{"at":1751331723456789,"data":{"due_on":"2025-12-31","note":"gia hạn"},'
        '"kind":"extended","subject":"KH/1@so-y-te"}'
    )
    expected = hashlib.sha256(f"dondoc.record.v1|{GENESIS}|{content}".encode()).hexdigest()
    assert verified(database) == Verification(True, 1, expected, None)


def test_records_come_back_as_they_were_in_local_time(database):
    appended(database, 2)

    with database.reading() as session:
        found = records.records_of(session, ["việc 2", "việc 9"])

    assert list(found) == ["việc 2"]
    (record,) = found["việc 2"]
    assert (record.seq, record.kind, record.data) == (2, "thử", {"lần": 2})
    assert record.at.isoformat() == "2025-07-01T08:02:03.456789+07:00"


def test_records_can_be_asked_for_up_to_a_moment(database):
    with database.writing() as session:
        for day in (3, 1, 2):
            records.append(session, datetime(2025, 7, day, tzinfo=UTC), "thử", "việc", {"ngày": day})

    with database.reading() as session:
        found = records.records_of(session, ["việc"], until=datetime(2025, 7, 2, tzinfo=UTC))

    assert [record.data["ngày"] for record in found["việc"]] == [1, 2]


@pytest.mark.parametrize(("what", "statements", "first_broken"), [
    ("a text edited", ["UPDATE record SET data = '{\"lần\":9}' WHERE seq = 3"], 3),
    ("only its spelling edited", ["UPDATE record SET data = '{\"lần\": 3}' WHERE seq = 3"], 3),
    ("made no JSON", ["UPDATE record SET data = 'hỏng' WHERE seq = 3"], 3),
    ("another subject", ["UPDATE record SET subject = 'việc 4' WHERE seq = 3"], 3),
    ("another kind", ["UPDATE record SET kind = 'khác' WHERE seq = 3"], 3),
    ("another moment", ["UPDATE record SET at = '2025-07-01 01:02:03.456788+00:00' WHERE seq = 3"], 3),
    ("a hash of its own", [f"UPDATE record SET hash = '{'1' * 64}' WHERE seq = 3"], 3),
    ("the last one edited", ["UPDATE record SET data = '{\"lần\":9}' WHERE seq = 5"], 5),
    ("the first one gone", ["DELETE FROM record WHERE seq = 1"], 2),
    ("one in the middle gone", ["DELETE FROM record WHERE seq = 3"], 4),
    ("one gone and the rest moved up", [
        "DELETE FROM record WHERE seq = 3",
        "UPDATE record SET seq = 3 WHERE seq = 4",
        "UPDATE record SET seq = 4 WHERE seq = 5",
    ], 3),
    ("two exchanged", [
        "UPDATE record SET seq = 99 WHERE seq = 2",
        "UPDATE record SET seq = 2 WHERE seq = 3",
        "UPDATE record SET seq = 3 WHERE seq = 99",
    ], 2),
    ("one slipped in at the end", [
        "INSERT INTO record (seq, at, kind, subject, data, prev, hash) "
        f"SELECT 6, at, kind, subject, data, hash, '{'2' * 64}' FROM record WHERE seq = 5",
    ], 6),
    ("one slipped in before the first", [
        "INSERT INTO record (seq, at, kind, subject, data, prev, hash) "
        f"SELECT 0, at, kind, subject, data, '{'3' * 64}', '{'4' * 64}' FROM record WHERE seq = 5",
    ], 0),
])  # fmt: skip
def test_whatever_is_changed_shows_where(database, what, statements, first_broken):
    appended(database, 5)
    assert verified(database).ok

    tampered(database, *statements)

    found = verified(database)
    assert (found.ok, found.first_broken) == (False, first_broken)


@pytest.mark.parametrize("moment", ["", "hôm qua", "2025-13-45 99:00:00"])
def test_a_moment_that_is_none_shows_too(sqlite_database, moment):
    appended(sqlite_database, 3)

    tampered(sqlite_database, f"UPDATE record SET at = '{moment}' WHERE seq = 2")

    assert verified(sqlite_database).first_broken == 2


def test_a_broken_chain_still_counts_its_records_and_names_the_last_sound_head(database):
    appended(database, 3)
    sound = verified(database).head
    appended(database, 4)

    tampered(database, "UPDATE record SET data = '{}' WHERE seq = 4")

    assert verified(database) == Verification(False, 7, sound, 4)


@pytest.mark.parametrize("statement", [
    "UPDATE record SET data = '{}'",
    "UPDATE record SET data = data WHERE seq = 1",
    "DELETE FROM record",
    "DELETE FROM record WHERE seq = 2",
])  # fmt: skip
def test_the_database_itself_forbids_to_change_or_delete(database, statement):
    appended(database, 2)

    with pytest.raises(DatabaseError, match="append-only"), database.writing() as session:
        session.connection().exec_driver_sql(statement)

    assert verified(database).entries == 2


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has no TRUNCATE
def test_emptying_the_table_is_forbidden_too(database):
    appended(database, 2)

    with pytest.raises(DatabaseError, match="append-only"), database.writing() as session:
        session.connection().exec_driver_sql("TRUNCATE record")


def test_what_is_rolled_back_leaves_no_gap(database):
    appended(database, 1)

    def interrupted() -> None:
        with database.writing() as session:
            records.append(session, MORNING, "thử", "việc", {})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    appended(database, 1)

    assert (verified(database).ok, verified(database).entries) == (True, 2)


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {"bao nhiêu": 0.1}, [object()]])
def test_what_has_no_single_spelling_is_refused(database, value):
    with pytest.raises((TypeError, ValueError)), database.writing() as session:
        records.append(session, MORNING, "thử", "việc", {"giá trị": value})

    assert verified(database).entries == 0


def test_composed_and_decomposed_letters_are_one_text(database):
    with database.writing() as session:
        for form in ("NFC", "NFD"):
            records.append(session, MORNING, "thử", unicodedata.normalize(form, "Sở Y tế"), {})

    with database.reading() as session:
        assert len(records.records_of(session, ["Sở Y tế"])["Sở Y tế"]) == 2


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text("aăâđêôơư", max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.sampled_from(["by", "ghi chú", "on"]), VALUES), moment=MOMENTS)
def test_whatever_is_recorded_verifies_and_reads_back(sqlite_database, data, moment):
    with sqlite_database.writing() as session:
        records.append(session, moment, "thử", "việc", data)
    with sqlite_database.reading() as session:
        newest = max(records.records_of(session, ["việc"])["việc"], key=lambda record: record.seq)
        assert records.verify(session).ok

    assert newest.data == json.loads(unicodedata.normalize("NFC", json.dumps(data, ensure_ascii=False)))
    assert newest.at == moment
