#!/bin/sh
# Gathers what a machine without a network needs to install a role: our wheel, and exactly the files of the role's lock,
# in build/wheels/ROLE. They are for machines of this one's kind: same processor, same Python.
set -eu
cd "$(dirname "$0")/.."

pip() { "$PWD/.venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
PATH="$PWD/.venv/bin:$PATH" # the locked build tools (swig)
for role in "$@"; do
    place=build/wheels/$role
    rm -rf "$place"
    mkdir -p "$place"
    pip download --no-deps --no-build-isolation --require-hashes -r "deploy/locks/$role.txt" -d "$place"
    if ls "$place"/*.tar.gz >/dev/null 2>&1; then # comes as source and is built where it is installed
        pip download --no-deps --require-hashes -r deploy/locks/build.txt -d "$place"
    fi
    pip wheel --no-deps --no-build-isolation -w "$place" .
    cp "deploy/locks/$role.txt" "$place/lock.txt"
done
