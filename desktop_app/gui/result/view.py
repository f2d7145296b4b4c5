"""The result page: the answer with everything that must travel with it, on one screen."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.assessment import Assessment, Opinion
from desktop_app.gui import theme
from desktop_app.gui.page import Page
from desktop_app.gui.result.cards import (
    AnswerCard,
    ClinicCard,
    MovedCard,
    PointsCard,
    SimilarCard,
    TrustCard,
)
from desktop_app.gui.result.opinion_bar import OpinionBar
from desktop_app.gui.result.words import ResultFacts, decides_alone, points, sentence
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.banner import Banner, announce
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label, icon_label
from desktop_app.gui.widgets.patient_bar import PatientBar
from desktop_app.gui.widgets.patient_words import sex_and_age
from desktop_app.gui.widgets.scrolled import scrolled

_LEAST_MOVED = 460  # names, values and bars of the contributions


class ResultPage(Page):
    """Shows one finished assessment."""

    print_chosen = Signal()
    correct_chosen = Signal()
    newer_chosen = Signal()
    earlier_chosen = Signal()
    hash_copied = Signal()

    def __init__(self, *, may_comment: bool, may_print: bool, may_correct: bool) -> None:
        super().__init__()
        self.setObjectName("result_page")
        self._shown: ResultFacts | None = None
        self.bar = PatientBar(tr("result.back"))
        self._add_tools(may_print=may_print, may_correct=may_correct)
        self.answer, self.trust = AnswerCard(), TrustCard()
        self.moved = MovedCard()
        self.similar, self.clinic, self.points = SimilarCard(), ClinicCard(), PointsCard()
        self.opinion = OpinionBar(may_comment=may_comment)
        self._banners = QVBoxLayout()
        self._banners.setSpacing(8)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(10)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._build_scroll(), 1)
        self.setVisible(False)

    def _add_tools(self, *, may_print: bool, may_correct: bool) -> None:
        self._correct = correct = Button(tr("result.correct"), icon="square-pen", name="correct")
        correct.clicked.connect(self.correct_chosen)
        to_print = Button(tr("result.print"), icon="printer", key="Ctrl+P", name="print")
        to_print.clicked.connect(self.print_chosen)
        for tool, is_allowed in ((correct, may_correct), (to_print, may_print)):
            self.bar.tools.addWidget(tool)
            tool.setVisible(is_allowed)

    def _build_scroll(self) -> QScrollArea:
        content = QWidget()
        content.setProperty("page", "true")
        self._content = column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 6)
        column.setSpacing(12)
        column.addLayout(self._banners)
        self._top = top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.answer, 74)
        top.addWidget(self.trust, 39)
        column.addLayout(top)
        column.addLayout(self._build_evidence(), 1)
        column.addWidget(self.opinion)
        column.addLayout(self._foot)
        self._scroll = scrolled(content)
        content.installEventFilter(self)
        return self._scroll

    def _build_evidence(self) -> QHBoxLayout:
        self._beside = beside = QHBoxLayout()
        beside.setSpacing(12)
        beside.addWidget(self.similar, 26)
        beside.addWidget(self.clinic, 34)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addLayout(beside)
        right.addWidget(self.points, 1)
        self._evidence = row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.moved, 51)
        row.addLayout(right, 62)
        return row

    def show_result(
        self, facts: ResultFacts, *, is_installed: bool, folds_prevalence: bool
    ) -> None:
        """Show an assessment and put the keyboard on its answer."""
        self._shown = facts
        assessment, patient = facts.assessment, facts.file.patient
        self.set_title(tr("result.title", name=patient.name, chart=patient.chart_number))
        self.set_context_keys(tr("result.context_keys"))
        self.bar.show_patient(
            patient.name,
            sex_and_age(patient, assessment.assessed_at.astimezone().date()),
            [
                (tr("common.birth_date"), format_date(patient.birth_date)),
                (tr("common.chart_number"), patient.chart_number),
            ],
        )
        if facts.file.corrected_by is not None or patient.is_archived:
            self._correct.hide()
        self._show_banners(facts)
        self.answer.show_result(facts)
        self.trust.show_evaluation(facts.evaluation)
        self.moved.show_result(facts)
        self.similar.show_result(assessment)
        self.clinic.show_prevalence(
            facts.file.prevalence, facts.evaluation, is_folded=folds_prevalence
        )
        self.points.show_points(points(facts))
        self.opinion.show_opinion(facts.file.opinion)
        self._show_foot(assessment, is_installed=is_installed)
        self.setVisible(True)
        self._fit()
        self.focus_first()
        announce(self.answer, self.answer.accessibleName())

    def _show_banners(self, facts: ResultFacts) -> None:
        if facts.file.corrected_by is not None:
            banner = Banner(
                "warn",
                tr("result.corrected"),
                tr("result.corrected_text"),
                tr("result.corrected_open"),
                name="corrected_banner",
            )
            banner.link_activated.connect(self.newer_chosen)
            self._banners.addWidget(banner)
        if facts.assessment.corrects is not None:
            banner = Banner(
                "info",
                tr("result.corrects"),
                "",
                tr("result.corrects_open"),
                name="corrects_banner",
            )
            banner.link_activated.connect(self.earlier_chosen)
            self._banners.addWidget(banner)
        if decides_alone(facts.assessment):
            plain = Label(sentence(facts), rich=True).accessibleName()
            self._banners.addWidget(Banner("warn", plain, name="withheld_banner"))

    def _show_foot(self, assessment: Assessment, *, is_installed: bool) -> None:
        model = assessment.model
        digest = Label(f"SHA-256 {model.sha256[:8]}…{model.sha256[-4:]}", "mono", "t2")
        digest.setToolTip(model.sha256)
        left, right = QHBoxLayout(), QHBoxLayout()
        left.addWidget(Label(model.name, "smallStrong"))
        left.addWidget(Label(f"{model.algorithm} {model.version}", "small", "t2"))
        left.addWidget(digest)
        if is_installed:
            left.addWidget(icon_label("badge-check", "ok"))
            left.addWidget(Label(tr("result.hash_verified"), "small", "ok"))
        else:
            left.addWidget(icon_label("info", "t2"))
            left.addWidget(Label(tr("result.other_model"), "small", "t2"))
        left.addStretch(1)
        right.addWidget(Label(tr("result.research"), "small", "t2"))
        right.addWidget(Label(tr("result.record"), "small", "t2"))
        right.addWidget(Label(assessment.number, "mono", name="record_number"))
        for part, stretch in ((left, 1), (right, 0)):
            part.setSpacing(10)
            self._foot.addLayout(part, stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Set the rows of contributions lower where the page would not fit its window."""
        if self._shown is None:
            return
        self._stack()
        self.moved.set_compact(False)
        wanted = self._content.heightForWidth(self._scroll.viewport().width())
        self.moved.set_compact(wanted > self._scroll.viewport().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # text or its size changed
            self._stack()
        return super().eventFilter(watched, event)

    def _stack(self) -> None:
        """Put one below the other what is too wide side by side: large text scrolls down only."""
        margins = self._content.contentsMargins()
        room = self.width() - self._scroll.verticalScrollBar().sizeHint().width()
        room -= margins.left() + margins.right()
        beside = _width(self._beside)
        for row, wide in (
            (self._top, _width(self._top)),
            (self._beside, beside),
            (self._evidence, theme.px(_LEAST_MOVED) + beside + 12),
            (self._foot, _width(self._foot)),
        ):
            down, right = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
            row.setDirection(down if wide > room else right)

    def show_opinion(self, opinion: Opinion) -> None:
        """Show the view that was just stated."""
        self.opinion.show_opinion(opinion)

    def focus_first(self) -> None:
        """Put the keyboard on the answer."""
        self.answer.setFocus()


def _width(row: QBoxLayout) -> int:
    """Return how wide the parts of a row are side by side."""
    items = [item for at in range(row.count()) if (item := row.itemAt(at)) is not None]
    return sum(item.minimumSize().width() for item in items) + row.spacing() * (len(items) - 1)
