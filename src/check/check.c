/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/command.h"
#include "check/parts.h"

void check_mend_sysctl(struct causes *c, const struct check_facts *f, const char *assignment)
{
	causes_mend_there(c, "sysctl -w net.netfilter.%s%s", assignment, f->read_only ?
			  "   # on the host, in this network namespace: /proc/sys is read-only here" : "");
}

/* In a user namespace, root may not set sysctls that all network namespaces share. */
void check_mend_shared(struct causes *c, const struct check_facts *f, const char *name,
		       int64_t value)
{
	causes_mend(c, "sysctl -w net.%s=%" PRId64 "%s", name, value,
		    f->user_namespace ? "   # on the host" : "");
}

static void check_proc(struct causes *c, const struct check_facts *f)
{
	if (!f->proc_err)
		return;
	causes_add(c, CHECK_INCOMPLETE, "proc",
		   "/proc/sys/net cannot be read (%s): what is switched on, and who uses connection tracking, is not known",
		   strerror(-f->proc_err));
	causes_mend(c, "mount -t proc proc /proc");
}

void check_left(struct causes *c, const char *sysctl, int before, const char *file)
{
	char *name = command_word(file);

	causes_add(c, CHECK_LESS_DETAIL, "left_enabled",
		   "a ctagg that was killed has left %s switched on", sysctl);
	/* `sysctl' alone has to run in the network namespace. The part behind the `;' runs
	 * outside, where the file is. */
	causes_mend_there(c, "sysctl -w net.netfilter.%s=%d; rm %s", sysctl, before,
			  name ? name : "");
	free(name);
}

void check_facts(struct causes *c, const struct check_facts *f)
{
	check_proc(c, f);
	if (f->connections) {
		check_connections(c, f);
		check_kernel_table(c, f);
	}
	check_groups(c, f);
}
