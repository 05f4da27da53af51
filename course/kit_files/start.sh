#!/bin/sh
# Starts the course from this stick. What it does is in fourth-p/start.py.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
start=$here/fourth-p/start.py
frameworks=/Library/Frameworks/Python.framework/Versions

# A macOS without Python has a python3 that opens a window when asked: it is not asked.
others="python3 python"
[ "$(uname)" = Darwin ] && others=""

leave() {
    if [ -t 0 ]; then
        printf 'Press Enter to close. '
        read -r _
    fi
    exit 1
}

if [ ! -f "$start" ]; then
    echo "The folder fourth-p is not beside this file."
    echo "Copy the whole stick, or unpack all of it, and start again."
    leave
fi

suits() {
    command -v "$1" >/dev/null 2>&1 && "$1" -I "$start" --suits >/dev/null 2>&1
}

for version in @PYTHONS@; do
    for python in "python$version" "$frameworks/$version/bin/python$version" \
            "/opt/homebrew/bin/python$version" "/usr/local/bin/python$version"; do
        suits "$python" && exec "$python" -I "$start" "$@"
    done
done
for python in $others; do
    suits "$python" && exec "$python" -I "$start" "$@"
done

echo "No Python was found on this computer that this stick can use."
echo "It can use one of these: @PYTHONS@"
echo "READ-ME-FIRST.html on the stick says what to do."
leave
