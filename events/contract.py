"""The event types: CloudEvents 1.0 envelopes, each with its own typed data.

Every event says what it is about (`subject`), when the fact happened as well as can be told (`time`)
and when the log accepted it (`recordedtime`). All times are aware UTC. Types go into the log
(`observation` to `tick`) or come out of its folds (`state` to `delivery`); nobody else writes them.

Source: CloudEvents 1.0 (structured JSON); NL GOV profile for CloudEvents; DESIGN.md section 4.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

__all__ = [
    "COMMANDS",
    "DEADLETTERS",
    "INCIDENTS",
    "MEASUREMENTS",
    "NOTIFICATIONS",
    "OBSERVATIONS",
    "STATES",
    "TOPIC_OF",
    "Acknowledgement",
    "AcknowledgementData",
    "AnyEvent",
    "CatalogueData",
    "CatalogueLoaded",
    "Change",
    "ChangeData",
    "Correction",
    "CorrectionData",
    "Deadletter",
    "DeadletterData",
    "Deadlines",
    "Delivery",
    "DeliveryData",
    "Incident",
    "IncidentData",
    "Measurement",
    "MeasurementData",
    "Notification",
    "NotificationData",
    "Observation",
    "ObservationData",
    "ObservationKind",
    "RootCause",
    "RootCauseData",
    "State",
    "StateData",
    "Status",
    "Tick",
    "TickData",
    "Trap",
    "TrapData",
    "Varbind",
]

TYPE_PREFIX = "nl.ketenmonitor."

Moment = Annotated[datetime, Meta(tz=True)]
Id = Annotated[str, Meta(min_length=1, max_length=200)]
Status = Literal["up", "degraded", "down", "unknown"]
ObservationKind = Literal["reach", "port", "self", "supplier", "service", "recorded"]
ComponentState = Literal["up", "degraded", "down", "unknown", "unreachable", "maint"]
ChainState = Literal["up", "degraded", "down", "unknown", "maintenance"]


class Envelope(Struct, frozen=True, kw_only=True, tag_field="type"):
    """The CloudEvents attributes that every event carries.

    Attributes:
        specversion: Of CloudEvents.
        id: Derived from the content (`events.ids`): the same fact has the same id, so a repeat is seen.
        source: Who says so, as a URI reference: `probe/p1`, `engine/default`, `operator/j.jansen`.
        subject: What it is about: a component, link, chain, incident or change id.
        time: Best estimate of the moment of the fact, aware UTC.
        recordedtime: When the log accepted it, aware UTC; absent until published.
    """

    specversion: Literal["1.0"] = "1.0"
    id: Id
    source: Id
    subject: Id
    time: Moment
    recordedtime: Moment | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.time.tzinfo is not UTC:
            msgspec.structs.force_setattr(self, "time", self.time.astimezone(UTC))
        if self.recordedtime is not UNSET and self.recordedtime.tzinfo is not UTC:
            msgspec.structs.force_setattr(self, "recordedtime", self.recordedtime.astimezone(UTC))

    @property
    def recorded(self) -> datetime:
        """The moment of recording; of an event that was never recorded, its own time."""
        return self.time if self.recordedtime is UNSET else self.recordedtime

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """The one order in which events are folded: `time`, `recordedtime`, `id` (DESIGN.md 4)."""
        return (self.time, self.recorded, self.id)


class Data(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the typed data: unknown keys are ignored, a new key needs a default (evolution rule)."""


# --- into the log -----------------------------------------------------------------------------


class ObservationData(Data, kw_only=True, frozen=True):
    """What one probe saw of one component; not yet a truth.

    Attributes:
        kind: `reach` answered or not; `port` the subject is a link, read at `seen_from`; `self` the
            component says it of itself (dying gasp, UPS on battery); `supplier` a vendor's API or
            message; `service` an active check of an application; `recorded` an operator's or
            imported record, taken as it stands.
        status: What was seen.
        reason: A short text for people: `timeout`, `ifOperStatus down`, `HTTP 503`.
        vantage: The vantage point that looked; absent = the only one.
        seen_from: Of a `port` observation, the component whose port it is.
        confirms: True for the active re-check after a first failure (CORE.md 3.3).
        observed_at: The probe's clock when it saw it, where that differs from `time`.
    """

    kind: ObservationKind
    status: Status
    reason: str = ""
    vantage: str | None = None
    seen_from: str | None = None
    confirms: bool = False
    observed_at: Moment | None = None


