#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether ctagg --read makes of each vector's events the lines that the vector expects: see vectors/README.
# usage: CTAGG=PROGRAM tests/read_vectors.sh [VECTOR...]
set -u
: "${CTAGG:?the program to test}"
command -v python3 >/dev/null || { echo "no python3 here"; exit 77; }
exec python3 "$(dirname "$0")/vectors/run.py" "$CTAGG" "$@"
