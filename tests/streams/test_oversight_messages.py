"""What oversight reads of province.response, and through whose topic a division is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.contract import contract
from schemas.encode import encode
from streams.container import containers
from streams.errors import NotUpwardError
from streams.oversight_answers import answers
from streams.oversight_directives import addressee, message
from validators.sample import SAMPLES


def response(sequence: int) -> bytes:
    told = {name: SAMPLES["response"][name] for name in contract("response").names}
    return encode("response", told | {"sequence": sequence})


def headers(offsets: str = "7,9") -> list[tuple[str, bytes]]:
    return [
        ("huiliu.topic", b"intake.340100.response"),
        ("huiliu.partition", b"3"),
        ("huiliu.offsets", offsets.encode()),
    ]


def body() -> bytes:
    ((_, value),) = containers([(7, response(1)), (9, response(2))])
    return value


def test_each_answer_of_a_message_comes_with_the_place_it_was_loaded_from() -> None:
    found = list(answers(body(), headers()))
    assert [place for place, _ in found] == [("intake.340100.response", 3, 7), ("intake.340100.response", 3, 9)]
    assert [said.sequence for _, said in found] == [1, 2]
    assert found[0][1].case_number == SAMPLES["response"]["case_number"]
    assert found[0][1].digest != found[1][1].digest


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (b"", headers()),
        (b"Obj\x01rubbish", headers()),
        (body()[:-20], headers()),
        (body(), headers("7")),
        (body(), headers("7,x")),
        (body(), headers()[:2]),
        (body(), []),
        (None, headers()),
    ],
)
def test_what_no_relay_wrote_is_refused_by_name(value: Any, told: list[tuple[str, bytes]]) -> None:
    with pytest.raises(NotUpwardError):
        list(answers(value, told))


def test_a_division_is_told_through_its_own_topic_else_its_citys_else_its_provinces() -> None:
    assert addressee("340104", {"340104", "340100", "340000"}) == "340104"
    assert addressee("340104", {"340100", "340000"}) == "340100"
    assert addressee("340104", {"340000"}) == "340000"
    assert addressee("340104", {"340200"}) is None


def test_a_directive_bears_its_identity_and_keeps_the_order_of_its_case() -> None:
    row = {"number": "DB-340104-2026-000001", "identity": "DB-340104-2026-000001-2-340104", "body": {"text": "督办"}}
    sent = message("directives.340104", row)
    assert sent["key"] == b"DB-340104-2026-000001"
    assert dict(sent["headers"])["huiliu.id"] == b"DB-340104-2026-000001-2-340104"
    assert json.loads(sent["value"]) == {"text": "督办"}
