"""A server as they stand in the field: the classic calls alone, with their known flaws.

A repeated POST stores a second copy, nothing has a version, searching knows names only.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from tests.backend.ml_service import serving


@dataclass
class FlawedServer:
    """Everything that such a server holds."""

    address: str = ""
    patients: list[dict[str, Any]] = field(default_factory=list)
    predictions: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def application(held: FlawedServer) -> Flask:
    """Return the server's application."""
    app = Flask("flawed")

    @app.post("/api/auth/token/")
    def token() -> ResponseReturnValue:
        return jsonify(access="a", refresh="r")

    @app.get("/api/auth/me/")
    def me() -> ResponseReturnValue:
        return jsonify(id=1, username="sync", role="ADMIN", approved=True, doctor=None)

    @app.get("/api/patients/")
    def list_patients() -> ResponseReturnValue:
        wanted = request.args.get("search", "")
        return jsonify([one for one in held.patients if wanted in one["name"]])

    @app.post("/api/patients/")
    def add_patient() -> ResponseReturnValue:
        with held.lock:
            body = {"notes": "", **request.get_json(), "id": len(held.patients) + 1}
            held.patients.append({**body, "created_at": now(), "updated_at": now()})
            return jsonify(held.patients[-1]), 201

    @app.route("/api/patients/<int:number>/", methods=["GET", "PATCH"])
    def patient(number: int) -> ResponseReturnValue:
        found = next((one for one in held.patients if one["id"] == number), None)
        if found is None:
            return jsonify(detail="Not found."), 404
        if request.method == "PATCH":
            found |= {**request.get_json(), "updated_at": now()}
        return jsonify(found)

    @app.get("/api/predictions/")
    def list_predictions() -> ResponseReturnValue:
        wanted = int(request.args["patient_id"])
        return jsonify([one for one in held.predictions if one["patient_id"] == wanted])

    @app.post("/api/predictions/")
    def add_prediction() -> ResponseReturnValue:
        with held.lock:
            body = {**request.get_json(), "id": len(held.predictions) + 1, "created_at": now()}
            held.predictions.append(body)
            return jsonify(body), 201

    return app


@contextmanager
def flawed_server() -> Iterator[FlawedServer]:
    """Start such a server."""
    held = FlawedServer()
    with serving(application(held)) as address:
        held.address = address
        yield held
