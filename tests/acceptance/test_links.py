"""What comes to the door: people, scanners, strangers, forgers, and what stays on record of it.

One test or a few a case, numbered as the team's list of acceptance cases has them. The server is the
one of the product, on loopback; the browser is a real one where there is one.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import httpx
import pytest

from engine.model import FactKind
from notifiers.http import NotAsked, Outbound, Web
from notifiers.signing import PAGE, Signer
from tests.guarantee.world import ScriptedNotifier, a_row, act, bring, is_verified, rows_of, with_notifier
from tests.notifiers.canned import serving
from tests.web.browser import CHROMIUM, browsing
from tests.web.site import FORM, NOW, Site, answer, opened, ticket
from usecases import doors
from usecases.deliver import pump
from usecases.secrets import machine_key
from web.pages import MOST_GUESSES

SAME = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}  # what a browser says of our own form
LOADED = "document.readyState === 'complete'"


@pytest.fixture
def site(office) -> Iterator[Site]:
    with opened(office) as site:
        yield site


# --- 63: what a title may hold ----------------------------------------------------------------

HOSTILE = (
    "Kế hoạch 🙂\r\nSet-Cookie: a=b\r\n\r\n<script>document.title='chạy'</script>"
    "<img src=x onerror=\"document.title='chạy'\"> \u202egnort\u2066 & <b>"
)
TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f"}


def hostile(site: Site) -> str:
    """Return the link to a task whose title wants to be more than a title."""
    known = [a_row(1, "30/9/2025"), a_row(2, "31/10/2025"), a_row(3, "30/9/2025", "Sở Xây dựng")]
    row = replace(a_row(4, "30/9/2025"), title=HOSTILE, text=HOSTILE, expected=HOSTILE)
    bring(site.office, [*known, row])
    return site.link(task=4)


def test_63_a_hostile_title_stays_a_title_on_the_page_and_on_what_follows_it(site):
    link = hostile(site)
    with site.visitor() as visitor:
        first = visitor.get(link)
        wrong = answer(visitor, link, "extension", extension_until="31/2", extension_note=HOSTILE)
        last = answer(visitor, link, "extension", extension_until="15/12/2025", extension_note=HOSTILE)

    assert [page.status_code for page in (first, wrong, last)] == [200, 422, 200]
    for page in (first, wrong, last):
        assert "set-cookie" not in page.headers or "a=b" not in page.headers["set-cookie"]
        assert not re.search(r"<(script|img|b)\b", page.text)
        assert "&lt;script&gt;" in page.text
        assert "🙂" in page.text
        assert not TURNING & set(page.text)
        assert "script-src" not in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]


@pytest.mark.skipif(CHROMIUM is None, reason="no browser on this machine")
def test_63_in_a_browser_a_hostile_title_runs_nothing_and_reads_from_left_to_right(site):
    link = site.url + hostile(site)
    with browsing() as browser:
        browser.open(link)
        assert "<script>document.title='chạy'</script>" in browser.text
        assert "gnort" in browser.text
        browser.run("document.body.dataset.seen = document.scripts.length + document.images.length")
        browser.wait_for("document.body.dataset.seen === '0' && document.title !== 'chạy'")


# --- 64: looking, and machines that look ----------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("who", [{}, {"Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}])
def test_64_looking_changes_nothing_and_is_remembered_nowhere(site, method, who):
    link = site.link()
    before = site.everything()
    for _ in range(3):
        with site.visitor(**who) as visitor:
            page = visitor.request(method, link)

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert page.headers["x-frame-options"] == "DENY"
    assert "script" not in page.headers["content-security-policy"]
    assert site.everything() == before


def test_64_a_scanner_that_posts_the_form_as_it_stands_records_nothing(site):
    link = site.link()
    before = site.everything()
    with site.visitor() as scanner:
        page = scanner.get(link)
        told = scanner.post(link, data={"ticket": ticket(page), "report_document": ""}, headers=SAME)

    assert not re.search(r"<input[^>]* checked", page.text)
    assert told.status_code == 422
    assert "chưa chọn cách trả lời" in told.text.lower()
    assert site.everything() == before


@pytest.mark.skipif(CHROMIUM is None, reason="no browser on this machine")
def test_64_a_browser_that_loads_and_submits_by_itself_records_nothing_and_a_person_does(site):
    link = site.url + site.link()
    before = site.everything()
    with browsing() as browser:
        browser.open(link)
        assert "Việc thử số 1" in browser.text
        for submit in ("document.forms[0].submit()", "document.querySelector('button').click()"):
            browser.run(f"window.isOld = true; {submit}")  # or the page before would pass for the answer
            browser.wait_for(f"!window.isOld && {LOADED} && document.title.startsWith('Lỗi')")
        assert site.everything() == before

        browser.run("document.querySelector('label[for=choice-report]').click()")
        browser.run("document.getElementById('report_document').value = '123/BC-SYT'")
        browser.run("document.querySelector('button').click()")
        browser.wait_for("document.title.startsWith('Đã ghi nhận')")
        assert "123/BC-SYT" in browser.text
        assert "chờ nghiệm thu" in browser.text
    assert site.facts() == ["reported"]


# --- 65: links that open nothing ------------------------------------------------------------


def expired(site: Site) -> str:
    link = site.link()
    site.now += doors.LIFE
    return link


def revoked(site: Site) -> str:
    link = site.link()
    act(site.office, 1, FactKind.CANCELLED, NOW)
    return link


def tampered(site: Site) -> str:
    payload, _, signature = site.link().rpartition(".")
    return f"{payload[:-2]}AA.{signature}"


def respelt(site: Site) -> str:
    """Write the last character in another way that decodes to the same signature."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    link = site.link()
    return link[:-1] + letters[letters.index(link[-1]) ^ 1]


