"""Take in what the server holds: new records, changes merged field by field, conflicts kept."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from desktop_app.application.ports import UnitOfWork
from desktop_app.domain.exchange import (
    DELETED,
    Fields,
    Held,
    HeldReason,
    Incoming,
    OutboxItem,
    RecordKind,
    Seal,
    ServerRecord,
    ServerVersion,
    ShownAssessment,
    SyncRecord,
)
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.merging import merge
from desktop_app.domain.patient import Patient, problems_of
from desktop_app.domain.patient_fields import (
    PatientVersion,
    details_from,
    fields_of,
    with_fields,
)


@dataclass
class Receiver:
    """Takes records in, each in the present transaction of `work`.

    `epoch` is the server's present life; what was known of an earlier one is no base for merging.
    `unfit` counts records that do not fit what stands here and were left out; `is_unsettled` tells
    that something was merged that the server does not have yet.
    """

    now: Callable[[], datetime]
    today: Callable[[], date]
    epoch: str = ""
    received: int = 0
    conflicts: set[RecordId] = field(default_factory=set)
    unfit: int = 0
    is_unsettled: bool = False

    def take(self, work: UnitOfWork, incoming: Incoming) -> None:
        """Take one record in, put it aside, or count it as unfit; nothing here is overwritten."""
        about = incoming.patient_id
        if incoming.problem:
            self.unfit += 1
        elif incoming.kind is RecordKind.PATIENT:
            self._take_patient(work, incoming)
        elif incoming.is_deleted:
            self._take_deletion(work, incoming)
        elif about is None:
            self.unfit += 1
        elif incoming.kind is RecordKind.ASSESSMENT:
            self._take_assessment(work, incoming, about)
        else:
            self._take_foreign(work, incoming, about)

    def _take_deletion(self, work: UnitOfWork, incoming: Incoming) -> None:
        """Note that the server deleted a record; nothing is ever deleted here."""
        known = work.sync.find(incoming.record_id)
        if known is not None and known.kind is not incoming.kind:
            self.unfit += 1
            return
        if known is not None:
            work.sync.save(replace(known, is_deleted=True, epoch=self.epoch))
        work.sync.delete_foreign(incoming.record_id)

    # -- patients ------------------------------------------------------------------------------

    def _take_patient(self, work: UnitOfWork, incoming: Incoming) -> None:
        patient = work.patients.find(incoming.record_id)
        is_under_way = work.outbox.is_under_way(incoming.record_id)
        if patient is not None and is_under_way and not incoming.is_deleted:
            work.sync.hold(Held(incoming, HeldReason.ANSWER_PENDING, self.now()))
        elif patient is not None:
            self.meet(work, patient, _version_of(incoming), incoming.server_id)
        elif incoming.is_deleted:
            work.sync.delete_foreign(incoming.record_id)
        else:
            self._admit(work, incoming)

    def _admit(self, work: UnitOfWork, incoming: Incoming) -> None:
        """Register a patient of another workstation, if enough is known to tell people apart."""
        try:
            details = details_from(incoming.fields).normalised()
        except (KeyError, TypeError, ValueError):
            self.unfit += 1
            return
        if work.assessments.find_seal(incoming.record_id) is not None:
            # Under this number an assessment stands here, whose delivery it would pass for.
            self.unfit += 1
            return
        if problems_of(details, self.today()):
            work.sync.hold(Held(incoming, HeldReason.INCOMPLETE, self.now()))
            return
        stated = incoming.fields.get("registered_at")
        registered_at = datetime.fromisoformat(stated) if stated else self.now()
        patient = Patient(
            patient_id=incoming.record_id,
            details=details,
            registered_at=registered_at,
            changed_at=incoming.changed_at or registered_at,
            is_archived=bool(incoming.fields.get("is_archived", False)),
        )
        work.patients.add(patient, is_from_server=True)
        theirs = _version_of(incoming)
        _keep_theirs(work, patient, theirs)
        self._know(work, patient, theirs, incoming.server_id, confirmed=1)
        self.received += 1
        for waiting in work.sync.take_held(patient.patient_id):
            if waiting.kind is not RecordKind.PATIENT:
                self.take(work, waiting)

    def meet(
        self, work: UnitOfWork, patient: Patient, theirs: ServerVersion, server_id: int | None
    ) -> None:
        """Bring a patient and the server's version of it together, or keep the conflict."""
        known = work.sync.find(patient.patient_id)
        if theirs.is_deleted:
            self._meet_deletion(work, patient, theirs, server_id, known)
            return
        if self._is_known(known, theirs):
            return
        versions = work.sync.list_versions(patient.patient_id)
        ours = fields_of(patient)
        shared = {name: value for name, value in theirs.fields.items() if name in ours}
        base = self._base(known, theirs, shared, versions)
        merged = merge(base=base, ours=ours, theirs=shared)
        conflicts = merged.conflicts or undecidable(theirs.fields, ours)
        wanted = None if conflicts else _valid(patient, merged.fields, self.now(), self.today())
        if conflicts or wanted is None:
            self._keep_conflict(work, patient, theirs)
            return
        stands = patient
        if merged.fields != ours:
            work.patients.update(wanted, expected_version=patient.version, is_from_server=True)
            _keep_theirs(work, wanted, theirs)
            stands = wanted
            self.received += 1
        is_theirs = all(merged.fields[name] == value for name, value in shared.items()) and (
            len(shared) == len(ours)
        )
        confirmed = stands.version if is_theirs else (known.version if known else 0)
        self._know(work, stands, theirs, server_id, confirmed=confirmed)
        work.outbox.release(patient.patient_id)
        if is_theirs:
            work.outbox.confirm(patient.patient_id, stands.version)
        else:
            self._queue(work, stands)
            self.is_unsettled = True

    def _is_known(self, known: SyncRecord | None, theirs: ServerVersion) -> bool:
        return (
            known is not None
            and known.epoch == self.epoch
            and known.base_version == theirs.version
            and not known.is_deleted
        )

    def _base(
        self,
        known: SyncRecord | None,
        theirs: ServerVersion,
        shared: Fields,
        versions: Sequence[PatientVersion],
    ) -> Fields:
        """Return what both sides had before they went apart.

        A version of ours that stands on the server is one whose confirmation never arrived. In
        another life of the server, or where it went back to an older version, a value that once
        stood here is one that it fell back to, and no change.
        """
        base = {} if known is None or known.base is None else known.base
        is_continued = (
            known is not None
            and known.base is not None
            and known.epoch == self.epoch
            and theirs.version > known.base_version
        )
        if is_continued and known is not None:
            for one in versions:
                if one.version > known.version and _agrees(shared, one.fields):
                    return one.fields
            return base
        seen = {name: [one.fields.get(name) for one in versions] for name in shared}
        return {**base, **{name: value for name, value in shared.items() if value in seen[name]}}

    def _keep_conflict(self, work: UnitOfWork, patient: Patient, theirs: ServerVersion) -> None:
        self._queue(work, patient)
        work.outbox.mark_conflict(patient.patient_id, theirs)
        self.conflicts.add(patient.patient_id)

    def _queue(self, work: UnitOfWork, patient: Patient) -> None:
        if work.outbox.find(patient.patient_id) is None:
            work.outbox.put(
                OutboxItem(
                    RecordKind.PATIENT,
                    patient.patient_id,
                    patient.patient_id,
                    patient.version,
                    self.now(),
                )
            )

    def _meet_deletion(
        self,
        work: UnitOfWork,
        patient: Patient,
        theirs: ServerVersion,
        server_id: int | None,
        known: SyncRecord | None,
    ) -> None:
        """Note that the server deleted a patient; nothing is ever deleted here."""
        before = known or SyncRecord(patient.patient_id, RecordKind.PATIENT, server_id, 0, 0)
        work.sync.save(
            replace(before, is_deleted=True, base_version=theirs.version, epoch=self.epoch)
        )
        work.outbox.release(patient.patient_id)
        work.outbox.refuse(patient.patient_id, patient.version, DELETED)

    def _know(
        self,
        work: UnitOfWork,
        patient: Patient,
        theirs: ServerVersion,
        server_id: int | None,
        *,
        confirmed: int,
    ) -> None:
        ours = fields_of(patient)
        work.sync.save(
            SyncRecord(
                patient.patient_id,
                RecordKind.PATIENT,
                server_id=server_id,
                base_version=theirs.version,
                version=confirmed,
                base={name: value for name, value in theirs.fields.items() if name in ours},
                seen_at=patient.version,
                confirmed_at=self.now(),
                epoch=self.epoch,
            )
        )

    # -- records about patients ----------------------------------------------------------------

    def _take_assessment(self, work: UnitOfWork, incoming: Incoming, patient_id: RecordId) -> None:
        """Keep an assessment exactly as it was sealed; one that stands here has arrived."""
        seal = work.assessments.find_seal(incoming.record_id)
        if seal is None:
            if not self._admit_assessment(work, incoming, patient_id):
                return
        elif not _is_same(incoming, patient_id, seal):
            self.unfit += 1
            return
        work.sync.save(
            SyncRecord(
                incoming.record_id,
                RecordKind.ASSESSMENT,
                server_id=incoming.server_id,
                base_version=incoming.version,
                version=1,
                confirmed_at=self.now(),
                server_check=incoming.server_check,
                epoch=self.epoch,
            )
        )
        work.outbox.confirm(incoming.record_id, 1)

    def _admit_assessment(self, work: UnitOfWork, incoming: Incoming, patient_id: RecordId) -> bool:
        """Store an assessment that is new here; False where it is put elsewhere or nowhere."""
        if work.patients.find(patient_id) is None:
            self._hold(work, incoming)
        elif work.patients.find(incoming.record_id) is not None:
            self.unfit += 1
        elif not incoming.sealed:
            self._take_foreign(work, incoming, patient_id)
        else:
            try:
                work.assessments.admit(_shown(incoming, patient_id), incoming.sealed)
            except ValueError:
                self.unfit += 1
            else:
                self.received += 1
                return True
        return False

    def _hold(self, work: UnitOfWork, incoming: Incoming) -> None:
        work.sync.hold(Held(incoming, HeldReason.PATIENT_UNKNOWN, self.now()))

    def _take_foreign(self, work: UnitOfWork, incoming: Incoming, patient_id: RecordId) -> None:
        if work.patients.find(patient_id) is None:
            self._hold(work, incoming)
            return
        fields = incoming.fields
        work.sync.save_server_record(
            ServerRecord(
                record_id=incoming.record_id,
                kind=incoming.kind,
                patient_id=patient_id,
                version=incoming.version,
                recorded_at=incoming.changed_at or self.now(),
                author_name=incoming.changed_by,
                title=str(fields.get("title", "")),
                words=str(fields.get("words", "")),
                probability=fields.get("probability"),
                label=fields.get("label"),
            )
        )
        self.received += 1


