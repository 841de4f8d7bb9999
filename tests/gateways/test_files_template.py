"""Templates: what is filled in goes straight through, and the workbook says what it takes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
import python_calamine

from gateways.files import template
from gateways.files.source import Reading, opened
from schemas.contract import KINDS, contract
from schemas.decode import decode
from validators.sample import SAMPLES


@pytest.mark.parametrize("kind", KINDS)
def test_a_filled_template_is_the_sample_event(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    template.write(kind, path, province="340000", example=True)
    with path.open("rb") as file, opened(file, path.name, Reading(kind=kind)) as source:
        (portion,) = source
    assert portion.records.faults == []
    (event,) = decode(kind, portion.records.values, record_bytes=1 << 20).frame.to_dicts()
    wanted = {name: SAMPLES[kind][name] for name in contract(kind).names if name not in template.LEFT_OUT}
    assert {name: event[name] for name in wanted} == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_has_lists_checks_and_text_cells(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    template.write(kind, path, province="340000")
    book = python_calamine.load_workbook(str(path))
    assert book.sheet_names == ["数据", "说明", "代码"]
    heads, names = book.get_sheet_by_name("数据").to_python()[:2]
    assert names == [field.name for field in template.chosen(contract(kind))]
    assert all(
        "*" in head
        for head, field in zip(heads, template.chosen(contract(kind)), strict=True)
        if field.null is None and field.default is not False
    )
    guide = str(book.get_sheet_by_name("说明").to_python())
    assert f"{kind} v{contract(kind).version}" in guide
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml").decode()
    assert len(re.findall(r'<dataValidation [^>]*type="list"', sheet)) == sum(
        1 for field in template.chosen(contract(kind)) if field.codes or field.type == "boolean"
    )
    assert "340104 蜀山区" in str(book.get_sheet_by_name("代码").to_python())
