"""Root causes by trying all sets of faults. Plain values, standard library, nothing of the product.

A scene: `root`, `via`, `arcs` [(near, link, far)], `groups` {risk: [member]}, `costs` {suspect: prior}, and
what was seen: `ok`, `failed`, `los` and `nolos` [(link, far, penalty)], `up` and `down` [(id, penalty)],
`spared` [(risk, member, penalty)].
"""

from __future__ import annotations

from itertools import combinations


def taken_down(scene, faults):
    """Faults with their groups expanded, groups in groups too."""
    down = set(faults)
    while True:
        more = {
            member
            for risk in down
            if risk in scene["groups"]
            for member in scene["groups"][risk]
            if (risk, member) not in {one[:2] for one in scene.get("spared", ())}
        }
        if more <= down:
            return down
        down |= more


def reached(scene, entries, down):
    """Everything the poller reaches: forward, one arc after the other, until nothing is added."""
    if scene["via"] in down:
        return set()
    found = {entry for entry in entries if entry not in down}
    grown = True
    while grown:
        fresh = {
            far
            for near, link, far in scene["arcs"]
            if near in found and link not in down and far not in down
        }
        grown = not fresh <= found
        found |= fresh
    return found


def entries_of(scene):
    """The root, and who answered although every known way there leads through someone who did not.

    In the order of their distance from the root; whoever is outside the graph comes first.
    """
    alive = reached(scene, [scene["root"]], set())
    entries = [scene["root"], *sorted(scene["ok"] - alive)]
    order, ring, passed = [], [scene["root"]], {scene["root"]}
    while ring:
        order += sorted(ring)
        ring = {far for near, _, far in scene["arcs"] if near in ring} - passed
        passed |= ring
    for component in order:
        if component in scene["ok"] and component not in reached(scene, entries, scene["failed"]):
            entries.append(component)
    return entries


def price(scene, faults):
    """Cost of a set of faults, or None where it does not fit what was seen."""
    down = taken_down(scene, faults)
    seen = reached(scene, entries_of(scene), down)
    if not scene["ok"] <= seen or scene["failed"] & seen:
        return None
    cost = sum(scene["costs"][fault] for fault in faults)
    for link, far, penalty in scene["los"]:
        cost += penalty if link not in down and far not in down else 0
    for link, far, penalty in scene["nolos"]:
        cost += penalty if link in down or far in down else 0
    cost += sum(penalty for one, penalty in scene["up"] if one in down)
    cost += sum(penalty for one, penalty in scene["down"] if one not in down)
    cost += sum(penalty for risk, _, penalty in scene["spared"] if risk in down)
    return cost


def priced_sets(scene, most):
    """Every set of at most so many faults that fits, with its cost."""
    sets = (
        faults for size in range(most + 1) for faults in combinations(sorted(scene["costs"]), size)
    )
    return {faults: cost for faults in sets if (cost := price(scene, faults)) is not None}


def answer(scene, most):
    """(all cheapest sets, their cost, runner-up) among sets of at most so many faults."""
    priced = priced_sets(scene, most)
    if not priced:
        return [], None, None
    least = min(priced.values())
    best = sorted(faults for faults, cost in priced.items() if cost == least)
    if len(best) > 1:
        return best, least, least
    others = [cost for faults, cost in priced.items() if not set(best[0]) <= set(faults)]
    return best, least, min(others, default=None)


def price_together(scenes, faults):
    """Cost of a set of faults that must fit what several pollers saw; soft evidence is the first one's."""
    first, *others = scenes
    silent = {kind: [] for kind in ("los", "nolos", "up", "down")}
    silent["spared"] = [(risk, member, 0) for risk, member, _ in first["spared"]]
    if any(price(other | silent, faults) is None for other in others):
        return None
    return price(first, faults)
