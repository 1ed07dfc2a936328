"""What does a paragraph or a run take from its style: a number, or being hidden?"""

from __future__ import annotations

from lxml import etree

from intake.docx_names import W, find, switch, value, whole

MAX_BASES = 12


class Styles:
    """The styles of a document, by id; a document without any is fine."""

    def __init__(self, root: etree._Element | None) -> None:
        found = () if root is None else root.findall(W + "style")
        self._by_id = {style.get(W + "styleId", ""): style for style in found}
        defaults = [style for style in found if style.get(W + "default") in ("1", "true", "on")]
        self._default = next(
            (style.get(W + "styleId", "") for style in defaults if style.get(W + "type") == "paragraph"), ""
        )
        self._hides = {name: self._is_hidden(name) for name in self._by_id}

    def with_bases(self, style: str | None) -> list[str]:
        """Return the style and those it is based on, nearest first."""
        chain: list[str] = []
        while style and style in self._by_id and style not in chain and len(chain) < MAX_BASES:
            chain.append(style)
            style = value(self._by_id[style], "basedOn")
        return chain

    def numbering_of(self, paragraph: etree._Element) -> tuple[str | None, int | None]:
        """Return the list and the level of a paragraph.

        The level is None where list and level come from the style: the list itself may keep
        one of its levels for that style.
        """
        own = find(paragraph, "pPr", "numPr")
        list_id, depth = value(own, "numId"), value(own, "ilvl")
        if list_id is None:
            chain = self.with_bases(self.style_of(paragraph))
            said = (value(self._by_id[style], "pPr", "numPr", "numId") for style in chain)
            list_id = next((found for found in said if found is not None), None)
        elif depth is None:
            depth = "0"
        return (None if list_id == "0" else list_id), (None if depth is None else whole(depth))

    def level_of(self, paragraph: etree._Element) -> int:
        """Return the level that the paragraph's style asks for, or the first."""
        chain = self.with_bases(self.style_of(paragraph))
        said = (value(self._by_id[style], "pPr", "numPr", "ilvl") for style in chain)
        return whole(next((found for found in said if found is not None), None))

    def style_of(self, paragraph: etree._Element) -> str:
        """Return the id of the paragraph's style."""
        return value(paragraph, "pPr", "pStyle") or self._default

    def list_of(self, style: str | None) -> str | None:
        """Return the list that a list style stands for."""
        return value(self._by_id.get(style or ""), "pPr", "numPr", "numId")

    def hides(self, paragraph: etree._Element, run: etree._Element | None = None) -> bool:
        """Return whether a run, or without one the mark that ends the paragraph, is hidden."""
        properties = find(paragraph, "pPr", "rPr") if run is None else find(run, "rPr")
        own = switch(properties, "vanish")
        if own is not None:
            return own
        style = value(properties, "rStyle")
        named = self._hides.get(style) if style else None
        if named is not None:
            return named
        return bool(self._hides.get(self.style_of(paragraph)))

    def _is_hidden(self, style: str) -> bool | None:
        """Return what a style and its bases say about being hidden, or None for nothing."""
        said = (switch(self._by_id[name], "rPr", "vanish") for name in self.with_bases(style))
        return next((found for found in said if found is not None), None)
