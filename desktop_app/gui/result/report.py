"""The report: one page of A4 that carries everything a result must carry."""

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from desktop_app.application.ports import QrEncoder
from desktop_app.application.reports import report_code
from desktop_app.config import VERSION
from desktop_app.domain.assessment import AnswerState, Stance
from desktop_app.domain.predictive_values import predictive_values
from desktop_app.gui.result.report_values import value_lines
from desktop_app.gui.result.sheet import HEIGHT, LEFT, RIGHT, WIDTH, Sheet
from desktop_app.gui.result.words import (
    ResultFacts,
    contribution_rows,
    limits_text,
    percent,
    points,
    range_text,
    sentence,
    similar_sentence,
)
from desktop_app.gui.texts import Language, format_date, format_moment, format_probability, tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.logo import paint_logo
from desktop_app.gui.widgets.patient_words import sex_text

DOTS_PER_INCH = 600
# Where the texts are long the body is set smaller, so that one page always holds it.
FACTORS = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
_BODY_END = 972.0
_EARLIER = 4
_ARROWS = {
    AnswerState.ABOVE: "↑",
    AnswerState.BELOW: "↓",
    AnswerState.CANNOT_SAY: "◁|▷",
}


@dataclass(frozen=True)
class Issue:
    """Where, when and for whom a report is issued."""

    clinic: str
    seat: str
    person: str
    moment: datetime
    language: Language


