"""The index finds whoever the search is for: no gram is asked for that a patient lacks."""

from datetime import date

from hypothesis import assume, given
from hypothesis import strategies as st

from desktop_app.domain.patient import PatientDetails
from desktop_app.domain.search_text import matches, search_words
from desktop_app.infrastructure.storage.search_index import grams_of, match_expression, search_text

syllables = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
names = st.text(syllables | st.sampled_from("ab Zé-1"), min_size=1, max_size=6)
patients = st.builds(
    PatientDetails,
    name=names,
    chart_number=st.from_regex(r"[A-C0-9-]{1,8}", fullmatch=True),
    birth_date=st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    sex=st.none(),
    phone=st.from_regex(r"010-[0-9]{4}-[0-9]{4}", fullmatch=True),
)
typed = st.text(syllables | st.sampled_from('ㄱㄳㅎㅏㅘㅇab12 -"*'), min_size=1, max_size=5)


def index_finds(details: PatientDetails, text: str) -> bool:
    """Answer as the database does: every gram there, and every word in the text."""
    words = search_words(text)
    grams = set(grams_of(details).split())
    wanted = [gram.strip('"') for gram in match_expression(words).split(" AND ") if gram]
    return grams.issuperset(wanted) and all("".join(word) in search_text(details) for word in words)


@given(patients, st.data())
def test_every_part_of_a_patient_is_found_through_the_index(
    details: PatientDetails, data: st.DataObject
) -> None:
    field = data.draw(
        st.sampled_from(
            [details.name, details.chart_number, f"{details.birth_date}", details.phone]
        )
    )
    start = data.draw(st.integers(0, len(field) - 1))
    part = field[start : data.draw(st.integers(start + 1, len(field)))]
    assume(search_words(part))
    assert matches(details, part)
    assert index_finds(details, part)


@given(patients, typed)
def test_who_the_search_is_for_the_index_finds(details: PatientDetails, text: str) -> None:
    if matches(details, text):
        assert index_finds(details, text)


def test_the_letters_typed_so_far_are_found_at_every_stage() -> None:
    details = PatientDetails("곽호리", "1", None, None)
    for text in ("ㄱ", "고", "과", "곽", "곽ㅎ", "곽호", "곽홀", "곽호리"):
        assert index_finds(details, text), text


def test_a_patient_lacks_the_grams_of_another() -> None:
    details = PatientDetails("곽호리", "1", None, None)
    for text in ("홍", "ㅎㄱ", "곽호라", "2"):
        assert not index_finds(details, text), text
