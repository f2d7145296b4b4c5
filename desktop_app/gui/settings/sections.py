"""The sections of the settings, each a column of cards."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_app.domain.clinic import (
    IDLE_MINUTES_CHOICES,
    PREVALENCE_HIGH,
    PREVALENCE_LOW,
    TEXT_PERCENT_CHOICES,
    Clinic,
    ColourScheme,
    Language,
    Preferences,
)
from desktop_app.gui.settings.rows import (
    Choice,
    SettingCard,
    SettingRow,
    drop_down,
    switch,
    text_box,
)
from desktop_app.gui.texts import format_number, tr
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.scrolled import Ground


class Section(QScrollArea):
    """Cards one above the other; it scrolls where the window is low."""

    changed = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = Ground()
        ground.setProperty("page", "true")
        self.column = QVBoxLayout(ground)
        self.column.setContentsMargins(20, 16, 16, 16)
        self.column.setSpacing(14)
        self.column.addStretch(1)
        self.setWidget(ground)
        self.cards: list[Card] = []

    def add(self, card: Card) -> None:
        """Put a card at the end."""
        self.cards.append(card)
        self.column.insertWidget(self.column.count() - 1, card)

    def filter_cards(self, text: str) -> bool:
        """Show what holds the text and tell whether there is anything."""
        found = []
        for card in self.cards:
            if isinstance(card, SettingCard):
                found.append(card.filter_rows(text))
            else:
                is_found = text in card.title.text().casefold()
                card.setVisible(is_found)
                found.append(is_found)
        return any(found)


class ScreenSection(Section):
    """Language, brightness, sizes and notices of this person."""

    def __init__(self) -> None:
        super().__init__()
        self._language: Choice[Language] = Choice(
            "language",
            tr("settings.language"),
            ((Language.KOREAN, tr("common.korean")), (Language.ENGLISH, tr("common.english"))),
            self.changed,
        )
        self._scheme: Choice[ColourScheme] = Choice(
            "colour_scheme",
            tr("settings.brightness"),
            (
                (ColourScheme.SYSTEM, tr("settings.as_system")),
                (ColourScheme.LIGHT, tr("settings.light")),
                (ColourScheme.DARK, tr("settings.dark")),
            ),
            self.changed,
        )
        self._size = drop_down(
            "text_percent",
            tr("settings.size"),
            [(percent, f"{percent}%") for percent in TEXT_PERCENT_CHOICES],
            self.changed,
        )
        self._rows: Choice[bool] = Choice(
            "has_compact_rows",
            tr("settings.rows"),
            ((False, tr("settings.rows_normal")), (True, tr("settings.rows_compact"))),
            self.changed,
        )
        self._prevalence: Choice[bool] = Choice(
            "shows_prevalence",
            tr("settings.prevalence_card"),
            ((True, tr("settings.unfolded")), (False, tr("settings.folded"))),
            self.changed,
        )
        self._notices = switch("shows_notices", tr("settings.notices"), self.changed)
        always = Label(tr("settings.always_on"), "body", "t2")
        self.add(
            SettingCard(
                tr("settings.screen"),
                (
                    SettingRow(
                        tr("settings.language"), tr("settings.language_hint"), self._language
                    ),
                    SettingRow(
                        tr("settings.brightness"), tr("settings.brightness_hint"), self._scheme
                    ),
                    SettingRow(tr("settings.size"), tr("settings.size_hint"), self._size),
                    SettingRow(tr("settings.rows"), "", self._rows),
                    SettingRow(
                        tr("settings.prevalence_card"),
                        tr("settings.prevalence_card_hint"),
                        self._prevalence,
                    ),
                ),
                "screen_card",
            )
        )
        self.add(
            SettingCard(
                tr("settings.notices_title"),
                (
                    SettingRow(tr("settings.notices"), tr("settings.notices_hint"), self._notices),
                    SettingRow(tr("settings.outside"), tr("settings.outside_hint"), always),
                ),
                "notices_card",
            )
        )

    def show_preferences(self, preferences: Preferences) -> None:
        """Show what is in force."""
        self._language.show_value(preferences.language)
        self._scheme.show_value(preferences.colour_scheme)
        self._size.setCurrentIndex(self._size.findData(preferences.text_percent))
        self._rows.show_value(preferences.has_compact_rows)
        self._prevalence.show_value(preferences.shows_prevalence)
        self._notices.setChecked(preferences.shows_notices)


class LockSection(Section):
    """When the screen locks, and the person's own password."""

    def __init__(self, own_password: QWidget | None, *, may_change: bool) -> None:
        super().__init__()
        title = tr("settings.idle")
        options = [(one, tr("settings.minutes", n=one)) for one in IDLE_MINUTES_CHOICES]
        self._idle = drop_down("idle_minutes", title, options, self.changed)
        self._fixed = Label("", "body", "t2", name="idle_fixed")
        hint = tr("settings.idle_hint" if may_change else "settings.idle_by_admin")
        row = SettingRow(title, hint, self._idle if may_change else self._fixed)
        self.add(SettingCard(tr("settings.lock"), (row,), "lock_card"))
        if isinstance(own_password, Card):
            self.add(own_password)

    def show_clinic(self, clinic: Clinic) -> None:
        """Show what is in force."""
        self._idle.setCurrentIndex(self._idle.findData(clinic.idle_minutes))
        self._fixed.setText(tr("settings.minutes", n=clinic.idle_minutes))


