"""Findings become the sentences that the design wrote, in both languages."""

from decimal import Decimal

import pytest
from hypothesis import given

from desktop_app.domain.lab_panel import (
    AGE,
    ALBUMIN,
    CRP,
    EXPOSURE,
    FIELDS,
    PLATELETS,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    SYMPTOMS,
    TOTAL_PROTEIN,
)
from desktop_app.domain.panel import Entry, MissingReason, Panel
from desktop_app.domain.panel_check import PanelContext, check_panel
from desktop_app.gui.findings import (
    describe_finding,
    field_help,
    field_name,
    figure_text,
    reason_text,
    unit_text,
    value_text,
)
from desktop_app.gui.texts import LANGUAGES
from tests.fakes.panels import CONTEXT, CONTEXTS, PANELS, panel_with

PENDING = MissingReason.PENDING


@pytest.mark.parametrize(
    ("key", "entry", "korean", "english"),
    [
        (
            PLATELETS.key,
            Entry("193000", "10*3/uL"),
            "193000 /µL입니까? 10³/µL로는 193입니다.",
            "Is this 193000 /µL? That is 193 ×10³/µL.",
        ),
        (
            PLATELETS.key,
            Entry("236", "/uL"),
            "236 ×10³/µL입니까? /µL로는 0.236 ×10³/µL입니다.",
            "Is this 236 ×10³/µL? As /µL it is 0.236 ×10³/µL.",
        ),
        (
            SYMPTOMS.key,
            Entry("150", "mo"),
            "150일입니까? 개월로는 4.93입니다.",
            "Is this 150 days? That is 4.93 months.",
        ),
        (
            PLATELETS.key,
            Entry("1100", "10*3/uL"),
            "혈소판 1100 ×10³/µL이 맞습니까? 20–1000이면 묻지 않습니다.",
            "Is a platelet count of 1100 ×10³/µL right? 20–1000 needs no question.",
        ),
        (
            ALBUMIN.key,
            Entry("38", "g/dL", is_confirmed=True),
            "알부민 38 g/dL은 있을 수 없는 값입니다(0.5–7.0). 38 g/L이라면 단위를 바꾸세요.",
            "Albumin of 38 g/dL is impossible (0.5–7.0). If it is 38 g/L, change the unit.",
        ),
        (
            EXPOSURE.key,
            Entry("85", "a"),
            "노출 기간 85년은 나이 67세보다 길 수 없습니다. 0–67 사이로 고치세요.",
            "Exposure of 85 years cannot be longer than age 67. Enter 0–67.",
        ),
        (
            ALBUMIN.key,
            Entry("", "g/dL", PENDING),
            "알부민 비어 있음 · 결과 대기. 알부민 없이 계산했습니다.",
            "Albumin missing · pending. Scored without it.",
        ),
        (
            PLEURAL_PROTEIN.key,
            Entry("0", "g/dL"),
            (
                "흉수 단백 0 g/dL은 있을 수 없는 값입니다(0.1–10). "
                "흉수가 없으면 ‘흉수 없음’을 고르세요."
            ),
            (
                "Pleural-fluid protein of 0 g/dL is impossible (0.1–10). "
                "If there is no fluid, tick “No pleural fluid”."
            ),
        ),
        (
            PLEURAL_PROTEIN.key,
            Entry("7.4", "g/dL"),
            "흉수 단백 7.4 g/dL이 맞습니까? 총단백 7.1 g/dL보다 큽니다.",
            "Is a pleural-fluid protein of 7.4 g/dL right? It exceeds total protein, 7.1 g/dL.",
        ),
        (
            CRP.key,
            Entry("3,9", "mg/L"),
            "3,9의 쉼표가 소수점인지 알 수 없습니다. 3.9처럼 점으로 적으세요.",
            "The comma in 3,9 may be a decimal point. Type a point, like 3.9.",
        ),
        (CRP.key, Entry("8.3", "mg/dL"), "높음", "High"),
    ],
)
def test_a_finding_speaks_as_the_design_wrote(
    key: str, entry: Entry, korean: str, english: str
) -> None:
    finding = check_panel(panel_with({key: entry}), CONTEXT).findings_of(key)[0]
    assert describe_finding(finding, language="ko") == korean
    assert describe_finding(finding, language="en") == english


