"""A server that means harm changes nothing here: the run ends with a sentence, the next is whole.

The workstation, its database and the server behind the line are real; the line twists the answers.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from backend.django_api.patients.models import Patient as ServerPatient
from backend.django_api.predictions.models import Prediction
from desktop_app.application import courier as courier_module
from desktop_app.application import server_setup
from desktop_app.application.sync_schedule import (
    LONGEST_NAMED_PAUSE_SECONDS,
    Moment,
    Schedule,
    next_due,
)
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.domain.patient_fields import fields_of
from desktop_app.gui.messages import describe
from desktop_app.gui.texts import set_language
from desktop_app.infrastructure.remote import line as line_module
from tests.backend.deployment import write_certificates
from tests.sync.proxy import Call, Line, Said, line_to
from tests.sync.test_line import answering, says
from tests.sync.workstation import Desk

GREET, PUSH, PULL = "/api/sync/", "/api/sync/push/", "/api/sync/pull/"
Twist = Callable[[Call], Said | None]
# What the server keeps its records in makes no difference here.
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@dataclass(frozen=True)
class Ward:
    """A workstation with two patients: one that the server holds, one that waits."""

    desk: Desk
    line: Line
    standing: Patient
    waiting: Patient
    sealed: Assessment
    unsent: Assessment

    def everything(self) -> dict[RecordId, object]:
        """Return every record as it stands, with each version and each sealed text."""
        held: dict[RecordId, object] = {}
        patients = self.desk.patients()
        with self.desk.session.unit_of_work() as work:
            for patient_id, patient in patients.items():
                versions = work.sync.list_versions(patient_id)
                held[patient_id] = (fields_of(patient), patient.version, len(versions))
                for one in work.assessments.list_of_patient(patient_id):
                    held[one.assessment_id] = work.assessments.sealed_text(one.assessment_id)
        return held

    def waits(self) -> dict[RecordId, Delivery]:
        """Return what is not confirmed."""
        with self.desk.session.unit_of_work() as work:
            return {one.record_id: one.state for one in work.outbox.list_rows(None)}

    def hold_out(self, twist: Twist, *codes: ErrorCode) -> AppError:
        """Sync with such a server: an error of these in words, and nothing is another or gone."""
        before, waits = self.everything(), self.waits()
        self.line.twist = twist
        outcome = self.desk.sync()
        self.line.twist = lambda _call: None
        assert outcome.error is not None
        assert outcome.error.code in codes
        for language in ("en", "ko"):
            set_language(language)
            assert describe(outcome.error).sentence
        assert self.everything() == before
        assert self.waits() == waits
        return outcome.error

    def complete(self) -> None:
        """Sync with the good server: all arrives, each record once."""
        before = self.everything()
        self.desk.synced()
        assert self.waits() == {}
        assert self.everything() == before
        assert set(ServerPatient.objects.values_list("uuid", flat=True)) == set(
            self.desk.patients()
        )
        assert set(Prediction.objects.values_list("uuid", flat=True)) == {
            self.sealed.assessment_id,
            self.unsent.assessment_id,
        }


@pytest.fixture
def ward(desk: Desk, line: Line) -> Ward:
    standing = desk.register()
    sealed = desk.assess(standing)
    desk.synced()
    waiting = desk.register("성춘향", "00418")
    return Ward(desk, line, standing, waiting, sealed, desk.assess(waiting))


def path_of(call: Call) -> str:
    return call.path.partition("?")[0]


def at(path: str, said: Said) -> Twist:
    """Answer calls of one path with this, and let the others through."""
    return lambda call: said if path_of(call) == path else None


def body(value: object, status: int = 200) -> Said:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return status, [("Content-Type", "application/json")], content


def changed(line: Line, path: str, change: Callable[[dict[str, Any]], object]) -> Twist:
    """Let the server answer, and change the answer on the way."""

    def twist(call: Call) -> Said | None:
        if path_of(call) != path:
            return None
        status, _, content = line.ask(call)
        return body(change(json.loads(content)), status)

    return twist


# -- answers that are none -------------------------------------------------------------------------

NO_ANSWERS: tuple[bytes, ...] = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"text"',
    b"<html>",
    b"[" * 100_000,
    b'{"items": [], "next_cursor": "1", "has_more": NaN}',
    b'{"items": [], "next_cursor": 1, "has_more": false}',
    b'{"items": {}, "next_cursor": "1", "has_more": false}',
    b'{"results": {"0": 1}}',
    b'{"results": [null, null]}',
    b"\xff\xfe{}",
    b"9" * 5000,
)


@pytest.mark.parametrize("path", [GREET, PUSH, PULL])
def test_an_answer_that_is_none_ends_the_run_in_words(ward: Ward, path: str) -> None:
    if path == PULL:
        ward.desk.synced()
    for content in NO_ANSWERS:
        ward.hold_out(at(path, body(content)), ErrorCode.SERVER_UNREADABLE)
    ward.complete()


@pytest.mark.parametrize("path", [GREET, PUSH, PULL])
def test_an_answer_without_measure_is_left(
    ward: Ward, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "MOST_BYTES", 300_000)
    if path == PULL:
        ward.desk.synced()
    ward.hold_out(at(path, body(b" " * 300_001)), ErrorCode.SERVER_UNREADABLE)
    ward.complete()


ABSURD: tuple[tuple[str, object], ...] = (
    ("protocol", float("inf")),
    ("protocol", "1"),
    ("protocol", -1),
    ("protocol", True),
    ("max_batch", 0),
    ("max_batch", -5),
    ("max_batch", 1.5),
    ("max_batch", 10**30),
    ("server_time", 7),
    ("server_time", "0001-01-01T00:00:00+23:59"),
    ("epoch", {"a": 1}),
    ("epoch", "\ud800"),
    ("epoch", "x" * 100_000),
    ("extensions", 7),
    ("extensions", {"change_ids": True}),
    ("transfer", {"name": "x"}),
    ("transfer", 7),
    ("model", [1]),
)


def test_a_greeting_with_absurd_values_is_unreadable(ward: Ward) -> None:
    for name, value in ABSURD:
        said = body({**greeting(ward.line), name: value})
        said = body(said[2].replace(b"Infinity", b"1e400"))
        ward.hold_out(at(GREET, said), ErrorCode.SERVER_UNREADABLE)
    newer = body({**greeting(ward.line), "protocol": 2})
    ward.hold_out(at(GREET, newer), ErrorCode.SERVER_NEWER)
    ward.complete()


def greeting(line: Line) -> dict[str, Any]:
    """Return what the good server says to the last person who asked."""
    asked = next(call for call, _ in reversed(line.calls) if path_of(call) == GREET)
    said: dict[str, Any] = json.loads(line.ask(asked)[2])
    return said


def test_answers_about_other_records_or_of_other_types_confirm_nothing(ward: Ward) -> None:
    def with_first(**parts: object) -> Callable[[dict[str, Any]], object]:
        return lambda said: {"results": [{**said["results"][0], **parts}, *said["results"][1:]]}

    twists: tuple[Callable[[dict[str, Any]], object], ...] = (
        lambda said: {"results": said["results"][::-1]},
        lambda said: {"results": said["results"][:1]},
        lambda said: {"results": said["results"] * 2},
        with_first(uuid=str(ward.standing.patient_id)),
        with_first(uuid=7),
        with_first(status="deleted"),
        with_first(status=["created"]),
        with_first(version="1"),
        with_first(version=-1),
        with_first(version=2**63),
        with_first(id=True),
        with_first(content_sha256="0" * 63),
        with_first(content_sha256=7),
        with_first(status="conflict", current=None),
        with_first(status="conflict", current={"version": 1, "payload": []}),
    )
    for twist in twists:
        ward.hold_out(changed(ward.line, PUSH, twist), ErrorCode.SERVER_UNREADABLE)
    ward.complete()


def test_an_assessment_that_the_server_holds_otherwise_is_not_confirmed(ward: Ward) -> None:
    def lie(said: dict[str, Any]) -> object:
        for one in said["results"]:
            one["content_sha256"] = "0" * 64
        return said

    before = ward.everything()
    ward.line.twist = changed(ward.line, PUSH, lie)
    # What a pull shows of it would clear the doubt.
    ward.line.hides = PULL
    ward.desk.sync()
    row = ward.desk.row(ward.unsent.assessment_id)
    assert row.state is Delivery.REFUSED
    assert row.refusal is not None
    assert "other content" in row.refusal.words
    assert ward.everything() == before


# -- elsewhere -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_takes_records_or_the_session_elsewhere(ward: Ward, status: int) -> None:
    with line_to("http://127.0.0.1:9") as elsewhere:
        for path in (GREET, PUSH, PULL, "/api/auth/"):
            said = (status, [("Location", f"{elsewhere.address}{path}")], b"")
            if path == "/api/auth/":
                # The session has run out: what renews it is pointed elsewhere too.
                twist = _expired(said)
            elif path == PULL:
                ward.desk.synced()
                twist = at(path, said)
            else:
                twist = at(path, said)
            ward.hold_out(twist, ErrorCode.SERVER_REDIRECTS)
        ward.line.twist = lambda call: said if call.path.startswith("/api/auth/") else None
        with pytest.raises(AppError) as error:
            ward.desk.sign_in("sync")
        assert error.value.code is ErrorCode.SERVER_REDIRECTS
        ward.line.twist = lambda _call: None
        assert not elsewhere.calls
    ward.complete()


def _expired(said: Said) -> Twist:
    def twist(call: Call) -> Said | None:
        if call.path.startswith("/api/auth/"):
            return said
        return body({"detail": "expired"}, 401)

    return twist


def test_a_session_goes_to_no_other_server(ward: Ward) -> None:
    heard: list[str] = []

    def listen(call: Call) -> Said:
        heard.append(call.headers.get("Authorization", ""))
        return body(b"{}", 401)

    with line_to("http://127.0.0.1:9") as elsewhere:
        elsewhere.twist = listen
        ward.desk.point_to(elsewhere.address)
        outcome = ward.desk.sync()
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_SIGN_IN_NEEDED
    assert heard == [""]
    ward.desk.point_to(ward.line.address)
    ward.complete()


def test_an_impostor_with_a_certificate_of_its_own_hears_nothing(
    ward: Ward, tmp_path: Path
) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        write_certificates(folder)
    heard: list[str] = []

    def listen(handler: Any) -> None:
        heard.append(handler.path)
        says(200)(handler)

    with answering(listen, tls=theirs) as address:
        with ward.desk.session.unit_of_work() as work:
            trusted = work.sync.settings()
        ca_file = (ours / "ca.pem").read_text("utf-8")
        server_setup.save_server(
            ward.desk.session, replace(trusted, address=address, ca_file=ca_file)
        )
        ward.desk.secrets.put(f"server session sync {address}", "a-refresh-token")
        outcome = ward.desk.sync()
        server_setup.save_server(ward.desk.session, trusted)
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_UNTRUSTED
    assert not heard
    ward.complete()


# -- records that mean harm ------------------------------------------------------------------------


def page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": "hostile", "has_more": False}


def item(kind: str, record_id: RecordId, version: int = 9, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "uuid": str(record_id), "id": 1, "version": version, **more}


def payload_of(assessment: Assessment, **parts: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "patient": str(assessment.patient_id),
        "input_data": {},
        "output_proba": assessment.result.probability,
        "output_label": assessment.label,
        "model_name": assessment.model.name,
        "model_sha256": assessment.model.sha256,
        "threshold": assessment.model.threshold,
        "assessed_at": "2026-03-17T05:20:00Z",
        "details": {"sealed": assessment.content()},
    }
    return {**said, **parts}


def resealed(assessment: Assessment) -> Assessment:
    """Return it as a forger would seal it anew: whole in itself, with another probability."""
    return replace(assessment, result=replace(assessment.result, probability=0.0101), label=0)


def meet(ward: Ward, *items: dict[str, Any]) -> None:
    """Let the server hear nothing and show these records; what waits has to go on waiting."""
    before, waits = ward.everything(), ward.waits()

    def twist(call: Call) -> Said | None:
        if path_of(call) == PUSH:
            return body({"detail": "no"}, 500)
        return body(page(*items)) if path_of(call) == PULL else None

    ward.line.twist = twist
    outcome = ward.desk.sync()
    ward.line.twist = lambda _call: None
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_FAILED
    assert ward.everything() == before
    assert ward.waits() == waits


def test_no_server_rewrites_a_sealed_assessment(ward: Ward) -> None:
    for ours in (ward.sealed, ward.unsent):
        forged = resealed(ours)
        assert forged.digest != ours.digest
        bare: dict[str, Any] = {"details": {}}
        other = str(ward.waiting.patient_id if ours is ward.sealed else ward.standing.patient_id)
        for payload in (
            payload_of(forged),
            payload_of(ours, output_proba=0.0101),
            payload_of(ours, output_label=1 - ours.label),
            payload_of(ours, patient=other),
            payload_of(ours, output_proba=0.0101, **bare),
            payload_of(ours, output_label=1 - ours.label, **bare),
            payload_of(ours, patient=other, **bare),
            payload_of(ours, details={"sealed": "{}"}),
            payload_of(ours, details={"sealed": "[" * 19_000}),
        ):
            meet(ward, item("assessment", ours.assessment_id, payload=payload))
    ward.complete()


def test_a_record_of_one_kind_passes_for_none_of_another(ward: Ward) -> None:
    patient = {"name": "이몽룡", "birth_year": 1958, "phone": "", "details": {}}
    details = {"chart_number": "9", "birth_date": "1958-03-02", "sex": "M", "exposure_work": ""}
    fields = {**patient, "details": details}
    forged = replace(
        ward.sealed, assessment_id=ward.waiting.patient_id, patient_id=ward.standing.patient_id
    )
    meet(
        ward,
        item("patient", ward.unsent.assessment_id, payload=fields),
        item("patient", ward.sealed.assessment_id, payload=fields),
        item("assessment", ward.waiting.patient_id, payload=payload_of(forged)),
        item("assessment", ward.waiting.patient_id, payload=payload_of(forged, details={})),
        item("outcome", ward.unsent.assessment_id, deleted=True),
        item("outcome", ward.waiting.patient_id, deleted=True),
        item("patient", ward.sealed.assessment_id, deleted=True),
    )
    ward.complete()


def test_records_with_absurd_values_are_left_out_and_block_no_other(ward: Ward) -> None:
    whole = {"name": "홍길동", "birth_year": 1958, "phone": "", "details": {}}
    early, deep = "0001-01-01T00:00:00+23:59", "[" * 19_000
    standing, stranger = ward.standing.patient_id, new_record_id()
    note = {"patient": str(standing), "title": "메모"}
    forged = resealed(ward.sealed)
    meet(
        ward,
        item("patient", standing, payload=whole, changed_at=early),
        item("patient", standing, payload={**whole, "name": "x" * 100_000}),
        item("patient", standing, payload={**whole, "birth_year": "1958"}),
        item("patient", standing, payload={**whole, "details": {"birth_date": "1958-13-45"}}),
        item("patient", standing, payload={**whole, "details": {"doctor": {"id": "x"}}}),
        item("patient", stranger, payload={**whole, "details": {"registered_at": early}}),
        item("patient", standing, version=-1, payload=whole),
        item("patient", standing, version=2**63, payload=whole),
        item("nonsense", standing, payload=whole),
        item("prescription", stranger, payload={**note, "content_delta": deep}),
        item("outcome", stranger, payload={**note, "outcome": "x", "recorded_at": early}),
        item("assessment", stranger, payload=payload_of(forged)),
        item("assessment", stranger, payload=payload_of(forged, output_proba=float(7))),
        {"kind": "patient"},
        {},
    )
    ward.complete()


def twisted(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield it with each value in turn, down to those of its parts, of another type or size."""
    others: tuple[Any, ...] = (None, 7, -(10**30), "x", [], {}, True, "0001-01-01T00:00:00+23:59")
    # These may be unknown; a number may stand without its point.
    may_be_unknown = ("ldh_upper_limit", "collected_on", "corrects", "value", "missing")
    for name, value in whole.items():
        for other in others:
            is_number = name in ("ldh_upper_limit", "value") or isinstance(value, float)
            is_unknown = other is None and name in may_be_unknown
            is_of_type = type(other) is type(value) or (type(other) is int and is_number)
            if not is_unknown and (not is_of_type or other == -(10**30)):
                yield {**whole, name: other}
        if isinstance(value, dict):
            yield from ({**whole, name: one} for one in twisted(value))


