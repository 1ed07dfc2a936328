"""Does a person who waits see that the work goes on, and a program none of it?"""

from __future__ import annotations

from time import sleep

import pytest

from cli.output import progress_of


def test_work_that_tells_nothing_for_a_while_is_seen_to_go_on(capsys):
    with progress_of("So sánh") as tell:
        tell("đọc sổ nhiệm vụ")
        sleep(1.2)

    assert capsys.readouterr() == ("", "So sánh: đọc sổ nhiệm vụ… (1 giây)\n")


def test_work_that_is_over_in_a_moment_says_nothing(capsys):
    with progress_of("So sánh") as tell:
        tell("đọc sổ nhiệm vụ")

    assert capsys.readouterr() == ("", "")


def test_work_that_was_stopped_is_not_said_to_go_on(capsys):
    with pytest.raises(KeyboardInterrupt), progress_of("So sánh"):
        raise KeyboardInterrupt
    sleep(1.1)

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("terminal", ["xterm", "dumb"])
def test_on_a_terminal_a_name_is_shown_as_it_is_written(terminal, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # how rich is told that a person looks on
    monkeypatch.setenv("TERM", terminal)

    with progress_of("Đang đọc phụ lục [/b].docx") as tell:
        tell("hàng [50]")
        sleep(1.2)

    said = capsys.readouterr().err
    assert "Đang đọc phụ lục [/b].docx: hàng [50]…" in said
