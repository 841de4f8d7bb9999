"""Files by HTTP over a real broker and database: each format in, coordinates back, and a report of every row."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import signal
import socket
import zipfile
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
import python_calamine
import xlsxwriter

from huiliu.settings import Settings
from schemas.event_json import to_json
from sinks import credentials
from tests.conftest import Hub, rows, until
from tests.gateways.http.conftest import Caller, Gateway
from tests.gateways.http.test_gateway_live import HEFEI, SECRETS, WUHU, kept, login, served
from validators.sample import SAMPLES

pytestmark = pytest.mark.live

PLAIN = to_json("nil", SAMPLES["nil"])
HEADS = [*PLAIN, "经办科室"]


def line(month: int, **changes: Any) -> list[str]:
    """A row of a table of nil reports, with a column of the sender's own."""
    period = f"{2000 + month // 12}-{month % 12 + 1:02d}"
    event = {**PLAIN, "period": period, "source_ref": f"第{month}行", **changes}
    return [*("" if event[name] is None else str(event[name]) for name in PLAIN), "投资科"]


def table(*given: Sequence[str]) -> list[Sequence[str]]:
    return [HEADS, *given]


def as_csv(cells: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(cells)
    return out.getvalue().encode(encoding)


def as_xlsx(cells: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("数据")
        for at, row in enumerate(cells):
            sheet.write_row(at, 0, row)
    return out.getvalue()


def as_parquet(cells: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(dict(zip(cells[0], zip(*cells[1:], strict=True), strict=True))).write_parquet(out)
    return out.getvalue()


def as_lines(count: int) -> bytes:
    return b"\xef\xbb\xbf" + b"".join(
        json.dumps({**PLAIN, "period": f"{2050 + n}-01"}, ensure_ascii=False).encode() + b"\n" for n in range(count)
    )


@pytest.fixture
def gateway(hub: Hub, settings: Settings) -> Iterator[Caller]:
    with served(hub, settings) as caller:
        yield caller


def test_every_row_of_a_file_is_sent_or_told_and_the_report_says_what_became_of_it(hub: Hub, gateway: Caller) -> None:
    wrong, broken = line(2, revision="二"), line(3, revision="0")
    files = {
        "甲.csv": as_csv(table(line(1), wrong, broken, line(1)), "gb18030"),
        "乙.xlsx": as_xlsx(table(line(11), line(12, division="340200"), ["合计"], line(13, revision="x"))),
        "丙.parquet": as_parquet(table(line(21), line(22))),
        "丁.jsonl": as_lines(3),
    }
    answers = {name: gateway.post(f"/v1/files/nil?name={name}", content=content) for name, content in files.items()}
    form = gateway.post("/v1/files/nil", files={"file": ("戊.csv", as_csv(table(line(31)), "utf-8-sig"))})
    told = {name: answer.json() for name, answer in {**answers, "戊.csv": form}.items()}
    assert {name: (one.get("rows"), one.get("sent"), one.get("refused")) for name, one in told.items()} == {
        "甲.csv": (4, 3, 1), "乙.xlsx": (4, 2, 2), "丙.parquet": (2, 2, 0), "丁.jsonl": (3, 3, 0), "戊.csv": (1, 1, 0),
    }  # fmt: skip
    assert (told["甲.csv"]["own_columns"], told["甲.csv"]["first_refused"][0]["row"]) == (["经办科室"], 3)
    places = {
        (r["partition"], o) for one in told.values() for r in one["ranges"] for o in range(r["first"], r["last"] + 1)
    }
    assert places == kept(hub, "nil").keys()
    waits = gateway.get(told["甲.csv"]["report"])
    assert (waits.status_code, waits.json()["code"], waits.json()["waiting"]) == (404, "not-loaded", 3)
    hub.worker()
    hub.wait_for(11)
    report = gateway.get(told["甲.csv"]["report"] + "?wait=20").json()
    assert [(one["row"], one["verdict"]) for one in report["rows"]] == [
        (2, "accepted"), (3, "refused"), (4, "quarantined"), (5, "duplicate"),
    ]  # fmt: skip
    assert [one["cells"] for one in report["rows"]] == [line(1), wrong, broken, line(1)]
    assert report["headings"] == HEADS
    assert report["totals"] == {"rows": 4, "accepted": 1, "refused": 1, "quarantined": 1, "duplicate": 1}
    assert report["rows"][1]["findings"][0]["mend"]["en"]
    workbook = gateway.get(told["乙.xlsx"]["report"] + "?format=xlsx")
    cells = (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(workbook.content)).get_sheet_by_index(0).to_python()
    )
    assert [row[len(HEADS) + 1].split()[1] for row in cells[1:]] == ["accepted", "quarantined", "refused", "refused"]
    delimited = gateway.get(told["戊.csv"]["report"] + "?format=csv").content.decode("utf-8-sig")
    assert [row[: len(HEADS)] for row in csv.reader(delimited.splitlines())] == table(line(31))
    assert gateway.get(told["甲.csv"]["report"], headers=login(WUHU)).status_code == 404
    listed = gateway.get("/v1/submissions?limit=5").json()["submissions"]
    assert {one["name"]: one["channel"] for one in listed} == dict.fromkeys(told, "file")


def test_the_same_file_again_gets_the_same_answer_and_is_sent_once(hub: Hub, gateway: Caller) -> None:
    content = as_csv(table(line(1), line(2)))
    first, again = (gateway.post("/v1/files/nil?name=x.csv", content=content) for _ in range(2))
    assert (first.status_code, first.content) == (202, again.content)
    assert again.headers["idempotent-replayed"] == "true"
    keyed = {"idempotency-key": "k"}
    assert gateway.post("/v1/files/nil", content=content, headers=keyed).status_code == 202
    other = gateway.post("/v1/files/nil", content=as_csv(table(line(3))), headers=keyed)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    otherwise = gateway.post("/v1/files/nil?map=科室=reason", content=content, headers=keyed)
    assert otherwise.json()["code"] == "key-reused"
    assert len(kept(hub, "nil")) == 4
    rows_ = rows(hub, "select count(*), count(placed) from upload")
    assert rows_ == [(2, 2)]


def test_a_key_that_was_remembered_and_never_settled_is_sent_again(hub: Hub, gateway: Caller) -> None:
    """The gateway died between steps 5 and 6."""
    content = as_csv(table(line(1)))
    first = gateway.post("/v1/files/nil", content=content).json()
    with hub.warehouse.batch() as connection:
        connection.exec_driver_sql("update submission set state = 'pending', answer = null, ranges = '[]'")
        connection.exec_driver_sql("update upload set placed = null")
    assert gateway.get(first["report"]).status_code == 404
    again = gateway.post("/v1/files/nil", content=content).json()
    assert (again["submission"], len(kept(hub, "nil"))) == (first["submission"], 2)
    assert gateway.get(again["report"] + "?partial=true").json()["totals"] == {"rows": 1, "unknown": 1}


def bomb() -> bytes:
    """A workbook of a few kilobytes that unpacks to two gigabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(1000):
                part.write(bytes(1 << 20))
    return out.getvalue()


def test_a_file_that_cannot_be_taken_is_refused_with_how_to_mend_it_and_nothing_is_sent(
    hub: Hub, gateway: Caller
) -> None:
    png = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(200)
    form = {"content-type": "multipart/form-data; boundary=x"}
    tries: list[tuple[dict[str, Any], int, str]] = [
        ({"content": b""}, 400, "empty-file"),
        ({"content": bomb()}, 422, "file-refused"),
        ({"content": as_xlsx(table(line(1)))[:-300]}, 422, "file-refused"),
        ({"content": (",".join(f"列{n}" for n in range(1_000_000)) + "\n").encode()}, 422, "file-refused"),
        ({"content": (",".join(PLAIN) + ",x" * 1_000_000 + "\n").encode()}, 422, "file-refused"),
        ({"content": png}, 422, "file-refused"),
        ({"content": b"PK\x03\x04 and nothing else"}, 422, "file-refused"),
        ({"content": b"PAR1 and nothing else"}, 422, "file-refused"),
        ({"content": as_csv([HEADS])}, 422, "file-refused"),
        ({"content": b"\xff" * 1000}, 422, "file-refused"),
        ({"content": as_csv(table(line(1, revision="x"))) + b"\xff\xfe,\n"}, 422, "rows-refused"),
        ({"content": as_csv(table(line(1, revision="x")))}, 422, "rows-refused"),
        ({"content": as_csv(table(line(1), line(2, revision="x"))), "params": {"strict": "true"}}, 422, "rows-refused"),
        ({"content": b"x", "params": {"map": "/etc/passwd"}}, 400, "bad-parameter"),
        ({"content": b"x", "params": {"format": "pdf"}}, 400, "bad-parameter"),
        ({"content": b"x", "headers": {"content-encoding": "gzip"}}, 415, "content-encoding"),
        ({"content": b"--x\r\nno form", "headers": form}, 400, "not-a-form"),
        ({"content": b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nabc', "headers": form},
         400, "not-a-form"),
    ]  # fmt: skip
    for request, status, code in tries:
        answer = gateway.post("/v1/files/nil", **request)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text[:500]
        assert answer.json()["zh"]["mend"] != answer.json()["en"]["mend"]
    assert gateway.post("/v1/files/award", content=b"x").json()["code"] == "kind-not-permitted"
    assert gateway.post("/v1/files/nil", content=b"x", headers={"authorization": ""}).status_code == 401
    assert kept(hub, "nil") == {}
    assert rows(hub, "select count(*) from submission") == [(0,)]


async def twice(piece: bytes) -> AsyncIterator[bytes]:
    """A body of no announced length."""
    yield piece
    yield piece


def test_limits_of_files_are_told(hub: Hub, settings: Settings) -> None:
    narrow = dataclasses.replace(settings, file_bytes=4096, file_rows=2, http_upload_bytes=1 << 20)
    with served(hub, narrow) as gateway:
        large = gateway.post("/v1/files/nil", content=b"x" * 5000)
        assert (large.status_code, large.json()["limit_bytes"]) == (413, 4096)
        streamed = gateway.post("/v1/files/nil", content=twice(b"x" * 3000))
        assert streamed.json()["code"] == "file-too-large"
        long = gateway.post("/v1/files/nil", content=as_csv(table(line(1), line(2), line(3))))
        assert long.json()["code"] == "file-refused"
        many = [("POST", "/v1/files/nil", {"content": as_csv(table(line(n)))}) for n in range(8)]
        answers = gateway.together(*many)
        assert {answer.status_code for answer in answers} == {202, 429}
        assert {a.headers["retry-after"] for a in answers if a.status_code == 429} == {"5"}
    assert len(kept(hub, "nil")) == sum(answer.status_code == 202 for answer in answers)


def test_a_template_is_filled_in_and_uploaded_as_it_is(gateway: Caller) -> None:
    template = gateway.get("/v1/templates/nil?example=true", headers={"authorization": ""})
    assert template.headers["content-type"].startswith("application/vnd.openxml")
    answer = gateway.post("/v1/files/nil?name=零报告.xlsx", content=template.content)
    assert (answer.status_code, answer.json()["sent"]) == (202, 1), answer.text


def test_a_file_is_judged_row_by_row_without_being_sent(hub: Hub, gateway: Caller) -> None:
    content = as_csv(table(line(1), line(2, revision="0"), line(3, revision="x"), line(4, division="340200")))
    told = gateway.post("/v1/files/nil?validate=only", content=content).json()
    assert [one["verdict"] for one in told["rows"]] == ["accepted", "quarantined", "refused", "quarantined"]
    assert told["rows"][3]["findings"][0]["code"] == "HL-JUR-01"
    as_csv_ = gateway.post("/v1/files/nil?validate=only&format=csv", content=content)
    assert len(list(csv.reader(as_csv_.content.decode("utf-8-sig").splitlines()))) == 5
    assert kept(hub, "nil") == {}


def test_nothing_is_sent_of_a_file_that_breaks_off_and_the_gateway_goes_on(hub: Hub, tmp_path: Path) -> None:
    hub.publish_for(HEFEI, "nil")
    with hub.warehouse.batch() as connection:
        credentials.keep(connection, HEFEI, SECRETS[HEFEI])  # type: ignore[arg-type]
    gateway = Gateway(hub, tmp_path)
    gateway.start()
    try:
        until(gateway.ready, "the gateway is ready")
        content = as_csv(table(*(line(n) for n in range(200))))
        head = (f"POST /v1/files/nil HTTP/1.1\r\nhost: x\r\nauthorization: {login(HEFEI)['authorization']}\r\n"
                f"content-length: {len(content)}\r\n\r\n")  # fmt: skip
        port = int(gateway.address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(head.encode() + content[: len(content) // 2])
        until(lambda: "problem=broken-off" in gateway.log(), "the half file is refused")
        assert kept(hub, "nil") == {}
        whole = httpx.post(f"{gateway.address}/v1/files/nil", content=content, headers=login(HEFEI), trust_env=False)
        assert (whole.status_code, len(kept(hub, "nil"))) == (202, 200)
        assert SECRETS[HEFEI] not in gateway.log()
    finally:
        assert gateway.end(signal.SIGTERM) == 0
