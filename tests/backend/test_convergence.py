"""Workstations, an office and a line that loses, repeats and reorders: all come to agree.

And no value that somebody entered is lost: whoever replaces it, or decides against it, saw it.
"""

import copy
import itertools
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.django_api.accounts.models import Role, User
from backend.django_api.patients.services import update_patient
from backend.django_api.prescriptions.services import update_prescription
from backend.django_api.sync import selectors, services
from backend.django_api.sync.kinds import KINDS
from tests.backend.conftest import Account
from tests.backend.samples import PATIENT, item

FIELDS = {
    "patient": ("phone", "address", "details.sex"),
    "prescription": ("title", "details.a", "details.b"),
}
ACTIONS = ("edit", "edit", "edit", "go back", "send", "send", "send", "send", "deliver", "deliver",
           "deliver", "deliver", "pull", "decide", "office", "back up", "restore",
)  # fmt: skip  # the commoner ones more often
Entries = frozenset[int]
Flat = dict[str, Any]
NOBODY: Entries = frozenset()


def flat(payload: dict[str, Any]) -> Flat:
    """Let each entry of `details` be a field of its own."""
    plain = {name: value for name, value in payload.items() if name != "details"}
    details = payload.get("details", {})
    return plain | {f"details.{name}": value for name, value in details.items()}


def nested(values: Flat) -> dict[str, Any]:
    """Write fields as a payload."""
    split = [(name.partition("."), value) for name, value in values.items()]
    plain = {name: value for (name, dot, _), value in split if not dot}
    details = {key: value for (_, dot, key), value in split if dot}
    return {**plain, "details": details} if details else plain


@dataclass(frozen=True)
class Seen:
    """Values, and whose entry stands in each field."""

    values: Flat = field(default_factory=dict)
    entered: dict[str, Entries] = field(default_factory=dict)
    version: int = 0

    def showing(self, name: str, value: Any, entered: Entries) -> "Seen":
        """Return the same with another value in one field."""
        values, everybody = {**self.values, name: value}, {**self.entered, name: entered}
        return Seen(values, everybody, self.version)


@dataclass(frozen=True)
class Message:
    """A change on its way, who entered what it says, and what the workstation knew before."""

    item: dict[str, Any]
    entered: dict[str, Entries]
    known: Flat


@dataclass
class Station:
    """One workstation, as the page of the wire tells it to behave."""

    cursor: str
    local: Seen = Seen()
    # What the server confirmed, and the version that may be named as a base.
    confirmed: Seen = Seen()
    base: int = 0
    # The change that waits; fields that versions carried which may have been sent since.
    change_id: str = ""
    is_sent: bool = False
    carried: frozenset[str] = frozenset()
    supersedes: tuple[str, ...] = ()
    # A pulled version that must not replace what waits; a conflict that waits for a person.
    aside: Seen | None = None
    conflict: tuple[Seen, dict[str, Any]] | None = None
    past: tuple[tuple[str, Any], ...] = ()

    @property
    def changed(self) -> set[str]:
        """Return the fields that a push has to say."""
        known = self.confirmed.values
        return {k for k, v in self.local.values.items() if k in self.carried or v != known.get(k)}

    def enter(self, name: str, value: Any, entry: int) -> None:
        """Let the person change a field."""
        self.begin_change()
        self.past += ((name, self.local.values.get(name)),)
        self.local = self.local.showing(name, value, frozenset({entry}))
        if not self.changed:
            self.change_id = ""

    def begin_change(self) -> None:
        """Name a new version, always: after a restored backup an old name would say two things."""
        if self.is_sent:
            self.supersedes += (self.change_id,)
        self.change_id, self.is_sent, self.conflict = str(uuid.uuid4()), False, None

    def write(self, kind: str, name: str) -> Message:
        """Write the change that waits, as it is sent."""
        said = {k: v for k, v in self.local.values.items() if not self.base or k in self.changed}
        pushed = item(kind, nested(said), base=self.base, name=name)
        pushed |= {"change_id": self.change_id, "supersedes": list(self.supersedes)}
        self.is_sent, self.carried = True, self.carried | set(said)
        entered = {k: self.local.entered.get(k, NOBODY) for k in said}
        return Message(pushed, entered, self.confirmed.values)

    def settle(self, result: dict[str, Any], seen: Seen) -> None:
        """Take an answer; one to another change than the one that waits says nothing."""
        if not self.change_id or result["change_id"] != self.change_id:
            return
        if result["status"] == "conflict":
            self.conflict = seen, result
            return
        assert result["status"] in ("created", "updated", "unchanged"), result
        self.base, self.confirmed, self.carried = result["base_version"], self.local, frozenset()
        is_all_known = self.base >= result["version"]
        self.supersedes = () if is_all_known else (*self.supersedes, self.change_id)
        self.change_id, self.is_sent, self.conflict = "", False, None
        if self.aside is not None and self.aside.version >= result["version"]:
            self.show(self.aside)

    def show(self, seen: Seen) -> None:
        """Show a pulled version, where nothing of one's own waits."""
        if self.change_id:
            self.aside = seen
            return
        self.local = self.confirmed = seen
        self.base, self.supersedes, self.aside = seen.version, (), None


