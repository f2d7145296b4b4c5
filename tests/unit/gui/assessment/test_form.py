"""The form's rules: what shows when, what a keystroke changes, and what it never changes."""

from datetime import date
from decimal import Decimal

import pytest

from desktop_app.domain.lab_panel import (
    ALBUMIN,
    CRP,
    EXPOSURE,
    FIELDS,
    FLUID_FIELDS,
    PLATELETS,
    PLEURAL_PROTEIN,
    SYMPTOMS,
    Field,
)
from desktop_app.domain.panel import Entry, FindingCode, MissingReason, Panel, Tier
from desktop_app.domain.panel_check import PanelContext
from desktop_app.gui.assessment.form import Form

TODAY = date(2026, 3, 17)
CONTEXT = PanelContext(today=TODAY, age=67)
GOOD = {
    "duration_of_symptoms": "5",
    "duration_of_asbestos_exposure": "35",
    "platelet_count_(PLT)": "193",
    "cell_count_(WBC)": "7.2",
    "blood_lactic_dehydrogenise_(LDH)": "231",
    "total_protein": "7.1",
    "albumin": "3.8",
    "C-reactive_protein_(CRP)": "40",
    "pleural_lactic_dehydrogenise": "576",
    "pleural_protein": "3.9",
}


def empty_form(**panel: object) -> Form:
    return Form(Panel(**panel), CONTEXT)  # type: ignore[arg-type]  # names of Panel's own parts


def filled_form() -> Form:
    form = empty_form()
    for key, text in GOOD.items():
        form.type_text(key, text)
    return form


def shown_codes(form: Form, field: Field) -> list[FindingCode]:
    return [finding.code for finding in form.shown_findings(field.key)]


def test_a_form_without_anything_typed_shows_no_message_at_all() -> None:
    form = empty_form()
    assert not any(form.shown_findings(field.key) for field in FIELDS)
    assert not form.list_open(Tier.REFUSE)


def test_a_message_waits_until_its_row_is_left() -> None:
    form = empty_form()
    form.type_text(EXPOSURE.key, "85")
    assert shown_codes(form, EXPOSURE) == []
    assert form.list_open(Tier.REFUSE) == ()
    form.settle(EXPOSURE.key)
    assert shown_codes(form, EXPOSURE) == [FindingCode.EXPOSURE_OVER_AGE]
    assert [finding.field for finding in form.list_open(Tier.REFUSE)] == [EXPOSURE.key]


def test_a_message_goes_as_soon_as_it_is_solved_and_waits_again() -> None:
    form = empty_form()
    form.type_text(EXPOSURE.key, "85")
    form.settle(EXPOSURE.key)
    form.type_text(EXPOSURE.key, "35")
    assert shown_codes(form, EXPOSURE) == []
    form.type_text(EXPOSURE.key, "350")
    assert shown_codes(form, EXPOSURE) == []


def test_taking_the_suggested_unit_leaves_the_typed_text_alone() -> None:
    form = empty_form()
    form.type_text(PLATELETS.key, "193000")
    assert form.take_suggested_unit(PLATELETS.key) is None
    form.settle(PLATELETS.key)
    assert shown_codes(form, PLATELETS) == [FindingCode.UNIT_LOOKS_WRONG]
    assert form.take_suggested_unit(PLATELETS.key) == "/uL"
    assert form.entry(PLATELETS.key) == Entry("193000", "/uL")
    assert form.checked.measurements[PLATELETS.key].value == 193.0


def test_nothing_is_converted_without_a_keystroke() -> None:
    form = empty_form()
    form.type_text(PLATELETS.key, "193000")
    form.settle_all()
    assert form.entry(PLATELETS.key) == Entry("193000", "10*3/uL")


def test_right_silences_a_question_until_the_figure_or_the_unit_changes() -> None:
    form = empty_form()
    form.type_text(PLATELETS.key, "1100")
    form.settle(PLATELETS.key)
    assert form.confirm(PLATELETS.key)
    assert not any(finding.blocks for finding in form.checked.findings_of(PLATELETS.key))
    form.type_text(PLATELETS.key, "1200")
    form.settle(PLATELETS.key)
    assert any(finding.blocks for finding in form.shown_findings(PLATELETS.key))
    assert form.confirm(PLATELETS.key)
    form.choose_unit(PLATELETS.key, "10*9/L")
    form.settle(PLATELETS.key)
    assert any(finding.blocks for finding in form.shown_findings(PLATELETS.key))


