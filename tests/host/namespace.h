/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_TESTS_HOST_NAMESPACE_H
#define CTAGG_TESTS_HOST_NAMESPACE_H

/* Move the test into a network namespace of its own; or skip it and say why. */
void namespace_enter(void);

/* Run a shell command that must succeed, such as "ip link set lo up". */
void namespace_run(const char *command);

/* Set net.netfilter.NAME here, or skip the test. */
void namespace_sysctl(const char *name, const char *value);

#endif
