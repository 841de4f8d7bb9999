"""How many files, and so connections, this process may have open."""

from __future__ import annotations


def many_files() -> int:
    """As many open files as the system lets this process have, one for each connection; returns how many that are."""
    import resource  # not on Windows, where nobody serves monitors

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1_048_576 if hard == resource.RLIM_INFINITY else hard
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
