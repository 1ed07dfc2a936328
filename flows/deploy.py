"""The schedules that belong to workers become Prefect deployments, when there are many machines.

Deploying twice changes nothing. What the table no longer names is paused by a person, never
deleted here.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

import httpx

from flows.orchestration import prepare_environment
from flows.schedule import POOL, SCHEDULES, TIMEZONE
from usecases.errors import InputRejected
from usecases.settings import Settings


def deploy(settings: Settings) -> list[str]:
    """Create the work pool and the deployments on the server of PREFECT_API_URL; return their names."""
    url = os.environ.get("PREFECT_API_URL", "")
    if not url:
        raise InputRejected(
            "chưa biết máy chủ Prefect; đặt PREFECT_API_URL, ví dụ http://prefect-server:4200/api"
        )
    prepare_environment(settings)
    try:
        return asyncio.run(_deploy())
    except (httpx.HTTPError, RuntimeError) as error:
        raise InputRejected(f"máy chủ Prefect {url} không nhận: {error}") from error


async def _deploy() -> list[str]:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import WorkPoolCreate
    from prefect.exceptions import ObjectAlreadyExists
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from flows.flows import FLOWS

    async with get_client() as client:
        with suppress(ObjectAlreadyExists):
            await client.create_work_pool(WorkPoolCreate(name=POOL, type="process"))
    names = []
    for schedule in SCHEDULES:
        if schedule.at_scale != "worker":
            continue
        deployment = await FLOWS[schedule.flow].ato_deployment(
            name=schedule.name,
            schedule=Cron(schedule.cron, timezone=TIMEZONE),
            work_pool_name=POOL,
            description=schedule.words,
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        await deployment.aapply()
        names.append(f"{schedule.flow}/{schedule.name}")
    return names
