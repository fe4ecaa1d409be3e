/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_FLOW_DIR_H
#define CTAGG_FLOW_DIR_H

/* The direction of a flow, seen from the network namespace that is watched. The filter
 * in the kernel includes this header too, so it needs no other one. */
enum flow_dir {
	FLOW_DIR_FORWARD,	/* neither end is an address of this namespace */
	FLOW_DIR_IN,		/* the real destination is an address of this namespace */
	FLOW_DIR_OUT,		/* the source is an address of this namespace */
	FLOW_DIR_LOCAL,		/* both the source and the real destination are */
	FLOW_DIR_UNKNOWN,	/* nobody knows the addresses of this namespace */
};

#endif
