"""The OpenAPI document is whole, and no call answers what it does not name."""

import re
import warnings
from typing import Any

import pytest
import schemathesis
from django.contrib.staticfiles import finders
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend.django_api.wsgi import application
from tests.backend.samples import PATIENT, PREDICTION, assessment, item, patient_of, push

# 500 is in no document, 502 and 503 are the contract's own.
CHECKS = (
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


def test_the_document_names_every_call_of_the_contract(admin: APIClient) -> None:
    document = admin.get("/api/schema/", HTTP_ACCEPT="application/json").json()
    calls = {(m, p) for p, methods in document["paths"].items() for m in methods}
    for method, path in (
        ("post", "/api/auth/token/"),
        ("post", "/api/auth/token/refresh/"),
        ("get", "/api/auth/me/"),
        ("patch", "/api/auth/update-profile/"),
        ("post", "/api/auth/register/"),
        ("post", "/api/auth/register-doctor/"),
        ("get", "/api/auth/users/"),
        ("post", "/api/auth/change-role/"),
        ("post", "/api/auth/register-bulk/"),
        ("post", "/api/auth/bulk-approve/"),
        ("get", "/api/patients/"),
        ("get", "/api/patients/all/"),
        ("get", "/api/patients/mine/"),
        ("get", "/api/patients/by-doctor/{doctor_id}/"),
        ("post", "/api/patients/"),
        ("delete", "/api/patients/{patient_id}/"),
        ("post", "/api/patients/assign-doctors/"),
        ("post", "/api/patients/bulk-assign-doctor/"),
        ("patch", "/api/patients/records/{record_id}/"),
        ("get", "/api/doctors/{doctor_id}/"),
        ("get", "/api/prescriptions/by-patient/{patient_id}/"),
        ("get", "/api/prescriptions/by-doctor/{doctor_id}/"),
        ("delete", "/api/predictions/{prediction_id}/"),
        ("get", "/api/ml/schema/"),
        ("post", "/api/ml/predict/"),
        ("post", "/api/ml/reload/"),
        ("get", "/api/sync/"),
        ("post", "/api/sync/push/"),
        ("get", "/api/sync/pull/"),
        ("post", "/api/sync/workstations/"),
        ("post", "/api/sync/transfers/"),
    ):
        assert (method, path) in calls, path


def test_the_page_of_the_interface_asks_no_other_host(db: str) -> None:
    page = APIClient().get("/api/docs/").content.decode()
    assert "://" not in page
    assert '"validatorUrl": null' in page
    needed = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert needed
    for path in needed:
        assert path.startswith("/static/"), path
        assert finders.find(path.removeprefix("/static/")), path


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.logs_warning
def test_no_generated_call_answers_500_or_what_the_document_does_not_name(
    admin: APIClient, server_keys: dict[str, str], is_full_run: bool
) -> None:
    made = patient_of(admin)
    admin.post("/api/predictions/", {**PREDICTION, "patient_id": made["id"]})
    someone = item("patient", PATIENT)
    push(admin, someone, item("assessment", assessment(someone["uuid"])))
    header = vars(admin)["_credentials"]["HTTP_AUTHORIZATION"]
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    tried: dict[str, int] = {}

    def try_operation(operation: Any) -> None:
        @given(data=st.data())
        @hypothesis_settings(
            max_examples=100 if is_full_run else 8,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        def try_case(data: Any) -> None:
            mode = data.draw(st.sampled_from(list(schemathesis.GenerationMode)))
            case = data.draw(operation.as_strategy(generation_mode=mode))
            case.headers["Authorization"] = header
            tried[operation.label] = tried.get(operation.label, 0) + 1
            case.validate_response(case.call(), checks=list(CHECKS))

        try_case()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the generator's own libraries
        for result in schema.get_all_operations():
            operation: Any = result
            try_operation(operation.ok())
    assert len(tried) >= 40