def test_the_impossible_cannot_be_called_right() -> None:
    form = empty_form()
    form.type_text(ALBUMIN.key, "800")
    form.settle(ALBUMIN.key)
    assert not form.can_be_confirmed(ALBUMIN.key)
    assert not form.confirm(ALBUMIN.key)


def test_a_question_that_is_not_shown_yet_cannot_be_answered() -> None:
    form = empty_form()
    form.type_text(PLATELETS.key, "1100")
    assert not form.confirm(PLATELETS.key)


@pytest.mark.parametrize("field", [ALBUMIN, CRP, PLEURAL_PROTEIN])
def test_an_empty_value_of_todays_sample_is_pending_once_it_was_left(field: Field) -> None:
    form = empty_form(collected_on=TODAY)
    form.settle(field.key)
    assert form.entry(field.key).missing is MissingReason.PENDING


def test_an_empty_value_of_an_older_sample_asks_for_its_reason() -> None:
    form = empty_form(collected_on=date(2026, 3, 10))
    form.settle(ALBUMIN.key)
    assert shown_codes(form, ALBUMIN) == [FindingCode.REASON_NEEDED]
    form.give_reason(ALBUMIN.key, MissingReason.NOT_DONE)
    assert shown_codes(form, ALBUMIN) == [FindingCode.MISSING]


def test_a_value_of_the_history_is_never_pending_by_itself() -> None:
    form = empty_form(collected_on=TODAY)
    form.settle(SYMPTOMS.key)
    assert form.entry(SYMPTOMS.key).missing is None


def test_naming_todays_sample_later_makes_the_gaps_left_before_pending() -> None:
    form = empty_form()
    form.settle(ALBUMIN.key)
    form.set_sample(TODAY, "가나다 검사실", Decimal(240))
    assert form.entry(ALBUMIN.key).missing is MissingReason.PENDING
    assert form.panel.laboratory == "가나다 검사실"


def test_typing_a_value_takes_its_reason_away() -> None:
    form = empty_form(collected_on=TODAY)
    form.settle(ALBUMIN.key)
    form.type_text(ALBUMIN.key, "3.8")
    assert form.entry(ALBUMIN.key) == Entry("3.8", "g/dL")


def test_no_fluid_keeps_what_was_typed_about_the_fluid() -> None:
    form = filled_form()
    form.set_no_fluid(True)
    assert all(form.checked.measurements[field.key].is_no_fluid for field in FLUID_FIELDS)
    form.set_no_fluid(False)
    assert form.checked.measurements[PLEURAL_PROTEIN.key].value == 3.9


def test_a_whole_panel_can_be_assessed_and_carries_every_text_as_typed() -> None:
    form = filled_form()
    form.settle_all()
    assert form.checked.can_be_assessed
    assert {key: form.entry(key).text for key in GOOD} == GOOD


def test_wanting_to_assess_shows_everything_that_is_open() -> None:
    form = filled_form()
    form.type_text(EXPOSURE.key, "")
    form.type_text(CRP.key, "")
    form.settle_all()
    assert shown_codes(form, EXPOSURE) == [FindingCode.REQUIRED]
    assert shown_codes(form, CRP) == [FindingCode.REASON_NEEDED]
    assert [finding.field for finding in form.list_open(Tier.REFUSE)] == [EXPOSURE.key]


def test_a_draft_opens_with_what_its_author_had_seen() -> None:
    draft = Panel(entries={EXPOSURE.key: Entry("85", "a"), CRP.key: Entry("0.3x", "mg/L")})
    form = Form(draft, CONTEXT)
    assert shown_codes(form, EXPOSURE) == [FindingCode.EXPOSURE_OVER_AGE]
    assert shown_codes(form, CRP) == [FindingCode.NOT_A_NUMBER]
    assert shown_codes(form, ALBUMIN) == []
