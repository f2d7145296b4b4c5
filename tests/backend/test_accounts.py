"""Accounts: signing in, waiting for approval, roles."""

import time
from datetime import timedelta

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from backend.django_api.accounts.models import Attempt, Role, User
from tests.backend.conftest import Account, SignedIn
from tests.backend.samples import PASSWORD

NEW = {"username": "new.person", "password": PASSWORD, "email": "a@example.org"}


def token(client: APIClient, username: str, password: str = PASSWORD):  # type: ignore[no-untyped-def] # the test client's answer has no public type
    return client.post("/api/auth/token/", {"username": username, "password": password})


def test_tokens_last_three_hours_and_fourteen_days(account: Account) -> None:
    user = account(Role.DOCTOR)
    pair = token(APIClient(), user.username).json()
    access, refresh = AccessToken(pair["access"]), RefreshToken(pair["refresh"])
    assert access["exp"] - access["iat"] == timedelta(hours=3).total_seconds()
    assert refresh["exp"] - refresh["iat"] == timedelta(days=14).total_seconds()


def test_a_refresh_token_is_good_once(account: Account) -> None:
    client = APIClient()
    old = token(client, account(Role.STAFF).username).json()["refresh"]
    first = client.post("/api/auth/token/refresh/", {"refresh": old})
    assert set(first.json()) == {"access", "refresh"}
    again = client.post("/api/auth/token/refresh/", {"refresh": old})
    assert again.status_code == 401
    assert "detail" in again.json()


def test_me_says_who_is_signed_in(doctor: APIClient) -> None:
    me = doctor.get("/api/auth/me/").json()
    assert set(me) == {
        "id", "username", "email", "first_name", "last_name", "role", "approved", "doctor",
    }  # fmt: skip  # the contract's own line
    assert me["role"] == "DOCTOR"
    assert set(me["doctor"]) == {"id", "name", "department"}


def test_a_session_of_the_pages_opens_no_call(account: Account) -> None:
    client = APIClient()
    client.force_login(account(Role.ADMIN))
    assert client.get("/admin/").status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/api/auth/me/").status_code == 401
    assert not queries.captured_queries


def test_who_is_no_doctor_has_none(admin: APIClient) -> None:
    assert admin.get("/api/auth/me/").json()["doctor"] is None


def test_administrators_list_everybody_as_they_see_themselves(
    admin: APIClient, doctor: APIClient
) -> None:
    people = admin.get("/api/auth/users/").json()
    assert people == [client.get("/api/auth/me/").json() for client in (doctor, admin)]


def test_without_a_token_it_is_401(db: str) -> None:
    answer = APIClient().get("/api/patients/")
    assert answer.status_code == 401
    assert list(answer.json()) == ["detail"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Bearer a.b.c", "Basic eA==", "Bearer é"])
def test_a_broken_token_is_401(db: str, header: str) -> None:
    assert APIClient().get("/api/patients/", HTTP_AUTHORIZATION=header).status_code == 401


def claims_of(user: User, **changes: object) -> dict[str, object]:
    """Return what a good access token of a person says, changed."""
    access = RefreshToken.for_user(user).access_token
    return {**access.payload, **changes}


def in_seconds(seconds: int) -> int:
    return int(time.time()) + seconds


def status_of(token: str) -> int:
    header = f"Bearer {token}"
    answer = APIClient().get("/api/auth/me/", HTTP_AUTHORIZATION=header)
    assert isinstance(answer.json(), dict)
    return int(answer.status_code)


def test_a_forged_token_is_401(account: Account) -> None:
    user, other = account(Role.ADMIN), account(Role.DOCTOR)
    key = settings.SECRET_KEY
    good = claims_of(user)
    assert status_of(jwt.encode(good, key, "HS256")) == 200
    head, body, signature = jwt.encode(good, key, "HS256").split(".")
    stolen = jwt.encode(claims_of(other), key, "HS256").split(".")[1]
    for forged in (
        jwt.encode(good, "", "none"),
        f"{jwt.encode(good, '', 'none').split('.')[0]}.{body}.{signature}",
        f"{head}.{stolen}.{signature}",
        f"{head}.{body}.",
        jwt.encode(good, "another key of thirty-two letters", "HS256"),
        jwt.encode(good, key * 2, "HS512"),
        jwt.encode({**good, "user_id": "9" * 30}, key, "HS256"),
        jwt.encode({**good, "user_id": None}, key, "HS256"),
        jwt.encode({**good, "user_id": "1 OR 1=1"}, key, "HS256"),
        jwt.encode({**good, "token_type": "refresh"}, key, "HS256"),
        jwt.encode({k: v for k, v in good.items() if k != "exp"}, key, "HS256"),
        jwt.encode({k: v for k, v in good.items() if k != "hash_password"}, key, "HS256"),
        str(RefreshToken.for_user(user)),
    ):
        assert status_of(forged) == 401, forged


def test_an_old_token_is_401_and_a_clock_some_seconds_off_refuses_nobody(account: Account) -> None:
    user, key = account(Role.STAFF), settings.SECRET_KEY
    for changes, expected in (
        ({"exp": in_seconds(-3600)}, 401),
        ({"exp": in_seconds(-60)}, 401),
        ({"exp": in_seconds(-10)}, 200),
        ({"iat": in_seconds(10)}, 200),
        ({"iat": in_seconds(3600)}, 401),
    ):
        assert status_of(jwt.encode(claims_of(user, **changes), key, "HS256")) == expected, changes


def test_an_access_token_refreshes_nothing(account: Account) -> None:
    pair = token(APIClient(), account(Role.STAFF).username).json()
    answer = APIClient().post("/api/auth/token/refresh/", {"refresh": pair["access"]})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["register/", "register-doctor/"])
