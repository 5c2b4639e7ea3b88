"""The faults that a visitor of the demo sees, one at a time, round and round.

Every fault is announced with what happened and what the board ought to say. Every fault heals before the
next begins. Times are seconds after the start of a round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from monitor.demo.lan import POLLER_LINK, region
from monitor.demo.world import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.demo.world import Act

__all__ = ["ROUND_S", "SCENES", "Announcement", "Expected", "Scene", "Step", "steps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the board ought to show at the height of a scene.

    Args:
        causes: Components, links or shared risks named as the cause.
        owners: Suppliers who must repair, one for each cause.
        worst: State of the chains named.
        chains: Chains that feel it; all of them when the poller is blind.
    """

    causes: tuple[str, ...]
    owners: tuple[str, ...]
    worst: str
    chains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One fault and its repair.

    Args:
        at_s: When it begins, seconds after the start of the round.
        title_nl, title_en: What happens, one line.
        text_nl, text_en: What the visitor ought to see.
        actions: Moment (seconds after `at_s`) and action, in order; the last ones repair.
        repaired_s: From here on (seconds after `at_s`) all is well again.
    """

    key: str
    at_s: int
    title_nl: str
    title_en: str
    text_nl: str
    text_en: str
    actions: tuple[tuple[int, Action], ...]
    repaired_s: int
    expected: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What the board tells a visitor.

    Args:
        phase: `fault` at its beginning, `repair` when it heals.
    """

    scene: str
    phase: Literal["fault", "repair"]
    title_nl: str
    title_en: str
    text_nl: str = ""
    text_en: str = ""


def _for(seconds: int, broken: Act, healed: Act, what: str) -> tuple[tuple[int, Action], ...]:
    return ((0, Action(broken, what)), (seconds, Action(healed, what)))


def _flaps(link: str, times: int, every_s: int) -> tuple[tuple[int, Action], ...]:
    return tuple((every_s * n, Action("mend" if n % 2 else "cut", link)) for n in range(2 * times))


