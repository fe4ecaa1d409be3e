# shellcheck shell=dash disable=SC2154 # the functions and $status are of cases.sh and trace_faults.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A part of the cases, sourced by guest.sh behind trace_faults.sh: --source=trace in a kernel that is locked down. Locking
# cannot be undone, so this part is the last one.
mount -t securityfs securityfs /sys/kernel/security
echo integrity >/sys/kernel/security/lockdown
works "lockdown=integrity" true
echo confidentiality >/sys/kernel/security/lockdown
refused "lockdown=confidentiality" 'lockdown=confidentiality.*use --source=netlink' ctagg --source=trace -w 1 -c 1
refused "lockdown=confidentiality, unseen" 'lockdown=confidentiality.*use --source=netlink' hidden 'umount /sys/kernel/security'
