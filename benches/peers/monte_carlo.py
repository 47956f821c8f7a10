"""Relief from royalty, 1,000,000 paths x 15 years, in NumPy: the model of benches/monte_carlo.rs.

Two ways: `matrix`, as a valuer writes it (paths x years, powers), and `years`, written for speed (one year after the
other, in place, no powers, no temporaries). Both draw the same distributions and summarise alike: mean, deviation, seven
percentiles, twenty bars.
"""
import sys
import time

from common import need, serve

(np,) = need("numpy")
PATHS, YEARS, TAX = int(sys.argv[1]), int(sys.argv[2]), 0.25
SHARES = [5, 10, 25, 50, 75, 90, 95]


def drawn(rng):
    revenue = rng.normal(1e6, 1e5, PATHS)
    growth = rng.triangular(-0.02, 0.03, 0.08, PATHS)
    royalty = rng.triangular(0.03, 0.05, 0.07, PATHS)
    rate = rng.triangular(0.10, 0.12, 0.15, PATHS)
    return revenue, growth, royalty, rate


def matrix(rng):
    revenue, growth, royalty, rate = drawn(rng)
    year = np.arange(1, YEARS + 1)
    earned = revenue[:, None] * (1 + growth)[:, None] ** (year - 1)
    saved = earned * royalty[:, None] * (1 - TAX)
    return (saved / (1 + rate)[:, None] ** (year - 0.5)).sum(axis=1)


def years(rng):
    revenue, growth, royalty, rate = drawn(rng)
    factor = 1 / (1 + rate)
    term = np.sqrt(factor)
    step = growth + 1
    step *= factor
    total = np.zeros(PATHS)
    for _ in range(YEARS):
        total += term
        term *= step
    total *= revenue
    total *= royalty
    total *= 1 - TAX
    return total


def work(asked):
    way, seed = asked.split()
    rng = np.random.default_rng(int(seed))
    began = time.perf_counter()
    values = {"matrix": matrix, "years": years}[way](rng)
    mean, deviation = values.mean(), values.std(ddof=1)
    percentiles = np.percentile(values, SHARES)
    bars, _ = np.histogram(values, bins=20)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "mean": mean, "deviation": deviation, "p50": percentiles[3], "bars": int(bars.sum())}


serve(f"NumPy {np.__version__}", work)
