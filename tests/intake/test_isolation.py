"""Real child processes: readers that hang, swallow memory, die or talk nonsense."""

import os

import pytest

from intake.isolation import Limits, extract_apart
from intake.source import Refused, SourceDocument

QUICK = Limits(seconds=20, cpu_seconds=20)
READERS = """
import os, signal, sys, time
from intake.source import Refused, SourceDocument

def good(data, say):
    say("trang 1/2")
    print("a library that prints")
    sys.stderr.write("a warning\\n")
    say("trang 2/2")
    return SourceDocument((data.decode(), "Đôn đốc \\ud800"))

def refusing(data, say):
    raise Refused("macro-file", "tệp có macro", "bỏ macro")

def sleeping(data, say):
    time.sleep(60)

def telling_who_it_is(data, say):
    say(str(os.getpid()))
    time.sleep(60)

def looping(data, say):
    while True:
        pass

def greedy(data, say):
    return SourceDocument((bytes(5 * 1024 ** 3).decode(),))

def killed(data, say):
    os.kill(os.getpid(), signal.SIGKILL)

def crashing(data, say):
    os.kill(os.getpid(), signal.SIGSEGV)

def raising(data, say):
    raise RuntimeError("a fault of ours")

def babbling(data, say):
    for fd in range(1, 12):
        try:
            os.write(fd, b"\\xff{]")
        except OSError:
            pass
    os._exit(0)

def endless(data, say):
    while True:
        for fd in range(3, 12):
            try:
                os.write(fd, b"x" * 65536)
            except OSError:
                pass

def leaving_a_child(data, say):
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)

def writing(data, say):
    wrote = []
    try:
        with open(data.decode(), "wb") as file:
            file.write(b"x")
            file.flush()
        wrote.append("wrote")
    except OSError as error:
        wrote.append(type(error).__name__)
    return SourceDocument(tuple(wrote))

def looking_around(data, say):
    return SourceDocument((" ".join(sorted(os.environ)), " ".join(sorted(sys.modules))))

def importing(data, say):
    import lxml.etree, pdfminer.high_level
    return SourceDocument(("all there",))
"""


@pytest.fixture
def apart(tmp_path, monkeypatch):
    (tmp_path / "readers_for_tests.py").write_text(READERS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def run(name, data=b"xin", limits=QUICK, on_progress=None):
        return extract_apart(data, limits, on_progress, reader=f"readers_for_tests:{name}")

    return run


def test_what_the_child_read_arrives_and_its_chatter_does_not(apart):
    heard = []

    document = apart("good", "Đôn đốc".encode(), on_progress=heard.append)

    assert document == SourceDocument(("Đôn đốc", "Đôn đốc ?"))
    assert heard == ["trang 1/2", "trang 2/2"]


@pytest.mark.parametrize(
    ("reader", "limits", "code"),
    [
        ("refusing", QUICK, "macro-file"),
        ("sleeping", Limits(seconds=1), "parser-timeout"),
        ("looping", Limits(seconds=20, cpu_seconds=1), "parser-timeout"),
        ("looping", Limits(seconds=1), "parser-timeout"),
        ("greedy", QUICK, "parser-memory"),
        ("killed", QUICK, "parser-memory"),
        ("crashing", QUICK, "damaged-file"),
        ("babbling", QUICK, "damaged-file"),
        ("endless", Limits(seconds=20, answer=1_000_000), "too-large"),
        ("raising", QUICK, "parser-failed"),
        ("leaving_a_child", Limits(seconds=1), "parser-timeout"),
    ],
)
def test_every_way_to_fail_is_one_sentence_and_a_way_out(apart, reader, limits, code):
    with pytest.raises(Refused) as refused:
        apart(reader, limits=limits)

    assert refused.value.code == code
    assert refused.value.message
    assert refused.value.hint


def test_a_big_file_reaches_a_reader_that_never_looks_at_it(apart):
    with pytest.raises(Refused) as refused:
        apart("refusing", b"x" * 5_000_000)

    assert refused.value.hint == "bỏ macro"


def test_a_file_over_the_limit_is_refused_before_anything_starts(apart):
    with pytest.raises(Refused, match="20 MiB"):
        apart("good", b"x" * (20 * 1024 * 1024 + 1))


def test_the_child_writes_no_file(apart, tmp_path):
    document = apart("writing", str(tmp_path / "out").encode())

    assert document.blocks == ("OSError",)
    assert not (tmp_path / "out").exists() or (tmp_path / "out").read_bytes() == b""


def test_the_child_sees_no_secret_and_loads_nothing_heavy(apart, monkeypatch):
    monkeypatch.setenv("DONDOC_DATABASE_URL", "sqlite:///secret.db")
    variables, modules = apart("looking_around").blocks

    assert "DONDOC_DATABASE_URL" not in variables.split()
    assert not {"prefect", "sqlalchemy", "sqlmodel", "pdfminer"} & set(modules.split())


def test_every_library_of_the_readers_loads_within_the_limits(apart):
    assert apart("importing", limits=Limits()).blocks == ("all there",)


def test_a_listener_that_stops_the_import_stops_the_child(apart):
    pids = []

    def stop(line):
        pids.append(int(line))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apart("telling_who_it_is", on_progress=stop)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
