"""The story the tour tells: a clinic from its first set-up to a printed, locked working day."""

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt

from desktop_app.application.session import Session
from desktop_app.gui.application import Application
from desktop_app.gui.first_run.key_panel import KeyPanel
from desktop_app.gui.tour.album import REPORT, Album
from desktop_app.gui.tour.hands import Hands, Moves, Wait

Texts = Mapping[str, Any]
_THEME_CHOICES = {"light": "colour_scheme_1", "dark": "colour_scheme_2"}


class Story:
    """Every chapter is moves of one person; `texts` holds what is typed.

    `admit` registers and assesses fictional patients, so that lists and courses are not empty.
    """

    def __init__(
        self,
        application: Application,
        album: Album,
        texts: Texts,
        admit: Callable[[Session], None],
    ) -> None:
        self._application = application
        self._album = album
        self._texts = texts
        self._admit = admit
        self._hands = Hands(application.window)

    def tell(self, language: str, theme: str) -> Moves:
        """Go through the whole main job."""
        yield from self._found_clinic(language)
        yield from self._hire(theme)
        yield from self._look_at_sync()
        yield from self._meet_patients()
        yield from self._register()
        yield from self._enter_panel()
        yield from self._read_result()
        yield from self._print_report()
        yield from self._look_back()
        yield from self._hand_over()
        yield from self._lock_and_unlock()

    # -- the chapters

    def _found_clinic(self, language: str) -> Moves:
        hands, texts, person = self._hands, self._texts, self._texts["administrator"]
        yield from hands.wait_for("first_run_page")
        yield from hands.click(f"language_{language}")
        for name, text in (
            ("clinic_name", texts["clinic"]),
            ("seat", texts["seat"]),
            ("admin_name", person["name"]),
            ("admin_login", person["login"]),
            ("new_password", person["password"]),
            ("new_password_again", person["password"]),
            ("prevalence", texts["prevalence"]),
        ):
            yield from hands.type(name, text)
        yield from self._keep("first-run-clinic", "heading", "step_of")
        yield from hands.click("next_step")
        yield from hands.wait_for("key_panel")
        yield from self._prove_key()
        yield from self._keep("recovery-key", "heading", "step_of")
        yield from hands.click("next_step")
        yield from hands.wait_for("summary")
        yield from self._keep("first-run-ready", "heading")
        yield from hands.click("start")
        yield from hands.wait_for("sign_in_page")

    def _prove_key(self) -> Moves:
        panel = self._hands.find(KeyPanel, "key_panel")
        groups = panel.shown_groups() if panel is not None else ()
        for number, group in enumerate(groups, start=1):
            if self._hands.sees(f"proof_{number}"):
                yield from self._hands.type(f"proof_{number}", group)
        yield from self._hands.click("keep_apart")

    def _hire(self, theme: str) -> Moves:
        """Let the administrator sign in and give the doctor and the staff their accounts."""
        hands = self._hands
        yield from self._keep("sign-in", "clinic", "hello")
        yield from self._enter_password(self._texts["administrator"])
        yield from hands.click("place_settings")
        yield from hands.click(_THEME_CHOICES[theme])
        yield from self._keep("settings", "page_title", "person_name", "person_roles")
        yield from hands.click("place_section_accounts")
        for role in ("doctor", "staff"):
            person = self._texts[role]
            yield from hands.click("create_account")
            for name, text in (
                ("account_name", person["name"]),
                ("account_login", person["login"]),
                ("account_department", person["department"]),
                ("new_password", person["password"]),
                ("new_password_again", person["password"]),
            ):
                yield from hands.type(name, text)
            yield from hands.click(f"role_{role}")
            if role == "doctor":
                yield from self._keep("new-account", "dialog_title")
            yield from hands.click("dialog_accept")
            yield from hands.wait_until_gone("dialog_accept")
        yield from hands.click_row("accounts_table", self._texts["staff"]["name"])
        yield from self._keep("accounts", "page_title")

    def _look_at_sync(self) -> Moves:
        """Let the administrator see that nothing leaves, and where a server would be named."""
        hands = self._hands
        yield from hands.click("place_sync")
        yield from hands.wait_for("empty_action")
        yield from self._keep("sync", "page_title", "connection_chip", "server_line")
        yield from hands.click("empty_action")
        yield from hands.wait_for("server_dialog")
        yield from self._keep("server", "dialog_title", "dialog_text")
        yield from hands.click("dialog_reject")
        yield from hands.wait_until_gone("server_dialog")

    def _meet_patients(self) -> Moves:
        hands = self._hands
        yield from self._change_person("doctor")
        desk = self._application.desk
        if desk is not None:
            session = desk.session
            desk.tasks.run(lambda: self._admit(session), lambda _nothing: None)
        yield from self._until_idle()
        yield from hands.click("place_patients")
        yield Wait(lambda: hands.rows("patient_table") > 0, "patient_table")
        yield from hands.press(Qt.Key.Key_Down)
        yield from self._keep("patients", "patient_total", "preview_name", "preview_probability")

    def _register(self) -> Moves:
        hands, alike = self._hands, self._texts["look_alike"]
        yield from hands.click("new_patient")
        yield from hands.type("field_name", alike["name"])
        yield from hands.type("field_birth_date", alike["birth_date"])
        yield from hands.click(f"sex_{alike['sex']}")
        yield from hands.wait_for("match_1")
        yield from self._keep("register-duplicate", "match_1", "bottom_reason")
        fields = dict(self._texts["patient"])
        sex = fields.pop("sex")
        for name, text in fields.items():
            yield from hands.type(f"field_{name}", text)
        yield from hands.click(f"sex_{sex}")
        yield from hands.wait_until_gone("match_1")
        yield from hands.click("save_patient")
        yield from hands.wait_for("patient_page")
        yield from self._keep("patient-registered", "patient_name", "patient_about")

    def _enter_panel(self) -> Moves:
        hands = self._hands
        yield from hands.click("new_assessment")
        yield from self._type_panel(self._texts["panel"])
        yield from hands.wait_for("take_unit_plt")
        yield from self._keep("unit-question", "message_text_plt", "assess_reason")
        yield from hands.click("take_unit_plt")
        yield from hands.wait_until_gone("take_unit_plt")
        yield from hands.click("reason_alb_not_done")
        yield from hands.click("edit_sample")
        yield from hands.type("sample_day", "")
        yield from hands.type("sample_laboratory", self._texts["laboratory"])
        yield from hands.click("dialog_accept")
        yield Wait(lambda: hands.can_press("assess"), "assess")
        yield from hands.wait_until_gone("notice")
        yield from self._keep("assessment", "form_heading", "light_criteria", "draft_state")

    def _type_panel(self, panel: Mapping[str, str]) -> Moves:
        for name, text in panel.items():
            yield from self._hands.type(f"value_{name}", text)
            yield from self._hands.press(Qt.Key.Key_Tab)
            yield from self._hands.press(Qt.Key.Key_Tab)

    def _read_result(self) -> Moves:
        hands = self._hands
        yield from hands.click("assess")
        yield from hands.wait_for("result_probability")
        yield from self._keep(
            "result",
            "patient_name",
            "result_probability",
            "result_range",
            "result_sentence",
            "unused_values",
            "similar_sentence",
            "record_number",
        )
        yield from hands.click("agree")
        yield from hands.click("opinion_reason")
        yield from hands.type("opinion_reason_text", self._texts["reason"])
        yield from hands.click("dialog_accept")

    def _print_report(self) -> Moves:
        hands, file = self._hands, self._album.folder.absolute() / REPORT
        yield from hands.click("print")
        yield from hands.wait_for("report_dialog")
        yield from self._keep("report", "report_copies")
        yield from hands.click("report_save")
        yield from hands.type("fileNameEdit", str(file))
        yield from hands.press(Qt.Key.Key_Return)
        yield Wait(file.exists, REPORT)
        yield from hands.wait_until_gone("report_dialog")
        self._album.note("report-saved", {"file": REPORT, "bytes": str(file.stat().st_size)})

    def _look_back(self) -> Moves:
        hands = self._hands
        yield from self._open_patient(self._texts["patient"]["name"])
        yield from self._keep("history-first", "patient_name")
        yield from self._open_patient(self._texts["history"])
        yield from self._keep("history", "patient_name", "trend_chart")
        yield from hands.click("compare_assessments")
        yield from hands.wait_for("compare_page")
        yield from self._keep("compare", "verdict")

    def _open_patient(self, name: str) -> Moves:
        hands = self._hands
        yield from hands.click("place_patients")
        yield from hands.type("search", name)
        yield Wait(lambda: hands.rows("patient_table") == 1, name)
        yield from hands.press(Qt.Key.Key_Return)
        yield from hands.wait_for("patient_page")
        yield Wait(lambda: hands.read("patient_name") == name, name)

    def _hand_over(self) -> Moves:
        """Let the staff enter values and leave them to the doctor."""
        hands = self._hands
        yield from self._change_person("staff")
        yield from self._open_patient(self._texts["staff_patient"])
        yield from hands.click("new_assessment")
        yield from self._type_panel(self._texts["staff_panel"])
        yield from hands.type("hand_over_message", self._texts["message"])
        yield from self._keep("staff-draft", "form_heading", "assess_reason")
        yield from hands.click("hand_over_button")
        yield from hands.wait_for("patient_page")
        yield from self._change_person("doctor")
        yield from hands.click("filter_drafts")
        yield from hands.click_row("draft_table", self._texts["staff_patient"])
        yield from self._keep("drafts-waiting", "patient_total")
        yield from hands.press(Qt.Key.Key_Return)
        yield from hands.wait_for("assessment_form")
        yield from self._keep("draft-received", "form_banner", "form_heading")

    def _lock_and_unlock(self) -> Moves:
        hands = self._hands
        yield from hands.click("lock_now")
        yield from hands.wait_for("lock_page")
        yield from self._keep("locked", "locked_person", "lock_reason")
        yield from self._enter_password(self._texts["doctor"])
        yield from self._keep("unlocked", "person_name")

    # -- what several chapters do

    def _change_person(self, role: str) -> Moves:
        hands, person = self._hands, self._texts[role]
        yield from hands.click("lock_now")
        yield from hands.click("other_person")
        yield from hands.wait_for("sign_in_page")
        yield from hands.click_row("accounts", person["name"])
        yield from self._enter_password(person)

    def _enter_password(self, person: Mapping[str, str]) -> Moves:
        yield from self._hands.type("password", person["password"])
        yield from self._hands.press(Qt.Key.Key_Return)
        yield Wait(lambda: self._works(person["name"]), person["name"])
        yield from self._until_idle()

    def _works(self, name: str) -> bool:
        desk, window = self._application.desk, self._application.window
        return desk is not None and desk.session.person.name == name and not window.is_covered

    def _until_idle(self) -> Moves:
        yield Wait(lambda: not self._application.tasks.is_busy, "")
        yield from self._hands.settle()

    def _keep(self, step: str, *names: str) -> Moves:
        """Picture the screen when it has come to rest, and note what it says."""
        yield from self._until_idle()
        saw = {name: self._hands.read(name) for name in names}
        self._album.keep(step, self._application.window, self._hands.top, saw)
