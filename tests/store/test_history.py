"""What is told anew makes what stands what it should be, is told once, and never under an id of before."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from events.log import Partition
from monitor.__main__ import main
from monitor.history import History, retold
from monitor.reports.standing import standing
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Batch, Ledger
from tests.store.samples import START, at, verdict
from tests.store.test_months import CATALOGUE, MAY


def history(words, most=1000):
    made = History(START, lambda told: verdict("unknown", 0, subject=told.subject), most=most)
    made.take(words)
    return made


FOLD = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(["up", "down", "degraded"])),
    max_size=6,
    unique=True,
).map(lambda told: [verdict(state, time) for time, state in sorted(told, key=lambda one: one[0])])


def said_last(words):
    """Moment to the last state that was said of it."""
    return {one.time: one.data.state for one in words}


def lasting(words):
    """The states in order, repeats and what stood before the first word left out."""
    found = ["unknown"]
    for _, state in sorted(said_last(words).items()):
        if state != found[-1]:
            found.append(state)
    return found


@given(st.lists(FOLD, min_size=1, max_size=5))
def test_after_any_number_of_folds_the_ledger_says_what_the_last_one_says(folds):
    ledger = {}
    for fold in folds:
        for one in retold(history(ledger.values()), history(fold), ledger):
            assert one.id not in ledger
            ledger[one.id] = one
        assert retold(history(ledger.values()), history(fold), ledger) == []
    assert lasting(standing(list(ledger.values())).facts.states) == lasting(folds[-1])


def test_more_than_can_be_kept_is_let_go_and_counted():
    kept = history([verdict("up" if n % 2 else "down", n) for n in range(30)], most=20)
    assert kept.forgotten > 0
    assert kept.forgotten + len(kept.words()) == 30
    assert kept.since > START


def test_an_import_into_a_ledger_that_an_engine_fills_is_refused(tmp_path, capsys):
    (tmp_path / "keten.yaml").write_text(CATALOGUE)
    (tmp_path / "lines.jsonl").write_text("\n".join(MAY))
    (tmp_path / ".keten").mkdir()

    async def fill():
        database = Database(sqlite(tmp_path / ".keten" / "ledger.db"))
        await database.upgrade()
        place = {Partition("states", 0): 1}
        await Ledger(database).append(
            Batch(events=[("states/0/0", verdict("down", 1))], positions=place, reached=at(5))
        )
        await database.close()

    asyncio.run(fill())
    assert main(["ledger", "import", str(tmp_path), str(tmp_path / "lines.jsonl")]) == 2
    assert "put the events on its log" in capsys.readouterr().err
