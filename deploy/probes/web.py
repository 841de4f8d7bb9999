"""The registry of schemas and the HTTP gateway, as a client meets them: reachable, in step with us, letting us in."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from deploy.diagnosis import Check
from deploy.probes import clocks
from huiliu.kafka import Cluster
from huiliu.language import text
from schemas.contract import KINDS, versions

SECONDS: Final = 5.0
_LONGEST: Final = 4 << 20  # bytes of an answer


@dataclass(frozen=True)
class Answer:
    """What a server said, and the times around it."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    before: datetime
    after: datetime

    def json(self) -> Any:
        """The body; None where it is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


def get(url: str, cluster: Cluster, login: str | None = None) -> Answer:
    """Ask; an answer of any status is an answer. Raises OSError, ValueError where there is none.

    ``login``: ``user:secret`` for HTTP Basic.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(text(f"{url} 不是 http(s) 地址", f"{url} is no http(s) address"))
    request = urllib.request.Request(url, headers={"User-Agent": "huiliu-doctor"})  # noqa: S310 (scheme is checked)
    if login is not None:
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    context = cluster.tls() if url.startswith("https:") else None
    before = clocks.now()
    try:
        with urllib.request.urlopen(request, timeout=SECONDS, context=context) as answer:  # noqa: S310
            return Answer(answer.status, answer.read(_LONGEST), dict(answer.headers), before, clocks.now())
    except urllib.error.HTTPError as refused:
        with refused:
            return Answer(refused.code, refused.read(_LONGEST), dict(refused.headers), before, clocks.now())


def registry(url: str, cluster: Cluster) -> Iterator[Check]:
    """Each contract by its id is there and says what ours says; then the clock."""
    base, different, last = url.rstrip("/"), [], None
    try:
        for schema_id, shipped in _shipped():
            last = get(f"{base}/schemas/ids/{schema_id}", cluster)
            told = (last.json() or {}) if last.status == 200 else {}
            if not isinstance(told, dict) or _parsed(told.get("schema")) != shipped:
                different.append(f"{schema_id} ({last.status})")
    except (OSError, ValueError) as fault:
        yield _silent("registry", url, fault)
        return
    if different:
        found = text("与本程序不同的模式编号：", "schema ids that differ from ours: ") + ", ".join(different)
        mend = text("请把客户端与枢纽升级到同一版本，并核对地址", "bring client and hub to one version, check the URL")
        yield Check("registry", "failed", found, mend)
    else:
        yield Check("registry", "good", text(f"{len(_shipped())} 个模式相符", f"{len(_shipped())} schemas are ours"))
    if last is not None:
        yield from _clock("clock registry", last)


def _shipped() -> list[tuple[int, Any]]:
    return [(one.schema_id, dict(one.schema)) for kind in KINDS for one in versions(kind)]


def _parsed(schema: object) -> Any:
    try:
        return json.loads(schema) if isinstance(schema, str) else None
    except ValueError:
        return None


def gateway(url: str, cluster: Cluster, login: str | None) -> Iterator[Check]:
    """It is ready, lets us in with our secret, and nobody without; then the clock."""
    base = url.rstrip("/")
    try:
        ready = get(f"{base}/ready", cluster)
        bare = get(f"{base}/v1/receipts?limit=1", cluster)
        ours = get(f"{base}/v1/receipts?limit=1", cluster, login) if login is not None else None
    except (OSError, ValueError) as fault:
        yield _silent("http", url, fault)
        return
    yield _ready(ready)
    yield _access(bare, ours)
    yield from _clock("clock http", ready)


def _ready(answer: Answer) -> Check:
    if answer.status == 200:
        return Check("http", "good", text("就绪", "ready"))
    mend = text("请管理员查看 huiliu status", "have the administrator look at huiliu status")
    if answer.status == 404:
        mend = text("请核对地址：应为网关的根地址", "check the URL: it is the root of the gateway")
    return Check("http", "failed", f"/ready: {answer.status} {answer.body[:120].decode(errors='replace')}", mend)


def _access(bare: Answer, ours: Answer | None) -> Check:
    if bare.status != 401:
        mend = text("网关应要求登录：请管理员核对", "the gateway must ask who one is: tell the administrator")
        return Check("http login", "failed", text(f"未登录得到 {bare.status}", f"{bare.status} without login"), mend)
    if ours is None:
        found = text("要求登录；未给口令，未再检查", "it asks who one is; no secret was given to try")
        return Check(
            "http login", "skipped", found, text("用 --client 给出客户端文件", "give the client's file by --client")
        )
    if ours.status == 200:
        return Check("http login", "good", text("口令被接受", "our secret is accepted"))
    mend = text(
        "请核对口令，或请管理员换发：huiliu publisher rotate",
        "check the secret, or get a new one: huiliu publisher rotate",
    )
    return Check("http login", "failed", text(f"得到 {ours.status}", f"answer {ours.status}"), mend)


def _clock(name: str, answer: Answer) -> Iterator[Check]:
    told = {name.lower(): value for name, value in answer.headers.items()}.get("date")
    try:
        theirs = parsedate_to_datetime(told) if told else None
    except ValueError:
        theirs = None
    if theirs is None:
        yield Check(
            name, "unknown", text("应答没有 Date", "the answer has no Date"), text("请核对地址", "check the URL")
        )
    else:
        yield clocks.compared(name, theirs, answer.before, answer.after, grain=1.0)


def _silent(name: str, url: str, fault: Exception) -> Check:
    reason = getattr(fault, "reason", fault)
    if isinstance(reason, ssl.SSLCertVerificationError):
        mend = text(
            "请使用枢纽的 ca.pem，并按证书中的名称连接", "trust the hub's ca.pem, and use a name of its certificate"
        )
    else:
        mend = text("请核对地址、端口与防火墙", "check address, port and firewall")
    return Check(name, "failed", text(f"{url} 没有应答：{reason}", f"{url} does not answer: {reason}"), mend)
