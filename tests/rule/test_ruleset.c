/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <linux/netfilter.h>

#include "host/namespace.h"
#include "rule/nft.h"
#include "rule/ruleset.h"
#include "rule/tracks.h"

/* The unit tests are linked with --wrap=strndup: the copy with this number fails;
 * 0: none does. */
static unsigned long failing_copy;

char *__real_strndup(const char *text, size_t max);
char *__wrap_strndup(const char *text, size_t max);
char *__wrap_strndup(const char *text, size_t max)
{
	if (failing_copy && !--failing_copy) {
		errno = ENOMEM;
		return NULL;
	}
	return __real_strndup(text, max);
}

#define RULES                                                                                   \
	"table inet filter {\n"                                                                 \
	"	chain input {\n"                                                                \
	"		type filter hook input priority 0; policy drop;\n"                      \
	"		udp dport 1 log prefix \"one\" group 5 drop comment \"c\"\n"            \
	"		udp dport 2 log prefix \"two\" group 5 accept\n"                        \
	"	}\n"                                                                            \
	"	chain sub {\n"                                                                  \
	"		log prefix \"three\" group 6 drop\n"                                    \
	"	}\n"                                                                            \
	"}\n"

static void load(const char *rules)
{
	char command[2048];

	snprintf(command, sizeof(command), "nft -f - <<'N'\n%s\nN", rules);
	namespace_run(command);
}

static enum rule_verdict verdict_of(const struct ruleset *r, uint16_t group, const char *prefix)
{
	const struct log_rule *rule;
	enum rule_verdict verdict;

	cr_expect_eq(ruleset_find(r, NFPROTO_IPV4, group, prefix, strlen(prefix), &rule, &verdict),
		     1, "%s", prefix);
	return verdict;
}

Test(ruleset, verdicts_of_rules)
{
	struct ruleset *r;

	namespace_enter();
	load(RULES);
	cr_assert_eq(ruleset_open(&r), 0);
	cr_expect_eq(verdict_of(r, 5, "one"), RULE_DROPS);
	cr_expect_eq(verdict_of(r, 5, "two"), RULE_ACCEPTS);
	cr_expect_eq(verdict_of(r, 6, "three"), RULE_DROPS);
	ruleset_close(r);
}

/* A rule that logs, and one with the same conditions that drops: they drop what was logged, unless
 * the packet is another one for the second rule. */
#define PAIR(port, prefix, conditions, behind)                                                  \
	"udp dport " port " " conditions " log prefix \"" prefix "\" group 5 " behind "\n"         \
	"udp dport " port " " conditions " counter drop\n"

Test(ruleset, a_pair_of_rules_drops_unless_it_changes_packets)
{
	struct ruleset *r;

	namespace_enter();
	load("table ip t {\nchain c {\ntype filter hook input priority 0\n"
	     PAIR("1", "same", "meta mark 0 ip dscp 0", "counter")
	     PAIR("2", "meta", "meta mark 0", "meta mark set 7")
	     PAIR("3", "payload", "ip dscp 0", "ip dscp set 10")
	     PAIR("4", "conditions", "meta mark 0 meta mark set meta length", "")
	     PAIR("5", "ct", "ct mark 0", "ct mark set 7")
	     PAIR("6", "random", "meta random < 2147483648", "")
	     "}\n}");
	cr_assert_eq(ruleset_open(&r), 0);
	cr_expect_eq(verdict_of(r, 5, "same"), RULE_DROPS);
	cr_expect_eq(verdict_of(r, 5, "meta"), RULE_UNKNOWN);
	cr_expect_eq(verdict_of(r, 5, "payload"), RULE_UNKNOWN);
	cr_expect_eq(verdict_of(r, 5, "conditions"), RULE_UNKNOWN);
	cr_expect_eq(verdict_of(r, 5, "ct"), RULE_UNKNOWN);
	cr_expect_eq(verdict_of(r, 5, "random"), RULE_UNKNOWN);
	ruleset_close(r);
}

/* Whichever name finds no memory, the reading fails and nothing else happens. */
Test(ruleset, a_name_that_finds_no_memory)
{
	struct ruleset *r;
	unsigned long copies = 0;
	int err = -ENOMEM;

	namespace_enter();
	load(RULES);
	while (err == -ENOMEM && copies < 100) {
		failing_copy = ++copies;
		err = ruleset_open(&r);
	}
	cr_assert_eq(err, 0);
	/* table and name of two chains; table, chain, prefix, comment of three rules */
	cr_expect_eq(copies - 1, 2 * 2 + 3 * 4);
	cr_expect_eq(verdict_of(r, 5, "one"), RULE_DROPS);
	ruleset_close(r);
}

/* A shell that runs this command again and again until it is killed. */
static pid_t again_and_again(const char *command)
{
	char loop[256];
	pid_t pid;

	snprintf(loop, sizeof(loop), "while %s; do :; done", command);
	pid = fork();
	cr_assert_geq(pid, 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("/bin/sh", "sh", "-c", loop, NULL);
		_exit(127);
	}
	return pid;
}

