"""Found the demonstration clinic: fictional patients, assessed by the real model over two years."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from desktop_app.application.accounts import AccountDetails, create_account
from desktop_app.application.assessments import hand_over_draft, record_assessment
from desktop_app.application.first_run import ClinicPlan, create_clinic, open_clinic
from desktop_app.application.patients import register_patient
from desktop_app.application.ports import RiskModel, TrainingBand
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance, sign_in
from desktop_app.domain.account import Account, Role
from desktop_app.domain.clinic import Language
from desktop_app.domain.draft import Draft
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.lab_panel import AGE, EXPOSURE, FIELD_BY_KEY, FIELDS
from desktop_app.domain.panel import Entry, MissingReason, Panel
from desktop_app.domain.patient import Patient, PatientDetails, Sex, exposure_years
from desktop_app.domain.recovery_key import recovery_groups

# Everybody may know it: the clinic is thrown away when the window closes.
DEMONSTRATION_PASSWORD = "mesodesk-demo"  # noqa: S105 - guards nothing
PREVALENCE = 0.05
DAYS_BETWEEN_ASSESSMENTS = 92
_DECIMALS = {"g/dL": 1, "mo": 1}


@dataclass(frozen=True)
class DemonstrationWords:
    """The names of the demonstration's clinic and roles, in the language of the screens."""

    language: Language
    clinic: str
    seat: str
    administrator: str
    doctor: str
    staff: str
    laboratory: str
    message: str


@dataclass(frozen=True)
class FictionalPatient:
    """A patient who does not exist, and how often he or she was assessed.

    `figures` are canonical figures of the first panel that chance does not draw.
    """

    details: PatientDetails
    assessments: int
    figures: Mapping[str, float]


@dataclass(frozen=True)
class PinnedClock:
    """A clock that stands still at a moment in the past, so that records get a history."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment

    def today(self) -> date:
        """Return the local day of the moment."""
        return self.moment.astimezone().date()

    def monotonic(self) -> float:
        """Return no time at all."""
        return 0.0


def found_demonstration(
    entrance: Entrance, people: Sequence[FictionalPatient], words: DemonstrationWords
) -> Session:
    """Build the clinic in the entrance's (temporary) folder and sign its doctor in."""
    plan = ClinicPlan(
        words.clinic,
        words.seat,
        words.administrator,
        "admin",
        DEMONSTRATION_PASSWORD,
        prevalence=PREVALENCE,
        language=words.language,
    )
    new = create_clinic(entrance, plan)
    groups = recovery_groups(new.recovery_key)
    open_clinic(entrance, new, {number: groups[number - 1] for number in new.proof_groups})
    staff = _hire(entrance, words)
    doctor = sign_in(entrance, "doctor", DEMONSTRATION_PASSWORD)
    patients = [admit(doctor, person, words) for person in people]
    _leave_draft(doctor, staff, patients[-1], words)
    return doctor


def _hire(entrance: Entrance, words: DemonstrationWords) -> Account:
    """Create the doctor and the staff account; return the latter."""
    admin = sign_in(entrance, "admin", DEMONSTRATION_PASSWORD)
    try:
        with admin.unit_of_work() as work:
            work.save_clinic(replace(work.clinic(), is_demonstration=True))
            work.commit()
        create_account(
            admin,
            AccountDetails("doctor", words.doctor, frozenset({Role.DOCTOR})),
            DEMONSTRATION_PASSWORD,
        )
        return create_account(
            admin,
            AccountDetails("staff", words.staff, frozenset({Role.STAFF})),
            DEMONSTRATION_PASSWORD,
        )
    finally:
        admin.close()


def admit(doctor: Session, person: FictionalPatient, words: DemonstrationWords) -> Patient:
    """Register a fictional patient in the past and assess the panels that chance draws."""
    chance = random.Random(person.details.chart_number)  # noqa: S311 - invents, protects nothing
    newest = doctor.clock.today() - timedelta(days=chance.randrange(1, 60))
    days = [
        newest - timedelta(days=DAYS_BETWEEN_ASSESSMENTS * back)
        for back in reversed(range(person.assessments))
    ]
    patient = register_patient(
        _at(doctor, days[0] if days else newest),
        replace(person.details, doctor_id=doctor.person.account_id),
    )
    figures = {**_first_figures(doctor.model(), chance), **person.figures}
    for day, panel in zip(days, _panels(patient, figures, chance, days, words), strict=True):
        record_assessment(_at(doctor, day), patient, panel)
    return patient


