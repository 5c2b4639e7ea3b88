"""What corrections make of events, said once more: with plain dictionaries, from the words of DESIGN.md 7.2.

Shares no code with `monitor.corrections`: corrections are worked off from the newest layer to the oldest, and
the chosen one of each layer is found by elimination.
"""

from __future__ import annotations


def plain(event):
    """An event as the oracle sees it."""
    data = event.data
    return {
        "id": event.id,
        "time": event.time,
        "recorded": event.recordedtime,
        "status": getattr(data, "status", None),
        "of": getattr(data, "supersedes", None),
        "at": getattr(data, "at", None),
    }


def stands(events):
    """Id to (time, status) of every event that is not withdrawn."""
    rows = {one["id"]: one for one in map(plain, events)}
    said = {}
    for id_, row in rows.items():
        if row["of"] is None:
            verdict = _now(id_, rows, depth=len(rows) + 1)
            if verdict is not None:
                said[id_] = verdict
    return said


def _now(id_, rows, depth):
    """(time or at, status) after everything that supersedes it; None = withdrawn, or is a withdrawal."""
    own = rows[id_]
    when = own["time"] if own["of"] is None else own["at"]
    what = own["status"]
    assert depth > 0
    best = None
    for other in rows.values():
        if other["of"] != id_ or _withdrawn(other["id"], rows, depth - 1):
            continue
        if best is None or (other["recorded"], other["id"]) > (best["recorded"], best["id"]):
            best = other
    if best is None:
        return (when, what)
    told = _now(best["id"], rows, depth - 1)
    if told == (None, None):
        return None
    return (when if told[0] is None else told[0], what if told[1] is None else told[1])


def _withdrawn(id_, rows, depth):
    """Whether a correction does not stand: the one that counts of those that supersede it says two nulls."""
    return _now(id_, rows, depth) is None