def test_sealed_texts_with_any_value_twisted_are_left_out(ward: Ward) -> None:
    stranger = new_record_id()
    whole = json.loads(replace(ward.sealed, assessment_id=stranger).content())
    items = []
    for said in twisted(whole):
        sealed = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        payload = payload_of(ward.sealed, details={"sealed": sealed})
        items.append(item("assessment", stranger, payload=payload))
    assert len(items) > 200
    meet(ward, *items)
    ward.complete()


def test_deletions_there_delete_nothing_here(ward: Ward) -> None:
    before = ward.everything()
    ward.desk.synced()
    gone = [
        item("assessment", ward.sealed.assessment_id, deleted=True),
        item("assessment", ward.unsent.assessment_id, deleted=True),
        item("patient", ward.standing.patient_id, deleted=True),
        item("patient", ward.waiting.patient_id, deleted=True),
    ]
    ward.line.twist = at(PULL, body(page(*gone)))
    assert ward.desk.sync().error is None
    assert ward.everything() == before


def test_an_older_version_takes_no_newer_value_back(ward: Ward) -> None:
    old = next(
        one
        for one in json.loads(ward.line.ask(_asked(ward.line, PULL))[2])["items"]
        if one["uuid"] == str(ward.standing.patient_id)
    )
    ward.desk.change(ward.standing, phone="010-1111-1111")
    ward.desk.synced()
    for version in (old["version"], 0):
        ward.line.twist = at(PULL, body(page({**old, "version": version})))
        assert ward.desk.sync().error is None
        assert ward.desk.patient(ward.standing).details.phone == "010-1111-1111"
    ward.line.twist = lambda _call: None
    ward.complete()
    assert ServerPatient.objects.get(uuid=ward.standing.patient_id).phone == "010-1111-1111"