def _at(session: Session, day: date) -> Session:
    moment = datetime.combine(day, time(10, 20)).astimezone(UTC)
    return replace(session, clock=PinnedClock(moment))


def _first_figures(model: RiskModel, chance: random.Random) -> dict[str, float]:
    return {field.key: _draw(model.bands[field.key], chance) for field in FIELDS if field != AGE}


def _panels(
    patient: Patient,
    figures: Mapping[str, float],
    chance: random.Random,
    days: Sequence[date],
    words: DemonstrationWords,
) -> Iterator[Panel]:
    """Make a panel of the first figures, and each later one near the one before."""
    for day in days:
        entries = {key: _entry(key, figure) for key, figure in figures.items()}
        years = exposure_years(patient.details, day)
        entries[EXPOSURE.key] = Entry(str(years or 0), EXPOSURE.canonical.ucum)
        if chance.random() < 0.15:
            entries["albumin"] = Entry(
                unit="g/dL", missing=chance.choice((MissingReason.PENDING, MissingReason.NOT_DONE))
            )
        yield Panel(entries=entries, collected_on=day, laboratory=words.laboratory)
        figures = {key: figure * chance.uniform(0.88, 1.14) for key, figure in figures.items()}


def _draw(band: TrainingBand, chance: random.Random) -> float:
    """Draw a figure that spreads as the training records do."""
    quantiles = (band.p1, band.p25, band.median, band.p75, band.p99)
    quarter = chance.randrange(4)
    return chance.uniform(quantiles[quarter], quantiles[quarter + 1])


def _entry(key: str, figure: float) -> Entry:
    field = FIELD_BY_KEY[key]
    decimals = _DECIMALS.get(field.canonical.ucum, 0)
    rounded = Decimal(repr(figure)).quantize(Decimal(1).scaleb(-decimals))
    return Entry(str(rounded), field.canonical.ucum, is_confirmed=True)


def _leave_draft(
    doctor: Session, staff: Account, patient: Patient, words: DemonstrationWords
) -> None:
    """Let the staff account hand the doctor a draft, as a morning at a clinic does."""
    draft = Draft(
        draft_id=new_record_id(),
        patient_id=patient.patient_id,
        panel=_draft_panel(words),
        author_id=staff.account_id,
        author_name=staff.name,
        saved_at=doctor.clock.now(),
    )
    hand_over_draft(
        replace(doctor, person=staff),
        draft,
        doctor_id=doctor.person.account_id,
        message=words.message,
    )


def _draft_panel(words: DemonstrationWords) -> Panel:
    typed: Mapping[str, tuple[str, str]] = {
        "duration_of_symptoms": ("5", "mo"),
        "duration_of_asbestos_exposure": ("14", "a"),
        "platelet_count_(PLT)": ("31.4", "10*4/uL"),
        "cell_count_(WBC)": ("6.8", "10*3/uL"),
        "total_protein": ("6.9", "g/dL"),
        "albumin": ("38", "g/L"),
        "C-reactive_protein_(CRP)": ("<0.3", "mg/L"),
    }
    entries = {key: Entry(text, unit) for key, (text, unit) in typed.items()}
    entries["blood_lactic_dehydrogenise_(LDH)"] = Entry(unit="U/L", missing=MissingReason.PENDING)
    return Panel(entries=entries, has_no_fluid=True, laboratory=words.laboratory)


def read_fictional_patient(plain: Mapping[str, object]) -> FictionalPatient:
    """Read one entry of the demonstration's patient list."""
    return FictionalPatient(
        details=PatientDetails(
            name=str(plain["name"]),
            chart_number=str(plain["chart_number"]),
            birth_date=date.fromisoformat(str(plain["birth_date"])),
            sex=Sex(plain["sex"]),
            phone=str(plain["phone"]),
            exposure_start=int(str(plain["exposure_start"])),
            exposure_end=int(str(plain["exposure_end"])),
            exposure_work=str(plain["exposure_work"]),
        ),
        assessments=int(str(plain["assessments"])),
        figures={key: float(str(plain[key])) for key in FIELD_BY_KEY if key in plain},
    )
