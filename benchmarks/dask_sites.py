"""How many sites a dask cluster plans, and what another worker is worth.

    python benchmarks/dask_sites.py [--sites 100] [--cases 500] [--workers 1 2]
                                    [--iterations 2000] [--out bench-out]

Each site is a made-up waiting list of its own. A local cluster of so many single-threaded worker
processes is started for each number of workers, its workers load what they need, and all sites are
sent through the same fan-out as scenarios are. Efficiency is the throughput over that of the first
number of workers, divided by how many times as many workers there are. Runs must be equal whatever
the number of workers. Written to OUT/dask-sites.csv.
"""

import argparse
import csv
import logging
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from distributed import Client, LocalCluster  # noqa: E402 - needs the path above

from benchmarks.page import seconds, whole  # noqa: E402 - needs the path above
from benchmarks.site_runs import measured, site_task, warm_up  # noqa: E402 - needs the path above
from scenarios.records import Run  # noqa: E402 - needs the path above
from scenarios.running.cluster import Cluster  # noqa: E402 - needs the path above
from scenarios.running.fan_out import run_all  # noqa: E402 - needs the path above
from scenarios.running.progress import Progress  # noqa: E402 - needs the path above
from scenarios.tasks import Task  # noqa: E402 - needs the path above


@dataclass(frozen=True, slots=True)
class Measured:
    """All sites with one number of workers."""

    workers: int
    sites: int
    cases: int
    """Of all sites."""
    seconds: float
    cpu_seconds: float
    """Of the workers, for all sites."""
    idle_mb: float
    """Of a worker before a site, the median over sites."""
    peak_mb: float
    """Of a worker while it runs a site, the median over sites."""
    most_mb: float
    """The same for the site with most."""
    cost: int
    """Points of all sites: equal for any number of workers."""

    @property
    def sites_per_second(self) -> float:
        """Throughput in sites."""
        return self.sites / self.seconds

    @property
    def cases_per_second(self) -> float:
        """Throughput in cases."""
        return self.cases / self.seconds

    def efficiency(self, first: "Measured") -> float:
        """Throughput over what as many times the workers of `first` would have at its pace."""
        times = self.workers / first.workers
        return self.sites_per_second / first.sites_per_second / times


def measure(tasks: Sequence[Task], workers: int) -> tuple[Measured, tuple[Run, ...]]:
    """Run all tasks on a cluster of so many workers, that exists for this alone."""
    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.ERROR,
    ) as cluster:
        address = cluster.scheduler_address
        with Client(address, set_as_default=False) as client:
            client.run(warm_up)
        with Cluster(address) as crew:
            found = run_all(tasks, crew, work=measured, on_progress=_show)
    print(file=sys.stderr)
    runs = found.finished
    return _summed(workers, found.seconds, runs), runs


def _summed(workers: int, took: float, runs: Sequence[Run]) -> Measured:
    def told(name: str) -> list[float]:
        return [float(run.versions[name]) for run in runs]

    return Measured(
        workers=workers,
        sites=len(runs),
        cases=sum(len(run.cases) for run in runs),
        seconds=took,
        cpu_seconds=sum(told("cpu_seconds")),
        idle_mb=median(told("idle_mb")),
        peak_mb=median(told("peak_mb")),
        most_mb=max(told("peak_mb")),
        cost=sum(run.cost for run in runs),
    )


def _show(progress: Progress) -> None:
    print(f"\r{progress.done} of {progress.total} sites", end="", file=sys.stderr, flush=True)


def decided(run: Run) -> Run:
    """A run without what it took: that differs from run to run."""
    nights = tuple(replace(night, seconds=0.0) for night in run.nights)
    return replace(run, nights=nights, seconds=0.0, versions={})


def table(found: Sequence[Measured]) -> list[str]:
    """Lines for the terminal."""
    head = f"{'workers':>7} {'seconds':>9} {'sites/s':>8} {'cases/s':>9} {'efficiency':>10}"
    lines = [f"{head} {'CPU s a site':>12} {'idle MB':>8} {'peak MB a site':>14} {'most':>7}"]
    lines += [
        f"{one.workers:>7} {seconds(one.seconds):>9} {seconds(one.sites_per_second):>8} "
        f"{whole(round(one.cases_per_second)):>9} {one.efficiency(found[0]):>10.2f} "
        f"{seconds(one.cpu_seconds / one.sites):>12} {one.idle_mb:>8.0f} {one.peak_mb:>14.0f} "
        f"{one.most_mb:>7.0f}"
        for one in found
    ]
    return lines


def write_csv(path: Path, found: Sequence[Measured]) -> None:
    """All members and the efficiency for each number of workers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as sink:
        writer = csv.DictWriter(sink, [*(f.name for f in fields(Measured)), "efficiency"])
        writer.writeheader()
        for one in found:
            writer.writerow(asdict(one) | {"efficiency": f"{one.efficiency(found[0]):.3f}"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark from the command line; 1 where numbers of workers differ in a run."""
    options = _options(arguments)
    tasks = [site_task(n, options.cases, options.iterations) for n in range(options.sites)]
    found, runs = zip(*(measure(tasks, workers) for workers in options.workers), strict=True)
    print("\n".join(table(found)))
    write_csv(options.out / "dask-sites.csv", found)
    print(f"written to {options.out / 'dask-sites.csv'}")
    if any(list(map(decided, other)) != list(map(decided, runs[0])) for other in runs[1:]):
        print("the runs are not equal", file=sys.stderr)
        return 1
    print("runs are equal for all numbers of workers")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sites", type=int, default=100)
    parser.add_argument("--cases", type=int, default=500, help="of each site")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--iterations", type=int, default=2_000, help="of each site's search")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