def signer(site: Site) -> Signer:
    return Signer(machine_key(site.office.settings.home).of("links"))


def for_something_else(site: Site) -> str:
    nonce = signer(site).read_link(site.link().removeprefix("/v/")).nonce
    return "/v/" + signer(site).signed("button", nonce)


def of_a_key_that_is_gone(site: Site) -> str:
    nonce = signer(site).read_link(site.link().removeprefix("/v/")).nonce
    return "/v/" + Signer([b"x" * 32]).signed(PAGE, nonce)


def never_given_out(site: Site) -> str:
    return "/v/" + signer(site).signed(PAGE, "A" * 22)


@pytest.mark.parametrize(
    ("link_of", "status", "words"),
    [
        (expired, 410, "hết hạn"),
        (revoked, 410, "không còn chờ trả lời"),
        (tampered, 404, "Liên kết không đúng"),
        (respelt, 404, "Liên kết không đúng"),
        (for_something_else, 404, "Liên kết không đúng"),
        (of_a_key_that_is_gone, 404, "Liên kết không đúng"),
        (never_given_out, 404, "Liên kết không đúng"),
        (lambda site: "/v/" + "x" * 5000, 404, "Liên kết không đúng"),
        (lambda site: "/v/%00%ff..%2f", 404, ""),
    ],
)
def test_65_a_link_that_opens_nothing_says_what_to_do_and_nothing_else(site, link_of, status, words):
    link = link_of(site)
    recorded = site.facts()
    with site.visitor() as visitor:
        page = visitor.get(link)
        posted = visitor.post(link, data={"choice": "acknowledge", "ticket": "x"}, headers=SAME)

    assert (page.status_code, posted.status_code) == (status, status)
    assert words in page.text
    assert "Cần hỏi" in page.text
    assert "Việc thử" not in page.text + posted.text
    assert "Sở Y tế" not in page.text + posted.text
    assert site.facts() == recorded


def test_65_a_link_counts_once_and_then_shows_what_is_on_record(site):
    link = site.link()
    with site.visitor() as visitor:
        first = answer(visitor, link, "report", report_document="123/BC-SYT", report_on="20/9")
        page = visitor.get(link)
        again = visitor.post(link, data={"choice": "not_mine", "not_mine_note": "lý do khác"}, headers=SAME)

    assert [told.status_code for told in (first, page, again)] == [200, 200, 200]
    for told in (first, page, again):
        assert "123/BC-SYT" in told.text
        assert "20/09/2025" in told.text
    assert "đã được trả lời" in again.text
    assert site.facts() == ["reported"]
    assert rows_of(site.office, "SELECT count(*) FROM record WHERE kind = 'accepted'") == [(0,)]
    assert is_verified(site.office)