def _asked(line: Line, path: str) -> Call:
    """Return a call that asks from the start."""
    call = next(call for call, _ in reversed(line.calls) if path_of(call) == path)
    return replace(call, path=f"{path}?limit=200")


# -- no end ----------------------------------------------------------------------------------------


def pages(next_cursor: Callable[[int], str], *items: dict[str, Any]) -> Twist:
    """Show page after page, and always say that there are more."""
    count = 0

    def twist(call: Call) -> Said | None:
        nonlocal count
        if path_of(call) != PULL:
            return None
        count += 1
        return body({**page(*items), "next_cursor": next_cursor(count), "has_more": True})

    return twist


@pytest.mark.parametrize(
    "next_cursor",
    [lambda _n: "same", lambda n: f"{n % 3}", lambda _n: ""],
    ids=["the same", "in a circle", "from the start"],
)
def test_pages_that_go_in_a_circle_end_the_run(
    ward: Ward, next_cursor: Callable[[int], str]
) -> None:
    ward.desk.synced()
    asked = ward.line.count(PULL, "GET")
    ward.hold_out(pages(next_cursor), ErrorCode.SERVER_UNREADABLE)
    assert ward.line.count(PULL, "GET") - asked < 10
    ward.complete()


def test_pages_without_an_end_end_the_run(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier_module, "MOST_PAGES", 20)
    ward.desk.synced()
    asked = ward.line.count(PULL, "GET")
    ward.hold_out(pages(str), ErrorCode.SERVER_UNREADABLE)
    assert ward.line.count(PULL, "GET") - asked == 21
    ward.complete()


