"""Is anything lost, or told twice unseen, when a worker is killed at any point of its work?

The whole matrix is slow; a thin diagonal of it runs every time.
"""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from engine.ledger import DeliveryState
from notifiers.zalo_bot import ZaloBotNotifier
from store import outbox
from store.outbox import Settlement
from store.tables import MESSAGE, MessageRow
from tests.guarantee.crash_matrix import NOW, Copies, Counts, Matrix, Point, Scene, fill
from tests.guarantee.town import Town, a_town
from usecases import deliver

SCENES = [
    Scene("email"),
    Scene("email", connections=4),
    Scene("mailbox"),
    Scene("zalo_bot"),
    Scene("zalo_oa"),
    Scene("zalo_zbs"),
    Scene("telegram"),
]
CHATS = {"zalo_bot", "zalo_oa", "telegram"}
pytestmark = pytest.mark.forking
FEW = 10  # one point in so many may be missed: on a busy machine workers take other steps each time


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with a_town(lambda: NOW) as town:
        yield town


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str, Counts], None]:
    """Gives what prints the counts of a matrix, in a run of several processes too, and judges them."""

    def told(where: str, counts: Counts) -> None:
        with capsys.disabled():
            print(f"\n{where}: {counts}", file=sys.stderr, flush=True)
        assert counts.faults == []
        assert counts.lost == 0
        assert counts.kills > 0
        assert counts.missed <= counts.points // FEW

    return told


@pytest.fixture
def on_sqlite(sqlite_template: Path, town: Town, tmp_path: Path) -> Copies:
    template, file = Path(shutil.copy(sqlite_template, tmp_path / "template.db")), tmp_path / "dondoc.db"
    whose = fill(f"sqlite:///{template}", tmp_path, town)

    def renew() -> None:
        for beside in ("-wal", "-shm"):
            file.with_name(file.name + beside).unlink(missing_ok=True)
        shutil.copy(template, file)

    return Copies(f"sqlite:///{file}", renew, whose)


@pytest.fixture
def on_postgresql(postgresql_template: str, town: Town, tmp_path: Path) -> Iterator[Copies]:
    names = [f"dondoc_matrix_{uuid.uuid4().hex}{which}" for which in ("", "_template")]
    name, template = names
    url, template_url = (
        sa.make_url(postgresql_template).set(database=one).render_as_string(hide_password=False)
        for one in names
    )
    execute(url, f'CREATE DATABASE "{template}" TEMPLATE "{sa.make_url(postgresql_template).database}"')
    whose = fill(template_url, tmp_path, town)

    def renew() -> None:
        execute(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        execute(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    yield Copies(url, renew, whose)
    for one in names:
        execute(url, f'DROP DATABASE IF EXISTS "{one}" WITH (FORCE)')


@pytest.mark.slow
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_a_worker_killed_anywhere_loses_nothing(scene, town, on_sqlite, tmp_path, tell):
    matrix = Matrix(scene, town, on_sqlite, tmp_path / "home")
    tell(f"SQLite, {scene}", matrix.run(everywhere(matrix)))


@pytest.mark.slow
@pytest.mark.parametrize("scene", [replace(scene, workers=2) for scene in SCENES], ids=str)
def test_one_of_two_workers_killed_anywhere_loses_nothing(scene, town, on_postgresql, tmp_path, tell):
    """What is alike to a crash is tried here and there, and all of it on SQLite.

    So are statements of one transaction, and the awaits of chats, which wait in the same places.
    """
    matrix = Matrix(scene, town, on_postgresql, tmp_path / "home")
    is_chat = scene.channel in CHATS
    every = {"statement": 4, "await": 1 + is_chat, "stall": 1 + is_chat}
    points = [point for point in everywhere(matrix) if point.n % every.get(point.kind, 1) == 0]
    tell(f"PostgreSQL, {scene}", matrix.run(points))


@pytest.mark.parametrize("scene", [Scene("zalo_oa"), Scene("email", connections=4)], ids=str)
def test_on_the_diagonal_nothing_is_lost(scene, town, on_sqlite, tmp_path, tell):
    matrix = Matrix(scene, town, on_sqlite, tmp_path / "home")
    tell(f"SQLite, {scene}, thinly", matrix.run(thinned(everywhere(matrix))))


# --- broken ledgers -----------------------------------------------------------------------------


def record_before_sending(patch: pytest.MonkeyPatch) -> None:
    sent = deliver._Pump._sent

    async def early(self, one):
        with self.office.database.writing() as session:
            outbox.settle(session, [Settlement(one.claim, DeliveryState.SENT)], self._at)
        return await sent(self, one)

    patch.setattr(deliver._Pump, "_sent", early)


def claim_what_others_hold(patch: pytest.MonkeyPatch) -> None:
    anybodys = sa.or_(outbox.IS_WAITING_TO_LEAVE, MESSAGE.state == DeliveryState.CLAIMED)
    patch.setattr(outbox, "_FREE", (anybodys, MESSAGE.passed_to == ""))


def settle_what_others_hold(patch: pytest.MonkeyPatch) -> None:
    settle = outbox.settle

    def unfenced(session, settlements, at):
        mine = []
        for one in settlements:
            found = MESSAGE.key == one.claim.key
            fence = session.scalars(sa.select(MESSAGE.fence).where(found)).one()
            session.connection().execute(sa.update(MessageRow).where(found).values(state="claimed"))
            mine.append(replace(one, claim=replace(one.claim, fence=fence)))
        return settle(session, mine, at)

    patch.setattr(outbox, "settle", unfenced)


def never_sweep(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(outbox, "sweep", lambda session, now: [])


def repeat_chats_blindly(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ZaloBotNotifier, "repeats_safely", True)


ON_BOTH = pytest.mark.parametrize("database", ["on_sqlite", "on_postgresql"])


@ON_BOTH
@pytest.mark.parametrize(
    ("scene", "broken", "kinds", "caught"),
    [
        (Scene("email"), record_before_sending, ("send",), "was told 0 times"),
        (Scene("email", workers=2), claim_what_others_hold, ("sent",), "not flagged"),
        (Scene("email"), settle_what_others_hold, ("stall",), "settled as sent twice"),
        (Scene("email"), never_sweep, ("send",), "was told 0 times"),
        (Scene("zalo_bot"), repeat_chats_blindly, ("accepted",), "in the same chat"),
    ],
)
def test_a_broken_ledger_is_caught(
    scene, broken, kinds, caught, database, town, tmp_path, monkeypatch, request
):
    broken(monkeypatch)
    matrix = Matrix(scene, town, request.getfixturevalue(database), tmp_path / "home")
    for point in [point for point in everywhere(matrix) if point.kind in kinds]:
        if any(caught in fault for fault in matrix.run([point]).faults):
            return
    raise AssertionError(matrix.counts)


def everywhere(matrix: Matrix) -> list[Point]:
    """Return all points a worker passes.

    At an await it is killed, and in another run it only stops, and wakes when others took over.
    """
    points = matrix.points()
    return points + [Point("stall", point.n) for point in points if point.kind == "await"]


def thinned(points: Iterable[Point]) -> list[Point]:
    """Return a few points of every kind."""
    rare = {"statement": 10, "await": 10, "stall": 10}
    return [point for point in points if point.n % rare.get(point.kind, 1) == 0][::4]


def execute(url: str, statement: str) -> None:
    address = sa.make_url(url).set(drivername="postgresql", database="postgres")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
