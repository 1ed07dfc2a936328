"""What leaves this machine over HTTP, and what is known when no answer comes?"""

import asyncio
import logging

import pytest

from notifiers.http import NoAnswer, NotAsked, Outbound, Web
from tests.notifiers.canned import serving

LOCAL = frozenset({"127.0.0.1"})
HERE = Outbound(LOCAL, LOCAL)
IMPATIENT = Outbound(LOCAL, LOCAL, connect=1, total=1)


def ask(*script, outbound=HERE, path="/bot123:SECRET/send", **parts):
    async def main():
        async with serving(*script) as server:
            web = Web(outbound)
            try:
                return await web.ask("POST", server.url + path, **parts), server
            finally:
                await web.close()

    return asyncio.run(main())


def test_an_answer_is_given_whole_whatever_its_status():
    answer, server = ask((502, b"<html>Bad Gateway</html>"), json={"text": "Đã nhận"})

    assert (answer.status, answer.json, server.asked[0].json) == (502, None, {"text": "Đã nhận"})


@pytest.mark.parametrize("body", [b'{"error": 0, "mess', b"[]", b"null", b"\xff", b"", b"[" * 100_000])
def test_a_body_that_is_no_object_is_never_taken_for_one(body):
    assert ask((200, body))[0].json is None


@pytest.mark.parametrize("fault", ["hang", "reset", "cut", "close", "flood"])
def test_a_question_that_left_without_a_whole_answer_has_an_unknown_outcome(fault):
    with pytest.raises(NoAnswer):
        ask(fault, outbound=IMPATIENT)


def test_a_closed_door_is_known_to_have_let_nothing_in():
    with pytest.raises(NotAsked, match="không kết nối được"):
        asyncio.run(Web(HERE).ask("POST", "http://127.0.0.1:1/send"))


@pytest.mark.parametrize(
    ("outbound", "words"),
    [
        (Outbound(frozenset({"zalo.example"}), LOCAL), "không có trong danh sách"),
        (Outbound(LOCAL), "phải dùng https"),
        (Outbound(frozenset(), frozenset()), "không có trong danh sách"),
    ],
)
def test_a_host_that_is_not_listed_is_not_asked(outbound, words):
    with pytest.raises(NotAsked, match=words) as refused:
        ask((200, {}), outbound=outbound)

    assert refused.value.is_ours


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_name_that_leads_inside_the_network_gets_no_byte(name):
    """The connection is refused or closed before anything is written on it."""

    async def main():
        async with serving((200, {})) as server:
            port = server.url.rpartition(":")[2]
            web = Web(Outbound(frozenset({name.strip("[]")}), total=5))
            with pytest.raises(NotAsked, match="mạng nội bộ"):
                await web.ask("GET", f"https://{name}:{port}/")
            assert server.asked == []

    asyncio.run(main())


def test_a_redirect_is_an_answer_and_is_not_followed():
    answer, server = ask((302, b"", {"location": "http://127.0.0.1:1/elsewhere"}))

    assert (answer.status, len(server.asked)) == (302, 1)


def test_a_secret_in_an_address_is_in_no_log_and_no_error(caplog):
    caplog.set_level(logging.DEBUG)
    ask((200, {"ok": True}))
    with pytest.raises(NoAnswer) as cut:
        ask("cut")
    with pytest.raises(NotAsked) as refused:
        asyncio.run(Web(HERE).ask("POST", "http://127.0.0.1:1/bot123:SECRET/send"))

    told = caplog.text + repr(cut.value) + repr(refused.value) + repr(cut.value.__cause__)
    assert "SECRET" not in told
    assert cut.value.__suppress_context__


def test_a_client_is_of_use_in_one_event_loop_after_another():
    async def once(web, url):
        return (await web.ask("GET", url)).status

    async def serve_and_ask(web):
        async with serving((200, {})) as server:
            return await once(web, server.url)

    web = Web(HERE)
    assert [asyncio.run(serve_and_ask(web)) for _ in range(2)] == [200, 200]
