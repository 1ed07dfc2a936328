"""Prefect for real: beside the service in one process, and between many processes."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import tempfile
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from engine.model import HANOI
from flows.moments import clock_from
from flows.orchestration import prepare_environment
from flows.schedule import SCHEDULES
from flows.service import Service
from flows.standing import StandingOffice
from usecases.bring_in import bring_in_defaults
from usecases.settings import Settings
from usecases.wiring import Office

pytestmark = [pytest.mark.prefect, pytest.mark.slow, pytest.mark.xdist_group("prefect")]

IMPORTED_AT = datetime(2025, 10, 17, 8, tzinfo=HANOI)
MORNING = "2025-12-26T08:00:00+07:00"
PATIENCE = 180  # seconds: a busy machine starts Prefect slowly


class Broken(BaseHTTPRequestHandler):
    """An API that claims to be in good health and fails at everything else."""

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/api/health" else 500)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(500)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def broken_api() -> Iterator[int]:
    """The port of such an API."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("fault", ["nobody listens", "every request fails"])
def test_a_run_whose_orchestrator_fails_happens_directly_and_says_so(office, capsys, fault, broken_api):
    port = broken_api if fault == "every request fails" else _free_port()
    service = Service(StandingOffice(office), clock_from(datetime.fromisoformat(MORNING)))
    service.prefect_is_ready = True  # it was, a moment ago

    with _prefect_at(port):
        asyncio.run(service.run_flow("remind"))

    beat = json.loads((office.settings.home / "heartbeat.json").read_text("utf-8"))
    assert beat["sent"] > 0
    assert "điều phối: trực tiếp" in capsys.readouterr().err


def test_every_entry_of_the_table_has_its_flow():
    with _prefect_at(_free_port()):
        from flows.flows import FLOWS

    assert {schedule.flow for schedule in SCHEDULES} == set(FLOWS)


def test_the_service_shows_its_runs_to_prefect_and_after_a_kill_the_one_that_was_cut_off(
    machine_at, settled_home
):
    port = _free_port()
    machine = machine_at(settled_home, DONDOC_PREFECT_PORT=str(port))
    api = f"http://127.0.0.1:{port}/api"
    first = machine.dondoc("serve", "--at", MORNING)
    machine.wait_until((settled_home / "heartbeat.json").exists)  # the reminders did not wait for Prefect
    machine.wait_until(lambda: "Prefect: đã sẵn sàng" in machine.told(first), PATIENCE)
    machine.wait_until(lambda: _states_of_runs(api) == {"COMPLETED"}, PATIENCE)
    cut_off = _leave_running(api)
    first.kill()
    first.wait()

    second = machine.dondoc("serve", "--at", MORNING)
    machine.wait_until(lambda: "1 lượt dở dang" in machine.told(second), PATIENCE)

    assert httpx.get(f"{api}/flow_runs/{cut_off}").json()["state_type"] == "CRASHED"
    second.terminate()
    assert second.wait(20) == 0
    assert "Traceback" not in machine.all_told()
    assert "INFO" not in machine.all_told()


