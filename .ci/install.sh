# Sourced by `.ci/run`: brings what a bare Debian 12 lacks, by package name only, and only when it is missing.

_as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -n "$@"
    else
        echo "installing a package needs root: $*" >&2
        return 1
    fi
}

_apt_install() {
    _as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
    _as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

_has_cjk_font() {
    compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null
}

install_packages() {
    local missing=()
    postgres_bin >/dev/null || missing+=(postgresql-15)
    command -v chromium >/dev/null || missing+=(chromium)
    _has_cjk_font || missing+=(fonts-noto-cjk)
    if ((${#missing[@]})); then
        _apt_install "${missing[@]}"
    fi
}

# `.venv` with the NATS server and the manifest checker; made again when the list of packages changes.
install_python() {
    if cmp -s .ci/requirements.txt .venv/installed.txt && .venv/bin/nats-server --version >/dev/null; then
        return
    fi
    rm -rf .venv
    if ! python3 -m venv .venv; then
        rm -rf .venv
        _apt_install python3-venv
        python3 -m venv .venv
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement .ci/requirements.txt
    cp .ci/requirements.txt .venv/installed.txt
}

install_node() {
    local stamp=tests/browser/node_modules/.installed-lock
    if cmp -s tests/browser/package-lock.json "$stamp"; then
        return
    fi
    npm ci --prefix tests/browser --no-audit --no-fund --ignore-scripts
    cp tests/browser/package-lock.json "$stamp"
}

install_all() {
    local tool
    for tool in cargo python3 node npm kubectl; do
        if ! command -v "$tool" >/dev/null; then
            echo "$tool is not here, and nothing here installs it" >&2
            return 1
        fi
    done
    install_packages
    install_python
    install_node
}
