#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# examples/syslog-ng: what ctagg writes reaches a server through Debian's syslog-ng, whatever happens.
. "$(dirname "$0")/lib.sh"
. "$E2E/shipping-lib.sh"
shipper=syslog_ng
start_receiver r
configure_syslog_ng ship "$URL/in?a=1&b=%20"

ship_through_restarts
ship_through_an_outage 302 400 410 422 504 508
ship_through_rotations
ship_a_burst
stop_shipper
