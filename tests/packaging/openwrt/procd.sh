# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Stand-ins for the functions of OpenWrt's rc.common, procd and uci that the start script calls, for the
# configuration in file $1: the command that procd would run is printed, a word a line.
config=$1
config_load() { [ "$1" = ctagg ]; }
config_get_bool() {
	local value
	value=$(sed -n "s/^\toption $3 '\(.*\)'/\1/p" "$config")
	printf -v "$1" %s "${value:-$4}"
}
config_list_foreach() {
	local value
	while read -r value; do
		"$3" "$value"
	done < <(sed -n "s/^\tlist $2 '\(.*\)'/\1/p" "$config")
}
procd_open_instance() { :; }
procd_close_instance() { :; }
procd_add_reload_trigger() { :; }
procd_set_param() { [ "$1" != command ] || procd_append_param "$@"; }
procd_append_param() {
	[ "$1" = command ] || return 0
	shift
	printf '%s\n' "$@"
}