class World:
    """A server with one record, its workstations, and all that was ever entered."""

    def __init__(self, user: User, kind: str) -> None:
        self.user, self.kind, self.uuid = user, kind, str(uuid.uuid4())
        start = selectors.pull(user=user, cursor="", limit=1000).next_cursor
        self.stations = [Station(start) for _ in range(2)]
        self.backups = copy.deepcopy(self.stations)
        self.lines: list[list[Message]] = [[], []]
        # Of every entry, what whoever entered it saw there before.
        self.saw: list[Entries] = []
        self.standing: dict[str, Entries] = {}
        self.sent: dict[str, Message] = {}
        self.taken: list[Message] = []
        self.restored: set[int] = set()
        self.fresh = itertools.count()
        first = self.stations[0]
        first.local = Seen(self._first_values())
        for name in FIELDS[kind]:
            first.enter(name, f"first {name}", self._entry(NOBODY))

    def _first_values(self) -> Flat:
        if self.kind == "patient":
            return dict(PATIENT)
        someone = item("patient", PATIENT)
        services.push(user=self.user, raw_items=[someone])
        return {"patient": someone["uuid"], "title": "t", "content_delta": "[]"}

    def _entry(self, saw: Entries) -> int:
        self.saw.append(saw)
        return len(self.saw) - 1

    def _ancestry(self, entries: Entries) -> set[int]:
        """Return entries, what whoever entered them saw, and so on."""
        found: set[int] = set()
        waiting = set(entries)
        while waiting:
            found |= waiting
            waiting = {before for entry in waiting for before in self.saw[entry]} - found
        return found

    def _record(self) -> Any:
        return KINDS[self.kind].rows.filter(uuid=self.uuid).first()

    def look(self) -> Seen:
        """Read the record as it stands on the server."""
        record = self._record()
        if record is None:
            return Seen()
        values = flat(KINDS[self.kind].payload_of(record))
        return Seen(values, dict(self.standing), record.version)

    def act(self, action: str, n: int, a: int, b: int) -> None:
        """Let something happen at or to a workstation."""
        if self.stations[n].local.values or action in ("pull", "office"):
            getattr(self, action.replace(" ", "_"))(n, a, b)

    def edit(self, n: int, a: int, b: int) -> None:
        self._enter(n, FIELDS[self.kind][a % 3], f"value {next(self.fresh)}")

    def go_back(self, n: int, a: int, b: int) -> None:
        """Enter a value that the field had at this workstation before."""
        past = self.stations[n].past
        if past:
            self._enter(n, *past[-1 - a % min(3, len(past))])

    def _enter(self, n: int, name: str, value: Any) -> None:
        station = self.stations[n]
        if value is None or value == station.local.values.get(name):
            return
        station.enter(name, value, self._entry(station.local.entered.get(name, NOBODY)))
        if name not in station.changed:
            # Undone before anybody could hear of it: as if it had never been entered.
            entered = station.confirmed.entered.get(name, NOBODY)
            station.local = station.local.showing(name, value, entered)

    def send(self, n: int, a: int = 0, b: int = 0) -> None:
        station = self.stations[n]
        if station.change_id and not station.conflict:
            message = station.write(self.kind, self.uuid)
            self.sent[station.change_id] = message
            self.lines[n].append(message)

    def deliver(self, n: int, a: int, b: int) -> None:
        """Push one to three messages in some order, some twice; keep some; lose some answers."""
        line, order = self.lines[n], random.Random(a)
        if not line:
            return
        batch = [order.choice(line) for _ in range(1 + a % 3)]
        if b % 2:
            line[:] = [message for message in line if message not in batch]
        answers = []
        for message in batch:
            before = self.look()
            repeated = [message.item] * (1 + b // 4 % 2)
            results = services.push(user=self.user, raw_items=repeated)
            self._judge(n, message, results[0], before)
            answers += [(result, self.look()) for result in results]
        if b % 3:
            for result, seen in answers:
                self.stations[n].settle(result, seen)

    def _judge(self, n: int, message: Message, result: dict[str, Any], before: Seen) -> None:
        """Hold an answer against who entered and who saw what."""
        after, status = self.look(), result["status"]
        if status == "unchanged":
            assert after.values == before.values
            assert message in self.taken or self._is_overtaken(message)
            return
        said = flat(message.item["payload"])
        if status == "conflict":
            assert after.values == before.values
        for name, entered in message.entered.items():
            stood, was = before.entered.get(name, NOBODY), before.values.get(name)
            had_seen = stood <= self._ancestry(entered)
            if status == "conflict":
                # Nobody is in conflict with what they saw, their own before all; only after a
                # restored backup does the server know more of a workstation than it does itself.
                is_named = name in result["fields_in_conflict"]
                assert not (is_named and had_seen) or n in self.restored
            elif after.values[name] != was:
                # Whoever replaces a value saw it; or somebody left it and came back.
                assert after.values[name] == said[name]
                assert had_seen or was in self._built_on(message, name)
                assert not (entered and entered <= self._ancestry(stood))
                self.standing[name] = entered
            elif was == said[name]:
                self.standing[name] = entered | stood
            else:
                # Not taken: they had changed nothing in effect, and another's value stands.
                assert not had_seen
                assert said[name] in self._built_on(message, name)
        if status != "conflict":
            self.taken.append(message)

    def _is_overtaken(self, message: Message) -> bool:
        """Tell whether whoever sent this replaced it in a change that came before."""
        name = message.item["change_id"]
        return any(
            later.entered.keys() >= message.entered.keys()
            and all(message.entered[k] <= self._ancestry(later.entered[k]) for k in message.entered)
            for later in self.taken
            if name in later.item["supersedes"]
        )

    def _built_on(self, message: Message, name: str) -> list[Any]:
        """Return the values of a field that a change builds on."""
        earlier = [self.sent[c].item for c in message.item["supersedes"] if c in self.sent]
        said = [flat(change["payload"]).get(name) for change in earlier]
        return [message.known.get(name), *said]

    def pull(self, n: int, a: int = 0, b: int = 0) -> None:
        station = self.stations[n]
        page = selectors.pull(user=self.user, cursor=station.cursor, limit=1000)
        station.cursor = page.next_cursor
        for pulled in page.items:
            if pulled["uuid"] == self.uuid:
                entered = dict(self.standing)
                station.show(Seen(flat(pulled["payload"]), entered, pulled["version"]))

    def decide(self, n: int, a: int, b: int) -> None:
        """Let the person choose between both values of each field in conflict."""
        station = self.stations[n]
        if station.conflict is None:
            return
        (theirs, result), mine = station.conflict, station.local
        station.begin_change()
        station.base, station.confirmed, station.local = theirs.version, theirs, theirs
        for name, value in mine.values.items():
            if theirs.values.get(name) == value:
                both = mine.entered.get(name, NOBODY) | theirs.entered.get(name, NOBODY)
                station.local = station.local.showing(name, value, both)
        for name in result["fields_changed"]:
            station.local = station.local.showing(name, mine.values[name], mine.entered[name])
        station.carried |= {*result["fields_in_conflict"], *result["fields_changed"]}
        for i, name in enumerate(result["fields_in_conflict"]):
            chosen = (mine if a >> i & 1 else theirs).values[name]
            station.enter(name, chosen, self._entry(mine.entered[name] | theirs.entered[name]))

    def office(self, n: int, a: int, b: int) -> None:
        """Change a field over the classic calls."""
        record = self._record()
        if record is None:
            return
        name = FIELDS[self.kind][a % 2]
        changes: dict[str, Any] = {name: f"value {next(self.fresh)}"}
        if name.startswith("details."):
            key = name.removeprefix("details.")
            changes = {"details": {**record.details, key: changes[name]}}
        if self.kind == "patient":
            update_patient(user=self.user, patient_id=record.pk, changes=changes)
        else:
            update_prescription(user=self.user, prescription_id=record.pk, changes=changes)
        self.standing[name] = frozenset({self._entry(self.standing[name])})

    def back_up(self, n: int, a: int, b: int) -> None:
        self.backups[n] = copy.deepcopy(self.stations[n])

    def restore(self, n: int, a: int, b: int) -> None:
        """Put an older state back; what waits in it may have been sent since."""
        if self.backups[n].local.values:
            self.restored.add(n)
            station = self.stations[n] = copy.deepcopy(self.backups[n])
            station.is_sent = bool(station.change_id)
            station.carried |= station.changed

    def finish(self) -> None:
        """Deliver all, decide all, pull all, until nothing moves."""
        for _ in range(30):
            for n in range(len(self.stations)):
                self.decide(n, 5, 0)
                self.send(n)
                while self.lines[n]:
                    self.deliver(n, 0, 1)
                self.pull(n)
            now = self.look().values
            if all(not s.change_id and s.local.values == now for s in self.stations):
                return
        raise AssertionError(self.stations)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", FIELDS)
def test_all_come_to_agree_and_nothing_that_was_entered_is_lost(
    account: Account, kind: str, is_full_run: bool
) -> None:
    user = account(Role.ADMIN)
    number = st.integers(0, 11)
    action = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1), number, number)

    @given(st.lists(action, min_size=15, max_size=60))
    @settings(
        max_examples=300 if is_full_run else 20,
        suppress_health_check=list(HealthCheck),
    )
    def check(actions: list[tuple[str, int, int, int]]) -> None:
        world = World(user, kind)
        for one in actions:
            world.act(*one)
        world.finish()

    check()
