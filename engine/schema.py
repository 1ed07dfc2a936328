"""Which settings does a configuration file have, and how are they told to people and editors?

One table says it (`engine.settings_table`); from it come the JSON Schema that editors
complete and check with, the page of the manual and the samples that tests read back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: what it means to people, what may stand there, and an example as YAML.

    `kind` is a name of `PATTERNS`, "text", "number", "choice", "map" (keys of the writer's
    own) or "section"; the last has a `shape`. `is_alternative` marks keys of which exactly
    one is written; `in_sample` is true of one of them.
    """

    key: str
    meaning: str
    kind: str = "text"
    example: str = ""
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_list: bool = False
    default: str = ""
    most: int = 0
    shape: Shape | None = None
    is_alternative: bool = False
    in_sample: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A file or a section of one, with its settings in the order people write them."""

    name: str
    title: str
    settings: tuple[Setting, ...]
    about: str = ""

    @property
    def sections(self) -> Iterator[Setting]:
        """The settings that are sections themselves."""
        return (setting for setting in self.settings if setting.shape)


PATTERNS = {
    "days": r"^\s*[0-9]{1,3}\s+ngày(\s+làm\s+việc)?\s*$",
    "working-days": r"^\s*[0-9]{1,3}\s+ngày\s+làm\s+việc\s*$",
    "hour": r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "span": r"^([01][0-9]|2[0-3]):[0-5][0-9] ?[-–] ?([01][0-9]|2[0-3]):[0-5][0-9]$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "id": r"^[^\s/|#@]{1,60}$",
}

_SWITCHES = {"true": True, "false": False}  # what an editor takes these words for where they stand bare


def json_schema(shape: Shape) -> str:
    """Return the JSON Schema of a file, as text."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": shape.title}
    return json.dumps(head | _object(shape), ensure_ascii=False, indent=2) + "\n"


def sample(shape: Shape, stranger_in: str = "") -> dict[str, Any]:
    """Return a file in which every setting has its example value.

    With `stranger_in` the section of that name gets a key that nobody knows.
    """
    values = {s.key: _sample_of(s, stranger_in) for s in shape.settings if s.in_sample}
    return values | ({"zzz": "1"} if shape.name == stranger_in else {})


def all_shapes(shape: Shape) -> Iterator[Shape]:
    """Yield a file's shape and those of all its sections, each once."""
    seen: dict[str, Shape] = {}
    waiting = [shape]
    while waiting:
        here = waiting.pop(0)
        if here.name not in seen:
            seen[here.name] = here
            waiting += [setting.shape for setting in here.sections if setting.shape]
    yield from seen.values()


def _sample_of(setting: Setting, stranger_in: str) -> Any:
    if setting.shape:
        inner = sample(setting.shape, stranger_in)
        return [inner] if setting.is_list else inner
    if setting.kind == "map":
        return {setting.example: ["x"]}
    return [setting.example] if setting.is_list else setting.example


def _object(shape: Shape) -> dict[str, Any]:
    required = [setting.key for setting in shape.settings if setting.is_required]
    alternatives = [setting.key for setting in shape.settings if setting.is_alternative]
    found: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {setting.key: _property(setting) for setting in shape.settings},
    }
    if required:
        found["required"] = required
    if alternatives:
        found["oneOf"] = [{"required": [key]} for key in alternatives]
    return found


def _property(setting: Setting) -> dict[str, Any]:
    single = _single(setting)
    told: dict[str, Any] = {"description": setting.meaning}
    if setting.default and not setting.is_list and setting.kind not in {"text", "section"}:
        told["default"] = setting.default
    if not setting.is_list:
        return told | single
    return told | {"anyOf": [{"type": "array", "items": single}, single]}


def _single(setting: Setting) -> dict[str, Any]:
    if setting.shape:
        return _object(setting.shape)
    if setting.kind == "choice":
        return {
            "enum": [*setting.choices, *(_SWITCHES[word] for word in setting.choices if word in _SWITCHES)]
        }
    if setting.kind == "number":
        return {"type": ["integer", "string"], "minimum": 1, "maximum": setting.most, "pattern": "^[0-9]+$"}
    if setting.kind == "map":
        return {"type": "object", "additionalProperties": True}
    if setting.kind in PATTERNS:
        return {"type": ["string", "integer"], "pattern": PATTERNS[setting.kind]}
    return {"type": ["string", "number", "null"]}
