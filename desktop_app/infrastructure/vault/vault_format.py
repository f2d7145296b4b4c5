"""The written form of `vault.json`: what it holds, and reading it without trusting it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop_app.application.ports import Door
from desktop_app.domain.account import Account, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId, parse_record_id
from desktop_app.infrastructure.vault.key_wrapping import (
    NONCE_BYTES,
    SALT_BYTES,
    SEALED_BYTES,
    KdfCost,
    Wrapper,
)

FORMAT = 1
_MOST_PASSES = 1000
_MOST_MEMORY_KIB = 4 * 1024 * 1024
_MOST_LANES = 64


@dataclass(frozen=True)
class VaultContents:
    """Everything in the vault; `cost` is what new wrappers are made with.

    `unattended` is sealed under a secret in the system's key store, None unless that is allowed.
    """

    door: Door
    wrappers: Mapping[RecordId, Wrapper]
    recovery: Wrapper
    cost: KdfCost
    unattended: Wrapper | None = None


def write_vault(contents: VaultContents) -> bytes:
    """Return the file's bytes: the contents and the SHA-256 that shows damage."""
    door = contents.door
    body = {
        "clinic": {
            "name": door.clinic_name,
            "seat": door.seat,
            "hides_accounts": door.hides_accounts,
        },
        "accounts": [_account_out(account) for account in door.accounts],
        "wrappers": {
            str(holder): _wrapper_out(wrapper) for holder, wrapper in contents.wrappers.items()
        },
        "recovery": _wrapper_out(contents.recovery),
        "unattended": None if contents.unattended is None else _wrapper_out(contents.unattended),
        "cost": _cost_out(contents.cost),
    }
    document = {"format": FORMAT, "sha256": _digest(body), "vault": body}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def read_vault(content: bytes) -> VaultContents:
    """Return what the file holds; AppError VAULT_NEWER or VAULT_DAMAGED."""
    try:
        document = json.loads(content.decode())
        version = document["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise AppError(ErrorCode.VAULT_DAMAGED) from error
    if isinstance(version, int) and version > FORMAT:
        raise AppError(ErrorCode.VAULT_NEWER, format=version, known=FORMAT)
    try:
        body = document["vault"]
        if version != FORMAT or document["sha256"] != _digest(body):
            raise ValueError("the digest is another")
        # Half a character could be read, but never be written again.
        json.dumps(body, ensure_ascii=False).encode()
        return _contents_in(body)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise AppError(ErrorCode.VAULT_DAMAGED) from error


def _digest(body: object) -> str:
    text = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _contents_in(body: Any) -> VaultContents:
    clinic, unattended = body["clinic"], body.get("unattended")
    return VaultContents(
        door=Door(
            clinic_name=str(clinic["name"]),
            seat=str(clinic["seat"]),
            accounts=tuple(_account_in(entry) for entry in body["accounts"]),
            hides_accounts=bool(clinic["hides_accounts"]),
        ),
        wrappers={
            parse_record_id(holder): _wrapper_in(entry)
            for holder, entry in body["wrappers"].items()
        },
        recovery=_wrapper_in(body["recovery"]),
        cost=_cost_in(body["cost"]),
        unattended=None if unattended is None else _wrapper_in(unattended),
    )


def _account_out(account: Account) -> dict[str, Any]:
    last = account.last_sign_in
    return {
        "id": str(account.account_id),
        "login": account.login,
        "name": account.name,
        "roles": sorted(role.value for role in account.roles),
        "department": account.department,
        "last_sign_in": None if last is None else last.isoformat(),
    }


def _account_in(entry: Any) -> Account:
    last = entry["last_sign_in"]
    return Account(
        account_id=parse_record_id(entry["id"]),
        login=str(entry["login"]),
        name=str(entry["name"]),
        roles=frozenset(Role(role) for role in entry["roles"]),
        department=str(entry["department"]),
        last_sign_in=None if last is None else datetime.fromisoformat(last),
    )


def _wrapper_out(wrapper: Wrapper) -> dict[str, Any]:
    return {
        "salt": base64.b64encode(wrapper.salt).decode(),
        "nonce": base64.b64encode(wrapper.nonce).decode(),
        "sealed": base64.b64encode(wrapper.sealed).decode(),
        "argon2id": None if wrapper.cost is None else _cost_out(wrapper.cost),
        "generation": wrapper.generation,
    }


def _wrapper_in(entry: Any) -> Wrapper:
    cost = entry["argon2id"]
    return Wrapper(
        salt=_bytes_in(entry["salt"], SALT_BYTES),
        nonce=_bytes_in(entry["nonce"], NONCE_BYTES),
        sealed=_bytes_in(entry["sealed"], SEALED_BYTES),
        cost=None if cost is None else _cost_in(cost),
        # The first vaults had none.
        generation=int(entry.get("generation", 0)),
    )


def _bytes_in(text: str, length: int) -> bytes:
    content = base64.b64decode(text, validate=True)
    if len(content) != length:
        raise ValueError("a field has another length")
    return content


def _cost_out(cost: KdfCost) -> dict[str, int]:
    return {"passes": cost.passes, "memory_kib": cost.memory_kib, "lanes": cost.lanes}


def _cost_in(entry: Any) -> KdfCost:
    cost = KdfCost(int(entry["passes"]), int(entry["memory_kib"]), int(entry["lanes"]))
    within = (
        1 <= cost.passes <= _MOST_PASSES
        and 1 <= cost.lanes <= _MOST_LANES
        and 8 * cost.lanes <= cost.memory_kib <= _MOST_MEMORY_KIB
    )
    if not within:
        raise ValueError("no machine derives keys at such a cost")
    return cost
