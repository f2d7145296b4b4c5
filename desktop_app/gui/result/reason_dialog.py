"""Ask why a doctor agrees or disagrees."""

from PySide6.QtWidgets import QDialog, QWidget

from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.dialog import Dialog
from desktop_app.gui.widgets.note_field import NoteField

_LONGEST_REASON = 500


def ask_reason(parent: QWidget, reason: str) -> str | None:
    """Return the reason typed, None if the person kept things as they were."""
    dialog = Dialog(parent, tr("result.reason_title"), tr("result.reason_text"), icon="info")
    field = NoteField(reason, longest=_LONGEST_REASON)
    field.setObjectName("opinion_reason_text")
    field.setAccessibleName(tr("result.reason_title"))
    dialog.body.addWidget(field)
    dialog.add_choice(tr("common.cancel"), accepts=False)
    dialog.add_choice(tr("common.save"), kind="primary", accepts=True, safe=True)
    field.setFocus()
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return None
    return field.toPlainText().strip()
