"""The runs as Prefect shows them: a flow with one task a step, never one a message.

Prefect decides when a flow starts and remembers how it went; a run that it loses costs a
late tick. Only the scan is tried again here: a message's next attempt is in our outbox.
"""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.beating import beat
from flows.moments import moment_of
from flows.runs import Run, Summary
from flows.telling import tell
from usecases.kept_configuration import opened_or_kept
from usecases.wiring import open_office

IN_HAND: ContextVar[Run | None] = ContextVar("run_in_hand", default=None)
LONGEST_ARTIFACT = 100_000  # characters; Prefect drops the event of an artifact of 1.5 MB


@flow(name="remind", description="Xét việc đến mốc và lập tin nhắc")
async def remind(at: str | None = None, deliver: bool = False) -> Summary:
    """Plan what is due at `at`; send it too where no sender runs."""
    run = _run(at)
    return await _ticked(run, await plan_task(run), deliver)


@flow(name="deliver", description="Gửi tin đang chờ")
async def deliver(at: str | None = None) -> Summary:
    """Send what may leave at `at`."""
    return await deliver_task(_run(at))


@flow(name="reports", description="Báo cáo tuần, tháng, trước phiên họp")
async def reports(at: str | None = None) -> Summary:
    """Make the scheduled reports that are due at `at`, mail them, and show what was made beside the run."""
    summary = await publish_scheduled_task(_run(at))
    await _show("bao-cao-dinh-ky", "Báo cáo định kỳ", summary)
    return summary


@flow(name="silence", description="Việc đến hạn mà chưa ai nhận được tin")
async def silence(at: str | None = None) -> Summary:
    """Write who in the red zone nothing has reached as of `at` and show it beside the run."""
    summary = await publish_silence_task(_run(at))
    await _show("chua-ai-nhan", "Việc chưa ai nhận được tin", summary)
    return summary


@flow(name="sweep", description="Xét lại toàn bộ sổ nhiệm vụ")
async def sweep(at: str | None = None, deliver: bool = False) -> Summary:
    """Plan from every open assignment, whatever the marks of earlier runs say."""
    run = _run(at)
    return await _ticked(run, await plan_task(run, full=True), deliver)


@task(name="plan", retries=2, retry_delay_seconds=[2, 10], retry_jitter_factor=0.5, cache_policy=NO_CACHE)
async def plan_task(run: Run, full: bool = False) -> Summary:
    """Plan; tried again when the database is away for a moment."""
    return await run.plan(full)


@task(name="deliver", cache_policy=NO_CACHE)
async def deliver_task(run: Run) -> Summary:
    """Send."""
    return await run.deliver()


@task(name="publish-scheduled", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
async def publish_scheduled_task(run: Run) -> Summary:
    """Write the scheduled reports and mail them."""
    return await run.publish_scheduled()


@task(name="publish-silence", retries=2, retry_delay_seconds=[2, 10], cache_policy=NO_CACHE)
async def publish_silence_task(run: Run) -> Summary:
    """Write the report files."""
    return await run.publish_silence()


FLOWS = {found.name: found for found in (remind, deliver, reports, silence, sweep)}


async def _ticked(run: Run, summary: Summary, deliver: bool) -> Summary:
    """Finish a tick; in a worker the heartbeat is ours, in the service its own."""
    if deliver:
        summary = {**summary, **await deliver_task(run)}
    if IN_HAND.get() is None:
        await beat(run.office, summary)
    return summary


def _run(at: str | None) -> Run:
    """Return the run that this process has in hand; in a worker, a new one from the environment."""
    return IN_HAND.get() or Run(opened_or_kept(open_office(), tell), moment_of(at))


async def _show(key: str, name: str, summary: Summary) -> None:
    """Show what was written beside its run; when another process wrote it, that one shows it."""
    if "files" in summary:
        markdown = _as_markdown(summary["files"])
        await acreate_markdown_artifact(key=key, markdown=markdown, description=f"{name} lúc {summary['at']}")


def _as_markdown(files: dict[str, str]) -> str:
    """Return the list of files, and the first text among them as it reads."""
    text = Path(next(path for path in files.values() if path.endswith(".txt"))).read_text("utf-8")
    if len(text) > LONGEST_ARTIFACT:
        text = text[:LONGEST_ARTIFACT] + "\n… xem tiếp trong tệp"
    listed = "\n".join(f"- {name}: `{path}`" for name, path in files.items())
    return f"{listed}\n\n```text\n{text}\n```\n"
