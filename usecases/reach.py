"""Where can everybody be reached by now: the contact book, with what channels taught us since?"""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from engine.contacts import ContactBook
from engine.planning import World
from store import addresses
from usecases.wiring import Office


def contacts_by_now(session: Session, office: Office) -> ContactBook:
    """Return the contact book with linked chats, without addresses that are dead or refused."""
    return office.contacts.with_recipients(addresses.overlay(session))


def world_by_now(session: Session, office: Office) -> World:
    """Return what decisions rest on, with everybody where they are reached by now."""
    return reached_by_now(session, office.world)


def reached_by_now(session: Session, world: World) -> World:
    """Return a world with the people of its own contact book where they are reached by now."""
    contacts = world.contacts.with_recipients(addresses.overlay(session))
    return world if contacts is world.contacts else replace(world, contacts=contacts)
