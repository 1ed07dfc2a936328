"""Many processes at once: no update is lost, no record forks the chain, no message is claimed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine.model import FactKind
from store import records, registry

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def writers() -> Iterator[ModuleType]:
    """What the other processes do; they import it by name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE)
        patch.setenv("PYTHONPATH", f"{HERE}:{HERE.parents[1]}")
        yield import_module("writers")


@pytest.fixture(scope="module")
def processes(writers: ModuleType) -> Iterator[ProcessPoolExecutor]:
    """Eight processes that share nothing with us but the database."""
    context = get_context("forkserver")
    context.set_forkserver_preload([writers.__name__])
    with ProcessPoolExecutor(8, context) as pool:
        yield pool


def together(pool: ProcessPoolExecutor, work: Callable[..., Any], *calls: tuple[Any, ...]) -> list[Any]:
    return [running.result(timeout=120) for running in [pool.submit(work, *call) for call in calls]]


def test_an_update_that_rests_on_what_was_read_is_never_lost(database, database_url, writers, processes):
    with database.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO lease (name, owner, until) VALUES ('đếm', '0', '2026-01-01 00:00:00+00:00')"
        )

    together(processes, writers.read_then_add, *[(database_url, 100)] * 3)

    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT owner FROM lease").scalar() == "300"


def test_eight_writers_make_one_chain(database, database_url, writers, processes):
    together(processes, writers.append_records, *((database_url, writer, 60) for writer in range(8)))

    with database.reading() as session:
        verified = records.verify(session)
        found = records.records_of(session, [f"người ghi {writer}" for writer in range(8)])

    assert (verified.ok, verified.entries) == (True, 480)
    assert [[r.data["n"] for r in of_writer] for of_writer in found.values()] == [list(range(60))] * 8


def test_four_claimers_share_the_outbox_without_taking_one_message_twice(
    office, database_url, writers, processes
):
    office.outbox(100)

    taken = together(processes, writers.claim_all, *((database_url, f"máy {n}") for n in range(4)))

    assert sorted(key for keys in taken for key in keys) == [f"thu-{n:03}" for n in range(100)]


def test_facts_recorded_at_the_same_time_are_all_kept(office, database_url, writers, processes):
    (share,) = office.assign(office.share(office.task("1", "2025-09-30")))

    together(processes, writers.acknowledge, *[(database_url, share.id, 10)] * 4)

    with office.database.reading() as session:
        (after,) = registry.assignments(session, office.unit_of)
        assert records.verify(session).ok
    assert [fact.kind for fact in after.facts] == [FactKind.ACKNOWLEDGED] * 40
