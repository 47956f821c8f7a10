#!/usr/bin/env bash
# Renders the manifests and holds each document to the cluster's strict schema and to our own rules; then shows that
# the check can fail. Needs no cluster.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d /tmp/ip-finance-k8s.XXXXXX)
trap 'rm -rf "$work"' EXIT

fits_schema() { .venv/bin/kubernetes-validate --strict "$1" >"$work/said" 2>&1; }
keeps_rules() { .venv/bin/python .ci/k8s_rules.py "$1" >"$work/said" 2>&1; }

accept() {
    if ! "$1" "$2"; then
        echo "$2 is refused:" >&2
        cat "$work/said" >&2
        exit 1
    fi
}

# Refused, and for the reason meant: a checker that does not even start refuses everything.
refuse() {
    if "$1" "$2"; then
        echo "$2 passed, but must be refused" >&2
        exit 1
    elif ! grep -q "$3" "$work/said"; then
        echo "$2 is refused, but not for '$3':" >&2
        cat "$work/said" >&2
        exit 1
    fi
}

for overlay in staging production; do
    rendered=$work/$overlay.yaml
    kubectl kustomize "k8s/overlays/$overlay" >"$rendered"
    accept fits_schema "$rendered"
    passed=$(grep -c ' passed for resource ' "$work/said" || true)
    documents=$(grep -c '^kind: ' "$rendered")
    if [[ $passed != "$documents" ]]; then
        echo "$overlay: $documents documents, but $passed were looked at" >&2
        exit 1
    fi
    accept keeps_rules "$rendered"
    echo "$overlay: $documents documents hold"
done
kubectl kustomize k8s/base >/dev/null
accept fits_schema k8s/secrets.example.yaml

refuse fits_schema k8s/checks/broken.yaml replicas
refuse fits_schema k8s/checks/misspelt.yaml livenesProbe
accept fits_schema k8s/checks/unsafe.yaml
for reason in 'may run as root' 'may write to its image' 'no readiness probe' 'IPF_UNDOCUMENTED is not documented' \
    'knows the setting IPF_DATABSE_URL' 'no NetworkPolicy denies'; do
    refuse keeps_rules k8s/checks/unsafe.yaml "$reason"
done
echo "the broken manifests are refused"
