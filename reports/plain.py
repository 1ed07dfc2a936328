"""Which words may stand in a cell, whatever somebody wrote into a plan?

No text holds a character that reorders or hides what is read, none outgrows what Excel takes,
and whatever a spreadsheet would evaluate is known as such, so that every format can keep it a text.
"""

from __future__ import annotations

import unicodedata

MAX_LENGTH = 16_000  # Excel takes 32,767 UTF-16 units a cell and cuts a longer text without a word


def plain(text: str) -> str:
    """Return `text` as one line of NFC without control, bidi and other invisible characters."""
    line = " ".join(text.replace("\t", " ").splitlines())
    shown = "".join(letter for letter in line if not _is_hidden(letter))
    shown = unicodedata.normalize("NFC", shown).strip()
    return shown if len(shown) <= MAX_LENGTH else shown[: MAX_LENGTH - 1] + "…"


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could evaluate `text`, full-width and small signs included.

    So could what follows an apostrophe, which a spreadsheet takes for its own mark.
    """
    first = text.lstrip("' \t\r\n")[:1]
    return bool(first) and unicodedata.normalize("NFKC", first) in {"=", "+", "-", "@"}


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs"} or letter in "\ufffe\uffff"
