#!/usr/bin/env python3
"""How fast a suite with demo data starts, and how much memory it holds.

    cargo build --release && benches/start.py [rounds]

Makes the demo once (first start), then starts the same data again and again: the time from the start of the process
to its first answered request, and the resident memory after a few pages' worth of requests. Medians are printed.
"""
import os, pathlib, shutil, signal, socket, statistics, subprocess, sys, tempfile, time, urllib.request

PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "target/release/ip-finance"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 9
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def resident_kib(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise SystemExit("no VmRSS")


def start(folder):
    """Seconds to the first answer, and resident MiB after some reading."""
    port = free_port()
    began = time.perf_counter()
    child = subprocess.Popen(
        [PROGRAM, "serve", "--listen", f"127.0.0.1:{port}", "--data", folder, "--demo"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={k: v for k, v in os.environ.items() if not k.startswith("IPF_")},
    )
    try:
        while True:
            if child.poll() is not None:
                raise SystemExit("the suite ended before it answered")
            try:
                OPENER.open(f"http://127.0.0.1:{port}/health/ready", timeout=5).read()
                break
            except OSError:
                time.sleep(0.001)
        took = time.perf_counter() - began
        for _ in range(20):
            OPENER.open(f"http://127.0.0.1:{port}/openapi.json", timeout=5).read()
        return took, resident_kib(child.pid) / 1024
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(30)


folder = tempfile.mkdtemp(prefix="ip-finance-start.")
try:
    first, _ = start(folder)
    rounds = [start(folder) for _ in range(ROUNDS)]
finally:
    shutil.rmtree(folder)
print(f"first start with the demo made: {first * 1000:.0f} ms")
print(f"second start to first answer, median of {ROUNDS}: {statistics.median(t for t, _ in rounds) * 1000:.0f} ms")
print(f"resident memory, median of {ROUNDS}: {statistics.median(m for _, m in rounds):.0f} MiB")
