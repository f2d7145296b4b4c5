"""Assessments and outcomes: stored together, never edited, the same again is the same one."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from rest_framework import serializers

from backend.django_api.accounts.models import User
from backend.django_api.doctors.models import Doctor
from backend.django_api.patients.models import Patient
from backend.django_api.predictions.models import Outcome, Prediction
from backend.django_api.records.services import ChangeLog
from backend.django_api.sync.items import Item

# Only these does a record have that came over the classic calls.
SAID_BY_EVERY_CLIENT = ("patient", "input_data", "output_label", "output_proba")


class Additions:
    """New immutable records of one push, written with one statement a kind."""

    def __init__(self, log: ChangeLog, user: User) -> None:
        self._log, self._user = log, user
        self._waiting: list[tuple[list[Item], Any]] = []
        self._items_of: dict[UUID, list[Item]] = {}
        self._known_doctors: set[int] | None = None

    def take(
        self, item: Item, record: Any, patient: Patient, existing: dict[tuple[str, UUID], Any]
    ) -> Any:
        """Compare with what stands, or add; return the record that stands then."""
        kind = item.kind
        if kind is None:
            raise TypeError("an item without a kind was not rejected")
        is_outcome = kind.model is Outcome
        new: Any = (
            self._outcome(item, patient, existing)
            if is_outcome
            else self._prediction(item, patient)
        )
        if record is None:
            self._log.stamp(new)
            new.created_at = self._log.now
            new.created_by = self._user
            self._items_of[new.uuid] = [item]
            self._waiting.append((self._items_of[new.uuid], new))
            return new
        ours, theirs = kind.payload_of(record), kind.payload_of(new)
        names = SAID_BY_EVERY_CLIENT if _is_classic(record) else tuple(theirs)
        if any(ours[name] != theirs[name] for name in names):
            raise serializers.ValidationError(
                {"uuid": ["Another record has this uuid, and it is never edited."]}
            )
        if record.pk is None:
            self._items_of[record.uuid].append(item)
        else:
            _settle(item, "unchanged", record)
        return record

    def store(self) -> None:
        """Write what is new and settle its items; the same again in one batch is unchanged."""
        self.store_predictions()
        outcomes = [new for _, new in self._waiting if isinstance(new, Outcome)]
        Outcome.objects.bulk_create(outcomes, batch_size=1000)
        for items, new in self._waiting:
            for i, item in enumerate(items):
                _settle(item, "unchanged" if i else "created", new)

    def _prediction(self, item: Item, patient: Patient) -> Prediction:
        fields = dict(item.payload)
        fields.pop("patient")
        doctor_id = fields.pop("requested_by_doctor_id", None)
        if doctor_id is not None and doctor_id not in self._doctors():
            raise serializers.ValidationError({"requested_by_doctor_id": ["Unknown doctor."]})
        return Prediction(
            uuid=UUID(item.raw_uuid),
            patient=patient,
            requested_by_doctor_id=doctor_id,
            server_check=item.server_check,
            is_synced=True,
            **fields,
        )

    def _outcome(
        self, item: Item, patient: Patient, existing: dict[tuple[str, UUID], Any]
    ) -> Outcome:
        fields = dict(item.payload)
        fields.pop("patient")
        prediction = None
        if (uuid := fields.pop("assessment", None)) is not None:
            prediction = existing.get(("assessment", uuid))
            if prediction is None or prediction.patient_id != patient.pk:
                raise serializers.ValidationError({"assessment": ["Unknown assessment."]})
            if prediction.pk is None:
                # It came in the same batch and waits; it must stand before it is named.
                self.store_predictions()
        return Outcome(uuid=UUID(item.raw_uuid), patient=patient, prediction=prediction, **fields)

    def store_predictions(self) -> None:
        """Write the waiting assessments now."""
        rows: list[Any] = [n for _, n in self._waiting if isinstance(n, Prediction)]
        rows = [row for row in rows if row.pk is None]
        Prediction.objects.bulk_create(rows, batch_size=1000)

    def _doctors(self) -> set[int]:
        if self._known_doctors is None:
            self._known_doctors = set(Doctor.objects.values_list("pk", flat=True))
        return self._known_doctors


def _settle(item: Item, status: str, record: Any) -> None:
    """Answer; of an assessment with the digest of its sealed text as it stands here."""
    item.settle(status, record)
    if isinstance(record, Prediction) and item.result is not None:
        sealed = record.details.get("sealed")
        is_text = isinstance(sealed, str)
        item.result["content_sha256"] = sha256(sealed.encode()).hexdigest() if is_text else None


def _is_classic(record: Any) -> bool:
    return isinstance(record, Prediction) and not record.is_synced
