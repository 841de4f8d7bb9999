"""Whether Kafka lets us in, and if not, why: asked before a client is made.

One connection is made to each server in turn, and what it met is told in a sentence with what to do.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from huiliu import kafka_login
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu_publisher.errors import DoorClosed

_SECONDS: Final = 8.0  #: for one server
_REFUSED: Final = ("Authentication", "Sasl", "IllegalSaslState", "UnsupportedSaslMechanism")


def enter(cluster: Cluster) -> None:
    """Return if some server lets us in. Raises DoorClosed where one refuses us, OSError where none can be reached."""
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # what goes wrong is told by the exception
    failed: Exception | None = None
    for server in cluster.servers:
        try:
            with ThreadPoolExecutor(1) as other:  # the caller may have a loop of its own
                other.submit(asyncio.run, _login(server, cluster)).result()
                return
        except Exception as fault:  # whatever kept us out: another server may let us in
            failed = fault if failed is None or not _certain(failed) else failed
    if failed is not None:
        raise _told(cluster, failed) from failed


async def _login(server: tuple[str, int], cluster: Cluster) -> None:
    async with (
        asyncio.timeout(_SECONDS),
        kafka_login.logged_in(server, cluster, cluster.password(), "huiliu-publisher", _SECONDS),
    ):
        pass  # nothing is asked: to be let in is the answer


def _certain(fault: Exception) -> bool:
    """Whether trying again will not help: somebody answered, and refused."""
    return isinstance(fault, ssl.SSLError | ValueError) or _refuses(fault)


def _refuses(fault: Exception) -> bool:
    return any(word in type(fault).__name__ for word in _REFUSED)


def _told(cluster: Cluster, fault: Exception) -> Exception:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return DoorClosed(_untrusted(cluster, fault))
    if _refuses(fault) or isinstance(fault, ValueError):
        return DoorClosed(
            text(
                f"{cluster} 不接受用户 {cluster.user} 的口令（{type(fault).__name__}）。请核对口令文件；"
                "已换发、遗失或停用时，请管理员执行 huiliu publisher rotate 或 resume 并转交新的目录。",
                f"{cluster} does not accept the secret of {cluster.user} ({type(fault).__name__}). Check the file of "
                "the secret; where it was rotated, lost or suspended have the administrator run huiliu publisher "
                "rotate, or resume, and hand over the new folder.",
            )
        )
    if isinstance(fault, ssl.SSLError) or not isinstance(fault, OSError | TimeoutError):
        return DoorClosed(
            text(
                f"{cluster} 的应答不是 {cluster.security} 的（{type(fault).__name__}）："
                "请核对端口与 security.protocol，枢纽的报送端口为 SASL_SSL。",
                f"{cluster} does not answer as {cluster.security} does ({type(fault).__name__}): check port and "
                "security.protocol; the hub's door for publishers is SASL_SSL.",
            )
        )
    return fault if isinstance(fault, OSError) else OSError(f"{type(fault).__name__}: {fault}")


def _untrusted(cluster: Cluster, fault: ssl.SSLCertVerificationError) -> str:
    ca = cluster.ca or text("系统的 CA", "the system's CA")
    return text(
        f"{cluster} 的证书不受信任（{fault.verify_message}；信任的是 {ca}）。请使用枢纽给出的 ca.pem；"
        "名称不符时，请用证书中的名称连接。",
        f"The certificate of {cluster} is not trusted ({fault.verify_message}; what is trusted: {ca}). Use the hub's "
        "own ca.pem; where the name does not match, connect by a name that the certificate has.",
    )
