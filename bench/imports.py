"""What does it cost to import an annex, by the kind of file it comes in?

Usage: python -m bench.imports [ROWS]        (default 1000)

The same annex is written as text, Word, Excel and PDF and imported each into a fresh
SQLite registry by a process of its own. Prints one line a file: its size, seconds, and
peak memory of the importing process and of the child that opens the file.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

from engine.model import HANOI
from usecases.bring_in import bring_in
from usecases.settings import Settings
from usecases.wiring import open_office

ISSUED = datetime(2025, 7, 1, 8, tzinfo=HANOI)
AGENCIES = ("Sở Y tế", "Sở Tư pháp", "Công an tỉnh", "Sở Xây dựng", "Văn phòng UBND tỉnh", "Sở Nội vụ")


def main(rows: int) -> None:
    """Write the files and import each."""
    print(f"{'file':>6} {'KB':>6} {'tasks':>6} {'seconds':>8} {'parent MB':>10} {'child MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for file in _written(Path(folder), rows):
            subprocess.run([sys.executable, "-m", "bench.imports", str(file)], check=True)


def measure(file: Path) -> None:
    """Import one file into a fresh registry and print what it took."""
    data = file.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(Settings(home=Path(folder), mailbox_only=True, database_url=""))
        _ = office.database, office.directory  # opened before the clock starts
        with ChildMemory() as child:
            started = time.perf_counter()
            brought = bring_in(office, data, file.name, ISSUED.date(), ISSUED)
            seconds = time.perf_counter() - started
        office.database.close()
    size, parent = len(data) // 1024, peak_of("self")
    print(f"{file.suffix:>6} {size:>6} {len(brought.tasks):>6} {seconds:>8.2f} {parent:>10} {child.peak:>9}")


def peak_of(process: str) -> int:
    """Return the peak memory of a process in MB; what getrusage says includes that of its parent."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) // 1024


class ChildMemory:
    """Watches the processes this one starts; `peak` is the most any of them used."""

    peak = 0

    def __enter__(self) -> ChildMemory:
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._run)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _run(self) -> None:
        while not self._ended.wait(0.01):
            with contextlib.suppress(OSError):  # a process may end while it is looked at
                self._look()

    def _look(self) -> None:
        for task in Path("/proc/self/task").iterdir():
            for child in (task / "children").read_text().split():
                has_started = "bench.imports" not in Path(f"/proc/{child}/cmdline").read_text()
                self.peak = max(self.peak, peak_of(child) if has_started else 0)


def _written(folder: Path, rows: int) -> list[Path]:
    """Return the files; imported here, so that what writes them is not measured."""
    from tests import filemaking

    plan = filemaking.Plan(
        "Kế hoạch đo thời gian nhập", "01/KH-UBND", (), tuple(map(_row, range(1, rows + 1)))
    )
    writers = {
        "txt": filemaking.as_text,
        "docx": filemaking.as_docx,
        "xlsx": filemaking.as_xlsx,
        "pdf": filemaking.as_pdf,
    }
    files = []
    for suffix, write in writers.items():
        file = folder / f"ke-hoach.{suffix}"
        file.write_bytes(write(plan))
        files.append(file)
    return files


def _row(number: int):  # type: ignore[no-untyped-def]
    from tests.filemaking import Row

    due_on = ISSUED.date() + timedelta(days=30 + number % 300)
    return Row(
        str(number),
        f"Rà soát, hoàn thiện quy trình số {number}, báo cáo kết quả và đề xuất giải pháp cho giai đoạn sau.",
        AGENCIES[number % len(AGENCIES)],
        AGENCIES[(number + 1) % len(AGENCIES)],
        f"{due_on:%d/%m/%Y}",
        "Báo cáo kết quả thực hiện",
        "",
    )


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else "1000"
    main(int(given)) if given.isdigit() else measure(Path(given))
