"""How a record stands towards the server, in words."""

from dataclasses import dataclass

from desktop_app.application.synchronise import PatientSync
from desktop_app.domain.exchange import DELETED, Delivery, Refusal
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.sync_chip import sync_text

_MEANING_KEYS = {
    Delivery.WAITING: "patient.waiting_means",
    Delivery.CONFIRMED: "patient.confirmed_means",
    Delivery.CONFLICT: "patient.conflict",
}


@dataclass(frozen=True)
class Standing:
    """One record; a refused one has a `refusal`.

    `is_mismatched` tells that the server computed another probability from an assessment's values.
    """

    state: Delivery
    refusal: Refusal | None = None
    is_deleted_there: bool = False
    is_mismatched: bool = False

    @property
    def aside(self) -> str:
        """Return what stands beside the chip, or in its place where the server has deleted it."""
        if self.is_deleted_there:
            return tr("patient.deleted_there")
        return tr("patient.mismatched") if self.is_mismatched else ""

    @property
    def text(self) -> str:
        """Return the state in few words; what is painted says the same."""
        if self.is_deleted_there:
            return self.aside
        return " · ".join(filter(None, (sync_text(self.state), self.aside)))

    @property
    def sentence(self) -> str:
        """Return what the state means, with the server's reason."""
        if self.is_deleted_there:
            return tr("patient.deleted_there_means")
        if self.refusal is not None:
            return tr("patient.refused_means", reason=reason_text(self.refusal))
        means = tr(_MEANING_KEYS[self.state])
        return f"{means} {tr('patient.mismatched_means')}" if self.is_mismatched else means


def reason_text(refusal: Refusal) -> str:
    """Return why the server refused a record, in its own words."""
    return f"“{refusal.words}”" + (f" ({refusal.status})" if refusal.status else "")


def standing_of(sync: PatientSync, record_id: RecordId) -> Standing | None:
    """Return how the patient, or one of the assessments, stands; None where sync is not in use."""
    if not sync.is_in_use:
        return None
    refusal = sync.refusals.get(record_id)
    return Standing(
        state=sync.delivery.get(record_id, Delivery.CONFIRMED),
        refusal=refusal,
        is_deleted_there=record_id in sync.deleted_there or refusal == DELETED,
        is_mismatched=record_id in sync.mismatched,
    )