# --- 66: a link in other hands --------------------------------------------------------------


@pytest.mark.parametrize(
    ("choice", "fields", "said"),
    [
        ("report", {"report_document": "123/BC-SYT"}, "báo cáo kết quả, văn bản 123/BC-SYT"),
        ("extension", {"extension_until": "15/12/2025", "extension_note": "chờ Bộ"},
         "xin gia hạn đến 15/12/2025"),
    ],
)  # fmt: skip
def test_66_a_forwarded_link_says_whose_it_is_and_the_holder_hears_of_it(site, choice, fields, said):
    link = site.link()
    holder = site.office.contacts.at_post("SYT/contact", NOW.date())
    with site.visitor() as somebody_else:
        page = somebody_else.get(link)
        answer(somebody_else, link, choice, **fields)

    assert f"{holder.title}, {holder.unit.name}" in page.text
    for address in (*holder.addresses.values(), holder.person):
        assert address not in page.text
    told = rows_of(site.office, "SELECT post, reason FROM reminder WHERE step = 'can-xem-xet'")
    assert [reason for post, reason in told if post == "SYT/contact" and said in reason]
    notifier = ScriptedNotifier()
    asyncio.run(pump(with_notifier(site.office, notifier), NOW))
    (letter,) = [one.letter for one in notifier.sent if one.letter.recipient.post == "SYT/contact"]
    assert "Đã ghi nhận trả lời" in letter.subject
    assert "Nếu không phải anh/chị" in letter.text


def test_66_an_acknowledgement_is_no_news_to_who_gave_it(site):
    with site.visitor() as visitor:
        answer(visitor, site.link())

    assert rows_of(site.office, "SELECT count(*) FROM message") == [(0,)]


# --- 67: at the same moment -----------------------------------------------------------------


def test_67_of_forms_sent_at_the_same_moment_one_counts(site):
    link = site.link()
    with site.visitor() as visitor:
        filled = {"ticket": ticket(visitor.get(link)), "report_document": "1/BC"}
        kinds = ["report", "acknowledge"] * 4

        def sent(kind: str) -> httpx.Response:
            return visitor.post(link, data=filled | {"choice": kind}, headers=SAME)

        with ThreadPoolExecutor(8) as crowd:
            told = list(crowd.map(sent, kinds))

    assert {one.status_code for one in told} == {200}
    assert len(site.facts()) == 1
    assert sum("<h1>Đã ghi nhận</h1>" in one.text for one in told) == 1
    recorded = {re.search(r'<p class="said">(.*?)</p>', one.text, re.S)[1] for one in told}
    assert len(recorded) == 1


# --- 68: from another site ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "with_cookie", "with_ticket"),
    [
        ({"Origin": "https://ke-xau.example", "Sec-Fetch-Site": "cross-site"}, True, True),
        ({"Origin": "https://ke-xau.example"}, True, True),
        ({"Sec-Fetch-Site": "same-site"}, True, True),
        (SAME, False, True),  # a cookie that is sent along only from our own page
        (SAME, True, False),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, True, True),
    ],
)
def test_68_a_form_sent_from_elsewhere_records_nothing(site, headers, with_cookie, with_ticket):
    link = site.link()
    with site.visitor() as visitor:
        filled = {"choice": "report", "report_document": "666/BC"}
        filled["ticket"] = ticket(visitor.get(link)) if with_ticket else ""
        if not with_cookie:
            visitor.cookies.clear()
        told = visitor.post(link, data=filled, headers=headers)

    assert told.status_code == 403
    assert "666/BC" not in told.text  # nothing of it waits to be sent by a person who sees the page next
    assert site.facts() == []


def test_68_the_ticket_of_one_page_opens_no_other(site):
    first, second = site.link(), site.link("k2", task=2)
    with site.visitor() as visitor:
        mine = ticket(visitor.get(first))
        visitor.get(second)
        told = visitor.post(second, data={"ticket": mine, "choice": "acknowledge"}, headers=SAME)
        assert told.status_code == 403
        assert visitor.post(first, data={"ticket": mine, "choice": "acknowledge"}, headers=SAME).is_success
    assert site.facts() == ["acknowledged"]


