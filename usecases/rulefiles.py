"""Which rule files does a person mean, and what do they say?

Rules in force are known by the names their files have in the configuration folder, wherever
they were read: a copy in another folder with the same text is the same rulebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.rulebook import Rulebook, read_rulebook
from usecases.configuration import accepted, texts_of
from usecases.errors import InputRejected

HOME = "config/rules"
PARTS = ("rules", "calendar", "units.yml", "people.yml", "channels.yml")


def rule_texts(path: Path) -> Mapping[str, str]:
    """Return the rule files of a configuration folder or of a folder of rules, by the names they go by."""
    if not path.is_dir():
        known = "thư mục cấu hình, thư mục quy tắc, hoặc mã của bộ quy tắc từng có hiệu lực"
        raise InputRejected(f"không có thư mục hay bộ quy tắc nào tên '{path}'; ghi {known}")
    if (path / "rules").is_dir():
        return texts_of(path, "rules")
    folder = path.absolute()
    return texts_of(folder.parent, folder.name)


def is_whole(path: Path) -> bool:
    """Whether a folder is a whole configuration, whose calendar, posts and channels count too."""
    return all((path / part).exists() for part in PARTS)


def rulebook_of(texts: Mapping[str, str]) -> Rulebook:
    """Return the rulebook that `texts` say, as it would be in force.

    Raises ConfigurationRejected, with the names the files have on disk, when there are mistakes.
    """
    accepted(read_rulebook(texts))
    return read_rulebook(as_kept(texts))[0]


def as_kept(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the files under the names they have in force."""
    return {f"{HOME}/{name.rpartition('/')[2]}": text for name, text in texts.items()}
