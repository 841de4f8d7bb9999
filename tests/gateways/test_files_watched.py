"""A watched folder takes every dropped file once, whatever dies in between."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateways.files import watched as module
from gateways.files.errors import FileRefused
from gateways.files.watched import DONE, PROCESSING, REFUSED, Watched, held
from huiliu.errors import Unavailable
from schemas.topics import Intake

TO = Intake("340100", "nil")


class Killed(BaseException):
    """The process is gone: nothing catches it."""


class Hub:
    """Counts what arrives by content, as natural keys do; a file with 'bad' in it is not whole."""

    def __init__(self) -> None:
        self.arrived: Counter[bytes] = Counter()
        self.away = False

    def deliver(self, path: Path, to: Intake, name: str, report: Path) -> bool:
        if self.away:
            raise Unavailable("away")
        content = path.read_bytes()
        if b"foreign" in content:
            raise FileRefused("no file of events")
        self.arrived[content] += 1
        report.write_bytes(b"report of " + content)
        return b"bad" not in content


def once(folder: Path, hub: Hub) -> list[module.Told]:
    watched = Watched(folder, hub.deliver, TO, settle_seconds=0.0)
    return [told for _ in range(2) for told in watched.pass_over()]


def left(folder: Path) -> dict[str, list[bytes]]:
    return {
        name: sorted(p.read_bytes() for p in (folder / name).iterdir() if p.suffix == ".csv")
        for name in (PROCESSING, DONE, REFUSED)
    }


def test_files_end_in_done_or_refused_with_their_report_beside_them(tmp_path: Path) -> None:
    for name, content in (("一.csv", b"good"), ("二.csv", b"bad"), ("三.csv", b"foreign")):
        (tmp_path / name).write_bytes(content)
    told = once(tmp_path, Hub())
    assert left(tmp_path) == {PROCESSING: [], DONE: [b"good"], REFUSED: [b"bad", b"foreign"]}
    assert [one.whole for one in told] == [True, False, False] or len(told) == 3
    for one in told:
        beside = [path.name for path in one.path.parent.iterdir() if path.name.startswith(one.path.name)]
        assert len(beside) == 2, beside
    (reason,) = (tmp_path / REFUSED).glob("*.原因.txt")
    assert "no file of events" in reason.read_text("utf-8-sig")


def test_a_file_that_grows_or_is_half_written_is_left_until_it_stands_still(tmp_path: Path) -> None:
    hub = Hub()
    watched = Watched(tmp_path, hub.deliver, TO, settle_seconds=0.0)
    (tmp_path / "x.csv").write_bytes(b"good")
    for name in ("y.csv.part", "~$x.xlsx", ".z.csv"):
        (tmp_path / name).write_bytes(b"half")
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    assert list(watched.pass_over()) == []
    with (tmp_path / "x.csv").open("ab") as file:
        file.write(b" more")
    assert list(watched.pass_over()) == []
    assert [told.whole for told in watched.pass_over()] == [True]
    assert hub.arrived == {b"good more": 1}


def test_the_same_name_again_overwrites_nothing(tmp_path: Path) -> None:
    hub = Hub()
    for content in (b"good 1", b"good 2", b"good 1"):
        (tmp_path / "月报.csv").write_bytes(content)
        once(tmp_path, hub)
    assert left(tmp_path)[DONE] == [b"good 1", b"good 1", b"good 2"]


def test_while_the_hub_is_away_files_wait_and_none_is_lost(tmp_path: Path) -> None:
    hub = Hub()
    hub.away = True
    (tmp_path / "x.csv").write_bytes(b"good")
    with pytest.raises(Unavailable):
        once(tmp_path, hub)
    assert left(tmp_path)[PROCESSING] == [b"good"]
    hub.away = False
    assert [told.whole for told in once(tmp_path, hub)] == [True]
    assert left(tmp_path) == {PROCESSING: [], DONE: [b"good"], REFUSED: []}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    contents=st.lists(st.sampled_from([b"good", b"bad", b"foreign"]), min_size=1, max_size=4),
    kills=st.lists(st.integers(0, 25), max_size=5),
)
def test_killed_at_any_step_each_file_still_ends_once(
    contents: list[bytes], kills: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, hub = tmp_path_factory.mktemp("drop"), Hub()
    sent = [content + f" {n}".encode() for n, content in enumerate(contents)]
    for n, content in enumerate(sent):
        (folder / f"{n}.csv").write_bytes(content)
    real_rename, real_fsync = Path.rename, os.fsync
    for kill in kills:
        steps = iter(range(kill))

        def step(steps: object = steps) -> None:
            if next(steps, None) is None:  # type: ignore[call-overload]
                raise Killed

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "rename", lambda self, goal, step=step: (step(), real_rename(self, goal), step())[1])
            patch.setattr(os, "fsync", lambda handle, step=step: (step(), real_fsync(handle))[1])
            try:
                once(folder, hub)
            except Killed:
                continue
    once(folder, hub)
    ended = left(folder)
    assert sorted(ended[DONE] + ended[REFUSED]) == sorted(sent)
    assert ended[PROCESSING] == []
    assert ended[DONE] == sorted(content for content in sent if content.startswith(b"good"))
    assert set(hub.arrived) == {content for content in sent if not content.startswith(b"foreign")}
    for path in [*(folder / DONE).glob("*.csv"), *(folder / REFUSED).glob("*.csv")]:
        assert sum(1 for p in path.parent.iterdir() if p.name.startswith(path.name)) == 2


def test_folders_by_division_and_kind_are_inboxes_and_others_are_named(tmp_path: Path) -> None:
    for name in ("340100/nil", "340104/award", "340100/nils", "合肥/nil"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "x.csv").write_bytes(b"good")
    watched = Watched(tmp_path, Hub().deliver)
    assert [(to.division, to.kind) for _, to in watched.inboxes()] == [("340100", "nil"), ("340104", "award")]
    assert {path.name for path in watched.strays()} == {"nils", "合肥", "x.csv"}


def test_a_folder_has_one_watcher_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(FileRefused), held(tmp_path):
        pass
    with held(tmp_path):
        pass
    with pytest.raises(FileRefused), held(tmp_path / "none"):
        pass


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    hub = Hub()
    (tmp_path / "x.csv").write_bytes(b"good" * 100)
    watched = Watched(tmp_path, hub.deliver, TO, settle_seconds=0.0, most_bytes=100)
    told = [one for _ in range(2) for one in watched.pass_over()]
    assert "HUILIU_FILE_BYTES" in str(told[0].reason)
    assert not hub.arrived
