"""Records reach the server once and the other workstations whole."""

from backend.django_api.patients.models import Patient as ServerPatient
from backend.django_api.predictions.models import Prediction
from tests.sync.conftest import MakeDesk
from tests.sync.workstation import Desk


def test_a_patient_and_an_assessment_reach_the_server_once(desk: Desk) -> None:
    patient = desk.register()
    assessment = desk.assess(patient)
    assert desk.counts().waiting == 2
    run = desk.synced().run
    assert (run.sent, run.confirmed, run.refused, run.conflicts) == (2, 2, 0, 0)
    counts = desk.counts()
    assert (counts.open, counts.confirmed) == (0, 2)
    (stored,) = ServerPatient.objects.all()
    assert (stored.uuid, stored.name, stored.birth_year) == (patient.patient_id, "홍길동", 1958)
    assert stored.details["chart_number"] == "00417"
    (prediction,) = Prediction.objects.all()
    assert prediction.uuid == assessment.assessment_id
    assert prediction.output_proba == assessment.result.probability
    again = desk.synced().run
    assert (again.sent, again.received) == (0, 0)
    assert Prediction.objects.count() == 1


def test_another_workstation_shows_the_same_records(make_desk: MakeDesk) -> None:
    first, second = make_desk("room1"), make_desk("room2")
    patient = first.register()
    assessment = first.assess(patient)
    first.synced()
    run = second.synced().run
    assert run.received == 2
    assert second.patient(patient).details == patient.details
    with second.session.unit_of_work() as work:
        assert work.assessments.get(assessment.assessment_id) == assessment
        assert work.assessments.sealed_text(assessment.assessment_id) == (
            assessment.content(),
            assessment.digest,
        )
    assert second.counts().open == 0
