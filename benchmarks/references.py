"""Figures known for the reference files: the best peer's or published cost, and the yardstick's.

60 s on 2 cores, 2026-11. Peers: first fit, PyJobShop, one CP-SAT model, Timefold. For `ihtc-*` the
first figure is that part of the best published full solution, for `prob073-*` the published count
of tests left out at the horizon's length. The yardstick is a short ruin-and-recreate search.
"""

REFERENCES: dict[str, tuple[int | None, int | None]] = {
    "waiting-40-11": (35_745, 35_785),
    "waiting-120-12": (152_300, 152_850),
    "waiting-220-13": (204_575, 206_330),
    "waiting-300-14": (356_420, 376_350),
    "waiting-500-15": (669_175, 691_125),
    "waiting-900-16": (1_621_835, 1_678_465),
    "disrupted-120-12": (153_965, 155_170),
    "disrupted-300-14": (430_670, 452_100),
    "disrupted-500-15": (831_120, 831_120),
    "ihtc-i01": (3_510, 3_430),
    "ihtc-i06": (10_390, 10_615),
    "ihtc-i08": (4_370, 4_220),
    "ihtc-i10": (16_540, 15_360),
    "ihtc-i12": (7_480, 7_250),
    "ihtc-i14": (6_197, 6_408),
    "ihtc-i17": (28_375, 24_225),
    "ihtc-i20": (25_385, 24_844),
    "ihtc-i24": (30_875, 37_325),
    "ihtc-i28": (68_975, None),
    "prob073-t40m10r3-2": (0, 1),
    "prob073-t100m50r10-11": (0, 0),
    "prob073-t500m50r5-5": (0, 3),
}

BOUNDS = {
    "waiting-40-11": 35_745,
    "waiting-120-12": 150_960,
    "waiting-220-13": 179_170,
    "waiting-300-14": 328_290,
    "waiting-500-15": 545_810,
    "waiting-900-16": 1_262_435,
    "disrupted-120-12": 153_120,
    "disrupted-300-14": 363_535,
    "disrupted-500-15": 626_040,
}
"""Best lower bounds known: the larger of the day-level relaxation and one CP-SAT model's own."""
