# bash completion for ctagg(1).                                    -*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

# The functions _ctagg_* propose values. $1 is the value as far as it is typed, and the
# words that it can have follow. The completion of ctagg-deliver uses them too.

_ctagg_word()
{
	local typed=$1
	shift
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$typed")
}

# A list: what stands before the last comma stays, and more can follow.
_ctagg_list()
{
	local typed=$1 before=
	shift
	[[ $typed == *,* ]] && before=${typed%,*},
	compopt -o nospace 2>/dev/null	# an error outside of a completion, as in tests
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$*" -- "${typed##*,}")
}

# A list, perhaps with a ! before it.
_ctagg_selection()
{
	local typed=$1
	shift
	_ctagg_list "${typed#!}" "$@"
	[[ $typed == !* ]] && COMPREPLY=("${COMPREPLY[@]/#/!}")
}

# Words that are files, and options where a - is typed.
_ctagg_option_or_file()
{
	if [[ $1 == -* ]]; then
		_ctagg_word "$@"
	else
		_ctagg_file "$1"
	fi
}

# Ports: the services that getservbyname(3) knows.
_ctagg_ports()
{
	_ctagg_selection "$1" "$(compgen -A service)"
}

# A number, a comma, and a word.
_ctagg_number_word()
{
	[[ $1 == *,* ]] && _ctagg_list "$@"
}

_ctagg_file()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_ctagg_folder()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -d -- "$1")
}

_ctagg_command()
{
	mapfile -t COMPREPLY < <(compgen -c -- "$1")
}

_ctagg_user()
{
	mapfile -t COMPREPLY < <(compgen -u -- "$1")
}

# A namespace: a file, or a name of ip-netns(8).
_ctagg_netns()
{
	if [[ $1 == */* ]]; then
		_ctagg_file "$1"
	else
		mapfile -t COMPREPLY < <(cd /run/netns 2>/dev/null && compgen -f -- "$1")
	fi
}

# What is typed, in variables of the caller: value, and the option that it is a value of, with
# the = behind it where one is typed.
_ctagg_typed()
{
	local before=${COMP_WORDS[COMP_CWORD - 1]}

	value=${COMP_WORDS[COMP_CWORD]}
	# bash makes three words of --table=b where = is in COMP_WORDBREAKS, as it is by
	# default, and one word where it is not.
	if [[ $value == = ]]; then
		option=$before= value=
	elif [[ $before == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}=
	elif [[ $value == --*=* ]]; then
		option=${value%%=*}= value=${value#*=}
	else
		option=$before
	fi
}

_ctagg()
{
	local value option

	COMPREPLY=()
	_ctagg_typed
	# begin: made from the table of options by `make completions`
	case $option in
	-w|--window|--window=) ;;
	-c|--count|--count=) ;;
	-o|--output|--output=) _ctagg_file "$value" ;;
	--spool|--spool=) _ctagg_folder "$value" ;;
	--spool-max|--spool-max=) ;;
	--spool-sync|--spool-sync=) _ctagg_word "$value" window none ;;
	--early-close|--early-close=) ;;
	--metrics|--metrics=) _ctagg_file "$value" ;;
	--host|--host=) ;;
	--tag|--tag=) ;;
	--labels|--labels=) _ctagg_file "$value" ;;
	--anonymize|--anonymize=) _ctagg_file "$value" ;;
	-k|--key|--key=) _ctagg_list "$value" src dst sport dport proto icmp icmp-code dir nat-src nat-sport nat-dst nat-dport zone mark rule iif oif src-label dst-label netns drop_reason ;;
	--distinct|--distinct=) _ctagg_word "$value" src dst sport dport proto icmp icmp-code dir nat-src nat-sport nat-dst nat-dport zone mark rule iif oif src-label dst-label netns drop_reason ;;
	-m|--max-flows|--max-flows=) ;;
	-t|--top|--top=) _ctagg_number_word "$value" starts ends drops kernel_drops bytes packets ;;
	--table|--table=) _ctagg_word "$value" auto bpf hash ;;
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
	-g|--nflog-group|--nflog-group=) ;;
	--kernel-drops=) ;;
	--sockets=) ;;
	--netns|--netns=) _ctagg_netns "$value" ;;
	--source|--source=) _ctagg_word "$value" netlink trace ;;
	--buffer-size|--buffer-size=) ;;
	--enable|--enable=) _ctagg_list "$value" acct timestamp events hooks ;;
	--user|--user=) _ctagg_user "$value" ;;
	--interim=) _ctagg_word "$value" all ;;
	--state|--state=) _ctagg_file "$value" ;;
	--changes|--changes=) _ctagg_list "$value" appeared vanished changed ;;
	--read|--read=) _ctagg_file "$value" ;;
	--own|--own=) ;;
	--seed|--seed=) ;;
	--check=) _ctagg_word "$value" json ;;
	--fail-on|--fail-on=) _ctagg_word "$value" error warning note ;;
	*=) ;;
	*) _ctagg_word "$value" --window --count --output --spool --spool-max --spool-sync --early-close --no-align --metrics --strict --host --tag --labels --anonymize --key --distinct --max-flows --top --table --proto --src --dst --sport --dport --addr --port --direction --zone --mark --nflog-group --kernel-drops --rules --sockets --no-conntrack --netns --source --buffer-size --enable --user --interim --interim=all --events --snapshot --state --changes --read --own --seed --check --check=json --fail-on --schema --quiet --verbose --help --version ;;
	esac
	# end
}
complete -F _ctagg ctagg
