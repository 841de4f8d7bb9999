"""Run a program that does not outlive its parent: python leash.py PARENT SIGNAL USER PROGRAM ARGUMENT…

Run as a script with nothing but the standard library. It changes to USER ("-" = stay), asks the kernel to send SIGNAL
when the parent dies (Linux; elsewhere leftovers are cleaned by their recorded pid), and becomes PROGRAM: same pid, so
that whoever waits for it waits for the program itself.
"""

from __future__ import annotations

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    """Give up root for good, groups first."""
    import pwd

    account = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ["HOME"] = account.pw_dir


def main(arguments: list[str]) -> None:
    """Change user, tie to the parent, become the program."""
    parent, signal, user, *program = arguments
    prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None
    if user != "-":
        become(user)  # before prctl: the kernel forgets the wish when the user changes
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):  # died before the wish was made
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - the program is chosen by deploy, never by input


if __name__ == "__main__":
    main(sys.argv[1:])
