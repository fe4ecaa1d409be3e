/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <endian.h>

#include "rule/attributes.h"
#include "rule/counter_row.h"
#include "rule/dropping.h"

uint16_t generation_of(const struct nlmsghdr *nlh)
{
	return ntohs(message_head(nlh)->res_id);
}

const char *counter_row_of_object(const struct nlmsghdr *nlh, struct counter_row *row)
{
	const struct nlattr *table = attribute_of(nlh, NFTA_OBJ_TABLE);
	const struct nlattr *name = attribute_of(nlh, NFTA_OBJ_NAME);
	const struct nlattr *type = attribute_of(nlh, NFTA_OBJ_TYPE);
	const struct nlattr *data = attribute_of(nlh, NFTA_OBJ_DATA);
	const struct nlattr *used = attribute_of(nlh, NFTA_OBJ_USE);
	const struct nlattr *handle = attribute_of(nlh, NFTA_OBJ_HANDLE);

	if (!table || !name || !type || !handle ||
	    ntohl(mnl_attr_get_u32(type)) != NFT_OBJECT_COUNTER)
		return NULL;
	*row = (struct counter_row){
		.family = message_head(nlh)->nfgen_family,
		.generation = generation_of(nlh),
		.handle = be64toh(mnl_attr_get_u64(handle)),
		.table = mnl_attr_get_str(table),
		.comment = "",
	};
	if (data)
		dropping_shows(data, &row->packets, &row->bytes);
	row->uses = used ? ntohl(mnl_attr_get_u32(used)) : 0;
	return mnl_attr_get_str(name);
}
