"""Which words does a cell of agency names consist of, however they were typed?

Cells arrive with decomposed letters, no-break blanks, two ways of placing a tone mark
(`hoá`, `hóa`) and a handful of office abbreviations. Here they become tokens that compare
equal when a reader would call them the same word. Diacritics are never dropped for
matching: Ba Tơ and Ba Tô are two communes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

Payload = TypeVar("Payload")

# A line break inside a cell and the dot of "TP." or "2." never tell two names apart.
SKIPPED = frozenset({"\n", "."})

_INVISIBLE = dict.fromkeys(
    [0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TOKEN = re.compile(r"\w+|\n|[^\w\s]")
_SAME = {
    "–": "-",
    "—": "-",
    "‐": "-",
    "‑": "-",
    "−": "-",
    "&": "và",
    "，": ",",
    "；": ";",
    "：": ":",
    "’": "'",
}
_ABBREVIATIONS = {
    "vp": "văn phòng",
    "tp": "thành phố",
    "tx": "thị xã",
    "bql": "ban quản lý",
    "kkt": "khu kinh tế",
    "kcn": "khu công nghiệp",
    "chqs": "chỉ huy quân sự",
    "bchqs": "bộ chỉ huy quân sự",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a sign: what it is compared by, and where it stands in the cleaned text."""

    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether this is a word rather than a sign or a line break."""
        return self.key[0].isalnum()


def cleaned(text: str) -> str:
    """Return `text` in NFC without invisible characters, blanks collapsed, line breaks kept."""
    visible = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    lines = (" ".join(line.split()) for line in visible.splitlines())
    return "\n".join(line for line in lines if line)


def tokens_of(clean: str) -> list[Token]:
    """Return the tokens of a cleaned text; an abbreviation yields the words it stands for."""
    found: list[Token] = []
    for match in _TOKEN.finditer(clean):
        found += [Token(key, match.start(), match.end()) for key in _keys(match.group())]
    return list(_with_councils(list(_with_ubnd(found))))


def keys_of(text: str) -> tuple[str, ...]:
    """Return the keys a name is compared by."""
    return tuple(token.key for token in tokens_of(cleaned(text)) if token.key not in SKIPPED)


def without_accents(keys: Iterable[str]) -> str:
    """Return the words as plain letters: good for proposing a name, never for deciding on one."""
    words = " ".join(key for key in keys if key not in CONNECTORS)
    plain = unicodedata.normalize("NFD", words).replace("đ", "d").replace("'", "")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=8192)
def _keys(word: str) -> tuple[str, ...]:
    small = _SAME.get(word, word).lower().replace("ð", "đ")  # the Icelandic letter some keyboards give
    if small in _ABBREVIATIONS:
        return keys_of(_ABBREVIATIONS[small])
    return (_tone_last(small),)


def _tone_last(word: str) -> str:
    """Return `word` with its tone mark moved to the end, so that its placement does not matter."""
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(sign for sign in letters if sign in _TONES)
    if not tones:
        return word
    return unicodedata.normalize("NFC", "".join(s for s in letters if s not in _TONES)) + "'" + tones


def _with_ubnd(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens with every "Ủy ban nhân dân" as the one word everybody writes."""
    at = 0
    while at < len(tokens):
        end = at + len(_UBND)
        if tuple(token.key for token in tokens[at:end]) == _UBND:
            yield Token("ubnd", tokens[at].start, tokens[end - 1].end)
            at = end
        else:
            yield tokens[at]
            at += 1


def _with_councils(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens with "HĐND, UBND" of communes as the UBND, which answers for both.

    Of the province the two stay apart: "HĐND, UBND tỉnh" are two bodies.
    """
    at = 0
    while at < len(tokens):
        end = at + next((len(name) for name in _COUNCIL if _keys_at(tokens, at, len(name)) == name), 0)
        after = end
        while end > at and after < len(tokens) and tokens[after].key in {";", *CONNECTORS}:
            after += 1
        if _keys_at(tokens, after, 1) == ("ubnd",) and end < after and _is_of_communes(tokens, after + 1):
            yield Token("ubnd", tokens[at].start, tokens[after].end)
            at = after + 1
        else:
            yield tokens[at]
            at += 1


def _is_of_communes(tokens: Sequence[Token], at: int) -> bool:
    return _keys_at(tokens, at, 1)[:1] in _OF_COMMUNES or _keys_at(tokens, at, 2) in _OF_COMMUNES


def _keys_at(tokens: Sequence[Token], at: int, count: int) -> tuple[str, ...]:
    return tuple(token.key for token in tokens[at : at + count])


# What joins the parts of one name: "Giáo dục và Đào tạo", "Giáo dục - Đào tạo" are the same words.
CONNECTORS = frozenset({",", "-", _tone_last("và")})
_UBND = tuple(_tone_last(word) for word in ("ủy", "ban", "nhân", "dân"))
_COUNCIL = (("hđnd",), tuple(_tone_last(word) for word in ("hội", "đồng", "nhân", "dân")))
_OF_COMMUNES = frozenset(
    tuple(_tone_last(word) for word in words.split())
    for words in ("các", "xã", "phường", "cấp xã", "đặc khu")
)


class WordIndex(Generic[Payload]):
    """Names by their words, asked for the longest one that starts at a given token.

    A connector inside a name stands for any other: the commas, hyphens and "và" of a name
    are alike.
    """

    def __init__(self) -> None:
        self._root: dict[str, object] = {}
        self._by_keys: dict[tuple[str, ...], Payload] = {}
        self._written: list[tuple[tuple[str, ...], Payload]] = []

    def add(self, keys: tuple[str, ...], payload: Payload) -> Payload:
        """Remember `payload` under `keys` unless they are taken; returns who holds them."""
        known = tuple(map(_joined, keys))
        if known in self._by_keys:
            return self._by_keys[known]
        self._by_keys[known] = payload
        self._written.append((keys, payload))
        node = self._root
        for key in known:
            node = node.setdefault(key, {})  # type: ignore[assignment]
        node[""] = payload
        return payload

    def get(self, keys: tuple[str, ...]) -> Payload | None:
        """Return what is known under exactly these keys."""
        return self._by_keys.get(tuple(map(_joined, keys)))

    def names(self) -> Iterable[tuple[tuple[str, ...], Payload]]:
        """Return every name as it was added, with its payload."""
        return iter(self._written)

    def longest(
        self, tokens: Sequence[Token], at: int, prefix: tuple[str, ...] = ()
    ) -> tuple[Payload, int] | None:
        """Return the longest name that `prefix` and the tokens from `at` spell, and where it ends."""
        if at >= len(tokens) or tokens[at].key in SKIPPED or tokens[at].key in CONNECTORS:
            return None
        node: object = self._root
        for key in prefix:
            node = node.get(key) if isinstance(node, dict) else None
        found: tuple[Payload, int] | None = None
        key = ""
        while isinstance(node, dict) and at < len(tokens):
            before, key = key, tokens[at].key
            at += 1
            if key in SKIPPED or (key in CONNECTORS and before in CONNECTORS):
                continue
            node = node.get(_joined(key))
            if isinstance(node, dict) and "" in node:
                found = (node[""], at)
        return found


def _joined(key: str) -> str:
    return "," if key in CONNECTORS else key
