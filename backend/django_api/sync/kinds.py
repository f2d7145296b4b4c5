"""The kinds of records that workstations exchange, and what a payload of each must hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from rest_framework import serializers

from backend.django_api.common.serializers import (
    IdField,
    NameField,
    ObjectField,
    StrictFloatField,
    StrictSerializer,
    UuidField,
)
from backend.django_api.patients.apis import PatientInput
from backend.django_api.patients.models import Patient
from backend.django_api.patients.selectors import payload_of as patient_payload
from backend.django_api.predictions.models import Outcome, Prediction
from backend.django_api.predictions.selectors import assessment_payload, outcome_payload
from backend.django_api.prescriptions.apis import QuillDeltaField
from backend.django_api.prescriptions.models import Prescription
from backend.django_api.prescriptions.selectors import payload_of as prescription_payload
from backend.django_api.records.models import Record


class PatientPayload(PatientInput):
    """A patient."""

    ignored = frozenset()
    phone = NameField(max_length=32, allow_blank=True, required=False)
    details = ObjectField(required=False)


class PrescriptionPayload(StrictSerializer):
    """A prescription."""

    patient = UuidField()
    doctor = IdField(required=False, allow_null=True)
    title = NameField(max_length=200)
    content_delta = QuillDeltaField(max_length=200_000, allow_blank=False)
    details = ObjectField(required=False)


class AssessmentPayload(StrictSerializer):
    """An assessment."""

    patient = UuidField()
    input_data = ObjectField()
    output_label = serializers.IntegerField(min_value=0, max_value=1)
    output_proba = StrictFloatField(min_value=0, max_value=1)
    model_name = NameField(max_length=80)
    model_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", max_length=64)
    threshold = StrictFloatField(min_value=0, max_value=1)
    assessed_at = serializers.DateTimeField()
    requested_by_doctor_id = IdField(required=False, allow_null=True)
    details = ObjectField(required=False)


class OutcomePayload(StrictSerializer):
    """An outcome of a patient, or of one assessment."""

    patient = UuidField()
    assessment = UuidField(required=False, allow_null=True)
    outcome = NameField(max_length=80)
    recorded_at = serializers.DateTimeField()
    details = ObjectField(required=False)


@dataclass(frozen=True)
class Kind:
    """How records of one kind are read, checked and shown."""

    name: str
    model: type[Record]
    payload: type[StrictSerializer]
    is_editable: bool

    @property
    def rows(self) -> QuerySet[Any]:
        """Return all records with what their payload needs, in a fixed number of queries."""
        found: QuerySet[Any] = self.model._default_manager.all()
        if self.model is Patient:
            return found.prefetch_related("assigned_doctors")
        if self.model is Outcome:
            return found.select_related("patient", "prediction")
        return found.select_related("patient")

    def payload_of(self, record: Any) -> dict[str, Any]:
        """Return what workstations exchange of a record."""
        return SHOW[self.name](record)


SHOW: Final[dict[str, Callable[[Any], dict[str, Any]]]] = {
    "patient": patient_payload,
    "prescription": prescription_payload,
    "assessment": assessment_payload,
    "outcome": outcome_payload,
}

# In the order in which one may name another.
KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("patient", Patient, PatientPayload, is_editable=True),
        Kind("prescription", Prescription, PrescriptionPayload, is_editable=True),
        Kind("assessment", Prediction, AssessmentPayload, is_editable=False),
        Kind("outcome", Outcome, OutcomePayload, is_editable=False),
    )
}
RANK: Final = {name: rank for rank, name in enumerate(KINDS)}


# Versions of one record that a workstation sent and heard nothing of.
MOST_SUPERSEDED = 200


class ItemInput(StrictSerializer):
    """The envelope of a record."""

    kind = serializers.ChoiceField(list(KINDS))
    uuid = UuidField()
    change_id = UuidField(required=False)
    supersedes = serializers.ListField(
        child=UuidField(), max_length=MOST_SUPERSEDED, required=False, default=list
    )
    base_version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    version = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    deleted = serializers.BooleanField(required=False, default=False)
    payload = serializers.JSONField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a change without a name that claims to replace others."""
        if attrs["supersedes"] and "change_id" not in attrs:
            raise serializers.ValidationError(
                {"supersedes": ["Only a change with an id has them."]}
            )
        return attrs