def test_many_machines_a_worker_plans_and_a_sender_delivers(machine_at, tmp_path, databases):
    ours, prefects = databases
    office = Office(Settings(home=tmp_path / "import", database_url=ours))
    bring_in_defaults(office, IMPORTED_AT)
    office.database.close()
    port = _free_port()
    api = f"http://127.0.0.1:{port}/api"
    machine = machine_at(
        tmp_path / "machine",
        DONDOC_DATABASE_URL=ours,
        DO_NOT_TRACK="1",
        PREFECT_API_URL=api,
        PREFECT_HOME=str(tmp_path / "prefect"),
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        PREFECT_SERVER_DATABASE_CONNECTION_URL=prefects,
        PREFECT_UI_STATIC_DIRECTORY=str(tmp_path / "ui"),
        PREFECT_WORKER_QUERY_SECONDS="1",
    )

    machine.start("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
    machine.wait_until(lambda: _is_healthy(api), PATIENCE)
    deployed = machine.dondoc("deploy")
    assert deployed.wait(PATIENCE) == 0, machine.told(deployed)
    deployments = _deployments(api)
    for deployment in deployments.values():  # the test decides when a run starts, not the hour of the day
        httpx.post(f"{api}/deployments/{deployment['id']}/pause_deployment").raise_for_status()
    sender = machine.dondoc("send", "--at", MORNING)
    machine.start("prefect", "worker", "start", "-p", "dondoc", "--type", "process")
    run = _start_run(api, deployments["remind"]["id"], at=MORNING)
    machine.wait_until(lambda: _state_of_run(api, run) == "COMPLETED", PATIENCE)
    machine.wait_until(lambda: set(machine.states(_as_driver(ours))) == {"delivered"}, PATIENCE)
    reports = _start_run(api, deployments["reports"]["id"], at=MORNING)
    machine.wait_until(lambda: _state_of_run(api, reports) == "COMPLETED", PATIENCE)

    shown = httpx.post(f"{api}/artifacts/latest/filter", json={}).json()
    (laid,) = [found for found in shown if found["key"] == "bao-cao-dinh-ky"]
    assert "BÁO CÁO NHIỆM VỤ QUÁ HẠN" in laid["data"]
    assert "qua-han-weekly-2025-W52.docx" in laid["data"]
    by_name = {s.name: s.cron for s in SCHEDULES if s.at_scale == "worker"}
    assert {name: d["schedules"][0]["schedule"]["cron"] for name, d in deployments.items()} == by_name
    assert machine.letters() == machine.states(_as_driver(ours))["delivered"] > 0
    assert "gửi" in machine.told(sender)


@pytest.fixture
def databases(postgresql_server: str) -> Iterator[tuple[str, str]]:
    """Two new databases on one server: ours, and Prefect's with its driver named."""
    names = [f"{name}_{uuid.uuid4().hex[:12]}" for name in ("dondoc", "prefect")]
    for name in names:
        _execute(postgresql_server, "CREATE DATABASE {}", name)
    ours, prefects = (sa.make_url(postgresql_server).set(database=name) for name in names)
    yield (
        ours.render_as_string(hide_password=False),
        prefects.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False),
    )
    for name in names:
        _execute(postgresql_server, "DROP DATABASE {} WITH (FORCE)", name)


def _execute(server: str, statement: str, name: str) -> None:
    address = sa.make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))  # type: ignore[arg-type]


def _as_driver(url: str) -> str:
    return sa.make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_healthy(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=2).is_success
    except httpx.HTTPError:
        return False


def _deployments(api: str) -> dict[str, dict[str, Any]]:
    return {found["name"]: found for found in httpx.post(f"{api}/deployments/filter", json={}).json()}


def _start_run(api: str, deployment: str, **parameters: str) -> str:
    wanted = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
    answer = httpx.post(f"{api}/deployments/{deployment}/create_flow_run", json=wanted)
    run: str = answer.raise_for_status().json()["id"]
    return run


@contextmanager
def _prefect_at(port: int) -> Iterator[None]:
    """Use Prefect in this process for once, with an API of the test's making."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as home:
        prepare_environment(Settings(home=Path(home)), port)
        try:
            from prefect.settings import PREFECT_API_URL, temporary_settings

            with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{port}/api"}):
                yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _leave_running(api: str) -> str:
    flow = httpx.post(f"{api}/flows/", json={"name": "remind"}).json()["id"]
    state = {"type": "RUNNING", "name": "Running"}
    run: str = httpx.post(f"{api}/flow_runs/", json={"flow_id": flow, "state": state}).json()["id"]
    return run


def _state_of_run(api: str, run: str) -> str:
    state: str = httpx.get(f"{api}/flow_runs/{run}", timeout=30).json()["state_type"]
    assert state not in {"FAILED", "CRASHED"}
    return state


def _states_of_runs(api: str) -> set[str]:
    return {run["state_type"] for run in httpx.post(f"{api}/flow_runs/filter", json={}, timeout=30).json()}
