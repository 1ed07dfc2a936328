"""Several processes write one file at the same moment, as containers with a folder in common do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from usecases import whole_files
from usecases.whole_files import put_in_place

WRITERS = 8


def test_who_reads_meanwhile_finds_all_of_one_writing(tmp_path: Path):
    path = tmp_path / "note.json"
    whole = {b"%d" % n * 100_000 for n in range(WRITERS)}
    put_in_place(path, min(whole))

    def write(content: bytes) -> None:
        for _ in range(30):
            put_in_place(path, content)

    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(write, content) for content in whole]
        while not all(one.done() for one in writing):
            assert path.read_bytes() in whole
    assert [one.result() for one in writing] == [None] * WRITERS
    assert list(tmp_path.iterdir()) == [path], "no draft is left"


def test_what_cannot_be_put_in_place_leaves_the_old(tmp_path: Path, monkeypatch):
    path = tmp_path / "note.json"
    put_in_place(path, b"old")

    def refuse(_source: str, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_files.os, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        put_in_place(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
