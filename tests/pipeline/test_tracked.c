/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "host/sysctl.h"
#include "pipeline/tracked.h"
#include "rule/nft.h"
#include "rule/tracks.h"

/* The unit tests are linked with --wrap for these two: while `fake` is set they say what
 * stands here. */
static bool fake;
static int fake_tracks, fake_events, fake_count;
static unsigned int readings;
static long reading_ns;

int __real_nft_tracks(void);
int __wrap_nft_tracks(void);
int __wrap_nft_tracks(void)
{
	struct timespec cost = { .tv_nsec = reading_ns };

	if (!fake)
		return __real_nft_tracks();
	readings++;
	nanosleep(&cost, NULL);
	return fake_tracks;
}

int __real_sysctl_netfilter(const char *name);
int __wrap_sysctl_netfilter(const char *name);
int __wrap_sysctl_netfilter(const char *name)
{
	if (!fake)
		return __real_sysctl_netfilter(name);
	return strcmp(name, "nf_conntrack_events") ? fake_count : fake_events;
}

static void begin(int tracks, int events, int count)
{
	fake_tracks = tracks;
	fake_events = events;
	fake_count = count;
	fake = true;
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

Test(tracked, connections_are_looked_for_before_rules)
{
	begin(TRACKS_NONE, 1, 7);
	cr_expect_not(tracked_explains_silence());
	begin(TRACKS_NONE, 0, 7);
	cr_expect(tracked_explains_silence());
	cr_expect_eq(readings, 0);
}

Test(tracked, rules_that_track)
{
	begin(TRACKS_IPV4, 1, 0);
	cr_expect_not(tracked_explains_silence());
	cr_expect_eq(readings, 1);
}

Test(tracked, rules_that_cannot_be_read)
{
	begin(-EINTR, 1, 0);
	cr_expect_not(tracked_explains_silence());
}

Test(tracked, rules_are_read_once_a_second_at_most)
{
	double began = seconds();

	begin(TRACKS_NONE, 1, 0);
	for (int i = 0; i < 100000; i++)
		cr_assert(tracked_explains_silence());
	cr_expect_leq(readings, 1 + (unsigned int)((seconds() - began) / 0.9));
	/* what has nothing to do with them is known at once */
	fake_count = 1;
	cr_expect_not(tracked_explains_silence());
}

Test(tracked, rules_that_take_long_to_read_are_read_less)
{
	double began = seconds();

	begin(TRACKS_NONE, 1, 0);
	reading_ns = 100000000;
	while (seconds() - began < 1.5)
		cr_assert(tracked_explains_silence());
	cr_expect_leq(readings, 1 + (unsigned int)((seconds() - began) / 2));
}
