"""Where a lower hub's Kafka is, as people say it: a folder, a file or servers."""

from __future__ import annotations

from pathlib import Path

from commands.errors import CommandError
from deploy.endpoints import running
from huiliu import client_file
from huiliu.kafka import Cluster
from huiliu.language import text
from huiliu.settings import Settings


def cluster_of(given: str, ours: Cluster) -> Cluster:
    """The lower hub's cluster as it was given. Raises CommandError, ClientFileError, for our own too."""
    path = Path(given).expanduser()
    if (path / "instance.json").is_file():
        known = running(Settings.from_environment({"HUILIU_HOME": str(path)}))
        if known is None:
            raise CommandError(
                text(f"{path} 中没有运行中的汇流。请在那里执行 huiliu up。",
                     f"No Huiliu runs in {path}. Start it there with: huiliu up")
            )  # fmt: skip
        found: Cluster = known.kafka
    else:
        found = client_file.read(path) if path.exists() else client_file.given(given)
    if found.servers == ours.servers:
        raise CommandError(
            text(
                f"{found} 就是本枢纽的 Kafka。请给出下级枢纽的。",
                f"{found} is this hub's own Kafka. Give the lower hub's.",
            )
        )
    return found
