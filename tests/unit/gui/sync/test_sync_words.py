"""The words of syncing say what is, what is safe and what to do, in both languages."""

from dataclasses import replace
from datetime import date

import pytest

from desktop_app.application.courier import DIFFERENT_CONTENT, Outcome
from desktop_app.application.server_setup import ConnectionCheck
from desktop_app.application.sync_ports import OutboxRow
from desktop_app.application.synchronise import SyncStatus
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    DELETED,
    Delivery,
    RecordKind,
    Refusal,
    ServerVersion,
)
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.sync import (
    Greeting,
    OutboxCounts,
    ServerPerson,
    ServerSettings,
    SyncPosition,
    SyncRun,
    Transport,
)
from desktop_app.gui.sync import words
from desktop_app.gui.sync.check_steps import steps_of
from desktop_app.gui.sync_runner import SyncStanding
from desktop_app.gui.texts import LANGUAGES, set_language
from tests.fakes.samples import NOON, sample_patient

SET = ServerSettings("https://sync.ganada.example", account="kim")
NOBODY = ServerSettings("https://sync.ganada.example")
PATIENT = sample_patient("홍길동", "00417")


@pytest.fixture(params=LANGUAGES, autouse=True)
def language(request: pytest.FixtureRequest) -> str:
    set_language(request.param)
    return str(request.param)


def standing(
    counts: OutboxCounts | None = None,
    *,
    settings: ServerSettings = SET,
    is_enrolled: bool = False,
    error: ErrorCode | None = None,
    is_running: bool = False,
    is_reached: bool = False,
) -> SyncStanding:
    status = SyncStatus(settings, counts or OutboxCounts(), SyncPosition(), is_enrolled)
    return SyncStanding(
        status,
        is_running=is_running,
        is_reached=is_reached,
        error=None if error is None else AppError(error),
    )


def row(state: Delivery, refusal: Refusal | None = None, attempts: int = 0) -> OutboxRow:
    current = ServerVersion(2, {}, "이도윤", NOON) if state is Delivery.CONFLICT else None
    return OutboxRow(
        kind=RecordKind.ASSESSMENT,
        record_id=new_record_id(),
        patient=PATIENT,
        queued_at=NOON,
        state=state,
        attempts=attempts,
        tried_at=NOON if attempts else None,
        refusal=refusal,
        current=current,
        number="A-2026-0317-001",
    )


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_has_a_state_of_the_connection(code: ErrorCode) -> None:
    stands = words.connection(standing(error=code))
    assert stands.text
    assert stands.fact
    strong, text = words.problem_lines(standing(error=code), is_automatic=False)
    assert strong.endswith(".")
    # A banner's link says it where somebody has to sign in.
    assert text.endswith(".") or code is ErrorCode.SERVER_SIGN_IN_NEEDED


@pytest.mark.parametrize(
    ("stands", "ko", "en"),
    [
        (standing(settings=ServerSettings()), "", ""),
        (standing(OutboxCounts(confirmed=4)), "동기화됨", "Synced"),
        (standing(), "보낼 기록 없음", "Nothing to send"),
        (
            standing(OutboxCounts(waiting=2), settings=NOBODY),
            "서버에 로그인 필요 · 대기 2",
            "Sign in to the server · 2 waiting",
        ),
        (standing(OutboxCounts(waiting=7, refused=1, conflicts=1)), "대기 9", "9 waiting"),
        (
            standing(OutboxCounts(waiting=9), error=ErrorCode.SERVER_NO_ROUTE),
            "오프라인 · 대기 9",
            "Offline · 9 waiting",
        ),
        (
            standing(error=ErrorCode.SERVER_SIGN_IN_NEEDED),
            "서버에 로그인 필요",
            "Sign in to the server",
        ),
        (standing(error=ErrorCode.SERVER_UNTRUSTED), "동기화 멈춤", "Sync stopped"),
        (standing(is_running=True), "동기화하는 중", "Syncing"),
        (
            standing(OutboxCounts(waiting=2), settings=ServerSettings(), is_enrolled=True),
            "대기 2",
            "2 waiting",
        ),
    ],
)
def test_the_status_bar_says_it_in_a_few_words(
    stands: SyncStanding, ko: str, en: str, language: str
) -> None:
    _, fact = words.status_fact(stands)
    assert fact == (ko if language == "ko" else en)


def test_counts_leave_out_what_there_is_none_of(language: str) -> None:
    line, numbers = words.counts_lines(OutboxCounts(waiting=1, confirmed=1204))
    assert line == (
        "대기 1 · 서버가 확인한 기록 1,204. 모두 이 컴퓨터에 있습니다."
        if language == "ko"
        else "1 waiting · 1,204 confirmed. All are on this computer."
    )
    assert line.startswith(f"{numbers}.")


