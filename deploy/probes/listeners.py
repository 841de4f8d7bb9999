"""Every listener of a cluster, those that it advertises too: its name, its port, its TLS, and who one is there.

A client connects to the bootstrap servers only to be told where the brokers are (advertised.listeners), and then to
those: a name that only the broker's own network knows lets the first connection succeed and every other fail.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from deploy.diagnosis import Check
from huiliu import kafka_login
from huiliu.kafka import Cluster
from huiliu.language import text

SECONDS: Final = 5.0  # for one connection
EXPIRES_SOON: Final = 30  # days

Server = tuple[str, int]

#: OpenSSL's verify codes: a chain that leads to nobody known; the others are named where they are used.
_UNKNOWN: Final = (2, 18, 19, 20, 21)
_NOT_YET, _EXPIRED, _HOST, _ADDRESS = 9, 10, 62, 64


def probed(cluster: Cluster, secret: str) -> Iterator[Check]:
    """All listeners, then the login; the advertised ones once the first that lets us in has named them."""
    told: list[Server] = []
    login: Check | None = None
    for server in cluster.servers:
        found = listener(server, cluster)
        yield found
        if found.outcome == "failed" or told:
            continue
        login, told = logged_in(server, cluster, secret)
    yield login or unseen("login")
    for server in told:
        if server not in cluster.servers:
            yield listener(server, cluster, advertised=True)
    if not told:
        yield unseen("advertised")


def unseen(name: str) -> Check:
    """A probe that another's failure kept from running."""
    found = text("未能检查：前面的检查没有通过", "could not be looked at: what it needs has failed")
    return Check(name, "unknown", found, text("先修复上面的问题再查一次", "mend what is above and look again"))


def listener(server: Server, cluster: Cluster, *, advertised: bool = False) -> Check:
    """One listener: its name resolves, its port answers, and its TLS, where there is any, can be trusted."""
    host, port = server
    name = f"{'advertised' if advertised else 'listener'} {host}:{port}"
    lead = _advertised(cluster) if advertised else ""
    try:
        socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as fault:
        mend = lead or text(f"请在 DNS 或 /etc/hosts 中加入 {host}", f"add {host} to DNS or /etc/hosts")
        return Check(name, "failed", text(f"无法解析 {host}：{fault}", f"{host} cannot be resolved: {fault}"), mend)
    try:
        with socket.create_connection(server, SECONDS) as plain:
            if cluster.encrypted:
                return _secured(name, plain, host, cluster)
            return Check(name, "good", text("可连接，未加密", "open, not encrypted"))
    except ssl.SSLError as fault:
        return _untrusted(name, fault, cluster)
    except OSError as fault:
        mend = lead or text(
            f"请核对地址与端口，并在防火墙放行到 {host}:{port} 的 TCP",
            f"check address and port, and let TCP to {host}:{port} through the firewall",
        )
        return Check(name, "failed", text(f"连接不上：{fault}", f"cannot connect: {fault}"), mend)


def _advertised(cluster: Cluster) -> str:
    return text(
        f"集群要客户端改连此地址：请管理员把 advertised.listeners 改为报送单位可达的名称（如 {cluster.servers[0][0]}）",
        "the cluster sends its clients there: have its administrator set advertised.listeners to a name that "
        f"clients can reach (such as {cluster.servers[0][0]})",
    )


def _secured(name: str, plain: socket.socket, host: str, cluster: Cluster) -> Check:
    with cluster.tls().wrap_socket(plain, server_hostname=host) as secured:
        certificate = secured.getpeercert() or {}
        version = secured.version() or "TLS"
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    days = (ends - datetime.now(UTC)).days
    found = text(f"{version}，证书至 {ends:%Y-%m-%d}", f"{version}, certificate until {ends:%Y-%m-%d}")
    if days >= EXPIRES_SOON:
        return Check(name, "good", found)
    mend = text(f"请在 {days} 天内更换证书", f"renew the certificate within {days} days")
    return Check(name, "warning", found, mend)


def _untrusted(name: str, fault: ssl.SSLError, cluster: Cluster) -> Check:
    code = fault.verify_code if isinstance(fault, ssl.SSLCertVerificationError) else None
    if code == _EXPIRED:
        mend = text("请更换此监听的证书", "renew the certificate of this listener")
        return Check(name, "failed", text("证书已过期", "the certificate has expired"), mend)
    if code == _NOT_YET:
        mend = text("请校准本机时钟，或更换证书", "set this machine's clock, or renew the certificate")
        return Check(name, "failed", text("证书尚未生效", "the certificate is not valid yet"), mend)
    if code in (_HOST, _ADDRESS):
        mend = text(
            "请改用证书中的名称连接，或为证书加上此名称", "connect by a name in the certificate, or add this one"
        )
        found = text("证书没有这个名称", "the certificate does not have this name")
        return Check(name, "failed", found, mend)
    if code in _UNKNOWN:
        mend = text("请使用枢纽的 ca.pem（ssl.ca.location）", "trust the hub's own ca.pem (ssl.ca.location)")
        found = text("证书签发者不受信任", "nobody trusted has signed the certificate")
        return Check(name, "failed", f"{found} ({cluster.ca or 'system CA'})", mend)
    mend = text(
        "此端口可能不是 TLS：请核对端口与 security.protocol", "perhaps no TLS there: check port and security.protocol"
    )
    return Check(
        name, "failed", text(f"TLS 握手失败：{fault.reason}", f"the TLS handshake failed: {fault.reason}"), mend
    )


def logged_in(server: Server, cluster: Cluster, secret: str) -> tuple[Check, list[Server]]:
    """Whether the user and secret are let in there, and the listeners that the cluster sends its clients to."""
    from aiokafka.errors import KafkaError

    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # what goes wrong is told by the check
    try:
        told = asyncio.run(asyncio.wait_for(_metadata(server, cluster, secret), 3 * SECONDS))
    except (KafkaError, OSError, TimeoutError, ValueError) as fault:
        return _refused(fault, cluster), []
    user = cluster.user if cluster.authenticated else text("无需登录", "nobody asks who one is")
    return Check("login", "good", f"{user} ({cluster.security})"), told


async def _metadata(server: Server, cluster: Cluster, secret: str) -> list[Server]:
    from aiokafka.protocol.metadata import MetadataRequest

    async with kafka_login.logged_in(server, cluster, secret, "huiliu-doctor", SECONDS) as connection:
        answer = await connection.send(MetadataRequest([]))
    return [(str(host), int(port)) for _, host, port, *_ in answer.brokers]


def _refused(fault: Exception, cluster: Cluster) -> Check:
    told = type(fault).__name__
    if "Authentication" in told or "Sasl" in told or isinstance(fault, ValueError):
        mend = text(
            "请核对用户名与口令文件；遗失或已停用时请管理员执行 huiliu publisher rotate 或 resume",
            "check user and secret; where they are lost or suspended: huiliu publisher rotate, or resume",
        )
        found = text(f"{cluster.user} 的口令不被接受", f"the secret of {cluster.user} is not accepted")
        return Check("login", "failed", f"{found} ({told})", mend)
    mend = text(
        f"请核对 security.protocol（现为 {cluster.security}）与此端口是否相符",
        f"check that security.protocol ({cluster.security}) is what this port speaks",
    )
    return Check("login", "failed", text(f"没有应答：{told}", f"no answer: {told}"), mend)
