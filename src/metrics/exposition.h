/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_METRICS_EXPOSITION_H
#define CTAGG_METRICS_EXPOSITION_H

#include <stdint.h>
#include <stdio.h>

/* Numbers as Prometheus reads them: its text format 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/). Names and help are literals of
 * the program: a name has [a-z0-9_], a help has no backslash and no newline. */

enum exposition_type {
	EXPOSITION_COUNTER,	/* only goes up, from 0 at the program's start */
	EXPOSITION_GAUGE,
};

/* out     where the text goes; the caller looks for its errors
 * labels  of every sample, made by exposition_label(); NULL: none
 */
struct exposition {
	FILE *out;
	const char *labels;
};

/* Begin a family: its samples follow. A family that has no sample is not begun. */
void exposition_family(struct exposition *x, const char *name, enum exposition_type type,
		       const char *help);

/* A sample, in full: an integer; or seconds with six decimals, from microseconds. label is one
 * more label as it stands in the text (direction="orig"), or NULL. */
void exposition_number(struct exposition *x, const char *name, const char *label, uint64_t n);
void exposition_seconds(struct exposition *x, const char *name, uint64_t us);

/* A family of a single sample. */
void exposition_one(struct exposition *x, const char *name, enum exposition_type type,
		    const char *help, uint64_t n);
void exposition_one_seconds(struct exposition *x, const char *name, enum exposition_type type,
			    const char *help, uint64_t us);

/* Add a label to *labels (NULL: there is none yet), which the caller frees. The name has len bytes
 * of [a-z0-9_]. The value can be any bytes: what is not UTF-8 becomes U+FFFD, and a control
 * character other than a newline becomes a question mark. Returns 0, or -ENOMEM with *labels as
 * it was. */
int exposition_label(char **labels, const char *name, size_t len, const char *value);

#endif
