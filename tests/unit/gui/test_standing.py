"""How a record stands towards the server, in words and in both languages."""

import pytest

from desktop_app.application.synchronise import PatientSync
from desktop_app.domain.exchange import DELETED, Delivery, Refusal
from desktop_app.domain.identifiers import new_record_id
from desktop_app.gui.patient.standing import Standing, reason_text, standing_of
from desktop_app.gui.texts import LANGUAGES, set_language

RECORD = new_record_id()
REASON = Refusal("no such model", 409)


@pytest.fixture(params=LANGUAGES, autouse=True)
def language(request: pytest.FixtureRequest) -> None:
    set_language(request.param)


def sync(**parts: object) -> PatientSync:
    nothing: dict[str, object] = {
        "is_in_use": True,
        "delivery": {},
        "server_records": (),
        "refusals": {},
        "deleted_there": frozenset(),
        "mismatched": frozenset(),
    }
    return PatientSync(**nothing | parts)  # type: ignore[arg-type]  # any parts of it


def test_what_is_not_in_the_outbox_is_confirmed() -> None:
    assert standing_of(sync(), RECORD) == Standing(Delivery.CONFIRMED)


def test_without_a_server_nothing_stands_anywhere() -> None:
    refused = sync(is_in_use=False, refusals={RECORD: REASON})
    assert standing_of(refused, RECORD) is None


@pytest.mark.parametrize("state", [Delivery.WAITING, Delivery.CONFIRMED, Delivery.CONFLICT])
def test_each_state_has_a_word_and_a_sentence(state: Delivery) -> None:
    standing = standing_of(sync(delivery={RECORD: state}), RECORD)
    assert standing is not None
    assert standing.text
    assert standing.sentence.endswith(".")
    assert standing.aside == ""


def test_a_refusal_is_told_in_the_servers_words() -> None:
    refused = sync(delivery={RECORD: Delivery.REFUSED}, refusals={RECORD: REASON})
    standing = standing_of(refused, RECORD)
    assert standing is not None
    assert "“no such model” (409)" in standing.sentence
    assert reason_text(Refusal("bad phone")) == "“bad phone”"


@pytest.mark.parametrize(
    "parts",
    [
        {"deleted_there": frozenset({RECORD})},
        {"delivery": {RECORD: Delivery.REFUSED}, "refusals": {RECORD: DELETED}},
    ],
)
def test_what_the_server_deleted_is_not_called_confirmed_or_refused(
    parts: dict[str, object],
) -> None:
    standing = standing_of(sync(**parts), RECORD)
    assert standing is not None
    assert standing.text == standing.aside != ""
    assert DELETED.words not in standing.sentence


def test_another_result_of_the_server_stands_beside_the_state() -> None:
    standing = standing_of(sync(mismatched=frozenset({RECORD})), RECORD)
    assert standing is not None
    assert standing.text.endswith(f" · {standing.aside}")
    plain = Standing(Delivery.CONFIRMED).sentence
    assert standing.sentence.startswith(plain)
    assert standing.sentence != plain
