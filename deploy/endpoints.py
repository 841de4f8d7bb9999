"""Where broker and warehouse are: as settings say, else those of the instance that runs in the home folder."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import quote

from deploy import record
from deploy.passwords import OWNER, Passwords
from deploy.record import Record
from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings


@dataclass(frozen=True)
class Endpoints:
    """kafka: the cluster; database: a postgresql:// URL with its password, therefore not shown when printed.

    publishers: the door by which publishers reach the cluster, where it is another than ours; web: the URL by which
    they reach the HTTP gateway and the registry, None where none is known.
    """

    kafka: Cluster
    database: str = field(repr=False)
    publishers: Cluster | None = None
    web: str | None = None

    @property
    def door(self) -> Cluster:
        """How a publisher reaches the cluster: without a name, which each has of its own."""
        return self.publishers or replace(self.kafka, user=None, password_file=None)


def resolve(settings: Settings) -> Endpoints:
    """The endpoints to use.

    :raises Unavailable: settings do not name both and no instance runs in the home folder.
    """
    if settings.cluster and settings.database:
        return Endpoints(settings.cluster, settings.database, settings.door, web(settings))
    known = running(settings)
    if known is None:
        raise Unavailable(
            text(
                f"{settings.home} 中没有运行中的汇流。请先执行 huiliu up，"
                "或设置 HUILIU_KAFKA 与 HUILIU_DATABASE 使用已有的集群和数据库。",
                f"No Huiliu runs in {settings.home}. Start one with: huiliu up, "
                "or set HUILIU_KAFKA and HUILIU_DATABASE to use an existing cluster and database.",
            )
        )
    return Endpoints(
        settings.cluster or known.kafka,
        settings.database or local_database(Passwords.of(settings.home), known.ports.database),
        settings.door if settings.cluster else known.publishers,
        web(settings),
    )


def running(settings: Settings) -> Record | None:
    """The instance that runs in the home folder, if one does."""
    known = record.load(settings.home)
    return known if known is not None and known.ready and known.owner.alive() else None


def web(settings: Settings) -> str | None:
    """The URL of the HTTP gateway, which is the registry too: as publishers are told, else of the one that runs."""
    known = running(settings)
    return settings.publishers_http or (known.gateways.get("gateway-http") if known is not None else None)


def local_database(passwords: Passwords, port: int) -> str:
    """The URL of an embedded warehouse as its owner, password inside: never print it."""
    return f"postgresql://{OWNER}:{quote(passwords.database, safe='')}@127.0.0.1:{port}/{OWNER}"
