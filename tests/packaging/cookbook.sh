#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Boot a Debian and have operator.sh type the procedures of ctagg-cookbook(7) there.
# usage: tests/packaging/cookbook.sh ROOT FOLDER, a folder with the packages
set -u
here=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
root=$(realpath "$1")
. "$here/tests/e2e/pasted-lib.sh"
. "$here/tests/e2e/page-lib.sh"
command -v mandoc >/dev/null || { echo "mandoc is missing"; exit 77; }
cd "$2" && of_page "$here/man/ctagg-cookbook.7" || exit 1
cp "$here/tests/e2e/typing-lib.sh" "$here/tests/packaging/operator.sh" . || exit 1
exec "$here/tests/debian-boot" "$root" . ./operator.sh
