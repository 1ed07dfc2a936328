"""What does an administrator read of words that cannot be used, and what is the way out?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError, nodes

from notifiers.own_words import Filter, Variable

WAY_OUT = "chỉ dùng {{ biến }}, {{ biến|upper }} và {% if days_late > 5 %} … {% else %} … {% endif %}"

FORBIDDEN: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.Getattr: (".", "dấu chấm sau một giá trị"),
    nodes.Getitem: ("[", "dấu ngoặc vuông sau một giá trị"),
    nodes.Call: ("(", "lời gọi hàm"),
    nodes.Mul: ("*", "phép tính"),
    nodes.Pow: ("**", "phép tính"),
    nodes.Add: ("+", "phép tính"),
    nodes.Sub: ("-", "phép tính"),
    nodes.Div: ("/", "phép tính"),
    nodes.FloorDiv: ("//", "phép tính"),
    nodes.Mod: ("%", "phép tính"),
    nodes.Neg: ("-", "số âm"),
    nodes.Pos: ("+", "phép tính"),
    nodes.Concat: ("~", "dấu '~'; hai giá trị cứ viết liền nhau"),
    nodes.CondExpr: ("if", "'if' trong {{ … }}"),
    nodes.Test: ("is", "phép thử 'is'"),
    nodes.List: ("[", "danh sách"),
    nodes.Tuple: (",", "danh sách"),
    nodes.Dict: ("{", "danh sách"),
    nodes.For: ("for", "vòng lặp 'for'"),
    nodes.Assign: ("set", "lệnh 'set'"),
    nodes.AssignBlock: ("set", "lệnh 'set'"),
    nodes.With: ("with", "lệnh 'with'"),
    nodes.Macro: ("macro", "lệnh 'macro'"),
    nodes.CallBlock: ("call", "lệnh 'call'"),
    nodes.FilterBlock: ("filter", "lệnh 'filter'"),
    nodes.Include: ("include", "lệnh 'include'"),
    nodes.Import: ("import", "lệnh 'import'"),
    nodes.FromImport: ("from", "lệnh 'from'"),
    nodes.Extends: ("extends", "lệnh 'extends'"),
    nodes.Block: ("block", "lệnh 'block'"),
    nodes.Scope: ("autoescape", "lệnh 'autoescape'"),
}


def not_parsed(error: TemplateSyntaxError) -> tuple[str, str]:
    """Return what could not be parsed, in the words of the reader, and the way out."""
    told = error.message or ""
    tag = re.search(r"unknown tag '(\w+)'", told)
    if tag and tag[1] in {"endif", "else", "elif"}:
        return f"'{{% {tag[1]} %}}' đứng không đúng chỗ", "xóa nó, hoặc thêm '{% if … %}' ở trước"
    if tag:
        return f"không có lệnh '{tag[1]}'", "dùng được: if, elif, else, endif"
    if "'endif'" in told:
        return "thiếu '{% endif %}'", "thêm '{% endif %}' vào sau đoạn có điều kiện"
    return "không đọc được phần trong dấu ngoặc nhọn ở đây", WAY_OUT


def unclosed_in(text: str) -> int | None:
    """Return where braces open that do not close before the next ones do, else an 'if' without its end."""
    opened = [found.start() for found in re.finditer(r"\{[{%#]", text)]
    for at, following in zip(opened, [*opened[1:], len(text)], strict=True):
        if _CLOSING[text[at + 1]] not in text[at:following]:
            return at
    waiting: list[int] = []
    for found in re.finditer(r"\{%[-+]?\s*(if|endif)\b", text):
        if found[1] == "if":
            waiting.append(found.start(1))
        elif waiting:
            waiting.pop()
    return waiting[-1] if waiting else None


_CLOSING = {"{": "}}", "%": "%}", "#": "#}"}


def known_names(written: str, table: Iterable[Variable | Filter]) -> str:
    """Return what may be written, with what was probably meant."""
    meant = {other: one.name for one in table for other in (one.name, *one.also)}
    near = get_close_matches(written.casefold(), meant, n=1, cutoff=0.6)
    listed = "dùng được: " + ", ".join(dict.fromkeys(meant.values()))
    return f"{listed} — ý bạn là '{meant[near[0]]}'?" if near else listed
