#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The tests that compare counters with the generator, once more with the table in memory.
here=$(dirname "$0")
export TABLE=hash
for name in exact load full accounting directions protocols windows reader; do
	bash "$here/$name.sh"
	status=$?
	[ $status = 0 ] || { echo "$name.sh with --table=hash: $status"; exit $status; }
done