def test_a_new_account_waits_for_approval(admin: APIClient, path: str) -> None:
    stranger = APIClient()
    made = stranger.post(f"/api/auth/{path}", NEW)
    assert made.status_code == 201
    assert made.json()["approved"] is False
    stranger.credentials(
        HTTP_AUTHORIZATION=f"Bearer {token(stranger, NEW['username']).json()['access']}"
    )
    assert stranger.get("/api/auth/me/").json()["approved"] is False
    assert stranger.get("/api/patients/").status_code == 403
    assert stranger.get("/api/doctors/").status_code == 403
    body = {"user_ids": [made.json()["id"]], "action": "approve"}
    assert admin.post("/api/auth/bulk-approve/", body).json() == {"updated": 1}
    assert stranger.get("/api/patients/").status_code == 200


def test_a_rejected_account_is_closed(admin: APIClient, account: Account) -> None:
    user = account(Role.DOCTOR, approved=False)
    admin.post("/api/auth/bulk-approve/", {"user_ids": [user.pk], "action": "reject"})
    assert token(APIClient(), user.username).status_code == 401


def test_weak_and_taken_are_named_by_field(db: str, account: Account) -> None:
    account(Role.STAFF, "kim")
    client = APIClient()
    weak = client.post("/api/auth/register/", {"username": "lee", "password": "12345678"})
    assert weak.status_code == 400
    assert weak.json()["password"]
    taken = client.post("/api/auth/register/", {"username": "KIM", "password": PASSWORD})
    assert taken.json() == {"username": ["This name is taken."]}


def test_nobody_registers_as_administrator(db: str) -> None:
    answer = APIClient().post("/api/auth/register/", {**NEW, "role": "ADMIN"})
    assert answer.status_code == 400
    assert not User.objects.exists()


def test_ten_failures_stop_the_account_from_one_address(account: Account) -> None:
    user = account(Role.DOCTOR)
    client = APIClient()
    assert {token(client, user.username, "wrong").status_code for _ in range(10)} == {401}
    stopped = token(client, user.username)
    assert stopped.status_code == 429
    assert int(stopped["Retry-After"]) > 0
    elsewhere = client.post(
        "/api/auth/token/",
        {"username": user.username, "password": PASSWORD},
        REMOTE_ADDR="192.0.2.7",
    )
    assert elsewhere.status_code == 200
    # The counters do not keep whom they count.
    assert not Attempt.objects.filter(key__contains=user.username).exists()


def test_the_answer_does_not_tell_whether_the_name_exists(account: Account) -> None:
    user = account(Role.DOCTOR)
    client = APIClient()
    known, unknown = token(client, user.username, "x"), token(client, "nobody", "x")
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


def test_a_new_password_needs_the_current_one_and_ends_sessions(doctor: APIClient) -> None:
    change = {"password": "another-long-one-9"}
    refused = doctor.patch("/api/auth/update-profile/", {**change, "current_password": "no"})
    assert refused.json() == {"current_password": ["This is not the password."]}
    done = doctor.patch("/api/auth/update-profile/", {**change, "current_password": PASSWORD})
    assert done.status_code == 200
    assert doctor.get("/api/auth/me/").status_code == 401


def test_the_profile_changes_nothing_but_itself(doctor: APIClient) -> None:
    assert doctor.patch("/api/auth/update-profile/", {"role": "ADMIN"}).status_code == 400
    before = doctor.get("/api/auth/me/").json()
    wanted = {"first_name": "길동", "last_name": "홍", "email": "hong@example.org"}
    assert doctor.patch("/api/auth/update-profile/", wanted).json() == {**before, **wanted}


ADMIN_CALLS = (
    ("get", "users/"),
    ("post", "change-role/"),
    ("post", "register-bulk/"),
    ("post", "bulk-approve/"),
)


@pytest.mark.parametrize("role", [Role.STAFF, Role.DOCTOR, Role.PATIENT])
def test_only_administrators_administer(signed_in: SignedIn, role: str) -> None:
    client = signed_in(role)
    for method, path in ADMIN_CALLS:
        assert getattr(client, method)(f"/api/auth/{path}").status_code == 403, path


def test_a_role_changes_and_a_doctor_appears(admin: APIClient, account: Account) -> None:
    user = account(Role.STAFF)
    body = {"user_id": user.pk, "role": "DOCTOR"}
    assert admin.post("/api/auth/change-role/", body).json()["doctor"]["name"] == user.username
    assert admin.post("/api/auth/change-role/", {**body, "user_id": 9999}).status_code == 404
    assert admin.post("/api/auth/change-role/", {**body, "role": "KING"}).status_code == 400


def test_the_last_administrator_stays(admin: APIClient) -> None:
    me = admin.get("/api/auth/me/").json()["id"]
    answer = admin.post("/api/auth/change-role/", {"user_id": me, "role": "STAFF"})
    assert answer.status_code == 409


def test_one_bad_row_never_stops_the_others(admin: APIClient) -> None:
    rows = [
        {"username": "one", "password": PASSWORD, "role": "DOCTOR", "department": "호흡기내과"},
        {"username": "two", "password": "123"},
        {"username": "three", "password": PASSWORD, "role": "STAFF"},
    ]
    answers = admin.post("/api/auth/register-bulk/", {"users": rows}).json()
    assert [answer["id"] is not None for answer in answers] == [True, False, True]
    assert answers[1]["errors"]["password"]
    assert admin.get("/api/doctors/").json()[0]["department"] == "호흡기내과"


def test_the_administration_pages_are_korean(admin: APIClient, db: str) -> None:
    page = admin.get("/admin/login/")
    assert "MesoDesk 중앙 서버" in page.content.decode()
    assert 'lang="ko"' in page.content.decode()