def test_a_server_that_is_another_with_every_greeting_gets_each_record_and_no_more(
    ward: Ward,
) -> None:
    lives = iter(range(100))
    before = ward.everything()
    ward.line.twist = changed(
        ward.line, GREET, lambda said: {**said, "epoch": f"life {next(lives)}"}
    )
    for _ in range(3):
        ward.desk.sync()
    ward.line.twist = lambda _call: None
    assert ward.everything() == before
    ward.complete()


def test_what_a_server_of_another_life_only_claims_to_hold_is_sent_again(ward: Ward) -> None:
    def swallow(call: Call) -> Said | None:
        if path_of(call) == GREET:
            return body({**json.loads(ward.line.ask(call)[2]), "epoch": "another"})
        if path_of(call) == PULL:
            return body(page())
        if path_of(call) != PUSH:
            return None
        results = [
            {
                "uuid": one["uuid"],
                "status": "created",
                "id": 2**62,
                "version": 2**62,
                "change_id": one.get("change_id"),
            }
            for one in json.loads(call.body)["items"]
        ]
        return body({"results": results})

    ward.line.twist = swallow
    ward.desk.synced()
    assert ward.waits() == {}
    assert ServerPatient.objects.count() == 1
    ward.line.twist = lambda _call: None
    ward.complete()


# -- when to come back -----------------------------------------------------------------------------


def test_no_named_pause_holds_a_run_up_or_hurries_it(ward: Ward) -> None:
    for named in ("-1", "0", "999999999999", "9" * 400, "1e9", "inf", "nan", "-inf", ""):
        said = (429, [("Retry-After", named)], b"{}")
        error = ward.hold_out(at(GREET, said), ErrorCode.SERVER_BUSY)
        assert all(0 < pause <= 45 for pause in ward.desk.stop.pauses)
        now = Moment(ward.desk.clock.now(), 0.0)
        due = next_due(Schedule(900.0).after_failure(now, error, 1.0), now)
        assert due is not None
        assert 60 <= due <= LONGEST_NAMED_PAUSE_SECONDS
    ward.complete()
