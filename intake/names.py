"""Under which name is a file shown, when the name itself may be hostile?

A name may carry folders, marks that turn the reading direction, or hundreds of letters.
What is left is safe to print, to keep and to write into a letter; no file is ever opened by it.
"""

from __future__ import annotations

import re
import unicodedata

MAX_BYTES = 120
NAMELESS = "tệp không tên"

_FOLDERS = re.compile(r"[/\\\u2044\u2215\u29f5\u29f9\uff0f\uff3c]")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, directions, halves of letters, line ends


def safe_name(name: str) -> str:
    """Return the last part of a file's name in NFC, printable, at most 120 bytes, never empty."""
    last = next((part for part in reversed(_FOLDERS.split(name)) if part.strip(" ./\0")), "")
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in _HIDDEN)
    plain = " ".join(unicodedata.normalize("NFC", seen).split()).lstrip(". ")
    return _shortened(plain) or NAMELESS


def _shortened(name: str) -> str:
    """Return a name of at most MAX_BYTES, cut at a letter; a short ending such as `.docx` stays."""
    if len(name.encode()) <= MAX_BYTES:
        return name
    stem, dot, ending = name.rpartition(".")
    ending = dot + ending if stem and len(ending.encode()) <= 8 else ""
    room = MAX_BYTES - len(f"…{ending}".encode())
    kept = (stem if ending else name).encode()[:room].decode(errors="ignore")
    while kept and unicodedata.combining(name[len(kept)]):
        kept = kept[:-1]
    return f"{kept.rstrip()}…{ending}"
