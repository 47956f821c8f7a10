"""What the peers share: they say what they are, then work once for each line they read."""
import json
import sys


def need(*modules):
    """Imports, or says which one is missing and ends."""
    found = []
    for name in modules:
        try:
            found.append(__import__(name))
        except ImportError:
            print(json.dumps({"missing": name}), flush=True)
            raise SystemExit(3)
    return found


def serve(name, work):
    print(json.dumps({"ready": name}), flush=True)
    for line in sys.stdin:
        print(json.dumps(work(line.strip())), flush=True)
