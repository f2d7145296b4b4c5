"""Brings a form onto its view: rows, pane, main button, and what a screen reader says."""

from dataclasses import dataclass, field, replace

from desktop_app.domain.lab_panel import EXPOSURE, FIELDS
from desktop_app.gui.assessment.form import Form
from desktop_app.gui.assessment.form_words import sample_text, years_text
from desktop_app.gui.assessment.row_display import MessageKind, RowDisplay, Surroundings, show_row
from desktop_app.gui.assessment.side_display import show_side
from desktop_app.gui.assessment.view import AssessmentView
from desktop_app.gui.texts import tr


@dataclass
class FormScreen:
    """What is on the screen beside the form itself.

    `model_state` says why there is no score yet, empty once there can be one; `years` are those of
    the exposure, where somebody named them.
    """

    view: AssessmentView
    form: Form
    around: Surroundings
    years: tuple[int | None, int | None]
    model_state: str
    is_busy: bool = False
    displays: dict[str, RowDisplay] = field(default_factory=dict)

    def refresh(self) -> None:
        """Show the form as it stands."""
        form, view = self.form, self.view
        years = years_text(form.entry(EXPOSURE.key), self.years, form.context.today)
        around = replace(self.around, exposure_years=years)
        self.displays = {one.key: show_row(form, one, around) for one in FIELDS}
        view.show_panel(form.panel, self.displays)
        view.show_sample(sample_text(form.panel))
        side = show_side(form, self.around.bands)
        view.side.show_side(side)
        if view.hand_over is not None:
            self.show_hand_over_button()
        else:
            reason = side.reason or self.model_state
            is_on = form.checked.can_be_assessed and not reason and not self.is_busy
            view.show_main_button(tr("assessment.assess"), enabled=is_on, reason=reason)

    def show_hand_over_button(self) -> None:
        """Name the doctor on the button, or ask for one."""
        doctor = self.view.hand_over.doctor if self.view.hand_over is not None else None
        if doctor is None:
            text, reason = tr("assessment.hand_over"), tr("assessment.choose_doctor")
        else:
            text = tr("assessment.hand_to", name=doctor.name)
            reason = tr("assessment.gaps_are_fine")
        is_on = doctor is not None and not self.is_busy
        self.view.show_main_button(text, enabled=is_on, reason=reason)

    def settle(self, key: str) -> None:
        """Show what was found about a row, and let a screen reader say it once."""
        before = self.displays[key].message
        self.form.settle(key)
        self.refresh()
        message = self.displays[key].message
        if message is not None and message != before:
            self.view.announce(message.spoken, assertive=message.kind is MessageKind.REFUSED)
