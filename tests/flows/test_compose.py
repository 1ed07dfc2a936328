"""docker-compose.yml holds together: services that exist, commands that exist, no secret inside."""

from __future__ import annotations

import re

import pytest
import yaml

from cli.main import parser
from flows.schedule import POOL
from usecases.settings import PROJECT

TEXT = (PROJECT / "docker-compose.yml").read_text("utf-8")
SERVICES = yaml.safe_load(TEXT)["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("dondoc:")}


def test_every_service_waits_for_services_that_exist():
    awaited = {other for service in SERVICES.values() for other in service.get("depends_on", ())}

    assert awaited <= set(SERVICES)


@pytest.mark.parametrize("name", [name for name, service in OURS.items() if "entrypoint" not in service])
def test_our_services_run_commands_of_the_product(name):
    arguments = parser().parse_args(SERVICES[name]["command"])

    assert arguments.command == SERVICES[name]["command"][0]


def test_the_workers_poll_the_pool_that_is_deployed_to():
    command = SERVICES["worker"]["command"]

    assert command[command.index("--pool") + 1] == POOL


def test_every_image_is_pinned():
    images = [service["image"] for service in SERVICES.values()]

    assert [image for image in images if not re.search(r":v?\d+\.\d+", image)] == []


def test_every_variable_is_explained_and_no_password_is_written_down():
    example = (PROJECT / ".env.example").read_text("utf-8")
    values = dict(line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#"))

    assert set(re.findall(r"\$\{(\w+)", TEXT)) == set(values)
    assert {values["POSTGRES_PASSWORD"], values["PREFECT_AUTH"]} == {""}
    assert re.findall(r"PASSWORD: (?!\$\{)|://dondoc:(?!\$\{)", TEXT) == []


def test_ports_are_open_to_this_machine_only():
    ports = [port for service in SERVICES.values() for port in service.get("ports", ())]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
