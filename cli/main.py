"""The command `dondoc`: which words does it know, and what does it exit with?

Verbs are English, help and output Vietnamese. Results go to standard output, progress
and problems to standard error.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from cli import acting, asking, bringing_in, reading, running
from cli.parsing import Parser, speak_vietnamese
from usecases.errors import Refused

EXIT_CODES = """\
mã thoát: 0 xong · 1 lỗi của phần mềm · 2 sai cách dùng · 3 quy tắc hoặc cấu hình sai ·
          4 không nhận đầu vào · 5 gửi lỗi hoặc chưa hết · 6 nhật ký bị hỏng

môi trường: DONDOC_HOME (nơi ghi dữ liệu) · DONDOC_CONFIG (thư mục cấu hình) ·
            DONDOC_DATABASE_URL (postgresql://…; mặc định SQLite trong DONDOC_HOME) ·
            DONDOC_PREFECT=off (không dùng Prefect)"""


def parser() -> Parser:
    """Return the parser of all commands."""
    speak_vietnamese()
    top = Parser(
        prog="dondoc",
        description="Đôn đốc: nhắc việc theo kế hoạch, đúng người, đúng hạn.",
        epilog=EXIT_CODES,
    )
    commands = top.add_subparsers(dest="command", metavar="lệnh", title="các lệnh", parser_class=Parser)
    for module in (reading, bringing_in, asking, acting, running):
        module.add_commands(commands)
    return top


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    top = parser()
    arguments = top.parse_args(argv)
    if arguments.command is None:
        top.print_help()
        sys.exit(2)
    try:
        sys.exit(arguments.run(arguments) or 0)
    except Refused as refused:
        print(refused, file=sys.stderr)
        sys.exit(refused.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        print("Đã dừng theo yêu cầu.", file=sys.stderr)
        sys.exit(130)
    except Exception:
        logging.getLogger("dondoc").exception("lỗi không lường trước")
        print(
            "Phần mềm gặp lỗi; dữ liệu đã ghi không mất. Gửi phần ghi lỗi ở trên cho người phụ trách.",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
