"""The SDK against a real broker: away, back, and the hub's answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from huiliu.errors import Unavailable
from huiliu.kafka import Cluster
from huiliu_publisher import Publisher
from schemas.event_json import to_json
from validators.sample import SAMPLES

pytestmark = pytest.mark.live


def nil(period: str) -> dict[str, Any]:
    return {**to_json("nil", SAMPLES["nil"]), "period": period}


def test_events_given_while_the_broker_is_away_are_answered_once_it_is_there(hub: Any, tmp_path: Path) -> None:
    hub.publish_for("340104", "nil")
    hub.worker()
    with Publisher(Cluster("127.0.0.1:1"), "340104", spool=tmp_path / "s.db") as away:
        first = away.send("nil", [nil("2026-09"), nil("2026-08")])
        assert away.bytes_waiting > 0
        with pytest.raises(Unavailable, match="flush"):
            away.flush()
    with Publisher(hub.kafka, "340104", spool=tmp_path / "s.db") as publisher:
        second = publisher.send("nil", [nil("2026-09"), nil("2031-09")])
        assert publisher.bytes_waiting == 0
        assert [answer.outcome for answer in publisher.answers(first, 60)] == ["accepted", "accepted"]
        answers = second.wait()
        assert [answer.outcome for answer in answers] == ["duplicate", "quarantined"]
        assert all(answer.receipt.startswith("intake.340104.nil-") and len(answer.hash) == 64 for answer in answers)