/* So many rules that reading them takes long enough to be interrupted. */
static void load_many(unsigned int rules)
{
	char command[256];

	snprintf(command, sizeof(command),
		 "{ echo 'table inet many {'; echo 'chain c {'; "
		 "for i in $(seq %u); do echo udp dport $i counter; done; echo '}'; echo '}'; } "
		 "| nft -f -", rules);
	namespace_run(command);
}

/* Wait for the ruleset to be readable, and let it read. */
static int update(struct ruleset *r)
{
	struct pollfd pfd = { .fd = ruleset_fd(r), .events = POLLIN };

	cr_assert_eq(poll(&pfd, 1, 20000), 1);
	return ruleset_update(r);
}

/* A reading that is interrupted each time is made up for when the rules stand still. */
Test(ruleset, a_first_reading_that_is_interrupted)
{
	struct ruleset *r;
	pid_t changes;

	namespace_enter();
	load(RULES);
	load_many(6000);
	changes = again_and_again("nft add rule inet many c counter");
	cr_assert_eq(ruleset_open(&r), 0);
	for (int i = 0; i < 3; i++)
		cr_expect_geq(update(r), 0);
	kill(changes, SIGKILL);
	waitpid(changes, NULL, 0);
	while (ruleset_behind(r))
		cr_assert_geq(update(r), 0);
	cr_expect_eq(verdict_of(r, 5, "two"), RULE_ACCEPTS);
	ruleset_close(r);
}

/* Elements of sets that change all the time interrupt dumps, too; rules do not change. */
Test(ruleset, elements_of_sets_do_not_matter)
{
	struct ruleset *r;
	pid_t changes;

	namespace_enter();
	load(RULES);
	load_many(3000);
	namespace_run("nft add set inet many s '{ type ipv4_addr; }'");
	changes = again_and_again("nft add element inet many s '{ 10.0.0.1 }' && "
				  "nft delete element inet many s '{ 10.0.0.1 }'");
	for (int i = 0; i < 10; i++) {
		cr_assert_eq(ruleset_open(&r), 0);
		cr_expect_not(ruleset_behind(r));
		cr_expect_eq(verdict_of(r, 5, "two"), RULE_ACCEPTS);
		ruleset_close(r);
	}
	kill(changes, SIGKILL);
	waitpid(changes, NULL, 0);
}

/* Together they are interrupted each time, a chain alone is not. */
Test(ruleset, rules_that_never_stand_still_are_read_by_chain)
{
	struct ruleset *r;
	pid_t changes;

	namespace_enter();
	load(RULES);
	namespace_run("{ echo 'table inet many {'; for c in $(seq 60); do echo \"chain c$c {\"; "
		      "for i in $(seq 100); do echo udp dport $i counter; done; "
		      "echo '}'; done; echo '}'; } | nft -f -");
	changes = again_and_again("nft add rule inet many c1 counter");
	cr_assert_eq(ruleset_open(&r), 0);
	while (!ruleset_rules(r, &(const struct log_rule *){ NULL }))
		cr_assert_geq(update(r), 0);
	kill(changes, SIGKILL);
	waitpid(changes, NULL, 0);
	cr_expect_eq(verdict_of(r, 5, "one"), RULE_DROPS);
	cr_expect_eq(verdict_of(r, 5, "two"), RULE_ACCEPTS);
	cr_expect_eq(verdict_of(r, 6, "three"), RULE_DROPS);
	ruleset_close(r);
}

/* Packets that wait are worth reading at once, or nearly so. */
Test(ruleset, catching_up)
{
	struct ruleset *r;
	int caught_up = 0;

	namespace_enter();
	load(RULES);
	load_many(3000);
	cr_assert_eq(ruleset_open(&r), 0);
	cr_expect_not(ruleset_behind(r));
	cr_expect_eq(ruleset_update_for_packets(r), 0);	/* with nothing */
	namespace_run("nft add rule inet filter sub log prefix four group 7 accept");
	if (!ruleset_update(r)) {
		cr_expect(ruleset_behind(r));
		while (!caught_up)
			caught_up = ruleset_update_for_packets(r);
		cr_expect_eq(caught_up, 1);
	}
	cr_expect_not(ruleset_behind(r));
	cr_expect_eq(verdict_of(r, 7, "four"), RULE_ACCEPTS);
	ruleset_close(r);
}

/* An interrupted dump leaves messages, and the kernel busy, on its socket. */
Test(ruleset, an_interrupted_look_for_tracking_is_repeated)
{
	pid_t changes;

	namespace_enter();
	load_many(3000);
	changes = again_and_again("nft add rule inet many c counter");
	for (int i = 0; i < 5; i++) {
		int tracks = nft_tracks();

		cr_expect(tracks == TRACKS_NONE || tracks == -EINTR, "%d", tracks);
	}
	kill(changes, SIGKILL);
	waitpid(changes, NULL, 0);
	cr_expect_eq(nft_tracks(), TRACKS_NONE);
	namespace_run("nft add rule inet many c ct state new counter");
	cr_expect_eq(nft_tracks(), TRACKS_BOTH);
}
