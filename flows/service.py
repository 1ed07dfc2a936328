"""The service of one machine: one process that looks, sends and reports by itself.

APScheduler is its clock, Prefect its window. While Prefect is not up, is dead or is
turned off, the same runs happen directly and say so: no reminder waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from flows.beating import beat
from flows.door import Door, DoorSettings
from flows.listening import Listener
from flows.moments import Clock, clock_from
from flows.orchestration import PrefectSettings, prepare_environment
from flows.prefect_server import PrefectServer, crash_leftovers, listen, send_last_logs
from flows.runs import Run, Summary
from flows.schedule import SCHEDULES, TIMEZONE, Schedule
from flows.standing import StandingOffice
from flows.telling import tell
from store.database import DatabaseUnavailable
from usecases.bring_in import ensure_registry
from usecases.errors import Refused
from usecases.wiring import Office
from web.doorway import Doorway

LOG = logging.getLogger("dondoc.service")
FINISH_SECONDS = 20  # how long a stop waits for the message in hand
WATCH_SECONDS = (1, 30)  # between two looks at Prefect while it starts, and later


def serve(office: Office, at: datetime | None = None) -> int:
    """Run until SIGTERM or SIGINT; return the exit code.

    With `at` it rehearses: its clock shows `at` now and runs on from there.
    """
    now = clock_from(at)
    brought = ensure_registry(office, now())
    if brought:
        tell(f"Sổ nhiệm vụ còn trống: đã nạp {len(brought)} kế hoạch mặc định trong config/registry.")
    place = DoorSettings().place
    return asyncio.run(Service(StandingOffice(office), now).live(place))


class Service:
    """The schedules, the runs in hand, and Prefect beside them when it is wanted."""

    def __init__(self, office: StandingOffice, now: Clock) -> None:
        self._office = office
        self._now = now
        self._in_hand: set[asyncio.Task[Any]] = set()
        self._listener = Listener(office, now)
        self._prefect: PrefectServer | None = None
        self.prefect_is_ready = False
        self._scheduler = AsyncIOScheduler(
            timezone=TIMEZONE,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    async def live(self, place: tuple[str, int] | None = None) -> int:
        """Start, catch up, and serve until asked to stop; the door to us is at `place`."""
        stopping = self._office.stopping
        for asked in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(asked, stopping.set)
        for schedule in SCHEDULES:
            self._scheduler.add_job(self.run_flow, trigger_of(schedule), [schedule.flow], id=schedule.name)
        self._scheduler.start()
        self._start_prefect()
        self._introduce()
        door = self._open_door(place)
        listening = asyncio.create_task(self._listener.live())
        watcher = asyncio.create_task(self._watch_prefect())
        catching_up = asyncio.create_task(self.run_flow("remind"))
        await stopping.wait()
        watcher.cancel()
        if door is not None:
            await asyncio.to_thread(door.close)
        await self._stop(catching_up, listening)
        return 0

    async def run_flow(self, name: str) -> None:
        """Run the flow `name` now, through Prefect when it answers; nothing is raised."""
        if self._office.stopping.is_set():
            return
        self._hold(asyncio.current_task())
        run = Run(self._office.current(), self._now(), self._office.stopping.is_set)
        try:
            summary, is_direct = await self._perform(name, run)
        except (Refused, DatabaseUnavailable) as refused:
            tell(f"{run.at:%H:%M %d/%m/%Y} {name}: không xong, lượt sau làm tiếp. {refused}")
        except Exception:
            LOG.exception("lượt %s không xong; lượt sau làm tiếp", name)
        else:
            self._conclude(name, run, summary, is_direct)
            await beat(run.office, summary)

    async def _perform(self, name: str, run: Run) -> tuple[Summary, bool]:
        """Return the summary of a run, and whether it went without Prefect."""
        if self.prefect_is_ready:
            try:
                return await self._as_flow(name, run), False
            except Exception as error:
                if run.failure is not None:  # our own work: it would fail without Prefect, too
                    raise
                self.prefect_is_ready = await self._prefect_answers()
                LOG.warning("Prefect không chạy được lượt %s: %s", name, type(error).__name__)
        return await run.perform(name), True

    async def _as_flow(self, name: str, run: Run) -> Summary:
        from flows.flows import FLOWS, IN_HAND

        token = IN_HAND.set(run)
        try:
            sends = {"deliver": True} if name in {"remind", "sweep"} else {}
            wrapped: Awaitable[Summary] = FLOWS[name](at=run.at.isoformat(), **sends)
            return await wrapped
        finally:
            IN_HAND.reset(token)

    def _conclude(self, name: str, run: Run, summary: Summary, is_direct: bool) -> None:
        """Tell what a run did, when that is news."""
        told = told_of(summary)
        if told:
            how = " (điều phối: trực tiếp)" if is_direct else ""
            tell(f"{run.at:%H:%M %d/%m/%Y} {name}: {told}{how}")

    # --- Prefect beside us -----------------------------------------------------------------

    def _start_prefect(self) -> None:
        settings = self._office.current().settings
        if not settings.uses_prefect:
            tell("Prefect: tắt theo DONDOC_PREFECT; mọi lượt chạy trực tiếp.")
            return
        port = PrefectSettings().port
        listener = listen(port)
        if listener is None:
            tell(f"Prefect: cổng {port} đã có chương trình khác dùng; mọi lượt chạy trực tiếp.")
            return
        self._prefect = PrefectServer(listener)
        prepare_environment(settings, self._prefect.port)
        self._prefect.start()
        for handler in logging.getLogger().handlers:
            handler.setLevel(logging.WARNING)  # what Prefect tells of every run is for its own pages
        tell(f"Prefect: {self._prefect.url} (đang khởi động; chưa xong thì các lượt chạy trực tiếp)")

    async def _watch_prefect(self) -> None:
        """Keep `prefect_is_ready` true to life; clean up after a previous life when it first answers."""
        if self._prefect is None:
            return
        is_first = True
        while True:
            if not self.prefect_is_ready and await self._prefect_answers():
                try:
                    await self._welcome_prefect(is_first)
                    if is_first:
                        # The first run an operator can look at; a stop ends the watch, not the run.
                        await asyncio.shield(asyncio.create_task(self.run_flow("remind")))
                    is_first = False
                except Exception:
                    LOG.exception("Prefect trả lời nhưng chưa dùng được; các lượt chạy trực tiếp")
            await asyncio.sleep(WATCH_SECONDS[not is_first])

    async def _welcome_prefect(self, is_first: bool) -> None:
        await asyncio.to_thread(__import__, "flows.flows")
        if is_first:
            leftovers = await crash_leftovers()
            note = f"; {leftovers} lượt dở dang của lần chạy trước đã đánh dấu hỏng" if leftovers else ""
            tell(f"Prefect: đã sẵn sàng{note}.")
        self.prefect_is_ready = True

    async def _prefect_answers(self) -> bool:
        return self._prefect is not None and await self._prefect.is_healthy()

    # --- beginning and end -----------------------------------------------------------------

    def _introduce(self) -> None:
        office = self._office.current()
        lines = [
            f"Đôn đốc đang chạy, giờ Hà Nội {self._now():%H:%M %d/%m/%Y}.",
            f"  Dữ liệu: {office.settings.home}",
            f"  Cấu hình: {office.settings.config}",
            f"  Kênh đang mở: {', '.join(sorted(office.channels.names))}",
        ]
        for job, schedule in ((self._scheduler.get_job(s.name), s) for s in SCHEDULES):
            lines.append(f"  {schedule.name}: {schedule.words}; lần tới {job.next_run_time:%H:%M %d/%m/%Y}")
        tell(*lines, "Dừng: nhấn Ctrl+C hoặc gửi SIGTERM; tin đang gửi dở được gửi xong.")

    def _open_door(self, place: tuple[str, int] | None) -> Door | None:
        if place is None:
            tell("Trang trả lời: tắt theo DONDOC_WEB.")
            return None
        door = Door(Doorway(lambda: self._office.latest, self._now, self._listener.wake), *place)
        return door if door.open() else None

    async def _stop(self, *under_way: asyncio.Task[None]) -> None:
        """Let the message in hand go out, then close everything; what is left stays in the outbox."""
        self._scheduler.pause()
        unfinished = {*under_way, *self._in_hand}
        _, late = await asyncio.wait(unfinished, timeout=FINISH_SECONDS)
        if late:
            LOG.warning("còn %d lượt chưa xong khi dừng; tin của chúng được xét lại sau", len(late))
        self._scheduler.shutdown(wait=False)
        if self.prefect_is_ready:
            await send_last_logs()
        if self._prefect is not None:
            await asyncio.to_thread(self._prefect.stop)
        tell("Đã dừng; tin chưa gửi vẫn nằm trong hộp chờ.")

    def _hold(self, task: asyncio.Task[Any] | None) -> None:
        if task is not None:
            self._in_hand.add(task)
            task.add_done_callback(self._in_hand.discard)


def trigger_of(schedule: Schedule) -> CronTrigger:
    """Return the moments of an entry, in the words of APScheduler."""
    return CronTrigger.from_crontab(schedule.cron, timezone=TIMEZONE)


def told_of(summary: Summary) -> str:
    """Return one sentence on what a run did, "" when there is nothing to tell."""
    if summary.get("busy"):
        return "tiến trình khác đang làm lượt này nên bỏ qua."
    if summary.get("waits"):
        return f"chưa xét, chưa gửi: {summary['waits']}; nếu giờ máy đã đúng: dondoc sending resume"
    parts = []
    if "planned" in summary:
        parts.append(f"lập {summary['planned']} tin với {summary['reminders']} lời nhắc")
    if summary.get("sent") or summary.get("failed"):
        parts.append(f"gửi {summary['sent']}, lỗi {summary['failed']}")
    if summary.get("stopped"):
        parts.append("ngừng gửi vì dịch vụ đang dừng")
    if "files" in summary:
        parts.append(f"báo cáo ở {summary['files'].get('html') or summary['files']['text']}")
    said = [word for key in ("failures", "kept_back", "found", "stops") for word in summary.get(key, ())]
    return "; ".join([*parts, *said])
