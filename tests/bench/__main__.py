"""Run the benches, print their table and write build/bench.json; ONLY=a,b runs some."""

import importlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from tests.bench.measuring import Measurement

# Each is a module here with a function `measure`.
BENCHES = (
    "assess",
    "result",
    "start",
    "ready",
    "search",
    "list_growth",
    "save",
    "score_file",
    "sync",
    "pull",
    "transfer",
)
RESULT = Path("build/bench.json")


def main() -> int:
    """Run the benches that were asked for."""
    wanted = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(BENCHES)
    unknown = set(wanted) - set(BENCHES)
    if unknown:
        known = ", ".join(BENCHES)
        print(
            f"No bench is named {', '.join(sorted(unknown))}. There are: {known}", file=sys.stderr
        )
        return 2
    figures: dict[str, Measurement] = {}
    for name in wanted:
        figures[name] = importlib.import_module(f"tests.bench.{name}").measure()
        print(line_of(name, figures[name]), flush=True)
    RESULT.parent.mkdir(exist_ok=True)
    document = {name: asdict(figure) for name, figure in figures.items()}
    RESULT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"\nWritten to {RESULT}")
    return 0


def line_of(name: str, figure: Measurement) -> str:
    """Lay one measurement out as a row of the table."""
    against = ""
    if figure.baseline_value is not None:
        ratio = f"{figure.ratio:.2f} x" if figure.ratio is not None else ""
        against = f"{figure.baseline}: {figure.baseline_value:.3g} {figure.unit}  {ratio}"
    met = {True: "met", False: "NOT MET", None: "-"}[figure.met]
    row = f"{name:<12}{figure.value:>10.3g} {figure.unit:<4}{against}  [{figure.goal}: {met}]"
    details = [f"{'':<12}{key}: {value}" for key, value in (figure.also or {}).items()]
    return "\n".join([row, *details])


if __name__ == "__main__":
    sys.exit(main())
