"""What rows and the pane beside them say about a panel, as plain values."""

from datetime import date
from decimal import Decimal

import pytest

from desktop_app.application.ports import TrainingBand
from desktop_app.domain.lab_panel import (
    ALBUMIN,
    BLOOD_LDH,
    CRP,
    EXPOSURE,
    PLATELETS,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    SYMPTOMS,
    TOTAL_PROTEIN,
    Field,
)
from desktop_app.domain.panel import Measurement, MissingReason, Panel
from desktop_app.domain.panel_check import PanelContext
from desktop_app.gui.assessment.form import Form
from desktop_app.gui.assessment.mnemonics import LETTERS, with_mnemonic
from desktop_app.gui.assessment.row_display import (
    FieldState,
    MessageKind,
    RowDisplay,
    Surroundings,
    show_row,
)
from desktop_app.gui.assessment.side_display import list_problem_fields, show_side
from tests.fakes.risk_model import FakeRiskModel

TODAY = date(2026, 3, 17)
BANDS = FakeRiskModel.bands


def form_of(**panel: object) -> Form:
    made = Panel(**panel)  # type: ignore[arg-type]  # names of Panel's own parts
    return Form(made, PanelContext(today=TODAY, age=67))


def typed(field: Field, text: str, unit: str | None = None, form: Form | None = None) -> Form:
    form = form or form_of()
    if unit is not None:
        form.choose_unit(field.key, unit)
    form.type_text(field.key, text)
    form.settle(field.key)
    return form


def row(form: Form, field: Field, previous: Measurement | None = None) -> RowDisplay:
    before = {} if previous is None else {field.key: previous}
    return show_row(form, field, Surroundings(BANDS, before))


def range_texts(form: Form, field: Field) -> list[str]:
    return [text for text, _tone in row(form, field).range_parts]


@pytest.mark.parametrize(
    ("field", "unit", "shown"),
    [
        (PLATELETS, "10*3/uL", "150–450"),
        (PLATELETS, "10*4/uL", "15–45"),
        (PLATELETS, "/uL", "150000–450000"),
        (ALBUMIN, "g/L", "35–52"),
        (BLOOD_LDH, "ukat/L", "2–4.17"),
        (TOTAL_PROTEIN, "g/dL", "6.0–8.3"),
        (CRP, "mg/L", "< 5"),
        (CRP, "mg/dL", "< 0.5"),
    ],
)
def test_the_reference_range_stands_in_the_chosen_unit(field: Field, unit: str, shown: str) -> None:
    form = form_of()
    form.choose_unit(field.key, unit)
    assert range_texts(form, field) == [shown]


def test_the_laboratorys_own_limit_replaces_the_common_one() -> None:
    form = form_of(ldh_upper_limit=Decimal(220))
    assert range_texts(typed(BLOOD_LDH, "231", form=form), BLOOD_LDH) == ["120–220", "높음"]


def test_what_the_model_gets_stands_beside_a_figure_in_another_unit() -> None:
    form = typed(CRP, "8.3", "mg/dL")
    assert range_texts(form, CRP) == ["< 0.5", "높음", "= 83 mg/L"]


def test_a_unit_of_the_same_size_needs_no_second_figure() -> None:
    assert range_texts(typed(PLATELETS, "193", "10*9/L"), PLATELETS) == ["150–450"]


def test_a_comparator_is_carried_to_the_models_unit() -> None:
    assert "= <3 mg/L" in range_texts(typed(CRP, "<0.3", "mg/dL"), CRP)


def test_a_value_outside_the_band_names_the_band_in_its_own_unit() -> None:
    form = typed(SYMPTOMS, "24")
    assert range_texts(form, SYMPTOMS) == ["학습 범위 1–22.6"]
    assert row(form, SYMPTOMS).message is None


def test_a_refused_value_has_no_place_until_it_is_corrected() -> None:
    display = row(typed(EXPOSURE, "85"), EXPOSURE)
    assert display.state is FieldState.REFUSED
    assert display.band is None
    assert display.place_text == "고치면 표시"


def test_a_unit_question_offers_the_unit_and_names_both_readings() -> None:
    display = row(typed(PLATELETS, "193000"), PLATELETS)
    assert display.message is not None
    assert display.message.kind is MessageKind.UNIT
    assert display.message.suggested_unit == "/µL"
    assert display.message.strong == "193000 /µL"
    assert display.message.strong in display.message.text
    assert not display.message.can_confirm  # 193000 thousand is impossible
    assert display.place_text == "확인 뒤 표시"


def test_a_refused_figure_that_fits_another_unit_offers_it_too() -> None:
    message = row(typed(ALBUMIN, "38"), ALBUMIN).message
    assert message is not None
    assert message.suggested_unit == "g/L"


