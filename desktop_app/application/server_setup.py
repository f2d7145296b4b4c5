"""Name the server, sign in to it, exchange keys with it; nothing leaves this computer before."""

from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.application.sync_ports import SyncGateway
from desktop_app.application.synchronise import unattended_secret_name
from desktop_app.domain.account import Right
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import (
    LONGEST_INTERVAL_MINUTES,
    SHORTEST_INTERVAL_MINUTES,
    Certificate,
    Greeting,
    ServerKeys,
    ServerPerson,
    ServerSettings,
    Workstation,
)


def save_server(session: Session, settings: ServerSettings) -> ServerSettings:
    """Store what an administrator decides; INVALID_INPUT, or what is wrong with the address.

    Whether records may go unattended stays as it is: `allow_unattended` decides that.
    """
    session.require(Right.SET_UP_SYNC)
    within = SHORTEST_INTERVAL_MINUTES <= settings.interval_minutes <= LONGEST_INTERVAL_MINUTES
    if not within:
        raise AppError(ErrorCode.INVALID_INPUT, field="interval_minutes")
    if settings.is_set:
        # Making a gateway checks the address and the certificate file, and sends nothing.
        session.link.open_gateway(settings).close()
    with session.unit_of_work() as work:
        stored = work.sync.settings()
        settings = replace(settings, is_unattended=stored.is_unattended)
        if stored == settings:
            return settings
        work.sync.save_settings(settings)
        if work.sync.workstation() is None:
            clinic = work.clinic()
            work.sync.save_workstation(session.link.files().new_keys(clinic.seat or clinic.name))
        work.audit.append(session.audit_entry(AuditAction.SERVER_SET))
        work.commit()
    return settings


def describe_certificates(session: Session, text: str) -> tuple[Certificate, ...]:
    """Return whom a certificate file names, for the administrator to compare."""
    session.require(Right.READ_SYNC)
    return session.link.files().read_certificates(text)


@dataclass(frozen=True)
class ConnectionCheck:
    """What a try showed: how far it came, and the error where it ended.

    `person` is None while nobody is signed in to the server; that alone is no error.
    """

    greeting: Greeting | None = None
    person: ServerPerson | None = None
    error: AppError | None = None


def check_connection(session: Session, settings: ServerSettings) -> ConnectionCheck:
    """Reach a server with settings that need not be stored, and look who it takes us for."""
    session.require(Right.SEND_RECORDS)
    try:
        gateway = session.link.open_gateway(settings)
    except AppError as error:
        return ConnectionCheck(error=error)
    greeting = None
    try:
        greeting = gateway.greet()
        person = gateway.me()
        if not person.may_sync:
            # A server without the sync layer lets anybody greet it.
            raise AppError(ErrorCode.SERVER_FORBIDS)
        return ConnectionCheck(greeting, person)
    except AppError as error:
        return ConnectionCheck(greeting, error=error)
    finally:
        gateway.close()


def sign_in_to_server(session: Session, account: str, password: str) -> ServerPerson:
    """Begin a session at the server for this workstation, and exchange keys where it can.

    SERVER_CREDENTIALS_WRONG, or SERVER_FORBIDS for an account that may not sync.
    """
    session.require(Right.SEND_RECORDS)
    settings = replace(_settings(session), account=account.strip())
    gateway = session.link.open_gateway(settings)
    try:
        person = gateway.sign_in(settings.account, password)
        if not person.may_sync:
            gateway.sign_out()
            raise AppError(ErrorCode.SERVER_FORBIDS)
        keys = _exchanged_keys(session, gateway)
    finally:
        gateway.close()
    with session.unit_of_work() as work:
        work.sync.save_settings(replace(work.sync.settings(), account=settings.account))
        workstation = work.sync.workstation()
        if keys is not None and workstation is not None:
            enrolled = replace(workstation, server=keys, account=settings.account)
            work.sync.save_workstation(enrolled)
            work.audit.append(session.audit_entry(AuditAction.WORKSTATION_ENROLLED))
        work.audit.append(session.audit_entry(AuditAction.SERVER_SIGNED_IN))
        work.commit()
    return person


