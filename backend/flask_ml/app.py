"""The Flask application: health, schema, predict, rescore, reload."""

import hmac
import logging
from typing import Any

import numpy as np
from flask import Blueprint, Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from flask_cors import CORS
from flask_limiter import Limiter
from werkzeug.exceptions import HTTPException, TooManyRequests

from backend.flask_ml.config import MlSettings
from backend.flask_ml.model_store import ModelStore
from backend.flask_ml.rows import (
    FEWEST_USED_VALUES,
    RowRefusedError,
    is_enough,
    table_of,
    used_features,
)
from risk_model.bundle import Bundle
from risk_model.errors import BundleError, NonFiniteValueError

logger = logging.getLogger(__name__)

MOST_ROWS = 10_000
# The REST server waits 5 s for a schema: a Redis that hangs must take a small part of that.
REDIS_SECONDS = 1
LARGEST_BODY = 16 * 1024 * 1024

service = Blueprint("service", __name__)


def create_app(settings: MlSettings | None = None) -> Flask:
    """Make the application with its model; without one it runs and answers 503."""
    settings = settings or MlSettings.from_environment()
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    store = ModelStore(settings)
    try:
        store.load()
    except BundleError as error:
        logger.error("no model: %s", error.code)
    app.extensions["ml_settings"] = settings
    app.extensions["ml_store"] = store
    CORS(app, origins=list(settings.allowed_origins))
    limiter = Limiter(
        whom_to_count,
        app=app,
        storage_uri=settings.rate_limit_storage,
        storage_options={
            "socket_connect_timeout": REDIS_SECONDS,
            "socket_timeout": REDIS_SECONDS,
        },
        # While Redis is away each worker counts for itself, and tries it again now and then.
        in_memory_fallback_enabled=True,
        default_limits=["100 per minute"],
        headers_enabled=True,
    )
    app.before_request(refuse_strangers)
    app.register_blueprint(service)
    for name, limit in (("schema", "60"), ("predict", "30"), ("reload", "10")):
        endpoint = f"service.{name}"
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = limiter.limit(f"{limit} per minute")(view)
    limiter.exempt(app.view_functions["service.rescore"])
    app.register_error_handler(HTTPException, answer_http_error)
    return app


def refuse_strangers() -> ResponseReturnValue | None:
    """Let in who comes over HTTPS with the key; health is open."""
    if request.path == "/health":
        return None
    settings: MlSettings = current_app.extensions["ml_settings"]
    is_from_proxy = request.remote_addr in settings.trusted_proxies
    is_https = request.is_secure or (
        is_from_proxy and request.headers.get("X-Forwarded-Proto") == "https"
    )
    if not (is_https or settings.is_insecure_allowed) or not has_key():
        return _error(403, "Forbidden")
    return None


def has_key() -> bool:
    """Compare the key given with ours in constant time; an empty key lets nobody in."""
    key = current_app.extensions["ml_settings"].api_key
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = token.strip() if scheme.lower() == "bearer" else request.headers.get("X-API-KEY", "")
    return hmac.compare_digest(given.encode(), key.encode()) and bool(key)


def whom_to_count() -> str:
    """Name whose calls the limits count: the person that the REST server names, or the address."""
    named = request.headers.get("X-Rate-Limit-User", "")
    if named.isdigit() and len(named) <= 20 and has_key():
        return f"user {named}"
    return f"address {request.remote_addr}"


@service.before_request
def follow_other_workers() -> None:
    """Use the model that another worker was told to load."""
    _store().follow()


@service.get("/health")
def health() -> ResponseReturnValue:
    """Tell whether a model is loaded."""
    if _store().bundle is None:
        return _error(503, "model not loaded")
    return {"status": "ok"}


@service.get("/schema")
def schema() -> ResponseReturnValue:
    """Show what the model reads."""
    bundle = _store().bundle
    return _error(503, "model not loaded") if bundle is None else _schema(bundle)


@service.post("/predict")
def predict() -> ResponseReturnValue:
    """Give probability and label of each row; a row of too few values refuses the call."""
    bundle = _store().bundle
    if bundle is None:
        return _error(503, "model not loaded")
    rows = _rows()
    if isinstance(rows, Response):
        return rows
    try:
        table = table_of(rows, bundle.base_features)
        used = used_features(bundle.base_features, bundle.selected_features)
        poor = np.flatnonzero(~is_enough(table, used))
        if poor.size:
            return _error(
                400,
                f"row {poor[0]}: no prediction with fewer than {FEWEST_USED_VALUES} "
                f"of the {len(used)} values that the model uses",
            )
        probabilities = bundle.scorer.probabilities(table)
    except (RowRefusedError, NonFiniteValueError) as error:
        return _error(400, str(error))
    except Exception as error:
        logger.exception("prediction failed")
        return _error(500, f"prediction failed: {type(error).__name__}")
    return {
        "base_features": list(bundle.base_features),
        "threshold": bundle.threshold,
        "pred_proba": probabilities.tolist(),
        "pred_label": (probabilities >= bundle.threshold).astype(int).tolist(),
    }


@service.post("/rescore")
def rescore() -> ResponseReturnValue:
    """Give the probability of each row that can be scored, null of the others; no verdicts.

    For the REST server, which compares clinics' figures; so no person's limit counts it.
    """
    bundle = _store().bundle
    if bundle is None:
        return _error(503, "model not loaded")
    rows = _rows()
    if isinstance(rows, Response):
        return rows
    answers: list[float | None] = [None] * len(rows)
    scorable: list[int] = []
    tables = []
    for i, row in enumerate(rows):
        try:
            table = table_of([row], bundle.base_features)
            bundle.scorer.scaled(table)
        except (RowRefusedError, NonFiniteValueError):
            continue
        scorable.append(i)
        tables.append(table)
    if tables:
        found = bundle.scorer.probabilities(np.concatenate(tables)).tolist()
        for i, probability in zip(scorable, found, strict=True):
            answers[i] = probability
    return {"sha256": bundle.sha256, "pred_proba": answers}


@service.post("/reload")
def reload() -> ResponseReturnValue:
    """Read the model again; the old one stays where the new one is refused."""
    try:
        bundle = _store().reload()
    except BundleError as error:
        return _error(409, f"the new model was refused and the old one stays: {error.code}")
    return {"reloaded": True, **_schema(bundle)}


def answer_http_error(error: HTTPException) -> Response:
    """Answer in the contract's form."""
    response = _error(error.code or 500, error.description or error.name)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = "60"
    return response


def _store() -> ModelStore:
    store: ModelStore = current_app.extensions["ml_store"]
    return store


def _schema(bundle: Bundle) -> dict[str, Any]:
    return {
        "model_name": bundle.name,
        "version": bundle.version,
        "sha256": bundle.sha256,
        "algorithm": bundle.algorithm,
        "threshold": bundle.threshold,
        "base_features": list(bundle.base_features),
        "selected_features": list(bundle.selected_features),
        "units": dict(bundle.units),
    }


def _rows() -> list[Any] | Response:
    try:
        body = request.get_json(force=True, silent=True)
    except RecursionError:
        body = None
    if not isinstance(body, dict):
        return _error(400, "invalid JSON")
    rows = body.get("data")
    if not isinstance(rows, list) or not rows:
        return _error(400, "data list required")
    if len(rows) > MOST_ROWS:
        return _error(413, f"more than {MOST_ROWS} rows")
    return rows


def _error(status: int, detail: str) -> Response:
    response = jsonify(detail=detail)
    response.status_code = status
    return response
