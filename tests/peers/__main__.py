"""Starts the peers and prints where they listen, until Ctrl-C: `python -m tests.peers [CALLBACK]`.

What people say is typed: `USER words …`; `USER !words` presses a button. With CALLBACK, the address of
our own service, events are posted to CALLBACK/zalo, /zalo-bot and /telegram every second.
"""

from __future__ import annotations

import sys
import threading

from tests.peers.exchanges import KNOWN
from tests.peers.telegram import TelegramPeer
from tests.peers.zalo import ZaloPeer


def main() -> None:
    with ZaloPeer() as zalo, TelegramPeer() as telegram:
        zalo.poll_seconds = telegram.poll_seconds = 20
        print(_where(zalo, telegram), flush=True)
        stopped = threading.Event()
        threading.Thread(target=_watch, args=(zalo, telegram, stopped), daemon=True).start()
        try:
            for line in sys.stdin:
                _say(zalo, telegram, line)
            stopped.wait()
        except KeyboardInterrupt:
            stopped.set()


def _where(zalo: ZaloPeer, telegram: TelegramPeer) -> str:
    services = {"oauth": zalo.oauth_url, "oa": zalo.oa_url, "zbs": zalo.zbs_url, "bot": zalo.bot_url}
    lines = [f"{name}: {url}" for name, url in {**services, "telegram": telegram.base_url}.items()]
    return "\n".join([*lines, "", *(f"{name} = {value}" for name, value in KNOWN.items())])


def _watch(zalo: ZaloPeer, telegram: TelegramPeer, stopped: threading.Event) -> None:
    """Print every message that arrives, and post events where asked."""
    callback = sys.argv[1].rstrip("/") if len(sys.argv) > 1 else ""
    seen = {id(peer): 0 for peer in (zalo, telegram)}
    while not stopped.wait(1):
        for peer in (zalo, telegram):
            for message in peer.arrived[seen[id(peer)] :]:
                buttons = " ".join(f"[{button.text}]" for button in message.buttons)
                print(f"{message.channel} → {message.address}: {message.text} {buttons}", flush=True)
            seen[id(peer)] = len(peer.arrived)
        if callback:
            zalo.deliver_webhooks(f"{callback}/zalo")
            zalo.deliver_webhooks(f"{callback}/zalo-bot", "bot")
            telegram.deliver_webhooks(f"{callback}/telegram")


def _say(zalo: ZaloPeer, telegram: TelegramPeer, line: str) -> None:
    user, _, words = line.strip().partition(" ")
    if not words:
        return
    try:
        if user in telegram.people and words.startswith("!"):
            telegram.press(int(user), words[1:])
        elif user in telegram.people:
            telegram.user_says(int(user), words)
        elif words.startswith("!"):
            zalo.press(user, words[1:])
        else:
            zalo.user_says(user, words)
    except (ValueError, KeyError) as error:
        print(error, flush=True)


if __name__ == "__main__":
    main()