def sign_out_of_server(session: Session) -> None:
    """Forget the session at the server; records go on waiting."""
    session.require(Right.SEND_RECORDS)
    gateway = session.link.open_gateway(_settings(session))
    try:
        gateway.sign_out()
    finally:
        gateway.close()
    with session.unit_of_work() as work:
        # No account is how the next start knows that somebody has to sign in.
        work.sync.save_settings(replace(work.sync.settings(), account=""))
        work.audit.append(session.audit_entry(AuditAction.SERVER_SIGNED_OUT))
        work.commit()


def write_enrolment(session: Session, target: Path) -> str:
    """Write this workstation's public keys for the server; return its fingerprint."""
    session.require(Right.SET_UP_SYNC)
    workstation = _workstation(session)
    session.link.files().write_enrolment(target, workstation, session.clock.now())
    return session.link.files().fingerprint(workstation.signing_key)


@dataclass(frozen=True)
class EnrolmentAnswer:
    """The server's keys from a file, which a person has to compare before they are trusted."""

    keys: ServerKeys
    account: str
    fingerprint: str


def read_enrolment_answer(session: Session, source: Path) -> EnrolmentAnswer:
    """Read the server's answer to an enrolment; nothing is trusted yet."""
    session.require(Right.SET_UP_SYNC)
    files = session.link.files()
    keys, account = files.read_enrolment_answer(source, _workstation(session))
    return EnrolmentAnswer(keys, account, files.fingerprint(keys.signing_key))


def trust_server(session: Session, answer: EnrolmentAnswer) -> None:
    """Keep the server's keys after the administrator compared the fingerprint."""
    session.require(Right.SET_UP_SYNC)
    workstation = _workstation(session)
    with session.unit_of_work() as work:
        work.sync.save_workstation(replace(workstation, server=answer.keys, account=answer.account))
        work.audit.append(session.audit_entry(AuditAction.WORKSTATION_ENROLLED))
        work.commit()


def allow_unattended(session: Session, entrance: Entrance, *, is_allowed: bool) -> None:
    """Let records be synced with nobody signed in, or stop that; KEY_STORE_INSECURE."""
    session.require(Right.SET_UP_SYNC)
    secrets, name = entrance.secrets, unattended_secret_name(entrance)
    if is_allowed and not secrets.is_secure():
        raise AppError(ErrorCode.KEY_STORE_INSECURE)
    if is_allowed:
        secret = session.vault.allow_unattended(session.data_key)
        secrets.put(name, secret)
        if secrets.get(name) != secret:
            # A key store that is locked takes nothing, and says nothing.
            session.vault.forbid_unattended()
            raise AppError(ErrorCode.KEY_STORE_INSECURE)
    else:
        session.vault.forbid_unattended()
        secrets.remove(name)
    action = AuditAction.UNATTENDED_ALLOWED if is_allowed else AuditAction.UNATTENDED_FORBIDDEN
    with session.unit_of_work() as work:
        settings = replace(work.sync.settings(), is_unattended=is_allowed)
        work.sync.save_settings(settings)
        work.audit.append(session.audit_entry(action))
        work.commit()


def _settings(session: Session) -> ServerSettings:
    with session.unit_of_work() as work:
        settings = work.sync.settings()
    if not settings.is_set:
        raise AppError(ErrorCode.SERVER_NOT_SET)
    return settings


def _workstation(session: Session) -> Workstation:
    """Return this workstation's keys; they are made when they are first wanted."""
    with session.unit_of_work() as work:
        workstation = work.sync.workstation()
        if workstation is None:
            clinic = work.clinic()
            workstation = session.link.files().new_keys(clinic.seat or clinic.name)
            work.sync.save_workstation(workstation)
            work.commit()
    return workstation


def _exchanged_keys(session: Session, gateway: SyncGateway) -> ServerKeys | None:
    """Enrol where the server takes files; a server that cannot is no reason not to sign in."""
    try:
        if gateway.greet().server is None:
            return None
        return gateway.enrol(_workstation(session))
    except AppError:
        return None
