"""Mean waiting in queues for which theory knows it; the yardstick of the replay.

Arrivals are Poisson, the queue is first come first served, and times are in any one unit.
Sources: A. K. Erlang 1917 (M/M/c); F. Pollaczek 1930 and A. Khinchine 1932 (M/G/1); C. D. Crommelin
1932 (M/D/c); A. O. Allen 1978 after C. D. Cunneen (M/G/c, an approximation).
"""

import math
from collections.abc import Sequence

from scipy.stats import poisson

TERMS = 2_000
SMALLEST = 1e-12


def erlang_c(servers: int, load: float) -> float:
    """Chance to wait in M/M/c.

    Args:
        servers: how many.
        load: arrival rate times mean service, below `servers`.
    """
    term, total = 1.0, 1.0
    for k in range(1, servers):
        term *= load / k
        total += term
    last = term * load / servers * servers / (servers - load)
    return last / (total + last)


def wait_mmc(rate: float, service: float, servers: int) -> float:
    """Mean wait in M/M/c."""
    load = rate * service
    return erlang_c(servers, load) * service / (servers - load)


def wait_mg1(rate: float, services: Sequence[float]) -> float:
    """Mean wait in M/G/1, each service being one of these, all equally likely."""
    mean = math.fsum(services) / len(services)
    square = math.fsum(s * s for s in services) / len(services)
    return rate * square / (2 * (1 - rate * mean))


def wait_mdc(rate: float, service: float, servers: int) -> float:
    """Mean wait in M/D/c."""
    use = rate * service / servers
    total = 0.0
    for n in range(1, TERMS):
        mean = n * servers * use
        least = n * servers
        term = poisson.sf(least - 1, mean) - poisson.sf(least, mean) / use
        total += term
        if abs(term) < SMALLEST:
            break
    return service * total


def wait_mgc(rate: float, services: Sequence[float], servers: int) -> float:
    """Mean wait in M/G/c, by the approximation of Allen and Cunneen."""
    mean = math.fsum(services) / len(services)
    square = math.fsum(s * s for s in services) / len(services)
    variation = square / mean**2 - 1
    return wait_mmc(rate, mean, servers) * (1 + variation) / 2