def test_no_fluid_says_what_the_model_gets() -> None:
    checked = check_panel(panel_with(has_no_fluid=True), CONTEXT)
    protein, ldh = (checked.findings_of(one.key)[0] for one in (PLEURAL_PROTEIN, PLEURAL_LDH))
    assert describe_finding(protein, language="ko") == (
        "흉수 없음. 모델은 흉수 단백을 0으로 받습니다."
    )
    assert describe_finding(ldh, language="en") == (
        "No pleural fluid. The model gets no LDH for it."
    )


@given(panel=PANELS, context=CONTEXTS)
def test_whatever_was_found_has_a_sentence_in_both_languages(
    panel: Panel, context: PanelContext
) -> None:
    for finding in check_panel(panel, context).findings:
        for language in LANGUAGES:
            sentence = describe_finding(finding, language=language)
            assert sentence
            assert len(sentence) < 250


def test_every_field_has_a_name_a_help_and_readable_units() -> None:
    for one in FIELDS:
        for language in LANGUAGES:
            assert field_name(one.key, language=language)
            assert field_help(one.key, language=language)
            assert all(unit_text(unit.ucum, language=language) for unit in one.units)


def test_ratios_have_names_too() -> None:
    assert field_name("LDH_ratio", language="ko") == "LDH 비 (흉수/혈액)"
    assert field_name("exposure_age_ratio", language="en") == "Exposure/age ratio"


@pytest.mark.parametrize(
    ("text", "key", "ucum", "korean", "english"),
    [
        ("193", PLATELETS.key, "10*3/uL", "193 ×10³/µL", "193 ×10³/µL"),
        ("25", PLATELETS.key, "10*4/uL", "25 ×10⁴/µL", "25 ×10⁴/µL"),
        ("67", AGE.key, "a", "67세", "67 years"),
        ("1", EXPOSURE.key, "a", "1년", "1 year"),
        ("1.5", SYMPTOMS.key, "mo", "1.5개월", "1.5 months"),
        ("<0.3", CRP.key, "mg/L", "<0.3 mg/L", "<0.3 mg/L"),
    ],
)
def test_a_figure_never_stands_without_its_unit(
    text: str, key: str, ucum: str, korean: str, english: str
) -> None:
    assert value_text(text, key, ucum, language="ko") == korean
    assert value_text(text, key, ucum, language="en") == english


@pytest.mark.parametrize(
    ("figure", "digits", "text"),
    [
        ("193000", 5, "193000"),
        ("1234567", 3, "1234567"),
        ("4.92772", 5, "4.9277"),
        ("0.236", 5, "0.236"),
        ("0.000123456", 3, "0.000123"),
        ("7.10", 5, "7.1"),
        ("0", 5, "0"),
        ("0.00", 3, "0"),
        ("1000", 3, "1000"),
        ("1E+99", 5, "1e+99"),
    ],
)
def test_a_figure_is_rounded_behind_the_point_only(figure: str, digits: int, text: str) -> None:
    assert figure_text(Decimal(figure), digits) == text


def test_reasons_have_words() -> None:
    assert [reason_text(one, language="ko") for one in MissingReason] == [
        "검사 안 함",
        "결과 대기",
        "채취 안 함",
        "모름",
    ]


def test_the_total_protein_keeps_its_own_unit_in_a_question() -> None:
    panel = panel_with({ALBUMIN.key: Entry("5"), TOTAL_PROTEIN.key: Entry("50", "g/L")})
    finding = check_panel(panel, CONTEXT).findings_of(ALBUMIN.key)[0]
    assert describe_finding(finding, language="en") == (
        "Is an albumin of 5 g/dL right? It should be below total protein, 50 g/L."
    )
