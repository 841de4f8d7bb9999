"""The account that PostgreSQL runs as when we are root: it refuses to be root itself."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from deploy.errors import AccountError
from huiliu.language import text

NAME = "pgserver"  # the name that the package with the PostgreSQL programs uses as well


def account() -> str | None:
    """The account's name, made if it is not there; None when we are an ordinary user and nothing needs to change."""
    if os.geteuid() != 0:
        return None
    if not exists():
        _make()
    return NAME


def exists() -> bool:
    """True when the account is there."""
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        return False
    return True


def can_be_made() -> bool:
    """True when there is a program to make it."""
    return _useradd() is not None


def _useradd() -> str | None:
    return shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def _make() -> None:
    program = _useradd()
    made = program is not None and (
        subprocess.run(
            [program, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
            capture_output=True,
            check=False,
        ).returncode
        == 0
    )
    if not made and not exists():  # another process may have made it meanwhile
        raise AccountError(
            text(
                f"PostgreSQL 不能以 root 身份运行，且无法创建系统用户 {NAME}（缺少 useradd 或权限不足）。"
                f"请以普通用户运行，或先执行 useradd --system {NAME}。",
                f"PostgreSQL must not run as root and the system user {NAME} cannot be made "
                f"(useradd missing or refused). Run as an ordinary user, or run useradd --system {NAME} first.",
            )
        )


def own(path: Path, user: str | None) -> None:
    """Give a file or folder to the account (nothing to do for an ordinary user)."""
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(path, entry.pw_uid, entry.pw_gid)


def let_through(path: Path, user: str | None) -> None:
    """Let the account pass through the folders above path: it gains the right to enter them, not to list or read."""
    if user is None:
        return
    for folder in path.resolve().parents:
        mode = stat.S_IMODE(folder.stat().st_mode)
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
