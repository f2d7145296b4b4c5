"""Every exchanged field of a patient has a name and its values have words."""

import pytest

from desktop_app.domain.patient_fields import fields_of
from desktop_app.gui.texts import LANGUAGES, set_language
from desktop_app.gui.widgets.patient_words import field_text, field_value_text
from tests.fakes.samples import sample_patient


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_name_and_words_for_its_value(language: str) -> None:
    set_language(language)
    for name, value in fields_of(sample_patient()).items():
        assert field_text(name)
        assert field_value_text(name, value)
        assert field_value_text(name, None)


def test_values_are_worded_as_on_every_other_page() -> None:
    assert field_value_text("sex", "M") == "남"
    assert field_value_text("birth_date", "1958-08-21") == "1958-08-21"
    assert field_value_text("exposure_start", 1975) == "1975년"
    assert field_value_text("doctor", {"id": "x", "name": "김하늘"}) == "김하늘"
    assert field_value_text("is_archived", True) == "보관됨"
    assert field_value_text("phone", "") == "비어 있음"
