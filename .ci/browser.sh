#!/usr/bin/env bash
# The console in Chromium, against the whole suite with fresh demo data.
#
#   .ci/browser.sh            against a debug build made now
#   .ci/browser.sh PROGRAM    against that build of the suite, made before
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ! -f tests/browser/run.mjs ]]; then
    echo "tests/browser/run.mjs is missing: the console is not tested" >&2
    exit 1
fi
chromium=$(command -v chromium) || { echo "chromium is not installed" >&2; exit 1; }

program=${1:-}
if [[ -z $program ]]; then
    cargo build --bin ip-finance
    program=${CARGO_TARGET_DIR:-target}/debug/ip-finance
fi
data=$(mktemp -d /tmp/ip-finance-browser.XXXXXX)
log=$data/suite.log
suite=""
finish() {
    local status=$?
    trap - EXIT
    if [[ -n $suite ]]; then
        kill "$suite" 2>/dev/null || true
        wait "$suite" 2>/dev/null || true
    fi
    if ((status)) && [[ -s $log ]]; then
        echo "--- the suite's last words" >&2
        tail -n 60 "$log" >&2
    fi
    rm -rf "$data"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
"$program" serve --listen "127.0.0.1:$port" --data "$data/suite" --demo \
    </dev/null >"$log" 2>&1 &
suite=$!

# The demo's year is simulated at the first start, in a debug build: minutes, not seconds, on a slow machine.
ready_seconds_max=600
began=$SECONDS
until python3 - "$url/health/ready" 2>/dev/null <<'PY'
import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=5)
PY
do
    kill -0 "$suite" 2>/dev/null || { echo "the suite ended before it was ready" >&2; exit 1; }
    if ((SECONDS - began > ready_seconds_max)); then
        echo "the suite was not ready after $ready_seconds_max s" >&2
        exit 1
    fi
    sleep 1
done
echo "the suite was ready after $((SECONDS - began)) s at $url"

IPF_TEST_CONSOLE_URL=$url CHROMIUM=$chromium node tests/browser/run.mjs "$url"