SCENES: tuple[Scene, ...] = (
    Scene(
        key="access-switch",
        at_s=20,
        title_nl="Verdiepingsswitch 1 van Papendrecht valt uit",
        title_en="Access switch 1 at Papendrecht dies",
        text_nl="Twee accesspoints verliezen hun stroom. Eén oorzaak, van LAN BV; de accesspoints "
        "worden niet gemeld maar zijn 'niet te meten'.",
        text_en="Two access points lose their power. One cause, owned by LAN BV; the access points "
        "raise no alarm of their own, they are 'not measurable'.",
        actions=_for(35, "kill", "revive", "ptd-acc-1"),
        repaired_s=35,
        expected=Expected(
            causes=("ptd-acc-1",),
            owners=("lan-bv",),
            worst="degraded",
            chains=("zaak-ptd", "tel-ptd", "brp-ptd"),
        ),
    ),
    Scene(
        key="one-wan-line",
        at_s=85,
        title_nl="Een van de twee WAN-lijnen van Zwijndrecht valt uit",
        title_en="One of the two WAN lines of Zwijndrecht fails",
        text_nl="Iedereen werkt door over de andere lijn; de ketens zijn verstoord omdat de reserve "
        "weg is. Oorzaak: de lijn van Glaspartner BV.",
        text_en="Everybody works on over the other line; the chains are degraded because the spare is "
        "gone. Cause: the line of Glaspartner BV.",
        actions=_for(35, "cut", "mend", "wan-zwd-1"),
        repaired_s=35,
        expected=Expected(
            causes=("wan-zwd-1",),
            owners=("glaspartner",),
            worst="degraded",
            chains=("zaak-zwd", "tel-zwd"),
        ),
    ),
    Scene(
        key="both-wan-lines",
        at_s=150,
        title_nl="Eerst de ene, dan de andere WAN-lijn van Sliedrecht valt uit",
        title_en="First one, then the other WAN line of Sliedrecht fails",
        text_nl="De ketens van Sliedrecht liggen eruit: twee oorzaken, van twee leveranciers. Alles "
        "achter de lijnen is 'niet te meten', niet stuk.",
        text_en="The chains of Sliedrecht are down: two causes, of two suppliers. Everything behind "
        "the lines is 'not measurable', not broken.",
        actions=(
            (0, Action("cut", "wan-sld-1")),
            (12, Action("cut", "wan-sld-2")),
            (40, Action("mend", "wan-sld-1")),
            (42, Action("mend", "wan-sld-2")),
        ),
        repaired_s=42,
        expected=Expected(
            causes=("wan-sld-1", "wan-sld-2"),
            owners=("glaspartner", "kabelpartner"),
            worst="down",
            chains=("zaak-sld", "mail-sld"),
        ),
    ),
    Scene(
        key="site-power",
        at_s=220,
        title_nl="De netspanning van Dordrecht valt uit",
        title_en="The mains of Dordrecht fail",
        text_nl="De verdiepingen vallen meteen uit; de UPS houdt distributie en routers in de lucht. "
        "Eén oorzaak: de stroom, van het Facilitair Bedrijf.",
        text_en="The floors go dark at once; the UPS keeps distribution and routers alive. One cause: "
        "the power, owned by Facilitair Bedrijf.",
        actions=_for(40, "mains-off", "mains-on", "ddt"),
        repaired_s=40,
        expected=Expected(
            causes=("power-ddt",),
            owners=("facilitair",),
            worst="down",
            chains=("zaak-ddt", "tel-ddt", "brp-ddt", "topdesk-ddt"),
        ),
    ),
    Scene(
        key="access-point",
        at_s=290,
        title_nl="Een accesspoint van Hendrik-Ido-Ambacht hangt",
        title_en="An access point at Hendrik-Ido-Ambacht hangs",
        text_nl="Zijn poort op de switch blijft op, dus niet de kabel maar het accesspoint zelf wordt "
        "genoemd. De dekking is minder dan vol: verstoord.",
        text_en="Its port on the switch stays up, so not the cable but the access point itself is "
        "named. Coverage is less than full: degraded.",
        actions=_for(35, "hang", "resume", "hia-ap-2"),
        repaired_s=35,
        expected=Expected(
            causes=("hia-ap-2",), owners=("lan-bv",), worst="degraded", chains=("zaak-hia",)
        ),
    ),
    Scene(
        key="flapping",
        at_s=355,
        title_nl="Een poort van distributieswitch 1 van Alblasserdam flappert",
        title_en="A port of distribution switch 1 at Alblasserdam flaps",
        text_nl="De lijn naar de router gaat steeds op en neer en daarmee de reserve. Er komt geen reeks "
        "meldingen: wat korter duurt dan de bevestigingstijd wekt niemand, maar staat wel op het bord.",
        text_en="The line to the router goes up and down, and the spare with it. No series of notices "
        "follows: what is shorter than the time to confirm wakes nobody, but the board shows it.",
        actions=_flaps("l-abd-dist-1-abd-cpe-1", times=5, every_s=4),
        repaired_s=36,
        expected=Expected(
            causes=("l-abd-dist-1-abd-cpe-1",),
            owners=("lan-bv",),
            worst="degraded",
            chains=("zaak-abd", "mail-abd"),
        ),
    ),
    Scene(
        key="blind",
        at_s=420,
        title_nl="De meetpost zelf raakt zijn netwerkkabel kwijt",
        title_en="The poller itself loses its network cable",
        text_nl="Wij zien niets meer: alle ketens worden 'onbekend', geen enkele 'stuk'. Eén melding "
        "over onszelf; geen leverancier krijgt de schuld.",
        text_en="We see nothing any more: every chain becomes 'unknown', none 'down'. One notice about "
        "ourselves; no supplier is blamed.",
        actions=_for(35, "cut", "mend", POLLER_LINK),
        repaired_s=35,
        expected=Expected(
            causes=(POLLER_LINK,), owners=(), worst="unknown", chains=tuple(region().chains)
        ),
    ),
)

ROUND_S = 495
"""Length of a round; the last scene heals before it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One moment of a round: what is done and what is said, either may be missing."""

    at_s: int
    action: Action | None = None
    announcement: Announcement | None = None


def steps(scenes: Sequence[Scene] = SCENES) -> tuple[Step, ...]:
    """Turn scenes into the moments of one round, in order; what is said goes before what is done."""
    found = [step for scene in scenes for step in _steps_of(scene)]
    return tuple(sorted(found, key=lambda step: step.at_s))


def _steps_of(scene: Scene) -> Iterator[Step]:
    yield Step(
        at_s=scene.at_s,
        announcement=Announcement(
            scene=scene.key,
            phase="fault",
            title_nl=scene.title_nl,
            title_en=scene.title_en,
            text_nl=scene.text_nl,
            text_en=scene.text_en,
        ),
    )
    for after_s, action in scene.actions:
        yield Step(at_s=scene.at_s + after_s, action=action)
    yield Step(
        at_s=scene.at_s + scene.repaired_s,
        announcement=Announcement(
            scene=scene.key,
            phase="repair",
            title_nl=f"Hersteld: {scene.title_nl}",
            title_en=f"Repaired: {scene.title_en}",
        ),
    )
