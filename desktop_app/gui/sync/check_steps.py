"""How far a try to reach the server came, as steps of a check list."""

from typing import NamedTuple

from desktop_app.application.server_setup import ConnectionCheck
from desktop_app.domain.account import Role
from desktop_app.domain.errors import ErrorCode
from desktop_app.domain.sync import ServerSettings
from desktop_app.gui.messages import describe
from desktop_app.gui.sync.card_words import is_loopback
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.check_list import StepState
from desktop_app.gui.widgets.person import role_text

NAME, REACHED, TRUSTED, PROTOCOL, SIGNED_IN = range(5)

# Where each error ends the way; what is not named here ends it at the protocol.
_ENDS_AT = {
    ErrorCode.SERVER_ADDRESS_WRONG: NAME,
    ErrorCode.SERVER_NAME_UNKNOWN: NAME,
    ErrorCode.PROXY_ADDRESS_WRONG: NAME,
    ErrorCode.PROXY_REFUSES: REACHED,
    ErrorCode.SERVER_NO_ROUTE: REACHED,
    ErrorCode.SERVER_NOT_LISTENING: REACHED,
    ErrorCode.SERVER_TIMEOUT: REACHED,
    ErrorCode.SERVER_LINE_CUT: REACHED,
    ErrorCode.CERTIFICATE_FILE_WRONG: TRUSTED,
    ErrorCode.SERVER_UNTRUSTED: TRUSTED,
    ErrorCode.SERVER_CERTIFICATE_NAME: TRUSTED,
    ErrorCode.CLOCK_WRONG: TRUSTED,
    ErrorCode.SERVER_SIGN_IN_NEEDED: SIGNED_IN,
    ErrorCode.SERVER_FORBIDS: SIGNED_IN,
}


class Step(NamedTuple):
    """One step, its words and how it went."""

    text: str
    state: StepState


def first_steps(settings: ServerSettings) -> list[Step]:
    """Return the steps before a try."""
    trusted = "server.step_trusted_loopback" if is_loopback(settings) else "server.step_trusted"
    keys = ("server.step_name", "server.step_reached", trusted, "server.step_protocol")
    return [Step(tr(key), "todo") for key in (*keys, "server.step_signed_in")]


def steps_of(check: ConnectionCheck, settings: ServerSettings) -> list[Step]:
    """Return how each step went; that nobody is signed in yet is no problem."""
    end = len(first_steps(settings))
    if check.error is not None:
        end = SIGNED_IN if check.greeting else _ENDS_AT.get(check.error.code, PROTOCOL)
    steps = [
        Step(one.text, "done" if at < end else "problem" if at == end else "todo")
        for at, one in enumerate(first_steps(settings))
    ]
    is_signed_out = check.error is not None and (
        check.error.code is ErrorCode.SERVER_SIGN_IN_NEEDED
    )
    if check.greeting is not None:
        steps[PROTOCOL] = Step(_protocol_text(check), "done")
    elif is_signed_out:
        # The server says what it speaks to those who signed in.
        steps[PROTOCOL] = Step(steps[PROTOCOL].text, "todo")
    if is_signed_out:
        steps[SIGNED_IN] = Step(tr("server.step_sign_in_later"), "todo")
    if check.person is not None:
        role = _role_text(check.person.role)
        text = tr("server.step_signed_in_as", account=check.person.username, role=role)
        steps[SIGNED_IN] = Step(text, "done")
    return steps


def sentence_of(check: ConnectionCheck) -> str:
    """Return what came of a try and what to do next."""
    if check.error is None:
        return tr("server.check_ok")
    if check.error.code is ErrorCode.SERVER_SIGN_IN_NEEDED:
        return tr("server.check_then_sign_in")
    return describe(check.error).sentence


def _role_text(role: str) -> str:
    """Return a role at the server in a word, as the server has it where it is none of ours."""
    return role_text(Role(role)) if role in {one.value for one in Role} else role


def _protocol_text(check: ConnectionCheck) -> str:
    if check.greeting is None or check.greeting.is_classic:
        return tr("server.step_protocol_classic")
    return tr("server.step_protocol_new", protocol=check.greeting.protocol)