def test_68_a_page_that_was_open_for_a_day_is_looked_at_again(site):
    link = site.link()
    with site.visitor() as visitor:
        old = ticket(visitor.get(link))
        site.now += timedelta(days=1)
        told = visitor.post(
            link, data={"ticket": old, "choice": "not_mine", "not_mine_note": "của Sở khác"}, headers=SAME
        )
        assert (told.status_code, site.facts()) == (403, [])
        filled = {"ticket": ticket(told), "choice": "not_mine", "not_mine_note": "của Sở khác"}
        assert "của Sở khác" in told.text
        visitor.post(link, data=filled, headers=SAME)
    assert site.facts() == ["disputed"]  # fmt: skip


# --- 69: a forged host ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["ke-xau.example", "ke-xau.example:8420", "", "127.0.0.1.ke-xau.example", "[::1"]
)
def test_69_a_forged_host_gets_no_page_and_changes_no_link(site, host):
    link = site.link()
    with site.visitor() as visitor:
        told = visitor.get(link, headers={"Host": host, "X-Forwarded-Host": host})
        good = visitor.get(
            link, headers={"X-Forwarded-Host": "ke-xau.example", "Forwarded": "host=ke-xau.example"}
        )

    assert told.status_code == 400
    assert "Việc thử" not in told.text
    assert good.status_code == 200
    assert "ke-xau" not in good.text + told.text
    assert site.link() == link  # fmt: skip


# --- 70: what no form of ours sends ---------------------------------------------------------

GOOD = {"choice": "acknowledge", "ticket": "x"}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (json.dumps({"choice": ["report"]}), "application/json", 415),
        (json.dumps(GOOD), "application/x-www-form-urlencoded", 400),
        ("choice=report&choice=acknowledge", FORM["Content-Type"], 400),
        ("choice[]=report", FORM["Content-Type"], 400),
        ("choice[a]=report&ticket=x", FORM["Content-Type"], 400),
        ("choice=%ff%fe", FORM["Content-Type"], 400),
        ("choice=report%00", FORM["Content-Type"], 400),
        ("&".join(f"p{n}=1" for n in range(5000)), FORM["Content-Type"], 400),
        (b"\xff\xfe\x00", FORM["Content-Type"], 400),
        ("a" * (64 * 1024 + 1), FORM["Content-Type"], 413),
        (urlencode(GOOD), "", 415),
    ],
)
def test_70_what_no_form_of_ours_sends_is_refused_as_a_whole(site, body, content_type, status):
    link = site.link()
    before = site.everything()
    with site.visitor() as visitor:
        visitor.get(link)
        told = visitor.post(link, content=body, headers=SAME | {"Content-Type": content_type})

    assert told.status_code == status
    assert "Chưa ghi gì" in told.text
    assert site.everything() == before


@pytest.mark.parametrize(
    ("words", "content_type", "status"),
    [
        (b"choice=report", "", 415),
        (b"x" * 300_000, "multipart/form-data; boundary=b", 415),
        (b"x" * 300_000, FORM["Content-Type"], 413),
    ],
)
def test_70_who_is_still_talking_when_turned_away_can_read_why(site, words, content_type, status):
    """A connection shut with words unread is reset, and the answer is lost with it (RFC 9112, 9.6)."""
    head = f"POST {site.link()} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
    with socket.create_connection(("127.0.0.1", httpx.URL(site.url).port), timeout=10) as line:
        line.sendall(f"{head}Content-Length: {len(words)}\r\n\r\n".encode())
        answered = line.recv(65536)  # before they have said a word
        for n in range(0, len(words), 1000):
            line.sendall(words[n : n + 1000])
        answered += b"".join(iter(lambda: line.recv(65536), b""))

    assert answered.startswith(b"HTTP/1.1 %d " % status)
    assert "Chưa ghi gì" in answered.decode()


def test_70_a_body_without_a_length_is_cut_off(site):
    def endless():
        for _ in range(1000):
            yield b"x" * 65536

    with site.visitor() as visitor:
        try:
            told = visitor.post(site.link(), content=endless(), headers=FORM)
        except httpx.TransportError:
            return  # the door was shut while we still talked
        assert told.status_code == 413


