"""Our own rules for rendered manifests, which no schema knows. Prints what breaks them; exit 1 if anything does."""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def known_settings():
    """The variables that the programs read; they refuse to start on another one with the prefix."""
    source = (ROOT / "crates/http-kit/src/config.rs").read_text()
    body = re.search(r"pub struct Settings \{(.*?)\n\}", source, re.S).group(1)
    return {f"IPF_{name.upper()}" for name in re.findall(r"^    pub (\w+):", body, re.M)}


def documented_secrets():
    return set(yaml.safe_load((ROOT / "k8s/secrets.example.yaml").read_text())["stringData"])


def pod_rules(kind, spec):
    context = spec.get("securityContext", {})
    yield spec.get("automountServiceAccountToken") is False, "mounts a token of the cluster"
    yield spec.get("enableServiceLinks") is False, "takes variables from Services"
    yield context.get("runAsNonRoot") is True, "may run as root"
    yield context.get("seccompProfile", {}).get("type") == "RuntimeDefault", "has no seccomp profile"
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        resources = container.get("resources", {})
        yield own.get("allowPrivilegeEscalation") is False, "may gain privileges"
        yield own.get("readOnlyRootFilesystem") is True, "may write to its image"
        yield own.get("capabilities", {}).get("drop") == ["ALL"], "keeps capabilities"
        yield {"cpu", "memory"} <= set(resources.get("requests", {})), "requests no cpu or memory"
        yield "memory" in resources.get("limits", {}), "has no memory limit"
        tag = container["image"].partition(":")[2]
        yield tag not in ("", "latest"), "runs an image without a version"
        if kind == "Deployment":
            for probe, path in (("startup", "live"), ("liveness", "live"), ("readiness", "ready")):
                found = container.get(f"{probe}Probe", {}).get("httpGet", {}).get("path")
                yield found == f"/health/{path}", f"has no {probe} probe on /health/{path}"


def variables(spec):
    for container in spec["containers"]:
        yield from container.get("env", [])


def check(documents):
    settings, secrets = known_settings(), documented_secrets()
    of_kind = lambda kind: [d for d in documents if d["kind"] == kind]
    labels_of = lambda d: d["spec"]["template"]["metadata"]["labels"]
    used = set()
    for document in documents:
        name = f'{document["kind"]}/{document["metadata"]["name"]}'
        if document["kind"] == "ConfigMap":
            for key in set(document["data"]) - settings:
                yield f"{name}: no program knows the setting {key}"
        if document["kind"] == "Secret":
            yield f"{name}: a secret is in the manifests"
        if document["kind"] not in ("Deployment", "Job"):
            continue
        pod = document["spec"]["template"]["spec"]
        for holds, complaint in pod_rules(document["kind"], pod):
            if not holds:
                yield f"{name}: {complaint}"
        for variable in variables(pod):
            if variable["name"] not in settings:
                yield f'{name}: no program knows the setting {variable["name"]}'
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference is not None:
                used.add(reference["key"])
                if reference["name"] != "ip-finance-secrets" or reference["key"] not in secrets:
                    yield f'{name}: the secret {reference["name"]}/{reference["key"]} is not documented'
        if document["kind"] == "Deployment":
            for other in ("Service", "PodDisruptionBudget"):
                selectors = [d["spec"].get("selector") or {} for d in of_kind(other)]
                wanted = [s.get("matchLabels", s) for s in selectors]
                if not any(w and w.items() <= labels_of(document).items() for w in wanted):
                    yield f"{name}: no {other} selects it"
    for key in secrets - used:
        yield f"secrets.example.yaml: nothing uses {key}"
    denied = [d for d in of_kind("NetworkPolicy") if d["spec"]["podSelector"] == {} and len(d["spec"]) == 2]
    if not any(set(d["spec"]["policyTypes"]) == {"Ingress", "Egress"} for d in denied):
        yield "no NetworkPolicy denies what is not named"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as rendered:
        broken = sorted(set(check([d for d in yaml.safe_load_all(rendered) if d])))
    for line in broken:
        print(line, file=sys.stderr)
    sys.exit(1 if broken else 0)
