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
    cp "deploy/locks/$role.txt" "$place/lock.txt"
    # What comes as source (pyscard) is built here, by the locked tools: a terminal has no compiler. Its lock names what
    # was built beside what it was built from.
    for source in "$place"/*.tar.gz; do
        [ -e "$source" ] || continue
        pip wheel --no-deps --no-build-isolation --no-index -w "$place/built" "$source"
        from=$(sha256sum "$source" | cut -d ' ' -f 1) built=$(sha256sum "$place"/built/*.whl | cut -d ' ' -f 1)
        sed -i "s/^ *--hash=sha256:$from/    --hash=sha256:$built \\\\\n&/" "$place/lock.txt"
        mv "$place"/built/*.whl "$place"
        rm "$source"
    done
    rm -rf "$place/built"
    pip wheel --no-deps --no-build-isolation -w "$place" .
done