class ClinicSection(Section):
    """What an administrator decides for everybody."""

    def __init__(self) -> None:
        super().__init__()
        self._name = text_box("name", tr("settings.clinic_name"), self.changed)
        self._seat = text_box("seat", tr("settings.seat"), self.changed)
        self._prevalence = text_box("prevalence", tr("settings.prevalence"), self.changed)
        self._prevalence.setPlaceholderText(tr("settings.prevalence_unset"))
        self._hides = switch("hides_accounts", tr("settings.hides_accounts"), self.changed)
        self._rows = {
            "name": SettingRow(tr("settings.clinic_name"), "", self._name),
            "seat": SettingRow(tr("settings.seat"), tr("settings.seat_hint"), self._seat),
            "prevalence": SettingRow(
                tr("settings.prevalence"), tr("settings.prevalence_hint"), self._prevalence
            ),
            "hides_accounts": SettingRow(
                tr("settings.hides_accounts"), tr("settings.hides_accounts_hint"), self._hides
            ),
        }
        self.add(SettingCard(tr("settings.clinic"), tuple(self._rows.values()), "clinic_card"))

    def show_clinic(self, clinic: Clinic) -> None:
        """Show what is in force."""
        self._name.setText(clinic.name)
        self._seat.setText(clinic.seat)
        share = clinic.prevalence
        self._prevalence.setText("" if share is None else format_number(round(share * 100, 4)))
        self._hides.setChecked(clinic.hides_accounts)
        for row in self._rows.values():
            row.show_problem("")

    def show_problem(self, field: str) -> None:
        """Say beside the field what is wrong with it."""
        words = {
            "name": tr("settings.name_wrong"),
            "seat": tr("settings.seat_wrong"),
            "prevalence": tr(
                "settings.prevalence_wrong",
                low=format_number(PREVALENCE_LOW * 100),
                high=format_number(PREVALENCE_HIGH * 100),
            ),
        }
        if field in words:
            self._rows[field].show_problem(words[field])


class AccountsSection(Section):
    """The people who work here."""

    def __init__(self, accounts: QWidget) -> None:
        super().__init__()
        if isinstance(accounts, Card):
            self.add(accounts)


class ShortcutsSection(Section):
    """Every key of the program that this person may use."""

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        card = Card(tr("settings.shortcuts"), name="shortcuts_card")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        half = (len(keys) + 1) // 2
        for at, (words, key) in enumerate(keys):
            column, row = divmod(at, half)
            shown = Label(key, "smallStrong")
            shown.setProperty("key", "true")
            grid.addWidget(Label(words), row, 3 * column)
            grid.addWidget(shown, row, 3 * column + 1, Qt.AlignmentFlag.AlignLeft)
        grid.setColumnMinimumWidth(2, 40)
        grid.setColumnStretch(5, 1)
        card.body.addLayout(grid)
        self.add(card)
