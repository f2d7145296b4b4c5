"""The two small dialogs of the form: where the sample came from, and years of exposure."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QFormLayout, QWidget

from desktop_app.domain.figure import FigureError, parse_figure
from desktop_app.domain.lab_panel import BLOOD_LDH
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.dialog import Dialog
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.text_field import TextField, commit_composition

_LONGEST_LABORATORY = 60
_DAY = re.compile(r"(\d{4})\s*[-./년]?\s*(\d{1,2})\s*[-./월]?\s*(\d{1,2})\s*[.일]?")

_YEAR = re.compile(r"(19|20)[0-9]{2}")


@dataclass(frozen=True)
class Sample:
    """Where the blood came from; `ldh_upper_limit` is the laboratory's own, in U/L."""

    collected_on: date | None = None
    laboratory: str = ""
    ldh_upper_limit: Decimal | None = None

    @classmethod
    def of_laboratory(cls, laboratory: str, ldh_upper_limit: float | None) -> "Sample":
        """Return what is known of a sample before its day is: the laboratory of the last one."""
        limit = None if ldh_upper_limit is None else Decimal(repr(ldh_upper_limit))
        return cls(None, laboratory, limit)


def parse_day(text: str) -> date | None:
    """Read a day as people type it (2026-03-17, 20260317, 2026.3.17); None if it is none."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


class _FieldsDialog(Dialog):
    """A dialog of labelled fields that closes only when `problem` finds none."""

    def __init__(self, parent: QWidget | None, title: str, text: str) -> None:
        super().__init__(parent, title, text, icon="info")
        self._form = QFormLayout()
        self._form.setContentsMargins(0, 8, 0, 4)
        self._form.setSpacing(8)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.body.addLayout(self._form)
        self._problem = Label("", "smallStrong", "err", wrap=True, name="dialog_problem")
        self._problem.hide()
        self.body.addWidget(self._problem)
        self.add_choice(tr("common.cancel"), accepts=False)
        self.add_choice(tr("common.ok"), kind="primary", accepts=True).setDefault(True)

    def add_field(self, name: str, label: str, text: str) -> TextField:
        """Add a labelled field."""
        field = TextField(text)
        field.setObjectName(name)
        field.setMaxLength(_LONGEST_LABORATORY)
        field.setAccessibleName(label)
        self._form.addRow(Label(label, "small", "t2"), field)
        return field

    def problem(self) -> str:
        """Return what is wrong with the fields, or nothing."""
        raise NotImplementedError

    def accept(self) -> None:
        commit_composition()
        if problem := self.problem():
            self._problem.setText(problem)
            self._problem.show()
        else:
            super().accept()


class SampleDialog(_FieldsDialog):
    """Asks for collection day, laboratory and the laboratory's own upper limit of LDH."""

    def __init__(self, parent: QWidget | None, suggested: Sample, born: date, today: date) -> None:
        super().__init__(parent, tr("assessment.sample"), tr("assessment.sample_why"))
        self._born = born
        self._today = today
        day = suggested.collected_on or today
        self._day = self.add_field("sample_day", tr("assessment.collected_on"), format_date(day))
        self._laboratory = self.add_field(
            "sample_laboratory", tr("assessment.laboratory"), suggested.laboratory
        )
        limit = suggested.ldh_upper_limit
        self._limit = self.add_field(
            "sample_ldh_limit", tr("assessment.ldh_limit"), "" if limit is None else str(limit)
        )
        self._day.setFocus()
        self._day.selectAll()

    def sample(self) -> Sample:
        """Return what was entered."""
        return Sample(
            parse_day(self._day.text()), self._laboratory.text().strip(), self._read_limit()
        )

    def problem(self) -> str:
        typed = self._day.text().strip()
        day = parse_day(typed)
        if typed and day is None:
            return tr("assessment.not_a_day")
        if day is not None and day > self._today:
            return tr("assessment.day_in_future")
        if day is not None and day < self._born:
            return tr("assessment.day_before_birth")
        try:
            limit = self._read_limit()
        except FigureError:
            return tr("assessment.not_a_limit")
        if limit is not None and not BLOOD_LDH.refuse.holds(limit):
            return tr("assessment.not_a_limit")
        return ""

    def _read_limit(self) -> Decimal | None:
        typed = self._limit.text().strip()
        return parse_figure(typed).figure if typed else None


class YearsDialog(_FieldsDialog):
    """Asks for the first and last year of asbestos exposure."""

    def __init__(
        self, parent: QWidget | None, years: tuple[int | None, int | None], today: date
    ) -> None:
        super().__init__(parent, tr("assessment.exposure_years"), tr("assessment.years_why"))
        self._this_year = today.year
        start, end = ("" if year is None else str(year) for year in years)
        self._start = self.add_field("exposure_start", tr("assessment.start_year"), start)
        self._end = self.add_field("exposure_end", tr("assessment.end_year"), end)
        self._start.setFocus()

    def years(self) -> tuple[int, int]:
        """Return the first and the last year; without a last one it goes on today."""
        end = self._end.text().strip()
        return int(self._start.text()), int(end) if end else self._this_year

    def problem(self) -> str:
        texts = (self._start.text().strip(), self._end.text().strip() or str(self._this_year))
        if not all(_YEAR.fullmatch(text) for text in texts) or int(texts[1]) > self._this_year:
            return tr("assessment.not_a_year")
        return tr("assessment.end_before_start") if texts[1] < texts[0] else ""
