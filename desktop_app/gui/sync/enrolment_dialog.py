"""The dialog that exchanges keys with the server by file, its fingerprint compared by a person."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_app.application.server_setup import EnrolmentAnswer
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.work_dialog import WorkDialog


class EnrolmentDialog(WorkDialog):
    """First a request file goes out, then the answer comes in and is compared."""

    write_wanted = Signal()
    read_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(
            parent, tr("server.enrol_title"), tr("server.enrol_text"), icon="key-round", width=600
        )
        self.setObjectName("enrolment_dialog")
        self.answer: EnrolmentAnswer | None = None
        self.write = Button(tr("server.enrol_write"), name="write_enrolment")
        self.write.clicked.connect(self.write_wanted)
        self._written = Label("", "small", "t2", wrap=True, name="enrolment_written")
        self._own = Label("", "bigHeading", name="own_fingerprint")
        self.read = Button(tr("server.enrol_read"), name="read_enrolment")
        self.read.clicked.connect(self.read_wanted)
        self._answered = Label("", "small", "t2", wrap=True, name="enrolment_answered")
        self._theirs = Label("", "bigHeading", name="server_fingerprint")
        self.compared = QCheckBox(tr("server.enrol_compared"))
        self.compared.setObjectName("fingerprint_compared")
        self._part(tr("server.enrol_write_head"), self.write, self._written, self._own)
        self._written.setText(tr("server.enrol_write_text"))
        self._part(tr("server.enrol_read_head"), self.read, self._answered, self._theirs)
        self.body.addSpacing(8)
        self.body.addWidget(self.compared)
        self._own.hide()
        self._answered.hide()
        self._theirs.hide()
        self.compared.hide()
        self.add_buttons(tr("server.enrol_trust"))
        self.write.setFocus()

    def _part(self, head: str, button: Button, line: Label, fingerprint: Label) -> None:
        self.body.addSpacing(8)
        self.body.addWidget(Label(head, "strong"))
        self.body.addWidget(line)
        self.body.addWidget(fingerprint)
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def show_written(self, fingerprint: str) -> None:
        """Show this computer's fingerprint, in groups of four, to be read out."""
        self._written.setText(tr("server.enrol_written"))
        self._own.setText(fingerprint)
        self._own.show()

    def show_answer(self, answer: EnrolmentAnswer) -> None:
        """Show the server's fingerprint; nothing is trusted before a person compared it."""
        self.answer = answer
        self._answered.setText(
            tr("server.enrol_answered", server=answer.keys.name, account=answer.account)
        )
        self._theirs.setText(answer.fingerprint)
        self.compared.setChecked(False)
        for widget in (self._answered, self._theirs, self.compared):
            widget.show()
        self.compared.setFocus()
        self._forget_problem()

    def missing(self) -> str:
        """Return what is still to be done, empty when the server can be trusted."""
        if self.answer is None:
            return tr("server.enrol_need_answer")
        return "" if self.compared.isChecked() else tr("server.enrol_need_comparison")
