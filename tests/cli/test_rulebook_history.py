"""Can somebody see which rules were in force when, and go back to them, with nothing but the commands?"""

from __future__ import annotations

import getpass

AT = "2025-10-27T08:00"


def test_the_rules_before_an_edit_are_listed_and_come_back_by_their_name(dondoc, with_october, config):
    assert "Chưa bộ quy tắc nào" in dondoc("log", "rules").out
    dondoc("apply", "--at", AT, "--by", "Quản trị viên")
    rules = config / "rules" / "mac-dinh.yml"
    rules.write_text(rules.read_text("utf-8").replace("before: 7 ngày", "before: 6 ngày"), "utf-8")
    dondoc("apply", "--at", "2025-10-28T08:00", "--by", "Chị Lan")
    second, first = dondoc("log", "rules", "--json").json

    assert (first["old"], second["old"], second["by"]) == (None, first["new"], "Chị Lan")
    assert f"08:00 28/10/2025  {second['new']}, thay bộ {first['new']}, Chị Lan" in dondoc("log", "rules").out

    back = dondoc("apply", first["new"], "--at", "2025-10-29T08:00", "--json")
    assert (back.code, back.json["new"]) == (0, first["new"])
    last = dondoc("log", "rules", "--json").json[0]
    assert (last["new"], last["by"]) == (first["new"], getpass.getuser())
