"""Who outside would notice if the ticks stopped?

After each good tick its moment lies in a file, and an address of the administrator's choice is
asked: a dead-man check elsewhere raises the alarm when that stops. Nothing waits for its answer.
"""

from __future__ import annotations

import json
import logging
from urllib.parse import urlsplit

from flows.runs import Summary
from usecases.whole_files import put_in_place
from usecases.wiring import Office

LOG = logging.getLogger("dondoc.heartbeat")
SECONDS = 10.0


async def beat(office: Office, summary: Summary) -> None:
    """Leave the heartbeat of a run that planned; other runs have none."""
    if "planned" in summary:
        try:
            write_heartbeat(office, summary)
        except OSError as error:  # a full disk; whoever watches the file sees it
            LOG.warning("không ghi được nhịp tim: %s", error.strerror)
        await tell_outside(office)


def write_heartbeat(office: Office, summary: Summary) -> None:
    """Leave the moment and the counts of the last good tick where a watcher can read them."""
    beat = {
        "at": summary["at"],
        "planned": summary["planned"],
        "sent": summary.get("sent", 0),
        "stops": summary.get("stops", []),
    }
    said = json.dumps(beat, ensure_ascii=False) + "\n"
    put_in_place(office.settings.home / "heartbeat.json", said.encode())


async def tell_outside(office: Office) -> None:
    """Ask the address of DONDOC_HEARTBEAT_URL; what goes wrong is logged without the address."""
    from notifiers.http import NoAnswer, NotAsked, Outbound, Web  # slow to import, rarely needed

    url = office.settings.heartbeat_url
    if not url:
        return
    hosts = frozenset({(urlsplit(url).hostname or "").casefold()})
    web = Web(Outbound(hosts, office.channels.allow_private))
    try:
        answer = await web.ask("GET", url, seconds=SECONDS)
        if answer.status >= 400:
            LOG.warning("nơi nhận nhịp tim trả lời %d; kiểm tra DONDOC_HEARTBEAT_URL", answer.status)
    except (NotAsked, NoAnswer) as failure:
        LOG.warning("không báo được nhịp tim ra ngoài: %s", failure.why)
    except ValueError:
        LOG.warning("DONDOC_HEARTBEAT_URL không phải là một địa chỉ; sửa lại hoặc bỏ trống")
    finally:
        await web.close()
