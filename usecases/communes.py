"""Which communes does a province have since the merger of 1 July 2025?

The national list is a package with its own data files, so it is read here and handed to
the engine as units.
"""

from __future__ import annotations

from vietnam_provinces import ProvinceCode, Ward

from engine.model import Unit, UnitKind


def communes_of(province_code: int) -> list[Unit]:
    """Return the people's committees of all xã, phường and đặc khu of a province, by code.

    The code of the national list is the only safe key: its `codename` is the same for
    Sơn Hà and Sơn Hạ.
    """
    wards = Ward.iter_by_province(ProvinceCode(province_code))
    return [_unit(ward) for ward in sorted(wards, key=lambda ward: int(ward.code))]


def _unit(ward: Ward) -> Unit:
    small = ward.name[0].lower() + ward.name[1:]
    return Unit(str(int(ward.code)), f"UBND {small}", UnitKind.COMMUNE, (ward.name, small))