class Observation(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.observation.v1"):
    """A probe's finding. Written by probes, importers and operators."""

    data: ObservationData


class MeasurementData(Data, kw_only=True, frozen=True):
    """The numbers of one device in one cycle, column by column.

    Attributes:
        interval_s: Seconds since the previous cycle was planned.
        uptime_cs: sysUpTime in hundredths of a second, modulo 2**32.
        rows: ifIndex of each row.
        names: ifName of each row; empty while unknown.
        columns: Column name (`ifHCInOctets`, ...) to one value a row; null = the device gave none.
        gauges: Single numbers of the device by name, unit in the name (`cpu_percent`).
    """

    interval_s: float | None = None
    uptime_cs: int | None = None
    rows: list[int] = []
    names: list[str] = []
    columns: dict[str, list[int | None]] = {}
    gauges: dict[str, float | None] = {}


class Measurement(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.measurement.v1"):
    """Counters and gauges of one device and cycle. Written by probes."""

    data: MeasurementData


class Varbind(Data, kw_only=True, frozen=True):
    """One variable binding.

    Attributes:
        oid: Dotted.
        type: ASN.1 type name.
        value: As text; bytes in hex.
    """

    oid: str
    type: str
    value: str


class TrapData(Data, kw_only=True, frozen=True):
    """Raw evidence from a device: who sent what.

    Attributes:
        address: Source address of the datagram.
        oid: snmpTrapOID in dotted form.
        varbinds: The rest, in order.
    """

    address: str
    oid: str
    varbinds: list[Varbind] = []


class Trap(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.trap.v1"):
    """A trap as received. Written by probes; subject = the component, or the address if unknown."""

    data: TrapData


class ChangeData(Data, kw_only=True, frozen=True):
    """Planned work (CORE.md 4.3). The latest event of a subject replaces the earlier ones.

    Attributes:
        components: What is worked on.
        start: Begin of the window.
        end: End of the window; work that goes on after it counts as an outage.
        agreed_at: When the window was agreed; not agreed, or only after `start`, it excludes nothing.
        completed_at: When the work was reported ready.
        declared_impact: Chains that may suffer; null = what the what-if of the components says.
    """

    components: list[str]
    start: Moment
    end: Moment
    agreed_at: Moment | None = None
    completed_at: Moment | None = None
    declared_impact: list[str] | None = None


class Change(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.change.v1"):
    """A change and its window; subject = the change's id. Written by operators and importers."""

    data: ChangeData


class CorrectionData(Data, kw_only=True, frozen=True):
    """Puts an earlier event right: a null keeps the superseded value, two nulls withdraw it.

    Attributes:
        supersedes: Id of the event, or of an earlier correction.
        status: The right status.
        at: The right moment.
    """

    supersedes: str
    status: Status | None = None
    at: Moment | None = None


class Correction(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.correction.v1"):
    """A correction of one event; who made it is in `source`. Written by operators."""

    data: CorrectionData


class AcknowledgementData(Data, kw_only=True, frozen=True):
    """Somebody takes the incident on.

    Attributes:
        actor: Who.
        note: What the next one on duty should know.
        until: When the acknowledgement lapses; null = it does not.
    """

    actor: str
    note: str = ""
    until: Moment | None = None


class Acknowledgement(
    Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.acknowledgement.v1"
):
    """An acknowledgement; subject = the incident's id. Written by operators."""

    data: AcknowledgementData


class CatalogueData(Data, kw_only=True, frozen=True):
    """Which catalogue the verdicts from here on are made with.

    Attributes:
        version: SHA-256 of the canonical catalogue.
    """

    version: str


class CatalogueLoaded(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.catalogue.v1"):
    """A catalogue taken into service; subject = `catalogue`. Written by the engine role."""

    data: CatalogueData


class TickData(Data, kw_only=True, frozen=True):
    """Nothing: a tick only advances time."""


class Tick(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.tick.v1"):
    """Time passes; subject = `clock`. Written by the engine role of the domain."""

    data: TickData = TickData()


# --- out of the folds -------------------------------------------------------------------------


class StateData(Data, kw_only=True, frozen=True):
    """The verdict on one component or chain from `since` on.

    Attributes:
        of: `component` (devices, links, shared risks, services alike) or `chain`.
        state: Component: up degraded down unknown unreachable maint; chain: up degraded down unknown
            maintenance.
        since: Start of this state; for a failure the first failed observation, not its confirmation.
        reason: A short text for people; of `unknown` always there.
        causes: Ids of the root causes, named in the order of suspicion.
        flags: `redundancy-uncertain`, `coverage-uncertain` (CORE.md 1.3).
        users_certain: Users of the chain that certainly cannot work.
        users_possible: The same, unknown counted as down.
        redundancy_lost: Chain: it works, with fewer failures to spare than its level promises.
        evidence: Component: ids of the observations that decided, sorted; none when it was concluded from
            others, or when nobody looked.
        beneath: Component in planned work (`maint`): what it would be without; empty otherwise.
        beneath_since: Start of that.
        rewrites: Something came late or was corrected: every verdict on this component from this moment on is
            taken back, and what stands instead is told anew, beginning with this one; null otherwise.
        catalogue: Version of the catalogue of this verdict.
    """

    of: Literal["component", "chain"]
    state: str
    since: Moment
    reason: str = ""
    causes: list[str] = []
    flags: list[str] = []
    users_certain: int = 0
    users_possible: int = 0
    redundancy_lost: bool = False
    evidence: list[str] = []
    beneath: str = ""
    beneath_since: Moment | None = None
    rewrites: Moment | None = None
    catalogue: str = ""


class State(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.state.v1"):
    """A changed state; subject = the component or chain. Written by the topology engine."""

    data: StateData


class NextTest(Data, kw_only=True, frozen=True):
    """An observation that would tell explanations apart.

    Attributes:
        way: `port` (the port of a link at one side), `reach` (does it answer), `battery` (does it run on
            mains), `elsewhere` (does it answer another vantage point), `inspect` (somebody on the spot).
        subject: The component or link to look at.
        seen_from: Of `port`: the component whose port it is.
    """

    way: str
    subject: str
    seen_from: str | None = None


class RootCauseData(Data, kw_only=True, frozen=True):
    """The accepted explanation of what fails (CORE.md 3).

    Attributes:
        status: `open` while it explains something, `closed` when nothing is left to explain.
        symptoms: Components that fail because of it.
        since: First failed observation.
        cost: Of the explanation (CORE.md 3.1).
        runner_up: Cost of the next best explanation; null when there is none.
        monitoring_fault: The poller is blind: everything else is unknown, nothing is charged.
        certainty: Words for people: what supports it and what would tell it from its runner-up.
        corroborated: Two observations of different kinds agree.
        vantage: The vantage point that saw it.
        explanations: All explanations of the same, least cost, the named one among them; several of them
            cannot be told apart.
        margin: How much more the next best costs; 0 = cannot be told apart, null = there is no other.
        second: The next best explanation.
        next_tests: What to look at to tell the named one from the others, the best first.
        flags: `topology-doubtful` (somebody answers whom the catalogue puts behind this), `contradiction`
            (a message says otherwise), `inexact` (the search was cut short).
        evidence: Ids of the observations that it rests on, sorted; of many alike, twenty.
    """

    status: Literal["open", "closed"]
    symptoms: list[str] = []
    since: Moment
    cost: int | None = None
    runner_up: int | None = None
    monitoring_fault: bool = False
    certainty: str = ""
    corroborated: bool = False
    vantage: str | None = None
    explanations: list[list[str]] = []
    margin: int | None = None
    second: list[str] = []
    next_tests: list[NextTest] = []
    flags: list[str] = []
    evidence: list[str] = []


class RootCause(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.rootcause.v1"):
    """A root cause named or withdrawn; subject = the cause. Written by the topology engine."""

    data: RootCauseData


class Deadlines(Data, kw_only=True, frozen=True, omit_defaults=False):
    """By when an incident must be handled; null where nothing was agreed for it.

    Attributes:
        react: Agreed moment to have reacted.
        solve: Agreed moment to have repaired it.
    """

    react: Moment | None = None
    solve: Moment | None = None


class IncidentData(Data, kw_only=True, frozen=True):
    """One incident: one root cause, its chains, its history.

    Attributes:
        cause: The component, link or shared risk at fault.
        fault: `down`, `degraded` or `monitoring`.
        status: `open` or `closed`.
        chains: Chains that it hurts or hurt, sorted.
        opened: When registered (confirmed); kept at reopening.
        closed: The moment up had held for `clear`; null while open.
        since: Start of the outage itself.
        priority: P1 to P4, proposed.
        users: Users affected at worst.
        supplier: Who must repair it.
        acknowledged_by: Who took it on.
        reopened: How often it came back.
        deadlines: By when it must be handled: in service time from `opened`, the earliest of its chains.
    """

    cause: str
    fault: str
    status: Literal["open", "closed"]
    chains: list[str] = []
    opened: Moment
    closed: Moment | None = None
    since: Moment
    priority: str | None = None
    users: int = 0
    supplier: str | None = None
    acknowledged_by: str | None = None
    reopened: int = 0
    deadlines: Deadlines = Deadlines()


class Incident(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.incident.v1"):
    """An incident after a step of its life; subject = its id. Written by the alerting engine."""

    data: IncidentData


class NotificationData(Data, kw_only=True, frozen=True):
    """A decision to tell somebody, with its reason.

    Attributes:
        incident: Id of the incident.
        action: `opened`, `closed`, `reopened`, `raised` (more urgent than before).
        decision: `send` or `hold`; nothing is left out silently.
        reason: Why.
        title: One line in Dutch for people.
    """

    incident: str
    action: str
    decision: Literal["send", "hold"] = "send"
    reason: str = ""
    title: str = ""


class Notification(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.notification.v1"):
    """A notification decided; subject = the incident. Written by the alerting engine."""

    data: NotificationData


class DeliveryData(Data, kw_only=True, frozen=True):
    """What became of one notification on one channel.

    Attributes:
        notification: Id of the notification.
        channel: Id of the channel.
        ok: True when the receiver took it.
        attempt: Tries it took; 0 = not tried.
        error: Why it was not delivered; never holds an address or a secret.
    """

    notification: str
    channel: str
    ok: bool
    attempt: int = 1
    error: str = ""


class Delivery(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.delivery.v1"):
    """A delivery attempt that ended; subject = the notification's id. Written by the notify role."""

    data: DeliveryData


class DeadletterData(Data, kw_only=True, frozen=True):
    """What could not be read or broke a handler, kept with its place.

    Attributes:
        topic: Where it stood.
        partition: Its partition.
        offset: Its offset.
        reason: What was wrong.
        raw: The bytes, base64.
    """

    topic: str
    partition: int
    offset: int
    reason: str
    raw: str = ""


class Deadletter(Envelope, kw_only=True, frozen=True, tag="nl.ketenmonitor.deadletter.v1"):
    """A record set aside; subject = `topic/partition/offset`. Written by whoever could not use it."""

    data: DeadletterData


AnyEvent = (
    Observation
    | Measurement
    | Trap
    | Change
    | Correction
    | Acknowledgement
    | CatalogueLoaded
    | Tick
    | State
    | RootCause
    | Incident
    | Notification
    | Delivery
    | Deadletter
)

OBSERVATIONS = "observations"
MEASUREMENTS = "measurements"
COMMANDS = "commands"
STATES = "states"
INCIDENTS = "incidents"
NOTIFICATIONS = "notifications"
DEADLETTERS = "deadletters"

TOPIC_OF: dict[type[AnyEvent], str] = {
    Observation: OBSERVATIONS,
    Trap: OBSERVATIONS,
    Measurement: MEASUREMENTS,
    Change: COMMANDS,
    Correction: COMMANDS,
    Acknowledgement: COMMANDS,
    CatalogueLoaded: COMMANDS,
    Tick: COMMANDS,
    State: STATES,
    RootCause: STATES,
    Incident: INCIDENTS,
    Notification: NOTIFICATIONS,
    Delivery: NOTIFICATIONS,
    Deadletter: DEADLETTERS,
}
"""The topic (without prefix) that each type belongs to (DESIGN.md 4)."""
