"""Letting a publisher in, changing its secret, shutting it out and letting it in again: step by step, each repeatable.

Admitting, in this order:

1. its topics, before anybody may look for them;
2. its row in the warehouse, from which workers and gateways know it;
3. what it may do at the broker, and how much it may send;
4. its secret at the broker, then the verifier in the warehouse. The secret comes last: whoever is stopped half-way
   repeats the command, and no secret is in force that nobody was shown.

Shutting out goes the other way about: the warehouse first (gateways refuse from the next request on), then the rules
(the broker refuses at once on connections that are open), then the secret (nobody connects any more). A step that
fails ends the command; its message says what was done, and that repeating it goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from commands.client_settings import MECHANISM
from commands.errors import CommandError
from commands.warehouse import writing
from deploy import access
from deploy.endpoints import Endpoints
from deploy.errors import NoAuthorizerError
from deploy.probes import listeners
from deploy.topics import ensure, publisher_topics
from huiliu.division import DivisionCode
from huiliu.errors import HuiliuError
from huiliu.kafka import Cluster
from huiliu.language import text
from schemas import topics
from sinks import credentials, publishers
from sinks.credentials import user_of
from sinks.publishers import Publisher

TAKING_UP: Final = 5.0  #: seconds that a new secret may take to be in force before we go on


@dataclass
class Steps:
    """What a command has done so far. ``unset``: what the cluster has no means for, with the reason."""

    done: list[str] = field(default_factory=list)
    unset: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step. Raises CommandError that says what was done before it and how to go on."""
        try:
            yield
        except HuiliuError as fault:
            before = "、".join(self.done) or text("无", "nothing")
            raise CommandError(
                text(
                    f"未完成：{what}。{fault}\n已完成：{before}。排除故障后重复同一命令即可继续。",
                    f"Not done: {what}. {fault}\nDone: {before}. Mend it and repeat the command to go on.",
                )
            ) from fault
        self.done.append(what)

    def authorize(self, what: str, act: Callable[[], None]) -> None:
        """A step at the broker that a cluster without authorizer has no means for; then it is said and passed over."""
        try:
            with self.step(what):
                act()
        except CommandError as failed:
            if not isinstance(failed.__cause__, NoAuthorizerError):
                raise
            self.unset.append(f"{what}: {failed.__cause__}")


def admit(endpoints: Endpoints, publisher: Publisher, partitions: int, rate: int | None) -> Steps:
    """Steps 1 to 3. ``rate``: bytes a second that it may send; None leaves what is set, or sets the usual."""
    steps, division = Steps(), publisher.division
    with steps.step(text("主题", "topics")):
        names = [topics.PUBLISHERS, *publisher_topics(division, publisher.kinds)]
        steps.made += ensure(endpoints.kafka, names, partitions)
    with steps.step(text("登记", "register")), writing(endpoints) as connection:
        publishers.add(connection, publisher)
    if not publisher.suspended:
        _open(steps, endpoints, division, publisher.kinds, rate)
    return steps


def _open(steps: Steps, endpoints: Endpoints, division: DivisionCode, kinds: Sequence[str], rate: int | None) -> None:
    user = user_of(division)
    if not endpoints.kafka.authenticated:
        steps.unset.append(
            text(
                "Kafka 的口令、访问规则与配额：该集群不要求认证，任何能连上的人都可读写",
                "secret, rules and quota at Kafka: the cluster asks nobody who they are, and lets everybody do all",
            )
        )
        return
    steps.authorize(text("访问规则", "rules"), lambda: access.grant(endpoints.kafka, user, division, kinds))
    with steps.step(text("配额", "quota")):
        wanted = rate if rate is not None else access.limited(endpoints.kafka, user) or access.USUAL_RATE
        access.limit(endpoints.kafka, user, wanted)


def give_secret(steps: Steps, endpoints: Endpoints, division: DivisionCode, secret: str) -> None:
    """Step 4: this secret is in force from now on, an earlier one is not."""
    if endpoints.kafka.authenticated:
        with steps.step(text("Kafka 口令", "secret at Kafka")):
            access.set_secret(endpoints.kafka, user_of(division), secret)
            taken_up(endpoints.kafka, user_of(division), secret)
    with steps.step(text("网关口令", "secret at the gateways")), writing(endpoints) as connection:
        credentials.keep(connection, division, secret)


def taken_up(kafka: Cluster, user: str, secret: str) -> None:
    """Wait until a broker lets the user in by this secret: it takes a moment, in which a right one would be refused.

    No longer than TAKING_UP; not at all where we are let in by other means than the user will be.
    """
    deadline, theirs = time.monotonic() + TAKING_UP, replace(kafka, user=user)
    while kafka.mechanism == MECHANISM and time.monotonic() < deadline:
        told, _ = listeners.logged_in(kafka.servers[0], theirs, secret)
        if told.outcome == "good":
            return
        time.sleep(0.1)


def shut_out(endpoints: Endpoints, division: DivisionCode) -> Steps:
    """The publisher can do nothing any more; what it sent stays and is still loaded."""
    steps, user = Steps(), user_of(division)
    with steps.step(text("登记为暂停", "registered as suspended")), writing(endpoints) as connection:
        publishers.suspend(connection, division, suspended=True)
        credentials.forget(connection, division)
    if not endpoints.kafka.authenticated:
        steps.unset.append(
            text(
                "该集群不要求认证，无法阻止其直接向 Kafka 发送",
                "the cluster asks nobody who they are: sending to Kafka itself cannot be stopped",
            )
        )
        return steps
    steps.authorize(text("撤销访问规则", "rules revoked"), lambda: access.revoke(endpoints.kafka, user))
    with steps.step(text("删除 Kafka 口令", "secret at Kafka removed")):
        access.remove_secret(endpoints.kafka, user)
    return steps


def let_in_again(endpoints: Endpoints, publisher: Publisher, secret: str) -> Steps:
    """What it could do before, with a new secret."""
    steps = Steps()
    with steps.step(text("登记为正常", "registered as active")), writing(endpoints) as connection:
        publishers.suspend(connection, publisher.division, suspended=False)
    _open(steps, endpoints, publisher.division, publisher.kinds, None)
    give_secret(steps, endpoints, publisher.division, secret)
    return steps
