"""What the guideline says next, and the doctor's view of the answer."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from desktop_app.domain.assessment import Opinion, Stance
from desktop_app.gui.texts import format_moment, tr
from desktop_app.gui.widgets.buttons import Button, FilterButton
from desktop_app.gui.widgets.label import ElidedLabel, Label, icon_label, plain_tool_tip


class OpinionBar(QFrame):
    """One line: the same next steps whatever the score; agree, disagree, and why."""

    stance_chosen = Signal(Stance)
    reason_wanted = Signal()

    def __init__(self, *, may_comment: bool) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.setObjectName("opinion_bar")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 5, 8, 5)
        row.setSpacing(8)
        guideline = Label(tr("result.guideline"), "body", wrap=True, rich=True)
        guideline.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(icon_label("signpost", "acc"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(guideline, 1)
        self._by = ElidedLabel("", "small", "t2", most=260, name="opinion_by")
        row.addWidget(self._by)
        self._buttons = {
            Stance.AGREE: FilterButton(tr("result.agree"), name="agree"),
            Stance.DISAGREE: FilterButton(tr("result.disagree"), name="disagree"),
        }
        self._reason = Button(tr("result.reason"), kind="plain", name="opinion_reason")
        self._reason.clicked.connect(self.reason_wanted)
        for stance, button in self._buttons.items():
            button.clicked.connect(lambda _checked, chosen=stance: self.stance_chosen.emit(chosen))
            row.addWidget(button)
        row.addWidget(self._reason)
        for part in (*self._buttons.values(), self._reason):
            part.setVisible(may_comment)
        self._may_comment = may_comment
        self.show_opinion(None)

    def show_opinion(self, opinion: Opinion | None) -> None:
        """Show who thinks what; nothing is ever preset."""
        for stance, button in self._buttons.items():
            button.setChecked(opinion is not None and opinion.stance is stance)
        self._reason.setEnabled(opinion is not None)
        if opinion is None:
            self._by.setText(tr("result.view") if self._may_comment else "")
            return
        moment = format_moment(opinion.stated_at)
        text = tr("result.opinion_by", person=opinion.author_name, moment=moment)
        if not self._may_comment:
            is_agreed = opinion.stance is Stance.AGREE
            text = f"{tr('result.agree') if is_agreed else tr('result.disagree')} · {text}"
        self._by.setText(text)
        self._by.setToolTip(plain_tool_tip(opinion.reason or text))
