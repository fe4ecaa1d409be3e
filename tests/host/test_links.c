/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <errno.h>
#include <net/if.h>

#include <criterion/criterion.h>
#include <linux/if_arp.h>

#include "host/links.h"
#include "host/namespace.h"

Test(links, types_of_devices)
{
	struct links *l;
	int veth;

	namespace_enter();
	namespace_run("ip link add v0 type veth peer name v1");
	cr_assert_eq(links_open(&l), 0);
	veth = if_nametoindex("v0");
	for (int i = 0; i < 2; i++) {
		cr_expect_eq(links_type(l, if_nametoindex("lo")), ARPHRD_LOOPBACK);
		cr_expect_eq(links_type(l, veth), ARPHRD_ETHER);
		cr_expect_eq(links_type(l, 4711), -ENODEV);
		cr_expect_eq(links_type(l, 0), -ENODEV);
	}
	links_close(l);
}

Test(links, a_device_that_goes_and_one_in_its_place)
{
	struct links *l;

	namespace_enter();
	namespace_run("ip link add v0 index 100 type veth peer name v1 index 101");
	cr_assert_eq(links_open(&l), 0);
	cr_expect_eq(links_type(l, 100), ARPHRD_ETHER);
	namespace_run("ip link del v0");
	cr_expect_eq(links_type(l, 100), ARPHRD_ETHER);
	links_ask_anew(l);
	cr_expect_eq(links_type(l, 100), ARPHRD_ETHER);
	cr_expect_eq(links_type(l, 101), -ENODEV);
	namespace_run("ip tuntap add t0 mode tun");
	links_ask_anew(l);
	cr_expect_eq(links_type(l, if_nametoindex("t0")), ARPHRD_NONE);
	links_close(l);
}

/* More than are remembered. */
Test(links, many_devices)
{
	struct links *l;

	namespace_enter();
	namespace_run("for i in $(seq 200 2 298); do "
		      "ip link add v$i index $i type veth peer index $((i + 1)) || exit; done");
	cr_assert_eq(links_open(&l), 0);
	for (int round = 0; round < 2; round++)
		for (uint32_t i = 200; i < 300; i++)
			cr_expect_eq(links_type(l, i), ARPHRD_ETHER, "%u", i);
	links_close(l);
}
