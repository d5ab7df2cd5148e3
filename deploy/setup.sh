#!/bin/sh
# Prepares a Debian 12 or 13 or Raspberry Pi OS machine to develop on: the Debian packages of both roles and those of
# development, then the locked Python packages in .venv. Machines in production: deploy/guides/technician.md, "Installing".
# Running it again installs nothing twice. Names of more Debian packages may follow (make bench: what other readers call).
set -eu
cd "$(dirname "$0")/.."

packages="$(sed -e 's/#.*//' deploy/packages/*.txt | tr -s ' \n' ' ') $*"
missing=""
for package in $packages; do
    # Debian 13 gave some libraries a new name (libmtdev1t64) that still answers to the old one.
    status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" "${package}t64" 2>/dev/null || true)
    case "$status" in *ii*) ;; *) missing="$missing $package" ;; esac
done
if [ -n "$missing" ]; then
    sudo=""
    [ "$(id -u)" -eq 0 ] || sudo="sudo"
    echo "Installing system packages:$missing"
    $sudo apt-get update -q
    # shellcheck disable=SC2086 # a list of names, meant to be split
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
fi

# Debian's own Python, which production runs: another one on the PATH is often built without optimisation, half as fast.
stamp=.venv/.installed
wanted=$({ cat deploy/locks/build.txt deploy/locks/dev.txt && /usr/bin/python3 -V; } | sha256sum | cut -d ' ' -f 1)
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    [ "$(.venv/bin/python -c 'import sys; print(sys.base_prefix)' 2>/dev/null || true)" = /usr ] ||
        /usr/bin/python3 -m venv --clear .venv
    echo "Installing Python packages (a few minutes the first time)"
    pip() { "$PWD/.venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
    # The build tools first: what comes as source (pyscard) is built by these, not by the newest ones of the day.
    pip install --require-hashes -r deploy/locks/build.txt
    PATH="$PWD/.venv/bin:$PATH" pip install --no-build-isolation --require-hashes -r deploy/locks/dev.txt
    echo "$PWD" > "$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/kiosk.pth"
    printf '#!/bin/sh\nexec "%s/.venv/bin/python" -m kiosk.cli "$@"\n' "$PWD" > .venv/bin/kiosk
    chmod +x .venv/bin/kiosk
    echo "$wanted" > "$stamp"
fi