def _is_same(incoming: Incoming, patient_id: RecordId, seal: Seal) -> bool:
    """Tell whether a server shows an assessment as it stands here.

    One that took it by the classic calls has no sealed text, but its values.
    """
    sealed = incoming.sealed
    is_sealed_so = not sealed or hashlib.sha256(sealed.encode()).hexdigest() == seal.digest
    return is_sealed_so and _shown(incoming, patient_id) == seal.shown


def _shown(incoming: Incoming, patient_id: RecordId) -> ShownAssessment:
    fields = incoming.fields
    return ShownAssessment(incoming.record_id, patient_id, fields["probability"], fields["label"])


def _version_of(incoming: Incoming) -> ServerVersion:
    return ServerVersion(
        incoming.version,
        incoming.fields,
        incoming.changed_by,
        incoming.changed_at,
        incoming.is_deleted,
    )


def _keep_theirs(work: UnitOfWork, patient: Patient, theirs: ServerVersion) -> None:
    work.sync.add_version(
        PatientVersion(
            patient_id=patient.patient_id,
            version=patient.version,
            change_id=new_record_id(),
            fields=fields_of(patient),
            changed_at=theirs.changed_at or patient.changed_at,
            author_name=theirs.changed_by,
            is_ours=False,
        )
    )


def _agrees(shared: Fields, fields: Fields) -> bool:
    return all(fields.get(name) == value for name, value in shared.items())


def undecidable(theirs: Fields, ours: Fields) -> tuple[str, ...]:
    """Return what no rule may decide: a year of birth that another program wrote without a day."""
    year, stated = theirs.get("birth_year"), str(theirs.get("birth_date", ours["birth_date"]))
    return () if year is None or stated.startswith(f"{year:04}-") else ("birth_date",)


def _valid(patient: Patient, fields: Fields, at: datetime, today: date) -> Patient | None:
    """Return the patient with merged fields, None where these do not go together."""
    try:
        wanted = with_fields(patient, fields, at)
    except (KeyError, TypeError, ValueError):
        return None
    return None if problems_of(wanted.details, today) else wanted