def test_a_gap_says_so_with_its_reason_to_a_screen_reader() -> None:
    form = form_of()
    form.settle(ALBUMIN.key)
    form.give_reason(ALBUMIN.key, MissingReason.NOT_DONE)
    display = row(form, ALBUMIN)
    assert display.state is FieldState.MISSING
    assert display.message is not None
    assert display.message.reason is MissingReason.NOT_DONE
    assert display.message.spoken == "알부민 비어 있음 · 검사 안 함"
    assert display.description.endswith(display.message.spoken)


def test_no_fluid_says_what_the_model_gets() -> None:
    form = form_of(has_no_fluid=True)
    assert range_texts(form, PLEURAL_PROTEIN) == ["모델에 0으로 보냅니다"]
    assert range_texts(form, PLEURAL_LDH) == ["모델에 비워 보냅니다"]
    assert row(form, PLEURAL_LDH).state is FieldState.NO_FLUID


@pytest.mark.parametrize(
    ("text", "before", "shown"),
    [
        ("231", Measurement(BLOOD_LDH.key, "248", "U/L", value=248.0), "248 −17"),
        ("231", Measurement(BLOOD_LDH.key, "231", "U/L", value=231.0), "231"),
        ("231", Measurement(BLOOD_LDH.key, "4", "ukat/L", value=240.0), "240 −9"),
        ("231", Measurement(BLOOD_LDH.key, "<100", "U/L", "<", value=100.0), "<100"),
        ("", Measurement(BLOOD_LDH.key, "248", "U/L", value=248.0), "248"),
        ("231", Measurement(BLOOD_LDH.key, "", "U/L"), "—"),
    ],
)
def test_an_earlier_value_stands_with_its_true_difference(
    text: str, before: Measurement, shown: str
) -> None:
    assert row(typed(BLOOD_LDH, text), BLOOD_LDH, before).previous == shown


def test_the_pane_counts_what_is_open_and_names_where() -> None:
    form = typed(EXPOSURE, "85")
    typed(PLATELETS, "193000", form=form)
    typed(SYMPTOMS, "24", form=form)
    points = {point.title: point for point in show_side(form, BANDS).points}
    assert points["오류 1"].fields == (EXPOSURE.key,)
    assert points["단위 확인 1"].fields == (PLATELETS.key,)
    assert points["학습 범위 밖 1"].fields == (SYMPTOMS.key,)
    assert list_problem_fields(form, BANDS)[:3] == (SYMPTOMS.key, EXPOSURE.key, PLATELETS.key)


def test_the_reason_beside_the_button_names_everything_that_blocks() -> None:
    form = typed(EXPOSURE, "85")
    typed(PLATELETS, "193000", form=form)
    reason = show_side(form, BANDS).reason
    assert reason == "오류 1개와 단위 확인 1개를 해결하면 평가할 수 있습니다."


def test_too_few_values_are_said_with_their_number() -> None:
    assert show_side(typed(EXPOSURE, "35"), BANDS).reason == (
        "모델이 쓰는 9개 가운데 2개뿐입니다. 6개부터 평가할 수 있습니다."
    )


def test_a_ratio_is_never_worked_out_from_a_doubted_value() -> None:
    form = typed(BLOOD_LDH, "231")
    typed(PLEURAL_LDH, "576", form=form)
    assert show_side(form, BANDS).ratios[0].value == "2.49"
    typed(BLOOD_LDH, "4", form=form)
    ratio = show_side(form, BANDS).ratios[0]
    assert ratio.value == "—"
    assert "혈액 LDH" in ratio.hint


def test_a_transudate_is_said_to_be_outside_the_training_population() -> None:
    form = typed(BLOOD_LDH, "231")
    typed(PLEURAL_LDH, "80", form=form)
    typed(PLEURAL_PROTEIN, "2", form=form)
    typed(TOTAL_PROTEIN, "7.1", form=form)
    assert "누출액" in show_side(form, BANDS).light


def test_without_a_model_rows_show_everything_but_the_bands() -> None:
    display = show_row(typed(CRP, "8.3", "mg/dL"), CRP, Surroundings({}, {}))
    assert display.band is None
    assert display.range_parts[-1] == ("= 83 mg/L", "t2")


def test_bands_may_hold_a_single_point() -> None:
    flat = dict.fromkeys(BANDS, TrainingBand(1, 1, 1, 1, 1, 1, 1))
    assert show_row(typed(CRP, "40"), CRP, Surroundings(flat, {})).band is not None


@pytest.mark.parametrize(
    ("text", "name", "marked"),
    [
        ("혈소판 수 (PLT)", "plt", "혈소판 수 (P&LT)"),
        ("알부민", "alb", "알부민(&M)"),
        ("Albumin", "alb", "Albu&min"),
        ("나이 (만)", "age", "나이 (만)"),
    ],
)
def test_a_letter_is_marked_in_the_word_or_in_brackets(text: str, name: str, marked: str) -> None:
    assert with_mnemonic(text, name) == marked


def test_no_letter_is_used_twice() -> None:
    assert len(set(LETTERS.values())) == len(LETTERS)
