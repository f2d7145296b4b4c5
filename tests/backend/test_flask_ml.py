"""The ML service as the contract says, over the real bundle."""

import itertools
import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask import Flask

from backend.flask_ml.app import create_app
from backend.flask_ml.config import SHIPPED_BUNDLE, SHIPPED_FOLDER, MlSettings
from backend.flask_ml.rows import FEWEST_USED_VALUES
from desktop_app.config import TRUSTED_BUNDLES
from desktop_app.domain.lab_panel import FIELDS, MIN_VALUES_FOR_ASSESSMENT, USED_FIELDS
from risk_model.bundle import INFO_FILE, MODEL_FILE, hashes_to_trust, load_bundle
from tests.backend.ml_service import HEADERS, KEY, other_bundle, settings_of, shipped_hash
from tests.backend.samples import VALUES

USED = [field.key for field in USED_FIELDS]


@pytest.fixture(scope="module")
def shared_app() -> Flask:
    """Load the model once; limits off, for the tests that are not about them."""
    app = create_app(settings_of())
    next(iter(app.extensions["limiter"])).enabled = False
    return app


@pytest.fixture
def client(shared_app: Flask) -> Any:
    """Talk to the application."""
    return shared_app.test_client()


def predict(client: Any, *rows: Any, **headers: str) -> Any:
    return client.post("/predict", json={"data": list(rows)}, headers={**HEADERS, **headers})


def test_the_answer_has_the_contracts_form(client: Any) -> None:
    answer = predict(client, VALUES, {**VALUES, "surplus": "x"})
    assert answer.status_code == 200
    body = answer.json
    assert set(body) == {"base_features", "threshold", "pred_proba", "pred_label"}
    assert set(body["base_features"]) == {field.key for field in FIELDS}
    assert body["pred_proba"][0] == body["pred_proba"][1]
    assert body["pred_label"] == [int(p >= body["threshold"]) for p in body["pred_proba"]]


def test_it_gives_the_same_bits_as_the_desktop_and_the_pipeline(client: Any) -> None:
    bundle = load_bundle(SHIPPED_FOLDER, trusted_sha256=[shipped_hash()])
    generator = np.random.default_rng(7)
    rows = [
        {name: VALUES[name] * generator.uniform(0.2, 3) for name in bundle.base_features}
        for _ in range(200)
    ]
    answer = predict(client, *rows).json["pred_proba"]
    assert answer == [bundle.scorer.probability(row) for row in rows]
    assert answer == bundle.pipeline.predict_proba(pd.DataFrame(rows))[:, 1].tolist()


@pytest.mark.parametrize("missing", [None, math.nan, "", "absent"])
def test_a_missing_column_counts_as_nan(client: Any, missing: Any) -> None:
    row: dict[str, Any] = {**VALUES, "albumin": missing}
    if missing == "absent":
        del row["albumin"]
    bundle = load_bundle(SHIPPED_FOLDER, trusted_sha256=[shipped_hash()])
    expected = bundle.scorer.probability({**VALUES, "albumin": math.nan})
    assert predict(client, row).json["pred_proba"] == [expected]


def test_no_row_with_fewer_than_six_used_values_gets_a_verdict(client: Any) -> None:
    assert FEWEST_USED_VALUES == MIN_VALUES_FOR_ASSESSMENT
    unused = {field.key: VALUES[field.key] for field in FIELDS if not field.is_used_by_model}
    for count in range(len(USED) + 1):
        for kept in itertools.islice(itertools.combinations(USED, count), 10):
            row = unused | {name: VALUES[name] for name in kept}
            answer = predict(client, row)
            assert answer.status_code == (200 if count >= 6 else 400), kept
            assert ("pred_label" in answer.json) == (count >= 6)
    refused = predict(client, VALUES, {})
    assert refused.json == {
        "detail": "row 1: no prediction with fewer than 6 of the 9 values that the model uses"
    }


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "invalid JSON"),
        (b"{", "invalid JSON"),
        (b"[]", "invalid JSON"),
        (b"[" * 100_000, "invalid JSON"),
        (b"\xff\xfe", "invalid JSON"),
        (b"{}", "data list required"),
        (b'{"data": {}}', "data list required"),
        (b'{"data": []}', "data list required"),
        (b'{"data": [7]}', "row 0: not an object"),
        (b'{"data": [{"age": true}]}', "row 0: age is not a number"),
        (b'{"data": [{"age": [1]}]}', "row 0: age is not a number"),
        (b'{"data": [{"age": "old"}]}', "row 0: age is not a number"),
        (b'{"data": [{"age": Infinity}]}', "row 0: age is infinite"),
        (b'{"data": [{"age": 1' + b"0" * 400 + b"}]}", "row 0: age is not a number"),
    ],
)
def test_bad_bodies_are_400(client: Any, body: bytes, detail: str) -> None:
    answer = client.post("/predict", data=body, headers=HEADERS)
    assert (answer.status_code, answer.json) == (400, {"detail": detail})