# --- 71: where we may be led ----------------------------------------------------------------


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "169.254.169.254", "localhost", "10.0.0.1", "[::1]", "0.0.0.0"]
)
def test_71_an_address_inside_the_network_is_not_asked(host):
    web = Web(Outbound(frozenset({host.strip("[]")}), connect=2, total=2))

    async def ask() -> None:
        try:
            await web.ask("POST", f"https://{host}:9/", json={})
        finally:
            await web.close()

    with pytest.raises(NotAsked):
        asyncio.run(ask())


def test_71_a_name_that_turns_inward_after_it_was_looked_up_is_not_asked(monkeypatch):
    """Two answers to one question: an honest one first, then this machine."""
    real, answers = socket.getaddrinfo, iter(["203.0.113.7"])

    def turning(host, port, *more, **other):
        known = next(answers, "127.0.0.1") if host == "doi-huong.example" else host
        return real(known, port, *more, **other)

    monkeypatch.setattr(socket, "getaddrinfo", turning)

    async def ask() -> None:
        async with serving((200, {})) as server:
            port = server.url.rpartition(":")[2]
            web = Web(Outbound(frozenset({"doi-huong.example"}), connect=1, total=1))
            for _ in range(2):
                with pytest.raises(NotAsked):
                    await web.ask("GET", f"https://doi-huong.example:{port}/")
            await web.close()
            assert server.asked == []

    asyncio.run(ask())


def test_71_a_redirect_is_not_followed():
    async def ask() -> tuple[int, int]:
        async with serving((302, b"")) as server:
            here = frozenset({"127.0.0.1"})
            web = Web(Outbound(here, here))
            found = await web.ask("GET", server.url)
            await web.close()
            return found.status, len(server.asked)

    assert asyncio.run(ask()) == (302, 1)


# --- 72: files ----------------------------------------------------------------------------------

BOUNDARY = "multipart/form-data; boundary=b"
PAGE_AS_PDF = b"<html><script>alert(1)</script></html>"
DRAWING = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def a_part(name: str, content: bytes, file: str = "") -> bytes:
    told = f'; filename="{file}"' if file else ""
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"{told}\r\n'
    return head.encode() + b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n"


@pytest.mark.parametrize(
    "body",
    [
        a_part("report_document", PAGE_AS_PDF, "bao-cao.pdf"),
        a_part("report_document", DRAWING, "hinh.svg"),
        a_part("choice", b"report") + a_part("file", PAGE_AS_PDF, "../../config/people.yml"),
        b"".join(a_part(f"p{n}", b"1", f"{n}.pdf") for n in range(10_000)),
        b"--b\r\n" * 10_000,
        a_part("file", b"x" * 20_000_000, "to.pdf"),
    ],
    ids=["html-named-pdf", "svg", "a-path-for-a-name", "10000-files", "10000-borders", "20-MB"],
)
def test_72_no_page_takes_a_file(site, body):
    link = site.link()
    before = site.everything(), on_disk(site)
    with site.visitor() as visitor:
        page = visitor.get(link)
        told = posted(visitor, link, body + a_part("ticket", ticket(page).encode()) + b"--b--\r\n")

    assert told in {415, None}  # None: the door was shut while we still talked
    assert told == 415 or len(body) > 64 * 1024
    assert (site.everything(), on_disk(site)) == before


def test_72_a_file_is_refused_before_any_of_it_is_read(site):
    head = f"POST {site.link()} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {BOUNDARY}\r\n"
    for length in ("Content-Length: 9999999999", "Transfer-Encoding: chunked"):
        with socket.create_connection(("127.0.0.1", httpx.URL(site.url).port), timeout=10) as line:
            line.sendall(f"{head}{length}\r\n\r\n".encode())
            answered = line.recv(4096).decode()
        assert answered.startswith("HTTP/1.1 415 ")
        assert "connection: close" in answered.lower()


def test_72_of_an_endless_file_little_is_taken_and_nothing_kept(site):
    before, sent = (site.everything(), on_disk(site)), []

    def endless():
        yield a_part("file", b"", "vo-tan.pdf")
        for n in range(4096):  # a quarter of a gigabyte, if somebody takes it
            sent.append(n)
            yield b"x" * 65536

    with site.visitor() as visitor:
        told = posted(visitor, "/v/khong-can-dung", endless())

    assert told in {415, None}
    assert len(sent) < 1024
    assert (site.everything(), on_disk(site)) == before


