"""Can the secrets that channels.yml names be read, and by nobody else?

Asked before the sender meets them, in the words with which it would refuse: a file in the wrong
place keeps back every letter of a channel.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from pathlib import Path

from engine.problems import Problem
from engine.yamltext import Section, open_section
from usecases.channels_values import YES_NO
from usecases.configuration import text_of
from usecases.errors import ConfigurationRejected
from usecases.secrets import SecretUnreadable, secret_of

# Where secrets are named, and the channels that need them.
FILES = {
    "email": (("password_file",), ("email",)),
    "zalo_app": (("app_secret_file", "oa_secret_file", "verifier_file"), ("zalo_oa", "zalo_zbs")),
    "zalo_bot": (("token_file", "secret_file"), ("zalo_bot",)),
    "telegram": (("token_file", "secret_file"), ("telegram",)),
}


def secret_problems(text: str, source: str) -> list[Problem]:
    """Return a problem for each secret file that cannot be used; of a closed channel it is a warning."""
    return [problem for _, problem in _found(text, source)]


def secret_faults(folder: Path, channels: Set[str]) -> dict[str, str]:
    """Return, for each of the open `channels` whose secrets cannot be read, why not and the way out."""
    try:
        found = list(_found(*text_of(folder, "channels.yml")))
    except ConfigurationRejected:
        return {}
    return {
        channel: f"{problem.message}; {problem.hint}"
        for section, problem in reversed(found)
        for channel in FILES[section][1]
        if channel in channels
    }


def _found(text: str, source: str) -> Iterator[tuple[str, Problem]]:
    """Yield the section a faulty file is named in, with the problem."""
    root, problems = open_section(text, source, "tệp kênh gửi")
    is_open = {name for name in root.node.value if _is_open(root, name)}
    for name, (keys, channels) in FILES.items():
        section = root.section(root.get(name), f"mục '{name}'")
        code = "secret-file" if is_open & set(channels) else "closed-secret"
        for key in keys:
            problems.clear()  # mistakes of form are told by who reads the whole file
            _judge(section, key, code)
            yield from ((name, problem) for problem in problems if problem.code == code)


def _is_open(root: Section, name: str) -> bool:
    node = root.get(name)
    says = node.value.get("enabled") if node is not None and isinstance(node.value, dict) else None
    return says is not None and says.value == YES_NO[0]


def _judge(section: Section, key: str, code: str) -> None:
    named = section.text(key, "")
    try:
        secret_of(Path(named), key) if named else ""
    except SecretUnreadable as unreadable:
        section.report(code, unreadable.what, unreadable.way, section.get(key))
