"""The command `dondoc`: which words does it know, and what does it exit with?

Verbs are English, help and output Vietnamese. Results go to standard output, progress
and problems to standard error.
"""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Sequence
from importlib import import_module

from cli.parsing import Parser, speak_vietnamese
from usecases.errors import ConfigurationRejected, Refused

EXIT_CODES = """\
mã thoát: 0 xong · 1 lỗi của phần mềm · 2 sai cách dùng · 3 quy tắc hoặc cấu hình sai ·
          4 không nhận đầu vào · 5 gửi lỗi hoặc chưa hết · 6 nhật ký bị hỏng

môi trường: DONDOC_HOME (nơi ghi dữ liệu) · DONDOC_CONFIG (thư mục cấu hình) ·
            DONDOC_DATABASE_URL (postgresql://…; mặc định SQLite trong DONDOC_HOME) ·
            DONDOC_PREFECT=off (không dùng Prefect) · DONDOC_WEB=off (không mở trang trả lời)"""

NOT_RUN = "Lệnh không chạy được vì cấu hình có lỗi; sửa rồi chạy lại:"

# Which module knows which command: one is imported to run it, all of them to list them.
MODULES = {
    "cli.reading": ("deadline", "unit"),
    "cli.bringing_in": ("import",),
    "cli.questioning": ("questions", "answer"),
    "cli.consulting": ("replies",),
    "cli.asking": ("plan", "log", "check", "mailbox"),
    "cli.reporting": ("report",),
    "cli.explaining": ("explain",),
    "cli.tagging": ("tag",),
    "cli.testing_rules": ("test",),
    "cli.ruling": ("diff", "apply"),
    "cli.bounces": ("bounces",),
    "cli.people": ("join", "people"),
    "cli.acting": (
        "ack", "report-done", "accept", "return", "extend", "block", "unblock", "cancel", "decide",
        "request-extension", "refuse-extension", "dispute", "confirm-cause",
    ),
    "cli.letters": ("letter-issued",),
    "cli.zalo": ("zalo",),
    "cli.web": ("web",),
    "cli.sending": ("sending", "status"),
    "cli.running": ("remind", "send", "serve", "deploy", "migrate", "demo"),
}  # fmt: skip


def parser(command: str | None = None) -> Parser:
    """Return the parser of `command`, or of all commands when it is not known."""
    speak_vietnamese()
    top = Parser(
        prog="dondoc",
        description="Đôn đốc: nhắc việc theo kế hoạch, đúng người, đúng hạn.",
        epilog=EXIT_CODES,
    )
    commands = top.add_subparsers(dest="command", metavar="lệnh", title="các lệnh", parser_class=Parser)
    known = [module for module, verbs in MODULES.items() if command in verbs]
    for module in known or MODULES:
        import_module(module).add_commands(commands)
    return top


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    try:
        sys.exit(_run(sys.argv[1:] if argv is None else list(argv)))
    except Refused as refused:
        if isinstance(refused, ConfigurationRejected) and refused.problems:
            print(NOT_RUN, file=sys.stderr)
        print(refused, file=sys.stderr)
        sys.exit(refused.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        print("Đã dừng theo yêu cầu.", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            print(f"Tên tệp hoặc thư mục quá dài: '{str(error.filename)[:60]}…'", file=sys.stderr)
            sys.exit(2)
        logging.getLogger("dondoc").exception("lỗi không lường trước")
        print(
            "Phần mềm gặp lỗi; dữ liệu đã ghi không mất. Gửi phần ghi lỗi ở trên cho người phụ trách.",
            file=sys.stderr,
        )
        sys.exit(1)


def _run(words: list[str]) -> int:
    """Run the command that `words` name; return what it exits with."""
    top = parser(words[0] if words else None)
    arguments = top.parse_args(words)
    if arguments.command is None:
        top.print_help()
        return 2
    return arguments.run(arguments) or 0


if __name__ == "__main__":
    main()
