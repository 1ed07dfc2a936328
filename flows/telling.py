"""How does a process without a terminal tell people what it does?"""

from __future__ import annotations

import sys


def tell(*lines: str) -> None:
    """Print sentences on standard error at once."""
    print(*lines, sep="\n", file=sys.stderr, flush=True)