def test_a_number_too_large_for_the_trees_is_400(client: Any) -> None:
    assert predict(client, {**VALUES, "age": 1e300}).status_code == 400


@pytest.mark.logs_warning
def test_a_failure_within_names_its_class_only(
    client: Any, shared_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(rows: Any) -> None:
        raise MemoryError("values of a patient")

    store = shared_app.extensions["ml_store"]
    monkeypatch.setattr(store.bundle.scorer, "probabilities", fail)
    answer = predict(client, VALUES)
    assert (answer.status_code, answer.json) == (500, {"detail": "prediction failed: MemoryError"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {KEY}x"},
        {"Authorization": "Bearer "},
        {"X-API-KEY": ""},
        {"Authorization": "Bearer wrong", "X-API-KEY": KEY},
        {"Authorization": "Bearer é"},
    ],
)
def test_without_the_key_it_is_403(client: Any, headers: dict[str, str]) -> None:
    answer = client.get("/schema", headers={"X-Forwarded-Proto": "https", **headers})
    assert (answer.status_code, answer.json) == (403, {"detail": "Forbidden"})


def test_the_key_may_come_either_way(client: Any) -> None:
    for headers in ({"Authorization": f"Bearer {KEY}"}, {"X-API-KEY": KEY}):
        answer = client.get("/schema", headers={"X-Forwarded-Proto": "https", **headers})
        assert answer.status_code == 200


def test_an_empty_key_lets_nobody_in() -> None:
    client: Any = create_app(settings_of(api_key="")).test_client()
    for headers in ({}, {"Authorization": "Bearer "}, {"X-API-KEY": ""}):
        answer = client.get("/schema", headers={"X-Forwarded-Proto": "https", **headers})
        assert answer.status_code == 403


def test_https_is_required_and_believed_from_the_proxy_only(client: Any) -> None:
    with_key = {"Authorization": f"Bearer {KEY}"}
    assert client.get("/schema", headers=with_key).status_code == 403
    stranger = client.get(
        "/schema", headers=HEADERS, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert stranger.status_code == 403
    assert client.get("/schema", headers=with_key, base_url="https://localhost").status_code == 200
    lenient = create_app(settings_of(is_insecure_allowed=True)).test_client()
    assert lenient.get("/schema", headers=with_key).status_code == 200


@pytest.mark.logs_warning
def test_without_a_model_it_is_503(tmp_path: Path) -> None:
    client: Any = create_app(settings_of(model_folder=tmp_path)).test_client()
    assert client.get("/health").status_code == 503
    for method, path in (("get", "/schema"), ("post", "/predict"), ("post", "/rescore")):
        answer = getattr(client, method)(path, headers=HEADERS)
        assert (answer.status_code, answer.json) == (503, {"detail": "model not loaded"})


def test_health_is_open(client: Any) -> None:
    assert client.get("/health").json == {"status": "ok"}


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("post", "/predict", 30),
        ("get", "/schema", 60),
        ("post", "/reload", 10),
        ("get", "/health", 100),
    ],
)
def test_limits_count_each_person_for_themselves(method: str, path: str, limit: int) -> None:
    app = create_app(settings_of())
    client = app.test_client()
    app.extensions["ml_store"].reload = lambda: app.extensions["ml_store"].bundle

    def call(**headers: str) -> Any:
        return getattr(client, method)(path, json={}, headers={**HEADERS, **headers})

    first = [call(**{"X-Rate-Limit-User": "1"}).status_code for _ in range(limit)]
    assert 429 not in first
    stopped = call(**{"X-Rate-Limit-User": "1"})
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0
    assert call(**{"X-Rate-Limit-User": "2"}).status_code != 429
    assert call().status_code != 429


def test_a_stranger_uses_up_nobodys_limit() -> None:
    client: Any = create_app(settings_of()).test_client()
    named = {"X-Rate-Limit-User": "1", "X-Forwarded-Proto": "https"}
    wrong = {**named, "Authorization": "Bearer wrong"}
    assert {client.get("/schema", headers=wrong).status_code for _ in range(61)} == {403}
    assert client.get("/schema", headers={**HEADERS, **named}).status_code == 200


def test_the_trusted_bundle_is_the_shipped_one_and_the_desktops() -> None:
    assert frozenset({SHIPPED_BUNDLE}) == TRUSTED_BUNDLES
    assert list(hashes_to_trust(SHIPPED_FOLDER).values()) == [SHIPPED_BUNDLE]


