"""Which parts does the finished Word file have besides its document?

Those of the form, with the styles it lacks, the pictures, and properties that say in Vietnamese what
the file is; nothing in it tells when or on which machine it was made.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from datetime import UTC

from lxml import etree

from engine.paperwork import Letterhead
from reports.official_form import WordForm, parsed
from reports.official_markup import CONTENT_TYPES, HEAD, RELATIONSHIPS, R, W, escaped
from reports.official_pictures import Picture
from reports.official_styles import Named, definitions, styles_part
from reports.paper import Form, Paper

_CORE = "docProps/core.xml"
_CORE_KIND = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"


def styles_of(form: WordForm) -> tuple[bytes, dict[Named, str]]:
    """Return the form's styles with those added that it lacks, and the id of each by its name.

    Styles are known by their names: a program may give them other ids when it saves the form.
    """
    root = parsed(form.parts.get(form.target("styles") or "") or styles_part().encode())
    ids = {one.get(f"{{{W}}}val", "").casefold(): _id(one.getparent()) for one in root.iter(f"{{{W}}}name")}
    taken, found = set(ids.values()), {}
    for style, (usual, markup) in definitions().items():
        if str(style).casefold() not in ids:
            own = usual
            while own in taken:
                own += "X"
            root.append(_definition(markup, usual, own))
            ids[str(style).casefold()] = own
            taken.add(own)
        found[style] = ids[str(style).casefold()]
    return _serialised(root), found


def finished_parts(
    form: WordForm, styles: bytes, paper: Paper, letterhead: Letterhead, pictures: Iterable[Picture]
) -> dict[str, bytes]:
    """Return every part but the document itself, by name, the list of types first as Word wants it."""
    pictures, folder = list(pictures), posixpath.dirname(form.main)
    styles_name = form.target("styles") or f"{folder}/styles.xml"
    media = {f"{folder}/{name}": data for one in pictures for name, data in one.parts.items()}
    targets = {key: (f"{R}/image", target) for one in pictures for key, target in one.targets.items()}
    if form.target("styles") is None:
        targets["rIdKieu"] = (f"{R}/styles", "styles.xml")
    core_name, package_rels = _core_part(form)
    changed = {
        "_rels/.rels": package_rels,
        form.rels: _with_targets(form.parts.get(form.rels), targets),
        styles_name: styles,
        core_name: _properties(paper, letterhead).encode(),
        **{name: _serialised(root) for name, root in form.edges.items()},
    }
    types = {"/" + core_name: _CORE_TYPE, "/" + styles_name: _STYLES_TYPE}
    parts = {"[Content_Types].xml": _with_types(form.parts["[Content_Types].xml"], types)}
    return parts | {n: p for n, p in form.parts.items() if n not in (*parts, form.main)} | changed | media


def _id(style: etree._Element | None) -> str:
    return "" if style is None else style.get(f"{{{W}}}styleId", "")


def _definition(markup: str, usual: str, own: str) -> etree._Element:
    wrapped = parsed(f'<w:styles xmlns:w="{W}">{markup}</w:styles>'.encode())
    wrapped[0].set(f"{{{W}}}styleId", own)
    if usual == "Normal":  # the form has another style that everything without one stands in
        del wrapped[0].attrib[f"{{{W}}}default"]
    return wrapped[0]


def _serialised(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _with_targets(part: bytes | None, targets: Mapping[str, tuple[str, str]]) -> bytes:
    root = parsed(part or f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode())
    for key, (kind, target) in targets.items():
        etree.SubElement(root, f"{{{RELATIONSHIPS}}}Relationship", Id=key, Type=kind, Target=target)
    return _serialised(root)


def _core_part(form: WordForm) -> tuple[str, bytes]:
    """Return the name of the part with the properties, and the relationships that name it."""
    root = parsed(form.parts["_rels/.rels"])
    for one in root:
        if one.get("Type") == _CORE_KIND:
            return one.get("Target", _CORE).lstrip("/"), form.parts["_rels/.rels"]
    return _CORE, _with_targets(form.parts["_rels/.rels"], {"rIdThuocTinh": (_CORE_KIND, _CORE)})


def _with_types(part: bytes, overrides: Mapping[str, str]) -> bytes:
    root = parsed(part)
    known = {one.get("Extension", "").lower() for one in root} | {one.get("PartName") for one in root}
    for extension, kind in (("png", "image/png"), ("svg", "image/svg+xml")):
        if extension not in known:
            found = etree.Element(f"{{{CONTENT_TYPES}}}Default", Extension=extension, ContentType=kind)
            root.insert(0, found)
    for name, kind in overrides.items():
        if name not in known:
            etree.SubElement(root, f"{{{CONTENT_TYPES}}}Override", PartName=name, ContentType=kind)
    return _serialised(root)


def _properties(paper: Paper, letterhead: Letterhead) -> str:
    kind = "Công văn" if paper.form is Form.LETTER else "Báo cáo"
    issuer = " - ".join(" ".join(part.split()) for part in (letterhead.parent, letterhead.issuer) if part)
    moment = f"{paper.as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    when = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
    )
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(paper.title)}</dc:title><dc:subject>{escaped(paper.subject)}</dc:subject>"
        f"<dc:creator>{escaped(issuer)}</dc:creator>{when}<cp:category>{kind}</cp:category>"
        "<dc:language>vi-VN</dc:language></cp:coreProperties>"
    )
