"""The form's rules: what is refused, asked about, flagged, missing, and what follows from it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from desktop_app.domain.lab_panel import (
    AGE,
    ALBUMIN,
    BLOOD_LDH,
    CRP,
    EXPOSURE,
    FIELD_BY_KEY,
    FIELDS,
    PLATELETS,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    SYMPTOMS,
    TOTAL_PROTEIN,
    WHITE_CELLS,
    Field,
)
from desktop_app.domain.panel import (
    CheckedPanel,
    Entry,
    Finding,
    FindingCode,
    MissingReason,
    Panel,
    Tier,
)
from desktop_app.domain.panel_check import PanelContext, check_panel
from tests.fakes.panels import CONTEXT, CONTEXTS, PANELS, panel_with


def check(key: str, text: str, unit: str = "", *, is_confirmed: bool = False) -> CheckedPanel:
    return check_panel(panel_with({key: Entry(text, unit, is_confirmed=is_confirmed)}), CONTEXT)


def finding(key: str, text: str, unit: str = "", *, is_confirmed: bool = False) -> Finding | None:
    found = check(key, text, unit, is_confirmed=is_confirmed).findings_of(key)
    return found[0] if found else None


def code(key: str, text: str, unit: str = "", *, is_confirmed: bool = False) -> FindingCode | None:
    found = finding(key, text, unit, is_confirmed=is_confirmed)
    return found.code if found else None


def test_a_good_panel_has_nothing_to_say_and_can_be_assessed() -> None:
    checked = check_panel(panel_with(), CONTEXT)
    assert [one for one in checked.findings if one.tier is not Tier.FLAG] == []
    assert checked.can_be_assessed
    assert checked.used_count == 9


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_a_figure_just_beyond_the_limits_is_refused_or_its_unit_doubted(field: Field) -> None:
    for end, step in ((field.refuse.low, "-0.01"), (field.refuse.high, "0.01")):
        beyond = end + Decimal(step)
        if beyond < 0 or field is AGE:
            continue
        checked = check(field.key, str(beyond))
        found = checked.findings_of(field.key)[0]
        assert found.tier in (Tier.REFUSE, Tier.UNIT)
        assert checked.measurements[field.key].value is None


def test_an_age_outside_adults_is_refused() -> None:
    for age in (17, 121):
        checked = check_panel(panel_with(), replace(CONTEXT, age=age))
        assert checked.findings_of(AGE.key)[0].code is FindingCode.OUT_OF_LIMITS


def test_the_age_of_the_birth_date_counts_not_a_typed_one() -> None:
    assert check(AGE.key, "44").measurements[AGE.key].value == 67
    typed = check_panel(panel_with({AGE.key: Entry("44")}), replace(CONTEXT, age=None))
    assert typed.measurements[AGE.key].value == 44


def test_no_exposure_is_longer_than_the_life() -> None:
    checked = check(EXPOSURE.key, "85", "a")
    found = checked.findings_of(EXPOSURE.key)[0]
    assert (found.code, found.tier) == (FindingCode.EXPOSURE_OVER_AGE, Tier.REFUSE)
    assert (found.context["low"], found.context["high"]) == (0, 67)
    assert checked.ratios.exposure_age is None
    assert code(EXPOSURE.key, "804", "mo") is FindingCode.UNUSUAL
    assert code(EXPOSURE.key, "816", "mo") is FindingCode.EXPOSURE_OVER_AGE
    assert code(EXPOSURE.key, "60") is None


def test_albumin_is_a_part_of_total_protein() -> None:
    panel = panel_with({ALBUMIN.key: Entry("5"), TOTAL_PROTEIN.key: Entry("50", "g/L")})
    found = check_panel(panel, CONTEXT).findings_of(ALBUMIN.key)[0]
    assert (found.code, found.tier) == (FindingCode.ALBUMIN_OVER_PROTEIN, Tier.CONFIRM)
    assert code(ALBUMIN.key, "5") is None


def test_pleural_protein_above_total_protein_is_asked_about_once() -> None:
    assert code(PLEURAL_PROTEIN.key, "7.2") is FindingCode.FLUID_OVER_PROTEIN
    assert code(PLEURAL_PROTEIN.key, "7.1") is None
    assert code(PLEURAL_PROTEIN.key, "7.2", is_confirmed=True) is None


def test_an_unusual_value_asks_once_and_names_its_limits_in_the_typed_unit() -> None:
    found = finding(PLATELETS.key, "110", "10*4/uL")
    assert found is not None
    assert (found.code, found.tier) == (FindingCode.UNUSUAL, Tier.CONFIRM)
    assert (found.context["low"], found.context["high"]) == (2, 100)
    assert finding(PLATELETS.key, "1100", is_confirmed=True) == Finding(
        PLATELETS.key, FindingCode.HIGH, Tier.FLAG, {"typed": "1100", "unit": "10*3/uL"}
    )


def test_an_answer_never_silences_what_is_impossible() -> None:
    found = finding(ALBUMIN.key, "38", "g/dL", is_confirmed=True)
    assert found is not None
    assert (found.code, found.tier) == (FindingCode.OUT_OF_LIMITS, Tier.REFUSE)
    assert found.context["suggested_unit"] == "g/L"


def test_values_beside_the_reference_range_are_flagged_and_block_nothing() -> None:
    assert code(CRP.key, "5") is None
    assert code(CRP.key, "6") is FindingCode.HIGH
    assert code(ALBUMIN.key, "3.4") is FindingCode.LOW
    assert check(ALBUMIN.key, "3.4").can_be_assessed


def test_the_laboratory_s_own_upper_limit_decides_what_is_a_high_ldh() -> None:
    panel = panel_with({BLOOD_LDH.key: Entry("300")})
    own = replace(panel, ldh_upper_limit=Decimal(480))
    assert check_panel(panel, CONTEXT).findings_of(BLOOD_LDH.key)[0].code is FindingCode.HIGH
    assert check_panel(own, CONTEXT).findings_of(BLOOD_LDH.key) == ()


def test_a_gap_needs_a_reason_and_then_blocks_no_more() -> None:
    without = check(ALBUMIN.key, " ")
    assert without.findings_of(ALBUMIN.key)[0].code is FindingCode.REASON_NEEDED
    assert not without.can_be_assessed
    given_reason = panel_with({ALBUMIN.key: Entry("", "g/dL", MissingReason.PENDING)})
    checked = check_panel(given_reason, CONTEXT)
    found = checked.findings_of(ALBUMIN.key)[0]
    assert (found.code, found.context["reason"]) == (FindingCode.MISSING, MissingReason.PENDING)
    assert checked.can_be_assessed
    assert checked.used_count == 8


def test_exposure_cannot_be_missing_whatever_the_reason() -> None:
    panel = panel_with({EXPOSURE.key: Entry("", "a", MissingReason.UNKNOWN)})
    found = check_panel(panel, CONTEXT).findings_of(EXPOSURE.key)[0]
    assert (found.code, found.tier) == (FindingCode.REQUIRED, Tier.REFUSE)


def test_five_used_values_are_too_few() -> None:
    gap = Entry("", "", MissingReason.NOT_DONE)
    keys = [SYMPTOMS.key, PLATELETS.key, ALBUMIN.key]
    six = check_panel(panel_with(dict.fromkeys(keys, gap)), CONTEXT)
    assert (six.used_count, six.can_be_assessed) == (6, True)
    five = check_panel(panel_with(dict.fromkeys([*keys, CRP.key], gap)), CONTEXT)
    assert (five.used_count, five.can_be_assessed) == (5, False)
    unused = check_panel(panel_with({WHITE_CELLS.key: gap, TOTAL_PROTEIN.key: gap}), CONTEXT)
    assert unused.used_count == 9


def test_no_fluid_gives_the_model_a_protein_of_zero_and_no_ldh() -> None:
    gap = Entry("", "", MissingReason.PENDING)
    checked = check_panel(panel_with({BLOOD_LDH.key: gap}, has_no_fluid=True), CONTEXT)
    values = checked.model_values()
    assert values[PLEURAL_PROTEIN.key] == 0
    assert values[PLEURAL_LDH.key] is None
    assert checked.used_count == 7
    assert checked.can_be_assessed
    assert {one.code for one in checked.findings if one.field in (PLEURAL_LDH.key,)} == {
        FindingCode.NO_FLUID
    }
    assert checked.ratios.is_exudate is None


def test_ratios_and_light_s_criteria_follow_the_values() -> None:
    ratios = check_panel(panel_with(), CONTEXT).ratios
    assert ratios.ldh == 576 / 231
    assert ratios.protein == 3.9 / 7.1
    assert ratios.exposure_age == 35 / 67
    assert ratios.is_exudate is True


@pytest.mark.parametrize(
    ("pleural_ldh", "pleural_protein", "own_limit", "is_exudate"),
    [
        ("100", "2", None, False),
        ("140", "2", None, True),  # above 0.6 of 231
        ("100", "3.6", None, True),  # above 0.5 of 7.1
        ("130", "2", "190", True),  # above two thirds of 190
        ("", "2", None, None),
        ("100", "", None, None),
        ("140", "", None, True),
    ],
)
def test_one_criterion_makes_an_exudate_and_all_three_a_transudate(
    pleural_ldh: str, pleural_protein: str, own_limit: str | None, is_exudate: bool | None
) -> None:
    panel = panel_with(
        {
            PLEURAL_LDH.key: Entry(pleural_ldh, is_confirmed=True),
            PLEURAL_PROTEIN.key: Entry(pleural_protein),
        }
    )
    limit = None if own_limit is None else Decimal(own_limit)
    checked = check_panel(replace(panel, ldh_upper_limit=limit), CONTEXT)
    assert checked.ratios.is_exudate is is_exudate


def test_an_unknown_unit_is_refused() -> None:
    assert code(CRP.key, "4", "g/dL") is FindingCode.UNIT_NOT_ACCEPTED


def test_a_comparator_is_kept_and_the_model_gets_the_limit() -> None:
    measured = check(CRP.key, "<0.3", "mg/L").measurements[CRP.key]
    assert (measured.text, measured.comparator, measured.value) == ("<0.3", "<", 0.3)


@given(panel=PANELS, context=CONTEXTS)
def test_whatever_is_typed_is_checked_without_an_error(panel: Panel, context: PanelContext) -> None:
    checked = check_panel(panel, context)
    order = [field.key for field in FIELDS]
    fields = [one.field for one in checked.findings]
    assert fields == sorted(set(fields), key=order.index)
    assert check_panel(panel, context) == checked


@given(panel=PANELS, context=CONTEXTS)
def test_missing_is_never_zero(panel: Panel, context: PanelContext) -> None:
    checked = check_panel(panel, context)
    for key, value in checked.model_values().items():
        measured = checked.measurements[key]
        if not measured.text.strip():
            is_no_fluid_protein = measured.is_no_fluid and key == PLEURAL_PROTEIN.key
            assert value == (0.0 if is_no_fluid_protein else None)


@given(panel=PANELS, context=CONTEXTS)
def test_what_is_impossible_has_no_value(panel: Panel, context: PanelContext) -> None:
    checked = check_panel(panel, context)
    for one in FIELDS:
        value = checked.measurements[one.key].value
        assert value is None or one.refuse.holds(Decimal(repr(value)))


@given(panel=PANELS, context=CONTEXTS)
def test_the_typed_form_survives_opening_editing_and_saving(
    panel: Panel, context: PanelContext
) -> None:
    first = check_panel(panel, context)
    reopened = {
        key: Entry(one.text, one.unit, one.missing, one.is_confirmed)
        for key, one in first.measurements.items()
    }
    again = check_panel(replace(panel, entries=reopened), context)
    assert again.measurements == first.measurements
    for key, entry in panel.entries.items():
        if key == AGE.key and context.age is not None:
            continue
        measured = again.measurements[key]
        assert measured.text == entry.text
        assert measured.unit == (entry.unit or FIELD_BY_KEY[key].canonical.ucum)