@pytest.mark.logs_warning
def test_a_bundle_that_nobody_trusts_is_not_loaded(tmp_path: Path) -> None:
    trusted = other_bundle(tmp_path, threshold=0.31)
    refused = create_app(settings_of(model_folder=tmp_path)).test_client()
    assert refused.get("/health").status_code == 503
    (tmp_path.parent / "trusted").write_text(f"{trusted}  # approved by the laboratory\n", "utf-8")
    settings = settings_of(model_folder=tmp_path, trust_file=tmp_path.parent / "trusted")
    client: Any = create_app(settings).test_client()
    assert client.get("/schema", headers=HEADERS).json["threshold"] == 0.31


def test_files_of_other_names_load_when_both_hashes_are_trusted(tmp_path: Path) -> None:
    shutil.copy(SHIPPED_FOLDER / MODEL_FILE, tmp_path / "m.joblib")
    shutil.copy(SHIPPED_FOLDER / INFO_FILE, tmp_path / "i.json")
    both = tmp_path / "trusted"
    lines = [sha256((tmp_path / n).read_bytes()).hexdigest() for n in ("m.joblib", "i.json")]
    both.write_text("\n".join(lines), "utf-8")
    names = {"model_file": "m.joblib", "info_file": "i.json"}
    settings = settings_of(model_folder=tmp_path, trust_file=both, **names)
    client: Any = create_app(settings).test_client()
    assert predict(client, VALUES).status_code == 200


def test_a_reload_swaps_whole_and_keeps_the_old_model_when_the_new_one_is_bad(
    tmp_path: Path,
) -> None:
    folder, trust = tmp_path / "bundle", tmp_path / "trusted"
    shutil.copytree(SHIPPED_FOLDER, folder)
    settings = settings_of(model_folder=folder, trust_file=trust)
    app = create_app(settings)
    next(iter(app.extensions["limiter"])).enabled = False

    def reload() -> int:
        return app.test_client().post("/reload", headers=HEADERS).status_code

    def keep_asking(count: int) -> set[tuple[int, float]]:
        client = app.test_client()
        answers = [predict(client, VALUES) for _ in range(count)]
        return {(a.status_code, a.json["threshold"]) for a in answers}

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(keep_asking, 150) for _ in range(3)]
        untrusted = other_bundle(folder, threshold=0.31)
        assert reload() == 409
        trust.write_text(untrusted, "utf-8")
        assert reload() == 200
        (folder / MODEL_FILE).write_bytes(b"broken")
        assert reload() == 409
        seen = set().union(*(job.result() for job in asking))
    assert seen <= {(200, 0.29), (200, 0.31)}
    assert keep_asking(1) == {(200, 0.31)}


def test_other_workers_follow_a_reload(tmp_path: Path) -> None:
    folder, trust = tmp_path / "bundle", tmp_path / "trusted"
    shutil.copytree(SHIPPED_FOLDER, folder)
    settings = settings_of(
        model_folder=folder, trust_file=trust, reload_stamp=tmp_path / "reloaded"
    )
    one: Any = create_app(settings).test_client()
    two: Any = create_app(settings).test_client()
    trust.write_text(other_bundle(folder, threshold=0.31), "utf-8")
    assert two.get("/schema", headers=HEADERS).json["threshold"] == 0.29
    assert one.post("/reload", headers=HEADERS).json["reloaded"] is True
    assert two.get("/schema", headers=HEADERS).json["threshold"] == 0.31


def test_rescoring_gives_figures_and_no_verdicts(client: Any) -> None:
    rows: list[Any] = [VALUES, {"age": "x"}, VALUES]
    answer = client.post("/rescore", json={"data": rows}, headers=HEADERS).json
    assert set(answer) == {"sha256", "pred_proba"}
    assert answer["pred_proba"][1] is None
    assert answer["pred_proba"][0] == predict(client, VALUES).json["pred_proba"][0]


def test_only_named_origins_may_read_answers() -> None:
    client: Any = create_app(settings_of(allowed_origins=("https://clinic.example",))).test_client()
    for origin, expected in (("https://clinic.example",) * 2, ("https://evil.example", None)):
        answer = client.get("/health", headers={"Origin": origin})
        assert answer.headers.get("Access-Control-Allow-Origin") == expected


def test_the_environment_is_read_as_the_contract_names_it() -> None:
    settings = MlSettings.from_environment(
        {
            "API_KEY": "k",
            "MODEL_DIR": "m",
            "MODEL_FILE": "f",
            "INFO_FILE": "i",
            "ALLOWED_ORIGINS": "https://a, https://b",
            "DEV_ALLOW_INSECURE": "1",
            "DEV_HOST": "h",
            "DEV_PORT": "1",
            "RATELIMIT_STORAGE_URI": "redis://r",
        }
    )
    assert settings.allowed_origins == ("https://a", "https://b")
    assert (settings.model_file, settings.info_file, settings.port) == ("f", "i", 1)
    assert settings.is_insecure_allowed
    assert not MlSettings.from_environment({"DEV_ALLOW_INSECURE": "true"}).is_insecure_allowed
