"""OECD cohort normalisation in polars: six indicators of a million patents over field x year, winsorised at the 98th
percentile with linear interpolation, divided by the cohort's maximum. The data are those of benches/scoring.rs, made by
the same formula."""
import sys
import time

from common import need, serve

(pl, np) = need("polars", "numpy")
PATENTS, FIELDS, YEARS = (int(a) for a in sys.argv[1:4])
NAMES = ["forward", "family", "claims", "generality", "backward", "lag"]


def column(salt):
    """A splitmix of position and salt: skewed counts, one in sixteen undefined."""
    with np.errstate(over="ignore"):
        z = np.arange(PATENTS, dtype=np.uint64) + np.uint64(salt) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    share = (z >> np.uint64(11)).astype(np.float64) / float(1 << 53)
    return z, np.floor(200.0 * share * share * share)


z, _ = column(1)
frame = {"field": ((z >> np.uint64(3)) % np.uint64(FIELDS)).astype(np.int32),
         "year": ((z >> np.uint64(23)) % np.uint64(YEARS)).astype(np.int32)}
for number, name in enumerate(NAMES):
    z, values = column(number + 2)
    frame[name] = pl.Series(values).set(pl.Series((z & np.uint64(15)) == 0), None)
frame = pl.DataFrame(frame)
# Cohorts are given as one number on both sides.
frame = frame.with_columns((pl.col("field") * YEARS + pl.col("year")).alias("cohort")).drop("field", "year")


def work(_):
    """Grouped once and joined: several times faster in polars than a window over each column."""
    began = time.perf_counter()
    tops = frame.lazy().group_by("cohort").agg(
        [pl.col(name).quantile(0.98, interpolation="linear").alias(name + "_top") for name in NAMES])
    found = frame.lazy().join(tops, on="cohort", how="left", maintain_order="left").select(
        [pl.when(pl.col(name + "_top") > 0).then((pl.col(name) / pl.col(name + "_top")).clip(0.0, 1.0)).alias(name)
         for name in NAMES]).collect()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "sums": [found[name].sum() for name in NAMES]}


serve(f"polars {pl.__version__} ({pl.thread_pool_size()} threads)", work)
