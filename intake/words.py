"""What does a cell say once the converter's residue is gone?

Every reader cleans text the same way before anything is matched: composed letters
(NFC), plain blanks, plain hyphens, no bookmarks, no footnote marks. The raw cell is
kept elsewhere; nothing here is needed to show what the file really contained.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x1f]")
_HYPHEN = re.compile("[\u2010\u2011\x1e]")
_BLANKS = re.compile(r"[\s\x00-\x1d\x7f-\x9f]+")
_RESIDUE = re.compile(r"\[bookmark:[^\]]*\]|\[(?:foot|end)noteRef:[^\]]*\]", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[\d+:((?:[^\[\]]|\[[^\[\]]*\])*)\]")


@lru_cache(maxsize=4096)  # a cell is asked about many times while its table is read
def cleaned(text: str) -> str:
    """Return `text` on one line in NFC with residue and footnotes removed."""
    return without_footnotes(text)[0]


def without_footnotes(text: str) -> tuple[str, tuple[str, ...]]:
    """Return the cleaned text and the footnotes that stood in it, in order."""
    if "[" not in text:
        return plain(text), ()
    line = _RESIDUE.sub("", plain(text))
    notes = tuple(note for note in (plain(found) for found in _FOOTNOTE.findall(line)) if note)
    return plain(_FOOTNOTE.sub(" ", line)), notes


def plain(text: str) -> str:
    """Return `text` in NFC on one line, blanks collapsed; brackets stay."""
    visible = _HYPHEN.sub("-", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    if "\n" in visible:
        visible = _joined(visible.split("\n"))
    return _BLANKS.sub(" ", visible).strip()


def _joined(lines: Sequence[str]) -> str:
    """Return wrapped lines as one: a word cut at its hyphen or slash closes up, others get a blank."""
    parts: list[str] = []
    for line in (line.strip() for line in lines):
        cut = parts and parts[-1][-1] in "-/" and parts[-1][-2:-1].isalnum()
        if line and parts and not cut:
            parts.append(" ")
        if line:
            parts.append(line)
    return "".join(parts)
