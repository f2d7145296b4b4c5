"""Each use case refuses an account without its right before it touches anything."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest

from desktop_app import application
from desktop_app.application.session import Session
from desktop_app.domain.account import RIGHTS, Account, Right, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import new_record_id

RIGHT_OF = {
    "accounts.change_account": Right.MANAGE_ACCOUNTS,
    "accounts.create_account": Right.MANAGE_ACCOUNTS,
    "accounts.give_password": Right.MANAGE_ACCOUNTS,
    "accounts.list_accounts": Right.MANAGE_ACCOUNTS,
    "assessments.discard_draft": Right.ENTER_VALUES,
    "assessments.hand_over_draft": Right.ENTER_VALUES,
    "assessments.list_my_drafts": Right.ENTER_VALUES,
    "assessments.open_result": Right.READ_RESULTS,
    "assessments.record_assessment": Right.ASSESS,
    "assessments.save_draft": Right.ENTER_VALUES,
    "assessments.start_form": Right.ENTER_VALUES,
    "assessments.state_opinion": Right.COMMENT_RESULTS,
    "assessments.verify_record": Right.READ_RESULTS,
    "comparison.compare_assessments": Right.READ_RESULTS,
    "patients.archive_patient": Right.ARCHIVE_PATIENTS,
    "patients.change_patient": Right.EDIT_PATIENTS,
    "patients.count_patients": Right.READ_PATIENTS,
    "patients.find_similar_patients": Right.READ_PATIENTS,
    "patients.list_doctors": Right.READ_PATIENTS,
    "patients.list_history": Right.READ_PATIENTS,
    "patients.list_patients": Right.READ_PATIENTS,
    "patients.open_chart": Right.READ_PATIENTS,
    "patients.propose_chart_number": Right.EDIT_PATIENTS,
    "patients.register_patient": Right.EDIT_PATIENTS,
    "patients.restore_patient": Right.ARCHIVE_PATIENTS,
    "conflicts.decide_conflict": Right.DECIDE_CONFLICTS,
    "conflicts.list_conflicts": Right.DECIDE_CONFLICTS,
    "conflicts.open_conflict": Right.DECIDE_CONFLICTS,
    "server_setup.allow_unattended": Right.SET_UP_SYNC,
    "server_setup.check_connection": Right.SEND_RECORDS,
    "server_setup.describe_certificates": Right.READ_SYNC,
    "server_setup.read_enrolment_answer": Right.SET_UP_SYNC,
    "server_setup.save_server": Right.SET_UP_SYNC,
    "server_setup.sign_in_to_server": Right.SEND_RECORDS,
    "server_setup.sign_out_of_server": Right.SEND_RECORDS,
    "server_setup.trust_server": Right.SET_UP_SYNC,
    "server_setup.write_enrolment": Right.SET_UP_SYNC,
    "synchronise.is_sync_in_use": Right.READ_SYNC,
    "synchronise.list_more_rows": Right.SEND_RECORDS,
    "synchronise.read_patient_sync": Right.READ_SYNC,
    "synchronise.read_sync_centre": Right.SEND_RECORDS,
    "synchronise.read_sync_status": Right.READ_SYNC,
    "synchronise.send_again": Right.SEND_RECORDS,
    "synchronise.synchronise": Right.SEND_RECORDS,
    "transfer.export_transfer": Right.SEND_RECORDS,
    "transfer.plan_transfer": Right.SEND_RECORDS,
    "transfer.read_receipt": Right.SEND_RECORDS,
    "transfer.take_receipt": Right.SEND_RECORDS,
    "reports.issue_report": Right.PRINT_REPORTS,
    "reports.list_reports": Right.PRINT_REPORTS,
    "settings.change_clinic": Right.CHANGE_CLINIC,
}
# What everybody may do who is signed in: leave, own settings and password, the clinic's name.
OF_EVERYBODY = {
    "accounts.change_own_password",
    "audit_head.check_head",
    "settings.read_clinic",
    "settings.save_preferences",
    "sign_in.lock",
    "sign_in.sign_out",
}
# Build the demonstration in the name of a doctor, through the use cases above.
COMPOSED = {"demonstration.admit"}


def use_cases() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield every public function that begins with a session."""
    for module_info in pkgutil.iter_modules(application.__path__):
        module = importlib.import_module(f"{application.__name__}.{module_info.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or function.__module__ != module.__name__:
                continue
            parameters = tuple(inspect.signature(function).parameters.values())
            if parameters and parameters[0].annotation in (Session, "Session"):
                yield f"{module_info.name}.{name}", function


def session_of(*roles: Role) -> Session:
    """Return a session in which nothing but the person can be asked for anything."""
    person = Account(new_record_id(), "haneul", "김하늘", frozenset(roles))
    nothing = cast(Any, None)
    return Session(person, nothing, nothing, nothing, b"", nothing, nothing, nothing, nothing)


def attempt(session: Session, use_case: Callable[..., object]) -> object:
    """Call a use case with nothing in place of its arguments."""
    parameters = tuple(inspect.signature(use_case).parameters.values())[1:]
    by_place = [None for one in parameters if one.kind is not one.KEYWORD_ONLY]
    by_name = {one.name: None for one in parameters if one.kind is one.KEYWORD_ONLY}
    return use_case(session, *by_place, **by_name)


def test_every_use_case_is_known_here() -> None:
    assert {name for name, _ in use_cases()} == {*RIGHT_OF, *OF_EVERYBODY, *COMPOSED}


@pytest.mark.parametrize("name", RIGHT_OF)
def test_an_account_without_the_right_is_refused(name: str) -> None:
    use_case = dict(use_cases())[name]
    for roles in ((), *((role,) for role in Role if RIGHT_OF[name] not in RIGHTS[role])):
        with pytest.raises(AppError) as refusal:
            attempt(session_of(*roles), use_case)
        assert refusal.value.code is ErrorCode.ROLE_NOT_ALLOWED
        assert refusal.value.context == {"right": RIGHT_OF[name].value}


def test_staff_enters_and_looks_up_and_can_neither_assess_nor_print_nor_administer() -> None:
    refused = {Right.ASSESS, Right.PRINT_REPORTS, Right.MANAGE_ACCOUNTS, Right.CHANGE_CLINIC}
    assert {Right.ENTER_VALUES, Right.READ_PATIENTS} <= RIGHTS[Role.STAFF]
    assert not refused & RIGHTS[Role.STAFF]


def test_an_auditor_reads_the_trail_only() -> None:
    assert RIGHTS[Role.AUDITOR] == {Right.READ_AUDIT}
