"""Turns what a person does on the rows into changes of the form."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.domain.lab_panel import EXPOSURE, FIELDS
from desktop_app.domain.panel import MissingReason
from desktop_app.gui.assessment.dialogs import Sample
from desktop_app.gui.assessment.form_screen import FormScreen
from desktop_app.gui.assessment.row_display import RowMessage
from desktop_app.gui.assessment.side_display import list_problem_fields

PAUSE_MILLISECONDS = 600
_KEYS = [field.key for field in FIELDS]


class FormEditor(QObject):
    """Follows the keyboard through the rows; `changed` says that there is something to keep."""

    changed = Signal()

    def __init__(
        self,
        screen: FormScreen,
        suggested_sample: Sample,
        born: date,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._screen = screen
        self._form = screen.form
        self._view = screen.view
        self._suggested_sample = suggested_sample
        self._born = born
        self._current = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MILLISECONDS)
        self._pause.timeout.connect(self._on_paused)
        view = screen.view
        view.text_typed.connect(self._on_typed)
        view.unit_chosen.connect(self._on_unit_chosen)
        view.row_entered.connect(self._on_row_entered)
        view.row_left.connect(self._on_row_left)
        view.next_wanted.connect(self._on_next_wanted)
        view.suggestion_taken.connect(self._take_suggestion)
        view.figure_confirmed.connect(self._confirm)
        view.reason_given.connect(self._on_reason_given)
        view.no_fluid_chosen.connect(self._on_no_fluid_chosen)
        view.sample_wanted.connect(self._on_sample_wanted)
        view.years_wanted.connect(self._on_years_wanted)

    # -- keys of the whole form ----------------------------------------------------------

    def take_suggestion(self) -> None:
        """Take the suggested unit where the keyboard is, or else at the first unit question."""
        if key := self._first_row(lambda message: bool(message.suggested_unit)):
            self._take_suggestion(key)

    def confirm(self) -> None:
        """Answer "right" where the keyboard is, or else at the first question."""
        if key := self._first_row(lambda message: message.can_confirm):
            self._confirm(key)

    def go_to_next_problem(self) -> None:
        """Put the keyboard into the next value that has something open."""
        self._go_to_problem(+1)

    def go_to_previous_problem(self) -> None:
        """Put the keyboard into the previous value that has something open."""
        self._go_to_problem(-1)

    def _first_row(self, asks: Callable[[RowMessage], bool]) -> str:
        """Return the row with the keyboard if its message asks so, or else the first that does."""
        for key in (self._current, *_KEYS):
            display = self._screen.displays.get(key)
            if display is not None and display.message is not None and asks(display.message):
                return key
        return ""

    def _go_to_problem(self, step: int) -> None:
        problems = list_problem_fields(self._form, self._screen.around.bands)
        if not problems:
            return
        here = _KEYS.index(self._current) if self._current else -1

        def distance(key: str) -> int:
            return ((_KEYS.index(key) - here) * step - 1) % len(_KEYS)

        wanted = min(problems, key=distance)
        self._screen.settle(wanted)
        self._view.focus_field(wanted)

    # -- rows ----------------------------------------------------------------------------

    def _on_typed(self, key: str, text: str) -> None:
        # Text can arrive without the keyboard: dropped, or typed before the window is active.
        self._current = key
        self._form.type_text(key, text)
        self._pause.start()
        self._note_change()

    def _on_unit_chosen(self, key: str, unit: str) -> None:
        self._form.choose_unit(key, unit)
        self._note_change()
        if self._form.entry(key).text:
            self._screen.settle(key)

    def _on_row_entered(self, key: str) -> None:
        self._current = key

    def _on_row_left(self, key: str) -> None:
        self._pause.stop()
        self._screen.settle(key)

    def _on_paused(self) -> None:
        self._screen.settle(self._current)

    def _on_next_wanted(self, key: str) -> None:
        for following in _KEYS[_KEYS.index(key) + 1 :]:
            if self._view.rows[following].can_be_typed:
                self._view.focus_field(following)
                return
        self._screen.settle(key)
        self._view.focus_main_button()

    def _on_reason_given(self, key: str, reason: MissingReason) -> None:
        self._form.give_reason(key, reason)
        self._note_change()

    def _on_no_fluid_chosen(self, has_no_fluid: bool) -> None:
        self._form.set_no_fluid(has_no_fluid)
        self._note_change()

    def _take_suggestion(self, key: str) -> None:
        if self._form.take_suggested_unit(key) is not None:
            self._note_change()
            self._view.focus_field(key)

    def _confirm(self, key: str) -> None:
        if self._form.confirm(key):
            self._note_change()
            self._view.focus_field(key)

    # -- dialogs -------------------------------------------------------------------------

    def _on_sample_wanted(self) -> None:
        panel = self._form.panel
        known = Sample(panel.collected_on, panel.laboratory, panel.ldh_upper_limit)
        suggested = self._suggested_sample if known == Sample() else known
        sample = self._view.ask_sample(suggested, self._born, self._form.context.today)
        if sample is not None:
            self._form.set_sample(sample.collected_on, sample.laboratory, sample.ldh_upper_limit)
            self._note_change()

    def _on_years_wanted(self) -> None:
        years = self._view.ask_years(self._screen.years, self._form.context.today)
        if years is not None:
            self._screen.years = years
            self._form.choose_unit(EXPOSURE.key, EXPOSURE.canonical.ucum)
            self._form.type_text(EXPOSURE.key, str(years[1] - years[0]))
            self._note_change()
            self._screen.settle(EXPOSURE.key)

    def _note_change(self) -> None:
        self._screen.refresh()
        self.changed.emit()
