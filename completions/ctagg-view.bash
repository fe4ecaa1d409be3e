# bash completion for ctagg-view(1).                               -*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# The functions that propose values stand in the completion of ctagg(1), beside this file. Where ctagg
# is not installed, files are proposed.
# shellcheck source=ctagg.bash
declare -F _ctagg_typed >/dev/null || . "${BASH_SOURCE[0]%/*}/ctagg.bash" 2>/dev/null || return 0

_ctagg_view()
{
	local value option

	COMPREPLY=()
	_ctagg_typed
	# begin: made from the table of options by `make completions`
	case $option in
	--follow|--follow=) _ctagg_folder "$value" ;;
	--report|--report=) _ctagg_file "$value" ;;
	--level|--level=) ;;
	--group|--group=) _ctagg_word "$value" flow src dst port rule label direction host ;;
	--sort|--sort=) _ctagg_word "$value" bytes packets starts ends drops live ;;
	--top|--top=) ;;
	--proto|--proto=) _ctagg_selection "$value" icmp igmp ipip tcp udp dccp ipv6 gre esp ah icmpv6 ospf pim vrrp l2tp sctp udplite ;;
	--src|--src=) ;;
	--dst|--dst=) ;;
	--sport|--sport=) _ctagg_ports "$value" ;;
	--dport|--dport=) _ctagg_ports "$value" ;;
	--addr|--addr=) ;;
	--port|--port=) _ctagg_ports "$value" ;;
	--direction|--direction=) _ctagg_selection "$value" in out forward local ;;
	--zone|--zone=) ;;
	--mark|--mark=) ;;
	*=) ;;
	*) _ctagg_option_or_file "$value" --follow --report --table --csv --level --group --sort --top --names --proto --src --dst --sport --dport --addr --port --direction --zone --mark --quiet --verbose --help --version ;;
	esac
	# end
}
complete -F _ctagg_view ctagg-view
