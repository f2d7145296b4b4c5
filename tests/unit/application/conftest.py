"""A clinic in memory, with one person signed in and one patient."""

import pytest

from desktop_app.application.patients import register_patient
from desktop_app.application.ports import Door
from desktop_app.application.session import Session
from desktop_app.bootstrap import make_link
from desktop_app.domain.account import Account, Role
from desktop_app.domain.clinic import Clinic
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from tests.fakes.clock import FakeClock
from tests.fakes.records import FakeRecords, FakeRecordStore
from tests.fakes.risk_model import FakeRiskModel
from tests.fakes.samples import sample_patient
from tests.fakes.vault import FakeSecretStore, FakeSignInGuard, FakeVault

PASSWORD = "gray-lamp-river"


@pytest.fixture
def records() -> FakeRecords:
    return FakeRecordStore().create(b"key")


@pytest.fixture
def session(records: FakeRecords) -> Session:
    """A person who is doctor and administrator of a clinic in memory."""
    clock, vault = FakeClock(), FakeVault()
    person = Account(new_record_id(), "haneul", "김하늘", frozenset({Role.ADMIN, Role.DOCTOR}))
    key, _ = vault.create(Door("의원", "1", (person,)), person.account_id, PASSWORD)
    with records.unit_of_work() as work:
        work.accounts.save(person)
        work.save_clinic(Clinic("의원", "1"))
        work.commit()
    return Session(
        person=person,
        records=records,
        clock=clock,
        model=FakeRiskModel,
        data_key=key,
        vault=vault,
        guard=FakeSignInGuard(clock),
        encode_qr=lambda _text: (),
        link=make_link(FakeSecretStore()),
    )


@pytest.fixture
def patient(session: Session) -> Patient:
    return register_patient(session, sample_patient().details)