def posted(visitor: httpx.Client, link: str, body) -> int | None:
    """Return the status of the answer to a form with files, None when we were cut off."""
    try:
        return visitor.post(link, content=body, headers=SAME | {"Content-Type": BOUNDARY}).status_code
    except httpx.TransportError:
        return None


def on_disk(site: Site) -> set[str]:
    """Return the files of the office, those in which the database itself works left out."""
    return {str(file) for file in site.office.settings.home.rglob("*") if file.is_file()}


# --- 73: whose door it is -------------------------------------------------------------------


def test_73_a_link_opens_the_task_it_was_given_out_for_and_no_other(site):
    link = site.link()
    with site.visitor() as visitor:
        page = visitor.get(link)
        answer(visitor, link)

    assert "Việc thử số 1" in page.text
    assert "Việc thử số 2" not in page.text
    assert "Sở Xây dựng" not in page.text
    (subject,) = {
        s for (s,) in rows_of(site.office, "SELECT subject FROM record WHERE kind = 'acknowledged'")
    }
    assert subject == "KH-THỬ/1@SYT"


def test_73_who_no_longer_holds_the_post_is_told_so(site):
    link = site.link()
    with site.office.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE link SET person = 'Người Trước'")
    with site.visitor() as visitor:
        told = visitor.get(link)

    assert told.status_code == 403
    assert "không còn giữ vị trí" in told.text
    assert "Việc thử" not in told.text


# --- 74: guessing ---------------------------------------------------------------------------


def test_74_who_tries_many_links_is_told_to_wait_and_those_with_a_good_one_are_not(site):
    link = site.link()
    with site.visitor() as guesser:
        told = [guesser.get(f"/v/{n:040}").status_code for n in range(MOST_GUESSES + 5)]
        waits = guesser.post("/v/doan", data=GOOD)
        assert told == [404] * MOST_GUESSES + [429] * 5
        assert (waits.status_code, waits.headers["retry-after"]) == (429, "3600")
        assert "Chờ một giờ" in waits.text
        assert guesser.get(link).status_code == 200
        site.now += timedelta(hours=1)
        assert guesser.get("/v/doan").status_code == 404
    assert rows_of(site.office, "SELECT max(count) FROM attempt") == [(MOST_GUESSES,)]


# --- 75: what everybody may see -------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/", "/v", "/v/", "/docs", "/openapi.json", "/.env", "/metrics", "/healthz", "/static/style.css",
     "/v/../metrics", "/webhooks/telegram", "/mailbox", "/reports", "/v/x/y"],
)  # fmt: skip
def test_75_nothing_public_names_people_addresses_tasks_or_drafts(site, path):
    site.link()
    act(site.office, 1, FactKind.REPORTED, NOW, document="45/BC-MAT")
    people = site.office.contacts.recipients
    private = {p.person for p in people} | {a for p in people for a in p.addresses.values()}
    private |= {"Việc thử", "KH-THỬ", "45/BC-MAT", "Sở Y tế", str(site.office.settings.home)}
    with site.visitor(**{"X-Forwarded-For": "203.0.113.9"}) as stranger:
        told = stranger.get(path)

    assert told.status_code in {200, 403, 404, 405}
    assert [word for word in private if word in told.text] == []
    assert not re.search(r"Traceback|starlette|uvicorn", told.text + str(told.headers), re.I)


def test_75_only_this_machine_and_who_shows_the_token_read_figures(site, monkeypatch):
    with site.visitor() as local, site.visitor(**{"X-Forwarded-For": "203.0.113.9"}) as stranger:
        assert "dondoc_ok" in local.get("/metrics").text
        assert stranger.get("/metrics").status_code == 403
        assert stranger.get("/healthz").json().keys() == {"ok"}
        assert "channels" in local.get("/healthz").json()
        monkeypatch.setitem(os.environ, "DONDOC_METRICS_TOKEN", "mật khẩu của người xem")
        shown = {"Authorization": "Bearer mật khẩu của người xem".encode()}
        assert "dondoc_messages" in stranger.get("/metrics", headers=shown).text
        assert stranger.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 403
