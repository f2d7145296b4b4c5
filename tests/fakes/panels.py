"""Panels for tests: one that nothing is wrong with, and any that can be typed."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from desktop_app.domain.lab_panel import FIELDS
from desktop_app.domain.panel import Entry, MissingReason, Panel
from desktop_app.domain.panel_check import PanelContext

CONTEXT = PanelContext(today=date(2026, 3, 17), age=67)

TEXTS = {
    "age": "67",
    "duration_of_symptoms": "5",
    "duration_of_asbestos_exposure": "35",
    "platelet_count_(PLT)": "193",
    "cell_count_(WBC)": "7.2",
    "blood_lactic_dehydrogenise_(LDH)": "231",
    "total_protein": "7.1",
    "albumin": "3.9",
    "C-reactive_protein_(CRP)": "40",
    "pleural_lactic_dehydrogenise": "576",
    "pleural_protein": "3.9",
}

ANY_TEXT = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[<>≤≥]?=? ?[0-9]{0,6}[.,]?[0-9]{0,3}", fullmatch=True),
    st.decimals(min_value=0, max_value=300000, places=2).map(str),
)
ENTRIES = st.builds(
    Entry,
    text=ANY_TEXT,
    unit=st.sampled_from(["", "nonsense", *{u.ucum for f in FIELDS for u in f.units}]),
    missing=st.one_of(st.none(), st.sampled_from(MissingReason)),
    is_confirmed=st.booleans(),
)
PANELS = st.builds(
    Panel,
    entries=st.dictionaries(st.sampled_from([field.key for field in FIELDS]), ENTRIES),
    has_no_fluid=st.booleans(),
    ldh_upper_limit=st.one_of(st.none(), st.decimals(), st.just(Decimal(480))),
)
CONTEXTS = st.builds(
    PanelContext,
    today=st.just(date(2026, 3, 17)),
    age=st.one_of(st.none(), st.integers(0, 130)),
    earlier=st.dictionaries(
        st.sampled_from([field.key for field in FIELDS]),
        st.lists(st.decimals(min_value=0, max_value=5000, places=2), max_size=3).map(tuple),
    ),
)


def good_entries() -> dict[str, Entry]:
    return {field.key: Entry(TEXTS[field.key], field.canonical.ucum) for field in FIELDS}


def panel_with(entries: dict[str, Entry] | None = None, *, has_no_fluid: bool = False) -> Panel:
    """Return the good panel with some entries replaced."""
    return Panel({**good_entries(), **(entries or {})}, has_no_fluid=has_no_fluid)
