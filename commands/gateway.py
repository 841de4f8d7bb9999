"""huiliu gateway: one way in alone, in the foreground until it is told to stop, on this machine or another."""

from __future__ import annotations

import sys

from commands import arguments
from deploy import certificates
from deploy.endpoints import resolve
from huiliu.language import text
from huiliu.settings import Settings

app = arguments.group()


@app.callback()
def gateway() -> None:
    """One way in alone."""


@app.command("http", help=text("HTTP 网关与模式注册表", "the HTTP gateway and the registry of schemas"))
def http() -> None:
    """Serve the running instance, or HUILIU_KAFKA and HUILIU_DATABASE; where: HUILIU_HTTP_HOST, HUILIU_HTTP_PORT."""
    settings = certificates.for_http(Settings.from_environment())
    endpoints = resolve(settings)
    from gateways.http.__main__ import run

    sys.exit(run(endpoints.kafka, endpoints.database, settings))


@app.command("hj212", help=text("HJ 212 网关", "the HJ 212 gateway"))
def hj212() -> None:
    """Serve the running instance, or HUILIU_KAFKA and HUILIU_DATABASE; where: HUILIU_HJ212_HOST, HUILIU_HJ212_PORT."""
    settings = Settings.from_environment()
    endpoints = resolve(settings)
    from gateways.hj212.server import run

    sys.exit(run(endpoints.kafka, endpoints.database, settings))