def render_pdf(facts: ResultFacts, issue: Issue, encode_qr: QrEncoder) -> bytes:
    """Return the report as a PDF with its fonts embedded."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageLayout(a4())
    writer.setResolution(DOTS_PER_INCH)
    # The title holds no name: file lists and print queues show it.
    writer.setTitle(f"MesoDesk {facts.assessment.number}")
    writer.setCreator(f"MesoDesk {VERSION}")
    painter = QPainter(writer)
    paint_report(painter, DOTS_PER_INCH / 96, facts, issue, encode_qr)
    painter.end()
    buffer.close()
    return bytes(content.data())


def render_image(facts: ResultFacts, issue: Issue, encode_qr: QrEncoder, *, dots: float) -> QImage:
    """Return the report as a picture with that many dots to a 96th of an inch."""
    image = QImage(round(WIDTH * dots), round(HEIGHT * dots), QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    paint_report(painter, dots, facts, issue, encode_qr)
    painter.end()
    return image


def a4() -> QPageLayout:
    """Return A4 without margins of its own: the report places everything itself."""
    return QPageLayout(
        QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF()
    )


def paint_report(
    painter: QPainter, dots: float, facts: ResultFacts, issue: Issue, encode_qr: QrEncoder
) -> None:
    """Paint the page at the largest size of text that fits it."""
    factor = next(
        (one for one in FACTORS if _body_end(facts, issue, one) <= _BODY_END), FACTORS[-1]
    )
    frame = Sheet(painter, dots)
    if facts.is_demonstration:
        frame.across(tr("report.demo", language=issue.language))
    _Report(frame, facts, issue).head()
    _Report(Sheet(painter, dots, factor), facts, issue).body()
    _Report(frame, facts, issue).foot(encode_qr)


def _body_end(facts: ResultFacts, issue: Issue, factor: float) -> float:
    """Return where the body would end if it were set at this size."""
    trial = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(trial)
    end = _Report(Sheet(painter, 2.0, factor), facts, issue).body()
    painter.end()
    return end


class _Report:
    """One report on one sheet, from top to bottom."""

    def __init__(self, sheet: Sheet, facts: ResultFacts, issue: Issue) -> None:
        self._sheet, self._facts, self._issue = sheet, facts, issue
        self._language = issue.language
        self._assessment = facts.assessment

    def _tr(self, key: str, **values: object) -> str:
        return tr(key, language=self._language, **values)

    # -- head: the clinic, and who the patient is

    def head(self) -> None:
        sheet, issue = self._sheet, self._issue
        paint_logo(sheet.painter, sheet.dots(LEFT), sheet.dots(40), sheet.dots(26))
        sheet.text(88, 53, 400, self._tr("report.title"), 20, weight=700)
        place = " · ".join(part for part in (issue.clinic, issue.seat) if part)
        sheet.text(430, 44, RIGHT - 430, place, 12, ink="t2", right=True)
        printed = self._tr(
            "report.printed", moment=format_moment(issue.moment), person=issue.person
        )
        sheet.text(430, 61, RIGHT - 430, printed, 12, ink="t2", right=True)
        sheet.line(LEFT, 79, RIGHT, 79, 2, "t1")
        patient, assessment = self._facts.file.patient, self._assessment
        day = assessment.assessed_at.astimezone().date()
        born = self._tr(
            "report.birth_and_age", day=format_date(patient.birth_date), age=patient.age_on(day)
        )
        columns = (
            (
                52,
                144,
                130,
                ("report.name", patient.name),
                ("report.chart_number", patient.chart_number),
            ),
            (
                282,
                372,
                136,
                ("report.birth_date", born),
                ("report.sex", sex_text(patient.details.sex, self._language)),
            ),
            (
                512,
                602,
                140,
                ("report.assessed", format_moment(assessment.assessed_at)),
                ("report.assessor", assessment.assessor_name),
            ),
        )
        for label_x, value_x, width, *facts in columns:
            for row, (key, value) in enumerate(facts):
                y = 96 + 21 * row
                sheet.text(label_x, y, value_x - label_x - 6, self._tr(key), ink="t2")
                size = sheet.size_for(width, value, weight=600)
                sheet.text(value_x, y, width, value, size, weight=600)

    # -- body: the answer, the values and the evidence

    def body(self) -> float:
        """Draw the body and return where it ends."""
        y = self._answer(137)
        y = self._values(y + 22)
        y = self._evidence(y + 18)
        y = self._earlier(y + 8)
        return self._limits(y + 8)

    def _answer(self, y: float) -> float:
        sheet, assessment = self._sheet, self._assessment
        left, right = 275.0, RIGHT - 20
        sheet.text(71, y + 20, 180, self._tr("report.against_threshold"), ink="t2")
        chip = f"{_ARROWS[assessment.state]}  {answer_text(assessment.state, self._language)}"
        width = sheet.text(84, y + 51, 160, chip, 16, weight=700)
        sheet.box(71, y + 35, width + 26, 32, radius=4, edge="t1", edge_width=2)
        probability = format_probability(assessment.result.probability)
        width = sheet.text(71, y + 94, 130, probability, 38, weight=700)
        label = self._tr("result.label", label=assessment.label)
        sheet.text(71 + width + 10, y + 101, 256 - 81 - width, label, 12, ink="t2")
        sheet.paragraph(left, y + 11, 260, self._tr("result.range", range=range_text(assessment)))
        sheet.text(
            left + 200, y + 20, right - left - 200, self._tr("report.set_by"), ink="t2", right=True
        )
        self._scale(left, right, y + 56)
        height = sheet.paragraph(left, y + 98, right - left, sentence(self._facts, self._language))
        end = y + max(136.0, 98 + height + 10)
        sheet.line(256, y + 12, 256, end - 12)
        sheet.box(LEFT, y, RIGHT - LEFT, end - y, radius=4, edge="t1", edge_width=1.5)
        return end

    def _scale(self, left: float, right: float, y: float) -> None:
        sheet, assessment = self._sheet, self._assessment
        result, threshold = assessment.result, assessment.model.threshold

        def at(value: float) -> float:
            return left + (right - left) * value

        sheet.text(left, y - 14, 120, self._tr("report.below"))
        sheet.text(right - 120, y - 14, 120, self._tr("report.above"), right=True)
        word = self._tr("result.threshold", threshold=format_probability(threshold))
        sheet.text(at(threshold) - 27, y - 16, 120, word, weight=700)
        sheet.box(left, y, right - left, 16, edge="t1")
        sheet.box(at(result.low), y + 4, at(result.high) - at(result.low), 8, fill="dis")
        for end in (result.low, result.high):
            sheet.line(at(end), y + 1, at(end), y + 15, 2, "t1")
        sheet.line(at(threshold), y - 6, at(threshold), y + 20, 2.2, "t1")
        sheet.mark(at(result.probability), y + 8, assessment.state, 7)
        for tick in range(6):
            sheet.line(at(tick / 5), y + 16, at(tick / 5), y + 20, 0.75, "t1")
            text = f"{tick / 5:g}"
            sheet.text(
                at(tick / 5) - (0 if tick == 0 else 9 if tick < 5 else 6), y + 29, 40, text, 12
            )

    def _values(self, y: float) -> float:
        sheet = self._sheet
        step = 21 * sheet.factor
        sheet.text(LEFT, y, 200, self._tr("report.values"), 15, weight=700)
        sheet.text(252, y, RIGHT - 252, self._sample(), 12, ink="t2", right=True)
        y += 16
        sheet.box(LEFT, y, RIGHT - LEFT, step + 3, fill="alt")
        columns = (60.0, 170.0, 308.0, 420.0, 504.0, 596.0)
        keys = ("item", "used", "typed", "reference", "training", "check")
        middle = y + (step + 3) / 2
        heads = (
            self._tr("report.item"),
            self._tr("report.used"),
            self._tr("report.typed"),
            self._tr("report.reference"),
            self._tr("report.training"),
            self._tr("report.check"),
        )
        for x, key, text in zip(columns, keys, heads, strict=True):
            width = 122 if key == "used" else 140
            sheet.text(x, middle, width, text, 12.5, weight=600, ink="t2", right=key == "used")
        y += step + 3
        sheet.line(LEFT, y, RIGHT, y, 1, "ctl")
        for line in value_lines(self._facts, self._language):
            middle = y + step / 2
            sheet.text(60, middle, 150, line.name)
            sheet.text(150, middle, 142, line.used, weight=600, right=True)
            sheet.text(308, middle, 108, line.typed, ink="t2")
            sheet.text(420, middle, 80, line.reference, ink="t2")
            sheet.text(504, middle, 88, line.training, ink="t2")
            weight, ink = (700, "t1") if line.is_marked else (400, "t2")
            sheet.text(596, middle, RIGHT - 598, line.check, weight=weight, ink=ink)
            y += step
            sheet.line(LEFT, y, RIGHT, y, 0.75, "line2")
        sheet.line(LEFT, y, RIGHT, y, 1.2, "ctl")
        return y

    def _sample(self) -> str:
        """Say when and where the sample was taken, as far as it is known."""
        day, laboratory = self._assessment.collected_on, self._assessment.laboratory
        parts = []
        if day is not None:
            parts.append(f"{self._tr('report.collected')} {format_date(day)}")
        if laboratory:
            parts.append(f"{self._tr('report.laboratory')} {laboratory}")
        return " · ".join(parts)

    def _evidence(self, y: float) -> float:
        return max(self._moved(y), self._beside(y))

    def _moved(self, y: float) -> float:
        sheet, result = self._sheet, self._assessment.result
        step, end_x = 18 * sheet.factor, 388.0
        sheet.text(LEFT, y, 330, self._tr("report.moved"), 15, weight=700)
        y += 12
        y += sheet.paragraph(LEFT, y, end_x - LEFT, self._tr("report.moved_text"), 12, ink="t2") + 6
        rows = contribution_rows(self._facts, self._language)
        largest = max((abs(row.amount) for row in rows), default=0.0) or 1.0
        axis, reach = 274.0, 58.0
        start = y
        for row in rows:
            middle = y + step / 2
            name = (
                f"{row.name} {row.value} ({row.origin.replace(' ', '')})"
                if row.origin
                else row.name
            )
            sheet.text(LEFT, middle, 172, name)
            length = reach * abs(row.amount) / largest
            if row.amount < 0:
                sheet.box(
                    axis - length, y + 3, length, step - 6, edge="t1", hatched=True, edge_width=0.8
                )
            else:
                sheet.box(axis, y + 3, length, step - 6, fill="t1")
            if row.is_against_knowledge:
                sheet.text(
                    axis - length - 16 if row.amount < 0 else axis + length + 5,
                    middle,
                    12,
                    "×",
                    13,
                    weight=700,
                )
            amount = format_probability(row.amount, signed=True)
            sheet.text(end_x - 60, middle, 60, amount, weight=600, right=True)
            y += step
        sheet.line(axis, start, axis, y, 1, "t1")
        sheet.line(LEFT, y + 2, end_x, y + 2, 0.75, "t1")
        middle = y + 4 + step / 2
        mean = format_probability(result.base_value)
        sheet.text(LEFT, middle, 250, self._tr("report.sum", mean=mean), weight=700)
        total = format_probability(result.probability)
        sheet.text(end_x - 60, middle, 60, total, weight=700, right=True)
        return y + 4 + step

    def _beside(self, y: float) -> float:
        x, width = 416.0, RIGHT - 416.0
        assessment = self._assessment
        y = self._section(
            x, y, width, self._tr("report.similar"), [similar_sentence(assessment, self._language)]
        )
        title, lines = self._clinic()
        y = self._section(x, y + 8, width, title, lines)
        checks = [
            point.html
            for point in points(self._facts, self._language)
            if point.icon == "arrow-left-right"
        ]
        return self._section(x, y + 8, width, self._tr("report.units"), checks)

    def _section(self, x: float, y: float, width: float, title: str, lines: list[str]) -> float:
        self._sheet.text(x, y, width, title, 15, weight=700)
        y += 12
        for line in lines:
            y += self._sheet.paragraph(x, y, width, line) + 2
        return y + 6

    def _clinic(self) -> tuple[str, list[str]]:
        prevalence, evaluation = self._facts.file.prevalence, self._facts.evaluation
        if prevalence is None or evaluation is None:
            return self._tr("result.clinic"), [self._tr("report.clinic_unset")]
        values = predictive_values(
            prevalence, sensitivity=evaluation.sensitivity, specificity=evaluation.specificity
        )
        return self._tr("report.clinic", share=percent(prevalence)), [
            self._tr(
                "report.clinic_above",
                people=values.above,
                cases=values.cases_above,
                value=percent(values.positive),
            ),
            self._tr(
                "report.clinic_below",
                people=values.below,
                cases=values.cases_below,
                value=percent(values.negative),
                before=percent(prevalence),
                after=percent(1 - values.negative),
            ),
        ]

    def _earlier(self, y: float) -> float:
        earlier = " · ".join(
            self._tr(
                "report.one_earlier",
                day=format_date(day),
                probability=format_probability(probability),
                answer=answer_text(state, self._language),
            )
            for day, probability, state in self._facts.file.earlier[:_EARLIER]
        )
        text = (
            f"<b>{self._tr('report.earlier')}</b> &nbsp; {earlier or self._tr('report.no_earlier')}"
        )
        if self._assessment.corrects is not None:
            text += f" · {self._tr('report.correction')}"
        if self._facts.file.corrected_by is not None:
            text += f" · <b>{self._tr('report.superseded')}</b>"
        return y + self._sheet.paragraph(LEFT, y, RIGHT - LEFT, text)

    def _limits(self, y: float) -> float:
        evaluation = self._facts.evaluation
        text = (
            self._tr("report.limits_unknown")
            if evaluation is None
            else limits_text(evaluation, self._language)
        )
        height = self._sheet.paragraph(LEFT + 15, y + 8, RIGHT - LEFT - 30, text)
        self._sheet.box(LEFT, y, RIGHT - LEFT, height + 16, radius=4, edge="t1", edge_width=1.2)
        return y + height + 16

    # -- foot: room for the doctor, and what identifies the record

    def foot(self, encode_qr: QrEncoder) -> None:
        sheet, assessment, file = self._sheet, self._assessment, self._facts.file
        sheet.text(LEFT, 986, 420, self._opinion(), ink="t2")
        sheet.text(512, 986, RIGHT - 512, self._tr("report.signature"), ink="t2")
        sheet.line(LEFT, 1014, 484, 1014, 0.75, "ctl")
        sheet.line(512, 1014, RIGHT, 1014, 0.75, "ctl")
        sheet.line(LEFT, 1027, RIGHT, 1027, 0.75, "ctl")
        sheet.modules(LEFT, 1036, 62, encode_qr(report_code(assessment.number, file.digest)))
        digest = " ".join(file.digest[at : at + 4] for at in range(0, 16, 4))
        model = assessment.model
        lines = (
            self._tr("report.record", number=assessment.number, digest=digest),
            self._tr(
                "report.model",
                name=model.name,
                algorithm=model.algorithm,
                version=model.version,
                sha=f"{model.sha256[:8]}…{model.sha256[-4:]}",
                threshold=format_probability(model.threshold),
            ),
            self._tr("report.research", version=VERSION),
        )
        for row, line in enumerate(lines):
            sheet.paragraph(128, 1037 + 19 * row, RIGHT - 128, line, 12, ink="t2")

    def _opinion(self) -> str:
        opinion = self._facts.file.opinion
        if opinion is None:
            return self._tr("report.findings")
        agrees = opinion.stance is Stance.AGREE
        return self._tr(
            "report.opinion",
            stance=self._tr("result.agree") if agrees else self._tr("result.disagree"),
            person=opinion.author_name,
            moment=format_moment(opinion.stated_at),
        )
