"""The errors of reports.

HuiliuError
└── ReportError              a report that cannot be made, issued or read
    ├── ControlDiffers       figures and control totals are not equal: no report is made of them
    ├── NotASnapshot         bytes that are no snapshot of this format
    └── NotTypeset           the PDF could not be set: a font or a template is missing
"""

from __future__ import annotations

from huiliu.errors import HuiliuError


class ReportError(HuiliuError):
    """A report that cannot be made, issued or read; the message says what to do."""


class ControlDiffers(ReportError):  # noqa: N818 (a state, named as people say it)
    """Figures and control totals are not equal: no report is made of them."""


class NotASnapshot(ReportError):  # noqa: N818 (a state)
    """Bytes that are no snapshot of this format."""


class NotTypeset(ReportError):  # noqa: N818 (a state)
    """The PDF could not be set: a font or a template is missing."""
