# fish completion for ctagg(1).
# SPDX-License-Identifier: GPL-2.0-or-later

# The value as far as it is typed, without an option that it is attached to.
function __ctagg_typed
	commandline -ct | string replace -r -- '^--[^=]*=' ''
end

# A list: what stands before the last comma stays, and more can follow.
function __ctagg_list
	set -l before (__ctagg_typed | string match -r -- '^.*,'; or echo '')
	printf '%s\n' $before$argv
end

# A list, perhaps with a ! before it.
function __ctagg_selection
	set -l before (__ctagg_typed | string match -r -- '^(?:!|.*,)+'; or echo '')
	printf '%s\n' $before$argv
end

# Ports: the services of /etc/services.
function __ctagg_ports
	__ctagg_selection (string match -rg -- '^([^#\s]+)\s' </etc/services | sort -u)
end

# A number, a comma, and a word.
function __ctagg_number_word
	set -l before (__ctagg_typed | string match -r -- '^.*,')
	and printf '%s\n' $before$argv
end

# A namespace: a name of ip-netns(8); fish proposes files itself.
function __ctagg_netns
	for file in /run/netns/*
		string replace -r '.*/' '' -- $file
	end
end

complete -c ctagg -f
# begin: made from the table of options by `make completions`
complete -c ctagg -s w -l window -r -f -d 'length of a window (default 60s)'
complete -c ctagg -s c -l count -r -f -d 'stop after N windows'
complete -c ctagg -s o -l output -r -F -d 'append to FILE instead of standard output'
complete -c ctagg -l spool -r -f -a '(__fish_complete_directories)' -d 'write each window to a file of its own in DIR'
complete -c ctagg -l spool-max -r -f -d 'how much a spool may hold (default 1G), and how old windows may be'
complete -c ctagg -l spool-sync -r -f -a 'window none' -d 'whether each window reaches the disk at once'
complete -c ctagg -l early-close -r -f -d 'close the window when this much of the table is used'
complete -c ctagg -l no-align -d 'begin windows when the program starts, not at the full minute'
complete -c ctagg -l metrics -r -F -d 'counters of the run for Prometheus'
complete -c ctagg -l strict -d 'exit with status 4 when a window was partial'
complete -c ctagg -l host -r -f -d 'what records call this host (default its host name)'
complete -c ctagg -l tag -r -f -d 'a field "tag_KEY":"VALUE" in every record'
complete -c ctagg -l labels -r -F -d 'names of networks: records have src_label and dst_label'
complete -c ctagg -l anonymize -r -F -d 'replace addresses by others that keep networks together'
complete -c ctagg -s k -l key -r -f -a '(__ctagg_list src dst sport dport proto icmp icmp-code dir nat-src nat-sport nat-dst nat-dport zone mark rule iif oif src-label dst-label netns drop_reason)' -d 'the fields that make a flow'
complete -c ctagg -l distinct -r -f -a 'src dst sport dport proto icmp icmp-code dir nat-src nat-sport nat-dst nat-dport zone mark rule iif oif src-label dst-label netns drop_reason' -d 'how many different values of FIELD each record had'
complete -c ctagg -s m -l max-flows -r -f -d 'how many flows are kept apart in a window (default 65536)'
complete -c ctagg -s t -l top -r -f -a '(__ctagg_number_word starts ends drops kernel_drops bytes packets)' -d 'keep the K largest flows of a window'
complete -c ctagg -l table -r -f -a 'auto bpf hash' -d 'where events are counted'
complete -c ctagg -l proto -r -f -a '(__ctagg_selection icmp igmp ipip tcp udp dccp ipv6 gre esp ah icmpv6 ospf pim vrrp l2tp sctp udplite)' -d 'count only these protocols'
complete -c ctagg -l src -r -f -d 'count only these sources'
complete -c ctagg -l dst -r -f -d 'count only these destinations'
complete -c ctagg -l sport -r -f -a '(__ctagg_ports)' -d 'count only these source ports'
complete -c ctagg -l dport -r -f -a '(__ctagg_ports)' -d 'count only these destination ports'
complete -c ctagg -l addr -r -f -d 'count only what has one of these at either end'
complete -c ctagg -l port -r -f -a '(__ctagg_ports)' -d 'count only what has one of these ports at either end'
complete -c ctagg -l direction -r -f -a '(__ctagg_selection in out forward local)' -d 'count only these directions'
complete -c ctagg -l zone -r -f -d 'count only these zones of conntrack'
complete -c ctagg -l mark -r -f -d 'count only these marks of conntrack'
complete -c ctagg -s g -l nflog-group -r -f -d 'count packets that rules log to NFLOG group N as drops'
complete -c ctagg -l kernel-drops -f -d 'count packets that the kernel drops, logged or not'
complete -c ctagg -l rules -d 'say each window what nftables rules with a counter dropped, by their counters'
complete -c ctagg -l sockets -f -d 'say each window what TCP sockets of this host carried'
complete -c ctagg -l no-conntrack -d 'count no connections, only packets that rules or the kernel drop'
complete -c ctagg -l netns -r -F -a '(__ctagg_netns)' -d 'watch another network namespace'
complete -c ctagg -l source -r -f -a 'netlink trace' -d 'how connections are seen (default netlink)'
complete -c ctagg -l buffer-size -r -f -d 'size of the receive buffer to ask the kernel for (default 16M)'
complete -c ctagg -l enable -r -f -a '(__ctagg_list acct timestamp events hooks)' -d 'switch kernel settings on for the run, and restore them at exit'
complete -c ctagg -l user -r -f -a '(__fish_complete_users)' -d 'become this user once all is set up'
complete -c ctagg -l interim -f -a 'all' -d 'also count, each window, what live connections carried since the last one'
complete -c ctagg -l events -d 'write a line for each event in place of windows'
complete -c ctagg -s s -l snapshot -d 'read the connection table once, print the live connections per flow, and exit'
complete -c ctagg -l state -r -F -d 'print only what has changed since the snapshot in FILE, and put this one there'
complete -c ctagg -l changes -r -f -a '(__ctagg_list appeared vanished changed)' -d 'which differences are printed (default all)'
complete -c ctagg -l read -r -F -d 'read events from FILE, a line each, instead of the kernel\'s'
complete -c ctagg -l own -r -f -d 'the addresses of the host that the events are from'
complete -c ctagg -l seed -r -f -d 'make the ids and the name of the run from N'
complete -c ctagg -l check -f -a 'json' -d 'say what would keep data away, and exit'
complete -c ctagg -l fail-on -r -f -a 'error warning note' -d 'how bad a line of --check has to be for status 3 (default error)'
complete -c ctagg -l schema -d 'print the JSON Schema of the records, and exit'
complete -c ctagg -s q -l quiet -d 'print errors only'
complete -c ctagg -s v -l verbose -d 'also say what happens'
complete -c ctagg -s h -l help -d 'print this and exit'
complete -c ctagg -s V -l version -d 'print the version, what is built in, and the licence'
# end
