"""How near the duration model comes to what cases took, against the minutes that were booked.

    python benchmarks/durations.py [--weeks 52] [--seed 0]

Two histories: the reference file `shared/data/or_cases_q1_2022.csv` beside the checkout (left out
with a word where it is absent), and a made-up year of the demo department whose true quantiles are
known. Each is split by time and into fifths, and foretold by three models: groups without
shrinkage, with the shrinkage that cross-validation chose, and no groups at all. Errors are in
minutes (`booked`: of the booked minutes; `median`: of the model's median; `gain`: their difference
case by case, 95 %), `crps` is the score of the whole distribution, and then come the shares of
cases that took at most the minutes of a level: the nearer the level, the better. `truth` foretells
from the true figures, which nothing can better but by chance.
"""

import argparse
import sys
from datetime import date
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from models.catalogue import shipped_catalogue  # noqa: E402 - needs the path above
from scenarios.fitting.accuracy import (  # noqa: E402 - needs the path above
    GRID,
    SHOWN,
    TRAINED_SHARE,
    Accuracy,
    accuracies,
    crps,
)
from scenarios.fitting.columns import column_map  # noqa: E402 - needs the path above
from scenarios.fitting.history import History, read_history  # noqa: E402 - needs the path above
from scenarios.fitting.synthetic import (  # noqa: E402 - needs the path above
    Truth,
    synthetic_history,
    truth_for,
)
from scheduler.site_files import read_site  # noqa: E402 - needs the path above

REFERENCE = ROOT.parent / "shared" / "data" / "or_cases_q1_2022.csv"
FIRST = date(2025, 1, 6)
LISTED = {p.key: p.procedure_minutes for p in shipped_catalogue().procedures}
MODELS = {"no shrinkage": (1e-9,) * 4, "chosen": None, "no groups": (inf,) * 4}


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    print(_heading())
    if REFERENCE.exists():
        _table(
            read_history(REFERENCE, column_map("or-utilization"), timezone="America/Chicago"),
        )
    else:
        print(f"skipped: {REFERENCE.name} is not in shared/data beside this checkout")
    history, truth = _made_up(options.weeks, options.seed)
    _table(history)
    _true(history, truth)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--weeks", type=int, default=52, help="of the made-up history")
    parser.add_argument("--seed", type=int, default=0, help="of the made-up history")
    return parser.parse_args()


def _made_up(weeks: int, seed: int) -> tuple[History, Truth]:
    site = read_site(ROOT / "examples" / "demo-site.yaml")
    truth = truth_for(site, shipped_catalogue(), seed=seed)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made-up.csv"
        synthetic_history(truth, seed=seed, first=FIRST, weeks=weeks).to_csv(path, index=False)
        return read_history(path, column_map("holdfast"), timezone=site.timezone), truth


def _heading() -> str:
    levels = " ".join(f"{100 * level:4.0f}%" for level in SHOWN)
    return (
        f"{'history':22} {'split':10} {'model':12} {'cases':>5} {'booked':>6} {'median':>6} "
        f"{'gain':>22} {'crps':>6}  {levels}"
    )


def _table(history: History) -> None:
    for name, strengths in MODELS.items():
        for tried in accuracies(history.done, history.known, LISTED, strengths):
            print(_row(history.source, name, tried))


def _row(source: str, model: str, tried: Accuracy) -> str:
    split = "last 25 %" if tried.split.startswith("the last") else "fifths"
    gain = tried.gain
    between = "" if gain is None else f"{gain.mean:+.2f} ({gain.low:+.2f} to {gain.high:+.2f})"
    shares = " ".join(_share(each.below.share) for each in tried.coverage)
    return (
        f"{source:22} {split:10} {model:12} {tried.cases:5} {_number(tried.booked_error)} "
        f"{_number(tried.model_error)} {between:>22} {tried.crps:6.2f}  {shares}"
    )


def _number(value: float | None) -> str:
    return "     -" if value is None else f"{value:6.2f}"


def _share(value: float | None) -> str:
    return "    -" if value is None else f"{100 * value:4.1f}%"


def _true(history: History, truth: Truth) -> None:
    """The row of the true figures, on the last quarter."""
    done = history.done
    rows = done.iloc[int(TRAINED_SHARE * len(done)) :]
    pairs = list(zip(rows["procedure"], rows["proceduralist"], strict=True))
    booked, actual = rows["booked_minutes"].to_numpy(), rows["actual_minutes"].to_numpy()

    def minutes(levels: tuple[float, ...]) -> np.ndarray:
        ratios = [[truth.ratio(what, who, level) for level in levels] for what, who in pairs]
        return np.array(ratios) * booked[:, None]

    shown = minutes(SHOWN)
    error = np.abs(actual - shown[:, SHOWN.index(0.5)]).mean()
    score = crps(minutes(tuple(GRID)), actual).mean()
    shares = " ".join(_share(float(share)) for share in (actual[:, None] <= shown).mean(axis=0))
    print(
        f"{history.source:22} {'last 25 %':10} {'truth':12} {len(rows):5} {'':6} {error:6.2f} "
        f"{'':22} {score:6.2f}  {shares}"
    )


if __name__ == "__main__":
    sys.exit(main())
