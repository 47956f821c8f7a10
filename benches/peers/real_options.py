"""An American put on a Cox-Ross-Rubinstein tree in QuantLib: the option of benches/real_options.rs."""
import sys
import time

from common import need, serve

(ql,) = need("QuantLib")
STEPS = int(sys.argv[1])
REPEATS = 20

today = ql.Date(1, 3, 2026)
ql.Settings.instance().evaluationDate = today
days = ql.Actual365Fixed()
end = today + 365 * 2
process = ql.BlackScholesMertonProcess(
    ql.QuoteHandle(ql.SimpleQuote(100.0)),
    ql.YieldTermStructureHandle(ql.FlatForward(today, 0.02, days)),
    ql.YieldTermStructureHandle(ql.FlatForward(today, 0.05, days)),
    ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.35, days)),
)
option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Put, 105.0), ql.AmericanExercise(today, end))


def work(_):
    seconds = []
    for _ in range(REPEATS):
        # A fresh engine: an instrument keeps what it has calculated.
        option.setPricingEngine(ql.BinomialVanillaEngine(process, "crr", STEPS))
        began = time.perf_counter()
        value = option.NPV()
        seconds.append(time.perf_counter() - began)
    seconds.sort()
    return {"seconds": seconds[len(seconds) // 2], "value": value}


serve(f"QuantLib {ql.__version__}", work)
