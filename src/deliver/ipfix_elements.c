/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include "deliver/ipfix_elements.h"

#define ELEMENT(id, name, enterprise, number, bytes) [IPFIX_##id] = { name, enterprise, number, bytes },
const struct ipfix_element ipfix_elements[IPFIX_N] = { IPFIX_ELEMENTS(ELEMENT) };
