/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <criterion/criterion.h>

#include "host/link_names.h"
#include "host/namespace.h"
#include "window/clock.h"

static struct link_names *names;

static void expect_at(uint64_t from_ns, uint64_t to_ns, const char *name)
{
	const char *found = link_names_at(names, 100, from_ns, to_ns);

	if (name)
		cr_expect_str_eq(found ? found : "unknown", name);
	else
		cr_expect_null(found, "%s", found);
}

/* Run a command, and see the change. Returns a time after the last update before. */
static uint64_t change(const char *command)
{
	uint64_t before;

	cr_assert_eq(link_names_update(names, 0), 0);
	before = clock_wall_ns();
	namespace_run(command);
	cr_assert_eq(link_names_update(names, 0), 0);
	return before;
}

static void begin(void)
{
	namespace_enter();
	namespace_run("ip link add v0 index 100 type veth peer name v1 index 101");
	cr_assert_eq(link_names_open(&names), 0);
}

Test(link_names, of_devices_that_stay)
{
	begin();
	expect_at(0, UINT64_MAX, "v0");
	expect_at(1, 1, "v0");
	cr_expect_str_eq(link_names_at(names, 101, 5, 5), "v1");
	cr_expect_null(link_names_at(names, 4711, 5, 5));
	link_names_close(names);
}

/* Of a packet that came while the name was changed, the name is unknown: nobody knows when it was
 * changed. */
Test(link_names, of_a_device_with_another_name)
{
	uint64_t start, before;

	begin();
	start = clock_wall_ns();
	before = change("ip link set v0 name w0");
	expect_at(start - 1000000000, start - 1000000000, "v0");
	expect_at(before, before, NULL);
	expect_at(clock_wall_ns(), clock_wall_ns(), "w0");
	expect_at(start - 1000000000, UINT64_MAX, NULL);
	link_names_close(names);
}

Test(link_names, of_a_device_that_goes_and_another_in_its_place)
{
	uint64_t before, between;

	begin();
	before = change("ip link del v0");
	expect_at(before, before, "v0");
	expect_at(1, UINT64_MAX, "v0");
	between = clock_wall_ns();
	expect_at(between, between, NULL);
	change("ip link add w0 index 100 type veth peer name v1");
	expect_at(1, before, "v0");
	expect_at(clock_wall_ns(), UINT64_MAX, "w0");
	expect_at(1, UINT64_MAX, NULL);
	cr_assert_eq(link_names_update(names, clock_wall_ns()), 0);
	expect_at(1, UINT64_MAX, "w0");	/* the older name is forgotten */
	link_names_close(names);
}

/* A port of a bridge keeps its name when it is taken out of the bridge. */
Test(link_names, of_a_port_of_a_bridge)
{
	begin();
	change("ip link add br0 type bridge && ip link set v0 master br0 && ip link set v0 nomaster");
	expect_at(0, UINT64_MAX, "v0");
	link_names_close(names);
}

/* More changes than the receive buffer has room for. */
Test(link_names, when_changes_are_lost)
{
	begin();
	change("for i in $(seq 1500); do echo link set v1 alias $i; done | ip -batch - && "
	       "ip link set v0 name w0 && ip link del w0 && "
	       "ip link add x0 index 100 type veth peer name x1");
	expect_at(clock_wall_ns(), UINT64_MAX, "x0");
	expect_at(0, UINT64_MAX, NULL);
	link_names_close(names);
}
