"""In which order does a Vietnamese dictionary list names?

Python compares code points, which puts Ă, Â, Đ, Ê, Ô, Ơ, Ư after Z. A dictionary goes
syllable by syllable: letters of the alphabet first, the tone mark only between syllables
that are otherwise spelt alike.
"""

from __future__ import annotations

import re
import unicodedata

SyllableKey = tuple[tuple[int, ...], tuple[int, ...]]

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền hỏi ngã sắc nặng
_TONE_MARKS = re.compile(f"[{''.join(_TONES)}]")
_SYLLABLE = re.compile(r"\d+|[^\W\d_]+")
_FOREIGN = 1000  # letters outside the alphabet follow it
_DIGITS = -1  # numbers precede letters and compare by value


def vietnamese_order(text: str) -> tuple[tuple[SyllableKey, ...], str]:
    """Return a key that sorts `text` as a Vietnamese dictionary would.

    Case and punctuation count only between names that are otherwise equal, and numbers
    compare by value, so "Tổ 2" precedes "Tổ 10".
    """
    plain = unicodedata.normalize("NFC", text)
    return tuple(_syllable_key(word) for word in _SYLLABLE.findall(plain.casefold())), plain


def _syllable_key(word: str) -> SyllableKey:
    if word.isdecimal():
        return (_DIGITS, int(word)), ()
    letters, tones = [], []
    for character in word:
        marks = unicodedata.normalize("NFD", character)
        letter = unicodedata.normalize("NFC", _TONE_MARKS.sub("", marks))
        letters.append(_RANK.get(letter, _FOREIGN + ord(letter[0])))
        tones.append(next((_TONES[mark] for mark in marks if mark in _TONES), 0))
    return tuple(letters), tuple(tones)
