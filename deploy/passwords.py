"""The instance's passwords: made once, kept in a file that only its owner reads, never in commands or logs."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from huiliu.private_file import private

NAME = "passwords.json"
BROKER = "broker.password"
OWNER = "huiliu"  # role and database of the warehouse: owns the tables, may make roles for readers, is no superuser


@dataclass(frozen=True)
class Passwords:
    """Passwords of the database's superuser and of the warehouse's owner; not shown when printed."""

    superuser: str = field(repr=False)
    database: str = field(repr=False)

    @classmethod
    def of(cls, home: Path) -> Passwords:
        """Those kept in an instance's folder, made first if they are not there."""
        path = home / NAME
        if not path.exists():
            private(path, json.dumps({"superuser": secrets.token_urlsafe(24), "database": secrets.token_urlsafe(24)}))
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def broker_password(home: Path) -> Path:
    """The file with the password of the hub's own user at the embedded broker, made first if it is not there."""
    path = home / BROKER
    if not path.exists():
        private(path, secrets.token_urlsafe(24) + "\n")
    return path
