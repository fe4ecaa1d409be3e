/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_CLI_SERVICE_H
#define CTAGG_CLI_SERVICE_H

#include "cli/refusal.h"
#include "flow/select.h"

/* A port or a range of ports, each end a number or the name of a service (getservbyname(3), which
 * reads /etc/services): 80, https, ftp-ssh, 1024-nfs. The whole item is tried as a name first, as
 * names can have dashes (ftp-data). A name that means different ports with different protocols
 * is refused. Returns 0, or -EINVAL with the reason and *ports undefined. */
int options_port_range(const char *item, struct flow_range *ports, struct refusal *why);

#endif
