"""Panels for tests: one that nothing is wrong with, and ways to spoil it."""

from datetime import date

from desktop_app.domain.lab_panel import FIELDS
from desktop_app.domain.panel import Entry, Panel
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


def good_entries() -> dict[str, Entry]:
    return {field.key: Entry(TEXTS[field.key], field.canonical.ucum) for field in FIELDS}


def panel_with(entries: dict[str, Entry] | None = None, *, has_no_fluid: bool = False) -> Panel:
    """Return the good panel with some entries replaced."""
    return Panel({**good_entries(), **(entries or {})}, has_no_fluid=has_no_fluid)
