"""Does the command line say what stands between us and speaking for a Zalo account?"""

from __future__ import annotations


def test_while_no_application_is_named_the_way_there_is_told(dondoc):
    standing = dondoc("zalo", "status")
    asked = dondoc("zalo", "connect")
    machine = dondoc("zalo", "status", "--json")

    assert (standing.code, "zalo_app" in standing.out) == (5, True)
    assert (asked.code, asked.out) == (1, "")
    assert "app_secret_file" in asked.err
    assert machine.json["granted"] is False


def test_a_code_nobody_asked_for_is_refused(dondoc, monkeypatch):
    monkeypatch.setenv("DONDOC_ZALO_APP_SECRET", "bi-mat")

    assert dondoc("zalo", "code", "ma-1").code in {1, 4}
