"""Pin the broker's jars anew: python -m deploy.lock_jars KAFKA_VERSION writes kafka_jars.json.

Resolves Kafka's server and the slf4j binding that its own distribution uses, downloads every jar, compares it with the
checksum published beside it, and records coordinate, file name, size and SHA-256. A change of broker version is a
change of that one data file.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

from deploy.kafka_jars import PINS


def lock(kafka: str, folder: Path) -> dict[str, object]:
    """Resolve, download into the folder, and describe all jars of one broker version."""
    from jgo.maven import MavenContext, PythonResolver
    from jgo.parse import Coordinate

    context = MavenContext(repo_cache=folder, resolver=PythonResolver(), timeout=60)
    server = context.create_dependency(Coordinate.parse(f"org.apache.kafka:kafka_2.13:{kafka}"))
    inputs, transitive = context.resolver.resolve([server])
    # Not resolved together: the binding's own dependency management would pull kafka-clients back to 3.9.
    log4j = next(one.version for one in transitive if one.artifactId == "log4j-core")
    binding = context.create_dependency(Coordinate.parse(f"org.apache.logging.log4j:log4j-slf4j-impl:{log4j}"))
    jars = []
    for dependency in [*inputs, *transitive, binding]:
        path = Path(dependency.artifact.resolve())
        content = path.read_bytes()
        published = context.remote_repos["central"] + "/" + path.relative_to(folder).as_posix() + ".sha1"
        _compare(content, published)
        jars.append(
            {
                "coordinate": f"{dependency.groupId}:{dependency.artifactId}:{dependency.version}",
                "file": path.name,
                "bytes": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    jars.sort(key=lambda jar: str(jar["coordinate"]))
    return {"kafka": kafka, "jars": jars}


def _compare(content: bytes, published: str) -> None:
    import requests

    answer = requests.get(published, timeout=60)
    answer.raise_for_status()
    expected = answer.text.split()[0]
    found = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    if expected != found:
        raise SystemExit(f"{published}: expected {expected}, found {found}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        pinned = lock(sys.argv[1], Path(scratch))
    PINS.write_text(json.dumps(pinned, indent=1) + "\n", encoding="utf-8")
