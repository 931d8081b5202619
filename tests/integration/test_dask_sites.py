"""The benchmark of sites on a dask cluster starts, and its arithmetic."""

from pathlib import Path

import pytest

from benchmarks.dask_sites import Measured, main, table


def measured(workers: int, seconds: float) -> Measured:
    return Measured(
        workers=workers,
        sites=100,
        cases=50_000,
        seconds=seconds,
        cpu_seconds=80.0,
        idle_mb=300.0,
        peak_mb=350.0,
        most_mb=360.0,
        cost=1,
    )


def test_efficiency_is_throughput_for_each_worker_over_that_of_the_first() -> None:
    one, two, four = measured(1, 100), measured(2, 62.5), measured(4, 50)
    # 1.6 sites a second with two workers is 0.8 for each; 2.0 with four is 0.5; one has 1.0.
    assert [m.efficiency(one) for m in (one, two, four)] == [1.0, 0.8, 0.5]
    assert "0.80" in table([one, two])[2]


def test_short_form_measures_each_number_of_workers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--sites", "3", "--cases", "20", "--iterations", "50", "--workers", "1", "2"]
    assert main([*options, "--out", str(tmp_path)]) == 0
    assert "runs are equal for all numbers of workers" in capsys.readouterr().out
    head, *rows = (tmp_path / "dask-sites.csv").read_text().splitlines()
    assert head.split(",")[:3] == ["workers", "sites", "cases"]
    assert [row.split(",")[:3] for row in rows] == [["1", "3", "60"], ["2", "3", "60"]]
