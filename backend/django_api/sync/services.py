"""Pushing: each item for itself, each uuid once, whatever the line does."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework.exceptions import APIException, ValidationError

from backend.django_api.accounts.models import Role, User
from backend.django_api.patients import services as patients
from backend.django_api.patients.models import Patient
from backend.django_api.patients.selectors import all_patients_of
from backend.django_api.predictions.models import Prediction
from backend.django_api.prescriptions import services as prescriptions
from backend.django_api.records.models import Record
from backend.django_api.records.selectors import revisions_of
from backend.django_api.records.services import ChangeLog, Origin, change_log, mark_deleted
from backend.django_api.sync import immutable
from backend.django_api.sync.history import History
from backend.django_api.sync.items import Item, ItemReader
from backend.django_api.sync.kinds import KINDS, RANK, Kind
from backend.django_api.sync.merging import Fields, flat, merge, nested
from backend.django_api.sync.rescoring import check_figures

MAX_BATCH = 1_000
UNKNOWN_PATIENT = {"patient": ["Unknown, or not visible to this user."]}


def push(*, user: User, raw_items: Sequence[Any], epoch: str = "") -> list[dict[str, Any]]:
    """Take a batch and return one result an item, in order.

    `epoch` names the life of the database in which the workstation learned its versions.
    """
    reader = ItemReader()
    items = [reader.read(position, raw) for position, raw in enumerate(raw_items)]
    _score_again([item for item in items if item.result is None])
    with change_log() as log:
        taken = [item for item in items if item.result is None]
        _Batch(log, user, taken, is_of_this_life=epoch in ("", log.epoch)).run()
    return [item.result for item in items if item.result is not None]


def _score_again(items: list[Item]) -> None:
    """Compare new assessments before the transaction: the ML service must not hold a lock."""
    fresh = [i for i in items if i.kind is KINDS["assessment"] and not i.is_deletion]
    known = set(
        Prediction.objects.filter(uuid__in=[i.uuid for i in fresh]).values_list("uuid", flat=True)
    )
    fresh = [item for item in fresh if item.uuid not in known]
    checks = check_figures([item.payload for item in fresh])
    for item, check in zip(fresh, checks, strict=True):
        item.server_check = check


class _Batch:
    """The items of one push against what the server holds."""

    def __init__(
        self, log: ChangeLog, user: User, items: list[Item], *, is_of_this_life: bool
    ) -> None:
        self.log, self.user, self.items = log, user, items
        self.is_of_this_life = is_of_this_life
        # Everybody else's writes wait meanwhile: a kind that is not in the batch asks nothing.
        uuids = {
            kind.name: [item.uuid for item in items if item.kind is kind and item.uuid is not None]
            for kind in KINDS.values()
        }
        uuids["assessment"] += [
            i.payload["assessment"] for i in items if i.payload.get("assessment")
        ]
        self.existing: dict[tuple[str, UUID], Any] = {
            (kind.name, record.uuid): record
            for kind in KINDS.values()
            for record in kind.rows.filter(uuid__in=uuids[kind.name])
        }
        named = {i.payload["patient"] for i in items if "patient" in i.payload}
        owners = {r.patient_id for r in self.existing.values() if not isinstance(r, Patient)}
        seen = all_patients_of(user)
        self.patients = {
            p.uuid: p
            for p in (
                *seen.filter(uuid__in={*named, *uuids["patient"]}),
                *seen.filter(pk__in=owners),
            )
        }
        self.visible_ids = {patient.pk for patient in self.patients.values()}
        self.revisions = revisions_of([*uuids["patient"], *uuids["prescription"]])
        # Their first version is read when an item of the same batch asks for it, which few do.
        self.just_added: set[UUID] = set()

    def run(self) -> None:
        """Settle every item, patients first; immutable ones are stored together."""
        fixed = immutable.Additions(self.log, self.user)
        for item in sorted(self.items, key=lambda i: RANK[i.kind.name] if i.kind else 0):
            try:
                self._take(item, fixed)
            except ValidationError as error:
                item.reject(error.detail)
            except APIException as error:
                item.reject(str(error.detail))
        fixed.store()

    def _take(self, item: Item, fixed: immutable.Additions) -> None:
        kind, uuid = item.kind, item.uuid
        if kind is None or uuid is None:
            return
        record = self.existing.get((kind.name, uuid))
        if record is not None and not self._may_see(record):
            item.reject({"uuid": ["Unknown, or not visible to this user."]})
        elif item.is_deletion:
            self._delete(item, record)
        elif "patient" in item.payload and not self._names_a_patient(item, record):
            item.reject(UNKNOWN_PATIENT)
        elif not kind.is_editable:
            self.existing[kind.name, uuid] = fixed.take(
                item, record, self.patients[item.payload["patient"]], self.existing
            )
        elif record is None:
            self._create(item, kind, uuid)
        else:
            self._update(item, kind, record)

    def _may_see(self, record: Record) -> bool:
        owner = record.pk if isinstance(record, Patient) else record.patient_id  # type: ignore[attr-defined] # every other kind has a patient
        return owner in self.visible_ids

    def _names_a_patient(self, item: Item, record: Any) -> bool:
        patient = self.patients.get(item.payload["patient"])
        # What was stored once may come again, also after its patient was deleted.
        return patient is not None and (record is not None or patient.deleted_at is None)

    def _create(self, item: Item, kind: Kind, uuid: UUID) -> None:
        if item.base_version:
            item.reject({"base_version": ["The server has no version of this record."]})
            return
        if uuid in self.revisions or uuid in self.just_added:
            item.reject({"uuid": ["A record of another kind has this uuid."]})
            return
        origin = _origin(item, item.fields)
        record: Any
        if kind.model is Patient:
            record = patients.add_patient(
                self.log, user=self.user, uuid=uuid, data=item.payload, origin=origin
            )
            self.patients[uuid] = record
            self.visible_ids.add(record.pk)
        else:
            fields = dict(item.payload)
            record = prescriptions.add_prescription(
                self.log,
                user=self.user,
                uuid=uuid,
                patient=self.patients[fields.pop("patient")],
                data=fields,
                origin=origin,
            )
        self.existing[kind.name, uuid] = record
        self.just_added.add(uuid)
        self._settle(item, "created", record)

    def _update(self, item: Item, kind: Kind, record: Any) -> None:
        history = self._history(record)
        if made := history.find_made_by(item):
            self._settle(item, "unchanged", record, made.version)
            return
        overtaking = history.list_overtaking(item)
        newer = {name for revision in overtaking for name in revision.pushed or {}}
        fields = {name: value for name, value in item.fields.items() if name not in newer}
        if overtaking and not fields:
            self._settle(item, "unchanged", record, overtaking[0].version)
            return
        if record.deleted_at is not None:
            item.conflict(record, {"deleted": True, "version": record.version})
            return
        base = history.find_base(item, self._base_version(item))
        if base is None:
            item.reject({"base_version": ["The server has no such version of this record."]})
            return
        payload = kind.payload_of(record)
        current = flat(payload)
        merged = merge(base, current, fields)
        if merged.overlapping or "patient" in merged.changes:
            by = history.authorship_of(record.version)
            shown = {"payload": payload, "version": record.version, **by}
            item.conflict(record, shown, merged.overlapping or ("patient",), tuple(merged.changes))
        elif merged.changes or item.change_id is not None:
            # With an id also where nothing differs: what comes late or next has to know of it.
            changes = nested(merged.changes, current)
            self._apply(item, record, changes, _origin(item, fields))
        else:
            item.settle("unchanged", record)

    def _apply(self, item: Item, record: Any, changes: dict[str, Any], origin: Origin) -> None:
        if isinstance(record, Patient):
            patients.apply_changes(
                self.log, user=self.user, patient=record, changes=changes, origin=origin
            )
        else:
            prescriptions.apply_changes(
                self.log, user=self.user, prescription=record, changes=changes, origin=origin
            )
        self.revisions.update(revisions_of([record.uuid]))
        self._settle(item, "updated", record)

    def _settle(self, item: Item, status: str, record: Any, version: int | None = None) -> None:
        """Answer, and say on which version the workstation may build without having pulled."""
        item.settle(status, record, version)
        if item.change_id is not None and item.result is not None:
            item.result["base_version"] = self._newest_seen(item, record)

    def _newest_seen(self, item: Item, record: Record) -> int:
        if record.uuid in self.just_added:
            return record.version
        return self._history(record).newest_seen(item, self._base_version(item))

    def _history(self, record: Record) -> History:
        if record.uuid in self.just_added:
            self.just_added.remove(record.uuid)
            self.revisions.update(revisions_of([record.uuid]))
        return History(self.revisions.get(record.uuid, {}))

    def _base_version(self, item: Item) -> int:
        """Return the version that a push builds on; of another life of the database, none."""
        return item.base_version if self.is_of_this_life else 0

    def _delete(self, item: Item, record: Any) -> None:
        if self.user.role != Role.ADMIN:
            item.reject({"deleted": ["Only an administrator deletes."]})
        elif record is None:
            item.reject({"uuid": ["Unknown, or not visible to this user."]})
        elif record.deleted_at is not None:
            item.settle("unchanged", record)
        elif self._history(record).newest_seen(item, self._base_version(item)) != record.version:
            kind = item.kind
            payload = {} if kind is None else kind.payload_of(record)
            item.conflict(record, {"payload": payload, "version": record.version})
        else:
            if isinstance(record, Patient):
                patients.bury(self.log, patient=record)
            else:
                mark_deleted(self.log, record=record)
            item.settle("updated", record)


def _origin(item: Item, fields: Fields) -> Origin:
    """Return what is kept of a push with the version that it makes."""
    if item.change_id is None:
        return Origin(item.push_digest)
    return Origin(item.push_digest, item.change_id, item.supersedes, fields)
