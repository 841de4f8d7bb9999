"""The same natural key and revision with other content: nobody can say which is right, so the later one is refused.

Both are kept: the one that came first as the fact, the other in quarantine. Decided while revisions are folded.
"""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="HL-CONFLICT-01",
    kinds=ALL_KINDS,
    layer=Layer.HISTORY,
    severity=Severity.ERROR,
    field="revision",
    norm="数据契约：更正须提高修订号",
    zh="修订号 {value} 已报送过内容不同的同一事项",
    en="revision {value} of this object was already reported with other content",
    mend_zh="如为更正，将修订号改为 {expected} 以上后重报；如为误报，无需处理",
    mend_en="if it is a correction, report it with a revision of {expected} or more; otherwise nothing need be done",
    good={"revision": 2},
    bad={"revision": 1},
    decided_by="streams.fold",
)
