"""The document as PDF: Typst, pinned fonts, no clock. The same snapshot and imprint give the same bytes anywhere.

The fonts come from the package mplfonts, whose files are looked up without importing it (it would import Matplotlib).
Fonts of the system are never looked at, so no machine sets the document otherwise than another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from huiliu.language import text
from oversight.reports.document import document
from oversight.reports.errors import NotTypeset
from oversight.reports.imprint import Imprint
from oversight.reports.snapshot import Snapshot

FAMILIES: Final = ("Noto Serif CJK SC", "Noto Sans CJK SC")
ATTACHED: Final = "snapshot.json"  #: the snapshot itself travels within the PDF


def pdf(snapshot: Snapshot, imprint: Imprint | None) -> bytes:
    """The PDF. Raises NotTypeset."""
    return typeset("report.typ", document(snapshot, imprint), snapshot.content)


def typeset(template: str, told: Mapping[str, Any], attached: bytes) -> bytes:
    """A template set with its data, ``attached`` within it as ``snapshot.json``. Raises NotTypeset."""
    import typst

    inputs = {"document": json.dumps(told, ensure_ascii=False, sort_keys=True), "snapshot": attached.decode()}
    issued = datetime.fromisoformat(told["issued_on"]).replace(tzinfo=UTC)
    try:
        with as_file(files("oversight.reports").joinpath("templates")) as folder:
            made, warnings = typst.compile_with_warnings(
                str(folder / template), root=str(folder), font_paths=fonts(), format="pdf", sys_inputs=inputs,
                timestamp=int(issued.timestamp()), pdf_standards=["a-3b"],
            )  # fmt: skip
    except typst.TypstError as fault:
        raise NotTypeset(text(f"排版失败：{fault}", f"The document cannot be set: {fault}")) from fault
    if warnings or made is None or isinstance(made, list):
        said = "; ".join(warning.message for warning in warnings)
        raise NotTypeset(text(f"排版有缺：{said}", f"The document is not set as it should be: {said}"))
    return bytes(made)


@cache
def fonts() -> Any:
    """The pinned fonts and no others. Raises NotTypeset where the package or a font is missing."""
    import typst

    spec = find_spec("mplfonts")
    folders = list(spec.submodule_search_locations or ()) if spec is not None else []
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(Path(folder) / "fonts") for folder in folders],
    )
    missing = [family for family in FAMILIES if family not in {font.family for font in found.fonts()}]
    if missing:
        raise NotTypeset(
            text(
                f"缺少字体 {'、'.join(missing)}：请安装 mplfonts==0.0.11",
                f"Fonts are missing ({', '.join(missing)}): install mplfonts==0.0.11.",
            )
        )
    return found
