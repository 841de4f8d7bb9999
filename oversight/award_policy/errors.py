"""What the award policy engine refuses.

HuiliuError
└── AwardPolicyError
    ├── ClaimRefused      a claim says what its clause does not know, or an impossible number
    └── CriteriaRefused   a file of criteria or recognitions says something that cannot be
"""

from __future__ import annotations

from huiliu.errors import HuiliuError


class AwardPolicyError(HuiliuError):
    """Something about award policies that the message names."""


class ClaimRefused(AwardPolicyError):  # noqa: N818 (what happened to a claim)
    """A claim cannot be assessed as it stands; the message says what to change."""


class CriteriaRefused(AwardPolicyError):  # noqa: N818 (what happened to a file)
    """A file of criteria or recognitions cannot be used; names the file, the entry and what is allowed."""
