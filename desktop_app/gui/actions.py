"""Every action of the window once: its menu, its keys, its icon and who may see it."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop_app.domain.account import Account, Right
from desktop_app.gui.texts import plain, tr


@dataclass(frozen=True)
class ActionSpec:
    """One action; `keys` are shortcuts, the first of them shown."""

    name: str
    menu: str
    keys: tuple[str, ...] = ()
    right: Right | None = None
    role: QAction.MenuRole = QAction.MenuRole.NoRole

    @property
    def text(self) -> str:
        """Return the words of the action, with its mnemonic."""
        return tr(f"shell.action_{self.name}")

    @property
    def key_text(self) -> str:
        """Return the shown shortcut, or nothing."""
        return key_text(self.keys[0]) if self.keys else ""


def key_text(keys: str) -> str:
    """Return a shortcut as keyboards print it: ⌘ and ⌥ on a Mac, Alt+← elsewhere."""
    if sys.platform == "darwin":
        return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    return keys.replace("Left", "←").replace("Right", "→").replace("Return", "Enter")


MENUS = ("file", "edit", "view", "patient", "assessment", "sync", "tools", "help")

ACTIONS = (
    ActionSpec("print", "file", ("Ctrl+P",), Right.PRINT_REPORTS),
    ActionSpec("lock", "file", ("Ctrl+L",)),
    ActionSpec("change_person", "file"),
    ActionSpec("quit", "file", ("Ctrl+Q",), role=QAction.MenuRole.QuitRole),
    ActionSpec("save", "edit", ("Ctrl+S",), Right.ENTER_VALUES),
    ActionSpec("find", "edit", ("Ctrl+F",)),
    ActionSpec("back", "view", ("Alt+Left",)),
    ActionSpec("place_patients", "view", ("Ctrl+1",), Right.READ_PATIENTS),
    ActionSpec("place_sync", "view", ("Ctrl+3",), Right.SEND_RECORDS),
    ActionSpec("preview", "view", ("Ctrl+\\",), Right.READ_PATIENTS),
    ActionSpec("data_table", "view", ("Ctrl+Shift+T",), Right.READ_RESULTS),
    ActionSpec("next_tab", "view", ("Ctrl+Tab",)),
    ActionSpec("previous_tab", "view", ("Ctrl+Shift+Tab",)),
    ActionSpec("next_pane", "view", ("F6",)),
    ActionSpec("previous_pane", "view", ("Shift+F6",)),
    ActionSpec("larger", "view", ("Ctrl++", "Ctrl+=")),
    ActionSpec("smaller", "view", ("Ctrl+-",)),
    ActionSpec("normal_size", "view", ("Ctrl+0",)),
    ActionSpec("full_screen", "view", ("F11",)),
    ActionSpec("go_to_patient", "patient", ("Ctrl+K",), Right.READ_PATIENTS),
    ActionSpec("new_patient", "patient", ("Ctrl+N",), Right.EDIT_PATIENTS),
    ActionSpec("edit_patient", "patient", (), Right.EDIT_PATIENTS),
    ActionSpec("archive", "patient", ("Del",), Right.ARCHIVE_PATIENTS),
    ActionSpec("new_assessment", "assessment", ("Ctrl+E",), Right.ENTER_VALUES),
    ActionSpec("assess", "assessment", ("Ctrl+Return", "Ctrl+Enter"), Right.ENTER_VALUES),
    ActionSpec("correct", "assessment", (), Right.ASSESS),
    ActionSpec("compare", "assessment", (), Right.READ_RESULTS),
    ActionSpec("copy_hash", "assessment", ("Ctrl+Shift+C",), Right.READ_RESULTS),
    ActionSpec("take_unit", "assessment", ("Alt+U",), Right.ENTER_VALUES),
    ActionSpec("confirm_value", "assessment", ("Alt+K",), Right.ENTER_VALUES),
    ActionSpec("next_problem", "assessment", ("F8",), Right.ENTER_VALUES),
    ActionSpec("previous_problem", "assessment", ("Shift+F8",), Right.ENTER_VALUES),
    ActionSpec("sync_now", "sync", ("F5",), Right.SEND_RECORDS),
    ActionSpec("check_connection", "sync", (), Right.SEND_RECORDS),
    ActionSpec("send_again", "sync", (), Right.SEND_RECORDS),
    ActionSpec("copy_for_server", "sync", (), Right.SEND_RECORDS),
    ActionSpec("resolve_conflict", "sync", (), Right.DECIDE_CONFLICTS),
    ActionSpec("all_from_here", "sync", ("Alt+1",), Right.DECIDE_CONFLICTS),
    ActionSpec("all_from_server", "sync", ("Alt+2",), Right.DECIDE_CONFLICTS),
    ActionSpec("export_transfer", "sync", (), Right.SEND_RECORDS),
    ActionSpec("open_receipt", "sync", (), Right.SEND_RECORDS),
    ActionSpec("server_sign_in", "sync", (), Right.SEND_RECORDS),
    ActionSpec("server_sign_out", "sync", (), Right.SEND_RECORDS),
    ActionSpec("set_up_server", "sync", (), Right.SET_UP_SYNC),
    ActionSpec("enrol_by_file", "sync", (), Right.SET_UP_SYNC),
    ActionSpec("place_settings", "tools", ("Ctrl+,",), role=QAction.MenuRole.PreferencesRole),
    ActionSpec("shortcuts", "help", ("F1",)),
    ActionSpec("about", "help", role=QAction.MenuRole.AboutRole),
)


def actions_for(person: Account) -> tuple[ActionSpec, ...]:
    """Return the actions that a person's roles may use; others are absent, not greyed."""
    return tuple(spec for spec in ACTIONS if spec.right is None or person.may(spec.right))


def build_actions(owner: QWidget, specs: Iterable[ActionSpec]) -> dict[str, QAction]:
    """Make the actions of a window, disabled until somebody carries them out."""
    made: dict[str, QAction] = {}
    for spec in specs:
        action = QAction(spec.text, owner)
        action.setObjectName(f"action_{spec.name}")
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setMenuRole(spec.role)
        words = plain(spec.text)
        action.setToolTip(f"{words} ({spec.key_text})" if spec.keys else words)
        action.setEnabled(False)
        owner.addAction(action)
        made[spec.name] = action
    return made
