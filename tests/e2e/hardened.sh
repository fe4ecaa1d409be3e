#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The program is built with the hardening that its own configure asks for, whatever the
# distribution's compiler does by itself.
: "${CTAGG:?the program to test}"
command -v readelf >/dev/null || exit 77
fail() { echo "FAIL: $*"; exit 1; }
header=$(readelf -hW "$CTAGG") dynamic=$(readelf -dW "$CTAGG")
segments=$(readelf -lW "$CTAGG") symbols=$(readelf --dyn-syms -W "$CTAGG")
grep -q 'Type: *DYN' <<<"$header" || fail "not position-independent"
grep -q 'BIND_NOW\|FLAGS.* NOW' <<<"$dynamic" || fail "symbols are bound late"
grep -q GNU_RELRO <<<"$segments" || fail "relocations stay writable"
grep 'GNU_STACK' <<<"$segments" | grep -q 'RW ' || fail "the stack can be executed"
grep -q __stack_chk_fail <<<"$symbols" || fail "no stack protector"
grep -q '_chk@' <<<"$symbols" || fail "no fortified functions"
# Two leave no symbol: the branch targets of Intel's CET are instructions, and probes of large stack
# frames are seen in what gcc notes about its own call.
if grep -q 'Machine: .*X86-64' <<<"$header"; then
	objdump -d --no-show-raw-insn --disassemble=main "$CTAGG" | grep -q endbr64 ||
		fail "indirect branches may go anywhere"
fi
producer=$(readelf -wi "$CTAGG" 2>/dev/null | grep 'DW_AT_producer.*GNU C' | sort -u)
[ -z "$producer" ] || grep -q -e -fstack-clash-protection <<<"$producer" || fail "the stack can jump over its guard page"