@pytest.mark.parametrize(
    ("stands", "ko", "en"),
    [
        (standing(), "다음 동기화를 기다림", "Waits for the next run"),
        (standing(settings=NOBODY), "서버 로그인을 기다림", "Waits for the sign-in"),
        (
            standing(error=ErrorCode.SERVER_SIGN_IN_NEEDED),
            "서버 로그인을 기다림",
            "Waits for the sign-in",
        ),
        (standing(error=ErrorCode.SERVER_NO_ROUTE), "연결을 기다림", "Waits for the network"),
        (
            standing(settings=ServerSettings(), is_enrolled=True),
            "USB로 내보내기를 기다림",
            "Waits for an export to USB",
        ),
    ],
)
def test_a_waiting_record_says_what_it_waits_for(
    stands: SyncStanding, ko: str, en: str, language: str
) -> None:
    waits_for = words.waiting_text(stands)
    assert waits_for == (ko if language == "ko" else en)
    assert words.reason_text(row(Delivery.WAITING), waits_for) == waits_for
    assert words.reason_text(row(Delivery.WAITING, attempts=1), waits_for) != waits_for


def test_what_a_restored_server_may_lack_was_not_tried_in_vain() -> None:
    again = replace(row(Delivery.WAITING), attempts=1)
    assert words.reason_text(again, "").startswith(("서버가 복구되어", "The server was restored"))
    assert words.tries_text(again) == "—"


@pytest.mark.parametrize("refusal", [DELETED, DIFFERENT_CONTENT, Refusal("too large", 413)])
def test_a_refusal_is_told_with_what_is_safe(refusal: Refusal) -> None:
    refused = row(Delivery.REFUSED, refusal, attempts=1)
    assert words.reason_text(refused, "")
    text = words.detail_text(refused, may_decide=True)
    assert ("이 컴퓨터" in text) or ("here" in text) or ("this computer" in text)
    assert (refusal.words in text) == (refusal.status == 413)


def test_the_servers_words_are_shown_as_words_never_as_markup() -> None:
    refused = row(Delivery.REFUSED, Refusal("<img src=x> & more", 400))
    assert "<img" not in words.detail_text(refused, may_decide=True)
    assert "&lt;img src=x&gt; &amp; more" in words.detail_text(refused, may_decide=True)


def test_what_goes_to_the_servers_administrator_names_nobody() -> None:
    quoted = Refusal("patient 홍길동 has no such record", 400)
    text = words.server_report(row(Delivery.REFUSED, quoted, attempts=3), None)
    assert "홍길동" not in text
    assert "A-2026-0317-001" in text
    assert "(400)" in text


def test_when_a_record_changed_is_short_this_year_and_whole_before() -> None:
    waiting = row(Delivery.WAITING)
    assert words.when_text(waiting, date(2026, 3, 18)) == "03-17 03:00"
    assert words.when_text(waiting, date(2027, 1, 1)) == "2026-03-17"
    assert words.when_text(waiting, NOON.date()).endswith("03:00")


def test_a_run_tells_what_it_carried_and_what_wants_attention() -> None:
    run = SyncRun(NOON, Transport.SERVER, sent=12, confirmed=11, received=5, refused=1)
    assert "12" in words.run_text(run)
    assert "5" in words.run_text(run)
    assert "1" in words.run_attention(run)
    nothing = SyncRun(NOON, Transport.SERVER)
    assert words.run_text(nothing)
    assert not words.run_attention(nothing)


def test_the_end_of_a_run_is_a_notice_of_its_kind() -> None:
    good = Outcome(SyncRun(NOON, Transport.SERVER, confirmed=3))
    attention = Outcome(SyncRun(NOON, Transport.SERVER, conflicts=2))
    failed = Outcome(SyncRun(NOON, Transport.SERVER), AppError(ErrorCode.SERVER_NO_ROUTE))
    stopped = Outcome(SyncRun(NOON, Transport.SERVER), is_stopped=True)
    kinds = [words.outcome_notice(one)[1] for one in (good, attention, failed, stopped)]
    assert kinds == ["ok", "info", "err", "info"]
    assert words.outcome_notice(stopped)[0].startswith(("멈췄습니다", "Stopped"))
    assert words.outcome_notice(AppError(ErrorCode.SERVER_NOT_SET))[1] == "err"


GREETING = Greeting(1, 100)
PERSON = ServerPerson("kim", "DOCTOR", is_approved=True)


@pytest.mark.parametrize(
    ("check", "states"),
    [
        (ConnectionCheck(GREETING, PERSON), "done done done done done"),
        (
            ConnectionCheck(error=AppError(ErrorCode.SERVER_NAME_UNKNOWN)),
            "problem todo todo todo todo",
        ),
        (ConnectionCheck(error=AppError(ErrorCode.PROXY_REFUSES)), "done problem todo todo todo"),
        (ConnectionCheck(error=AppError(ErrorCode.CLOCK_WRONG)), "done done problem todo todo"),
        (
            ConnectionCheck(error=AppError(ErrorCode.SERVER_UNREADABLE)),
            "done done done problem todo",
        ),
        (
            ConnectionCheck(error=AppError(ErrorCode.SERVER_SIGN_IN_NEEDED)),
            "done done done todo todo",
        ),
        (
            ConnectionCheck(GREETING, error=AppError(ErrorCode.SERVER_FORBIDS)),
            "done done done done problem",
        ),
    ],
)
def test_a_check_says_how_far_it_came(check: ConnectionCheck, states: str) -> None:
    assert [step.state for step in steps_of(check, SET)] == states.split()


def test_a_classic_server_is_named_as_one() -> None:
    steps = steps_of(ConnectionCheck(Greeting(0, 1), PERSON), SET)
    assert "MesoDesk" not in steps[3].text
