"""With which token do we speak, who renews it, and when does it end?"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from notifiers.base import DeliveryFailed, DeliveryUnknown, Scope
from notifiers.zalo_oauth import challenge_of, permission_url
from tests.notifiers.zalo_world import NOW, OK, STALE, USER, Memory, by_path, chat, pair, tokens_answer, world
from tests.peers.exchanges import VECTORS

REFUSED = (200, {"error": -14014, "error_name": "Invalid refresh token", "error_reason": "used or expired"})
OLD = timedelta(hours=21)
DEAD = timedelta(hours=26)


def access(store, *script, times=1):
    """Ask for a token `times` at once; return what came, the store and the questions."""

    async def main():
        async with world(*script, store=store) as here:
            asked = [here.tokens.access(NOW) for _ in range(times)]
            return await asyncio.gather(*asked, return_exceptions=True), here.server.asked

    return asyncio.run(main())


@pytest.mark.parametrize(
    ("age", "expected", "questions"),
    [
        (timedelta(0), "A1", 0),
        (timedelta(hours=19, minutes=59), "A1", 0),
        (timedelta(hours=20), "A2", 1),
        (DEAD, "A2", 1),
    ],
)
def test_a_token_is_renewed_well_before_it_dies(age, expected, questions):
    found, asked = access(Memory(pair(age=age)), tokens_answer())

    assert (found, len(asked)) == ([expected], questions)


def test_the_secret_travels_in_the_header_and_the_rest_as_a_form():
    _, (asked,) = access(Memory(pair(age=OLD)), tokens_answer())

    assert (asked.method, asked.path) == ("POST", "/v4/oa/access_token")
    assert asked.headers["secret_key"] == "bi-mat-ung-dung"
    assert asked.form == {
        "refresh_token": "R1",
        "app_id": "4111222233334444555",
        "grant_type": "refresh_token",
    }


def test_many_who_need_a_token_at_once_renew_it_once():
    found, asked = access(Memory(pair(age=OLD)), tokens_answer(), REFUSED, times=20)

    assert (set(found), len(asked)) == ({"A2"}, 1)


def test_the_new_pair_is_kept_before_anybody_uses_it(letter_of):
    store = Memory(pair())

    async def main():
        def answer(asked):
            if asked.path.endswith("access_token"):
                return tokens_answer()
            store.events.append(f"use {asked.headers['access_token']}")
            return STALE if asked.headers["access_token"] == "A1" else OK

        async with world(answer, store=store) as here:
            return await here.oa().send(chat(letter_of()), USER)

    assert asyncio.run(main()).provider_id == "b1"
    assert store.events == ["use A1", "keep A2", "release", "use A2"]


def test_a_database_that_is_busy_does_not_lose_the_new_pair():
    class Busy(Memory):
        def keep(self, kept):
            if len(self.events) < 2:
                self.events.append("busy")
                raise RuntimeError("database is locked")
            super().keep(kept)

    store = Busy(pair(age=OLD))
    found, asked = access(store, tokens_answer())

    assert (found, len(asked), store.pair.refresh) == (["A2"], 1, "R2")


@pytest.mark.parametrize(
    "refusal", [REFUSED, (400, {"error": "x"}), (200, {}), (200, {"access_token": "A2"})]
)
def test_a_refusal_ends_it_a_person_must_grant_access_again(refusal):
    store = Memory(pair(age=DEAD))
    (first,), asked = access(store, refusal)
    (second,), again = access(store, tokens_answer())

    assert (first.permanent, first.scope) == (True, Scope.CHANNEL)
    assert "dondoc zalo connect" in first.reason
    assert first.retry_after > timedelta(hours=1)
    assert (len(asked), len(again)) == (1, 0)  # never a loop: a dead refresh token is not shown again
    assert "dondoc zalo connect" in second.reason


def test_a_token_that_will_not_be_renewed_serves_until_it_dies():
    store = Memory(pair(age=OLD))
    found, asked = access(store, REFUSED)
    later, more = access(store, REFUSED)

    assert (found, later, len(asked), len(more)) == (["A1"], ["A1"], 1, 0)


@pytest.mark.parametrize("fault", ["silence", "reset", "cut", (502, b"<html>"), (200, b"<html>")])
def test_a_fault_on_the_way_says_nothing_about_the_grant(fault):
    dead, alive = Memory(pair(age=DEAD)), Memory(pair(age=OLD))
    (failed,), _ = access(dead, fault)
    found, _ = access(alive, fault)

    assert (failed.permanent, failed.scope) == (False, Scope.CHANNEL)
    assert dead.pair.is_granted
    assert found == ["A1"]
    assert dead.events == alive.events == ["release"]


def test_what_another_process_renewed_meanwhile_is_taken_and_nothing_is_asked():
    class Elsewhere(Memory):
        looks = 0

        def lease(self, now, until):
            self.looks += 1
            if self.looks == 3:
                self.pair = pair("A9", "R9")
            return False

    found, asked = access(Elsewhere(pair(age=DEAD)), tokens_answer())

    assert (found, asked) == (["A9"], [])


def test_a_process_that_never_ends_renewing_is_not_waited_for_for_ever():
    (failed,), asked = access(Memory(pair(age=DEAD), is_leased_elsewhere=True), tokens_answer())

    assert (failed.permanent, failed.scope, asked) == (False, Scope.CHANNEL, [])


def test_a_fresh_token_that_is_refused_too_is_not_renewed_again(letter_of):
    store = Memory(pair())

    async def main():
        async with world(by_path(access_token=tokens_answer(), other=STALE), store=store) as here:
            with pytest.raises(DeliveryFailed, match="vẫn bị từ chối") as failure:
                await here.oa().send(chat(letter_of()), USER)
            with pytest.raises(DeliveryFailed):
                await here.oa().send(chat(letter_of()), USER)
            return failure.value, here.paths()

    failure, paths = asyncio.run(main())
    assert (failure.permanent, failure.scope) == (True, Scope.CHANNEL)
    assert paths.count("/v4/oa/access_token") == 1
    assert not store.pair.is_granted


def test_nobody_has_granted_access_yet():
    (failed,), asked = access(Memory(), tokens_answer())

    assert not isinstance(failed, DeliveryUnknown)
    assert "dondoc zalo connect" in failed.reason
    assert asked == []


@pytest.mark.parametrize(
    ("lifetime", "hours"), [("90000", 25), (3600, 1), ("x", 25), (None, 25), (-5, 25), ("9" * 30, 25)]
)
def test_a_lifetime_is_read_however_it_is_written(lifetime, hours):
    store = Memory(pair(age=DEAD))
    access(store, (200, {"access_token": "A2", "refresh_token": "R2", "expires_in": lifetime}))

    assert store.pair.expires_at == NOW + timedelta(hours=hours)


def test_the_page_of_permission_carries_the_challenge_and_the_state():
    told = VECTORS["zalo_pkce"]
    assert challenge_of(told["code_verifier"]) == told["code_challenge"]

    async def main():
        async with world(OK) as here:
            app = replace(here.app, redirect_uri="https://dondoc.example/zalo?x=1")
            return permission_url(app, told["code_verifier"], "s-7d1")

    url = asyncio.run(main())
    assert "redirect_uri=https%3A%2F%2Fdondoc.example%2Fzalo%3Fx%3D1" in url
    assert url.endswith(f"code_challenge={told['code_challenge']}&state=s-7d1")


def test_the_proof_is_that_of_the_documented_formula(letter_of):
    told = VECTORS["zalo_appsecret_proof"]

    async def main():
        async with world(OK, store=Memory(pair(told["access_token"])), sends_proof=True) as here:
            await here.oa().send(chat(letter_of()), USER)
            app = replace(here.app, secret=told["app_secret"])
            return here.server.asked[0].headers, app.proof(told["access_token"])

    headers, proof = asyncio.run(main())
    assert proof == told["appsecret_proof"]
    assert len(headers["appsecret_proof"]) == 64


def test_no_token_and_no_secret_is_in_what_an_object_shows():
    async def main():
        async with world(OK, verifier="v" * 43) as here:
            return repr((here.app, pair("A1-secret", "R1-secret"), here.tokens, here.bot()._settings))

    shown = asyncio.run(main())
    assert not [word for word in ("bi-mat", "-secret", "v" * 43, "TOKEN") if word in shown]
