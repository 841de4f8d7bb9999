"""Who may do what at the broker: users with their secrets, rules topic by topic, and how much each may send.

All through kafka-python's admin client, as often as one likes: what is there already stays as it is. A publisher may
write its own intake topics, read its own receipts, quarantine and directives, with consumer groups and transactions
whose names begin with its own. Nothing else: where no rule lets somebody in, Kafka's authorizer refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deploy.cluster import admin
from deploy.errors import AccessError, NoAuthorizerError
from huiliu.kafka import Cluster
from huiliu.language import text
from schemas import topics

if TYPE_CHECKING:
    from kafka.admin import ACL, ACLFilter, KafkaAdminClient

ITERATIONS: Final = 4096  #: of SCRAM: the secrets are random, so more would cost and not protect
USUAL_RATE: Final = 10 * 1024 * 1024  #: bytes a second: some 70,000 readings, and a quarter of what one hub loads
RATE: Final = "producer_byte_rate"  #: Kafka's name of what a user may send, bytes a second


def set_secret(kafka: Cluster, user: str, secret: str) -> None:
    """Let the user in by this secret and no other (SCRAM-SHA-512). The secret itself is not sent: its salted hash is.

    :raises Unavailable: the cluster does not answer; :raises AccessError: it refuses.
    """
    from kafka.admin import ScramMechanism, UserScramCredentialUpsertion

    with admin(kafka) as client:
        told = UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, secret, ITERATIONS)
        _credential(client, user, told)


def remove_secret(kafka: Cluster, user: str) -> None:
    """Nobody gets in under this name any more; one who is not there is no fault. Raises Unavailable, AccessError."""
    from kafka.admin import ScramMechanism, UserScramCredentialDeletion

    with admin(kafka) as client:
        if user in users(client):
            _credential(client, user, UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512))


def users(client: KafkaAdminClient) -> set[str]:
    """Everybody with a secret."""
    return set(client.describe_user_scram_credentials())


def grant(kafka: Cluster, user: str, division: str, kinds: Iterable[str]) -> None:
    """Let the publisher of a division do what it may. Raises Unavailable, AccessError.

    All rules are sent, also those that are there: a broker tells for a moment of rules that were taken away.
    """
    with admin(kafka) as client, _authorizing():
        refused = client.create_acls(rules(user, division, kinds))["failed"]
    if refused:
        raise _refusal(refused[0].__name__)


def grant_reading(kafka: Cluster, user: str) -> None:
    """Let the user read what the hub tells everybody (``province.*``) and nothing else.

    With consumer groups whose names begin with its own; a hub above needs none. Raises Unavailable, AccessError.
    """
    from kafka.admin import ACLOperation, ACLResourcePatternType, ResourceType

    prefixed = ACLResourcePatternType.PREFIXED
    told = [(ResourceType.TOPIC, topics.province_topic("")), (ResourceType.GROUP, user)]
    with admin(kafka) as client, _authorizing():
        refused = client.create_acls([_allow(user, *one, prefixed, ACLOperation.READ) for one in told])["failed"]
    if refused:
        raise _refusal(refused[0].__name__)


def revoke(kafka: Cluster, user: str) -> None:
    """Let the user do nothing any more, also on connections that are open. Raises Unavailable, AccessError."""
    from kafka.errors import NoError

    with admin(kafka) as client, _authorizing():
        for _, _, error in client.delete_acls([_of(user)]):
            if error is not NoError:
                raise _refusal(error.__name__)


def limit(kafka: Cluster, user: str, bytes_a_second: int) -> None:
    """Slow the user down to this many bytes a second and broker. Raises Unavailable, AccessError."""
    from kafka.protocol.admin import AlterClientQuotasRequest as Request

    entity = Request.EntryData.EntityData(entity_type="user", entity_name=user)
    change = Request.EntryData.OpData(key=RATE, value=float(bytes_a_second), remove=False)
    request = Request(entries=[Request.EntryData(entity=[entity], ops=[change])], validate_only=False)
    with admin(kafka) as client:
        answer = client._manager.run(client._manager.send, request)
    for entry in answer.entries:
        if entry.error_code:
            raise _refusal(entry.error_message or str(entry.error_code))


def reload_keystore(kafka: Cluster, keystore: Path) -> None:
    """Have the embedded broker read the file of its door for publishers again, while it runs.

    The setting is taken back at once: what the settings file says goes on to hold, wherever the home is moved to.
    Raises Unavailable, AccessError.
    """
    from kafka.admin import AlterConfigOp, ConfigResource, ConfigResourceType

    name = "listener.name.publishers.ssl.keystore.location"
    with admin(kafka) as client:
        for operation, value in ((AlterConfigOp.SET, str(keystore)), (AlterConfigOp.DELETE, None)):
            told = ConfigResource(ConfigResourceType.BROKER, "1", {name: (operation, value)})
            answer = client.alter_configs([told], raise_on_unknown=False, incremental=True)
            (result,) = answer["broker"].values()
            if str(result) != "OK":
                raise _refusal(str(result))


def limited(kafka: Cluster, user: str) -> int | None:
    """Bytes a second that the user may send; None where nothing says so. Raises Unavailable."""
    from kafka.protocol.admin import DescribeClientQuotasRequest as Request

    component = Request.ComponentData(entity_type="user", match_type=0, match=user)
    with admin(kafka) as client:
        answer = client._manager.run(client._manager.send, Request(components=[component], strict=True))
    values = {value.key: value.value for entry in answer.entries or () for value in entry.values}
    return int(values[RATE]) if RATE in values else None


def rules(user: str, division: str, kinds: Iterable[str]) -> list[ACL]:
    """What a publisher may do. To write or to read a topic is to see it; to write is also to write idempotently."""
    from kafka.admin import ACLOperation, ACLResourcePatternType, ResourceType

    literal, prefixed = ACLResourcePatternType.LITERAL, ACLResourcePatternType.PREFIXED
    back = (topics.receipts_topic(division), topics.quarantine_topic(division), topics.directives_topic(division))
    return [
        *(_allow(user, ResourceType.TOPIC, topics.intake_topic(division, kind), literal, ACLOperation.WRITE)
          for kind in kinds),
        *(_allow(user, ResourceType.TOPIC, name, literal, ACLOperation.READ) for name in back),
        _allow(user, ResourceType.GROUP, user, prefixed, ACLOperation.READ),
        _allow(user, ResourceType.TRANSACTIONAL_ID, user, prefixed, ACLOperation.WRITE),
    ]  # fmt: skip


def _allow(user: str, resource: Any, name: str, pattern: Any, operation: Any) -> ACL:
    from kafka.admin import ACL, ACLPermissionType, ResourcePattern

    return ACL(f"User:{user}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(resource, name, pattern))


def _of(user: str) -> ACLFilter:
    """All rules about a user."""
    from kafka.admin import (
        ACLFilter,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ResourcePatternFilter,
        ResourceType,
    )

    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    return ACLFilter(f"User:{user}", None, ACLOperation.ANY, ACLPermissionType.ANY, anything)


def _credential(client: KafkaAdminClient, user: str, change: object) -> None:
    reason = client.alter_user_scram_credentials([change])[user]
    if reason is not None:
        raise _refusal(reason)


@contextmanager
def _authorizing() -> Iterator[None]:
    """A cluster without an authorizer, or one that does not let us: said as what it is."""
    from kafka.errors import AuthorizationError, SecurityDisabledError

    try:
        yield
    except SecurityDisabledError as fault:
        raise NoAuthorizerError(
            text(
                "该集群没有启用授权（authorizer），任何登录者都可读写",
                "the cluster has no authorizer: whoever logs in may do all",
            )
        ) from fault
    except AuthorizationError as fault:
        raise _refusal(type(fault).__name__) from fault


def _refusal(reason: str) -> AccessError:
    return AccessError(
        text(
            f"集群拒绝更改访问权限：{reason}。本机在该集群上的用户须有 Cluster 的 Alter、AlterConfigs 权限。",
            f"The cluster refuses to change who may do what: {reason}. Our user there needs Alter and AlterConfigs on "
            "the cluster.",
        )
    )
