"""Snapshots: whole or not at all, checked when read, thinned with age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from events.log import Partition
from monitor.snapshot import KEEP_NEWEST, Snapshot, Snapshots, to_keys, to_partitions

START = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


def at(seconds: float, catalogue: str = "v1") -> Snapshot:
    moment = START + timedelta(seconds=seconds)
    return Snapshot(
        catalogue=catalogue,
        taken=moment,
        watermark=moment - timedelta(seconds=5),
        positions={"observations/0": 7},
        timeline=b"state",
    )


def test_the_newest_snapshot_of_this_catalogue_comes_back_as_it_was_saved(tmp_path):
    store = Snapshots(tmp_path)
    store.save(at(0))
    store.save(at(60))
    store.save(at(120, catalogue="v2"))
    assert Snapshots(tmp_path).newest("v1") == at(60)
    assert Snapshots(tmp_path).newest("v3") is None


def test_a_damaged_snapshot_is_passed_over_for_the_one_before(tmp_path):
    store = Snapshots(tmp_path)
    store.save(at(0))
    store.save(at(60))
    newest = max(tmp_path.glob("*.snapshot"))
    content = bytearray(newest.read_bytes())
    content[-1] ^= 1
    newest.write_bytes(content)
    assert store.newest("v1") == at(0)


def test_a_half_written_file_of_a_killed_process_is_never_read(tmp_path):
    store = Snapshots(tmp_path)
    store.save(at(0))
    (tmp_path / "20990101T000000.000000.snapshot.part").write_bytes(b"half")
    assert store.newest("v1") == at(0)


def test_a_late_event_finds_the_last_snapshot_before_it_and_drops_the_rest(tmp_path):
    store = Snapshots(tmp_path)
    for seconds in (0, 60, 120):
        store.save(at(seconds))
    late = START + timedelta(seconds=80)
    assert store.newest("v1", before=late) == at(60)
    store.drop_after(late)
    assert store.newest("v1") == at(60)


def test_old_snapshots_thin_out_to_one_an_hour(tmp_path):
    store = Snapshots(tmp_path)
    for minute in range(180):
        store.save(at(60 * minute))
    kept = sorted(path.name[:11] for path in tmp_path.glob("*.snapshot"))
    assert len(kept) == KEEP_NEWEST + 3
    assert set(kept) == {"20260609T07", "20260609T08", "20260609T09"}


def test_partitions_survive_the_file_even_with_slashes_in_the_topic():
    positions = {Partition("keten.a/b", 3): 9}
    assert to_partitions(to_keys(positions)) == positions
