/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CTAGG_DELIVER_IPFIX_ELEMENTS_H
#define CTAGG_DELIVER_IPFIX_ELEMENTS_H

#include <stdint.h>

/* The information elements (RFC 7011, 2) that a record of ctagg can become, in the order in which
 * they stand in templates: names, numbers and sizes are those of IANA's registry "IP Flow
 * Information Export (IPFIX) Entities".
 *
 * X(id, name, enterprise, number, bytes)
 *
 * enterprise  IPFIX_IANA; IPFIX_REVERSE: the other direction of a biflow (RFC 5103, 6.1);
 *             IPFIX_OWN: no element of IANA says this. Such an element is sent under the enterprise
 *             number that the user has (--ipfix-enterprise), or not at all
 * bytes       IPFIX_TEXT: a string of variable length
 */
#define IPFIX_IANA 0
#define IPFIX_REVERSE 29305
#define IPFIX_OWN UINT32_MAX
#define IPFIX_TEXT UINT16_MAX

/* observationDomainId comes first: of options records it is the scope. deltaFlowCount stands behind newConnectionDeltaCount: nfcapd keeps one number of flows for a record,
 * that of the last of the two elements, and traffic is that of connections that ended. */
#define IPFIX_ELEMENTS(X)                                                                          \
	X(DOMAIN_ID, "observationDomainId", IPFIX_IANA, 149, 4)                                        \
	X(DOMAIN_NAME, "observationDomainName", IPFIX_IANA, 300, IPFIX_TEXT)                           \
	X(MIN_START, "minFlowStartMilliseconds", IPFIX_IANA, 269, 8)                                   \
	X(MAX_END, "maxFlowEndMilliseconds", IPFIX_IANA, 268, 8)                                       \
	X(START, "flowStartMilliseconds", IPFIX_IANA, 152, 8)                                          \
	X(END, "flowEndMilliseconds", IPFIX_IANA, 153, 8)                                              \
	X(TIME, "observationTimeMilliseconds", IPFIX_IANA, 323, 8)                                     \
	X(FLOW_ID, "flowId", IPFIX_IANA, 148, 8)                                                       \
	X(VERSION, "ipVersion", IPFIX_IANA, 60, 1)                                                     \
	X(SRC4, "sourceIPv4Address", IPFIX_IANA, 8, 4)                                                 \
	X(DST4, "destinationIPv4Address", IPFIX_IANA, 12, 4)                                           \
	X(SRC6, "sourceIPv6Address", IPFIX_IANA, 27, 16)                                               \
	X(DST6, "destinationIPv6Address", IPFIX_IANA, 28, 16)                                          \
	X(SRC_PREFIX4, "sourceIPv4Prefix", IPFIX_IANA, 44, 4)                                          \
	X(SRC_BITS4, "sourceIPv4PrefixLength", IPFIX_IANA, 9, 1)                                       \
	X(DST_PREFIX4, "destinationIPv4Prefix", IPFIX_IANA, 45, 4)                                     \
	X(DST_BITS4, "destinationIPv4PrefixLength", IPFIX_IANA, 13, 1)                                 \
	X(SRC_PREFIX6, "sourceIPv6Prefix", IPFIX_IANA, 170, 16)                                        \
	X(SRC_BITS6, "sourceIPv6PrefixLength", IPFIX_IANA, 29, 1)                                      \
	X(DST_PREFIX6, "destinationIPv6Prefix", IPFIX_IANA, 169, 16)                                   \
	X(DST_BITS6, "destinationIPv6PrefixLength", IPFIX_IANA, 30, 1)                                 \
	X(SPORT, "sourceTransportPort", IPFIX_IANA, 7, 2)                                              \
	X(DPORT, "destinationTransportPort", IPFIX_IANA, 11, 2)                                        \
	X(PROTO, "protocolIdentifier", IPFIX_IANA, 4, 1)                                               \
	X(ICMP4, "icmpTypeCodeIPv4", IPFIX_IANA, 32, 2)                                                \
	X(ICMP6, "icmpTypeCodeIPv6", IPFIX_IANA, 139, 2)                                               \
	X(ICMP_TYPE4, "icmpTypeIPv4", IPFIX_IANA, 176, 1)                                              \
	X(ICMP_TYPE6, "icmpTypeIPv6", IPFIX_IANA, 178, 1)                                              \
	X(NAT_SRC4, "postNATSourceIPv4Address", IPFIX_IANA, 225, 4)                                    \
	X(NAT_DST4, "postNATDestinationIPv4Address", IPFIX_IANA, 226, 4)                               \
	X(NAT_SRC6, "postNATSourceIPv6Address", IPFIX_IANA, 281, 16)                                   \
	X(NAT_DST6, "postNATDestinationIPv6Address", IPFIX_IANA, 282, 16)                              \
	X(NAT_SPORT, "postNAPTSourceTransportPort", IPFIX_IANA, 227, 2)                                \
	X(NAT_DPORT, "postNAPTDestinationTransportPort", IPFIX_IANA, 228, 2)                           \
	X(NAT_REALM, "natOriginatingAddressRealm", IPFIX_IANA, 229, 1)                                 \
	X(NAT_EVENT, "natEvent", IPFIX_IANA, 230, 1)                                                   \
	X(FLOW_DIRECTION, "flowDirection", IPFIX_IANA, 61, 1)                                          \
	X(BIFLOW_DIRECTION, "biflowDirection", IPFIX_IANA, 239, 1)                                     \
	X(PACKETS, "packetDeltaCount", IPFIX_IANA, 2, 8)                                               \
	X(BYTES, "octetDeltaCount", IPFIX_IANA, 1, 8)                                                  \
	X(REPLY_PACKETS, "reversePacketDeltaCount", IPFIX_REVERSE, 2, 8)                               \
	X(REPLY_BYTES, "reverseOctetDeltaCount", IPFIX_REVERSE, 1, 8)                                  \
	X(TOTAL_PACKETS, "packetTotalCount", IPFIX_IANA, 86, 8)                                        \
	X(TOTAL_BYTES, "octetTotalCount", IPFIX_IANA, 85, 8)                                           \
	X(TOTAL_REPLY_PACKETS, "reversePacketTotalCount", IPFIX_REVERSE, 86, 8)                        \
	X(TOTAL_REPLY_BYTES, "reverseOctetTotalCount", IPFIX_REVERSE, 85, 8)                           \
	X(DROPS, "droppedPacketDeltaCount", IPFIX_IANA, 133, 8)                                        \
	X(DROP_BYTES, "droppedOctetDeltaCount", IPFIX_IANA, 132, 8)                                    \
	X(DURATION, "connectionSumDurationSeconds", IPFIX_IANA, 279, 8)                                \
	X(STARTS, "newConnectionDeltaCount", IPFIX_IANA, 278, 4)                                       \
	X(ENDS, "deltaFlowCount", IPFIX_IANA, 3, 8)                                                    \
	X(UNREPLIED, "ctaggUnrepliedDeltaCount", IPFIX_OWN, 1, 8)                                      \
	X(UNCOUNTED, "ctaggUncountedDeltaCount", IPFIX_OWN, 2, 8)                                      \
	X(LOGGED, "ctaggLoggedPacketDeltaCount", IPFIX_OWN, 3, 8)                                      \
	X(LIVE, "ctaggLiveCount", IPFIX_OWN, 4, 8)                                                     \
	X(CLOSING, "ctaggClosingCount", IPFIX_OWN, 5, 8)                                               \
	X(TCP_UNANSWERED, "ctaggTcpUnansweredDeltaCount", IPFIX_OWN, 6, 8)                             \
	X(TCP_CLOSED, "ctaggTcpClosedDeltaCount", IPFIX_OWN, 7, 8)                                     \
	X(TCP_RESET, "ctaggTcpResetDeltaCount", IPFIX_OWN, 8, 8)                                       \
	X(TCP_EXPIRED, "ctaggTcpExpiredDeltaCount", IPFIX_OWN, 9, 8)                                   \
	X(DURATION_MAX, "ctaggDurationMaxMilliseconds", IPFIX_OWN, 10, 8)                              \
	X(FIRST_SEEN, "ctaggFirstSeenMilliseconds", IPFIX_OWN, 11, 8)                                  \
	X(LAST_SEEN, "ctaggLastSeenMilliseconds", IPFIX_OWN, 12, 8)                                    \
	X(MARK, "ctaggMark", IPFIX_OWN, 13, 4)                                                         \
	X(ZONE, "ctaggZone", IPFIX_OWN, 14, 2)                                                         \
	X(LOG_PREFIX, "ctaggLogPrefix", IPFIX_OWN, 15, IPFIX_TEXT)                                     \
	X(RULE, "ctaggRule", IPFIX_OWN, 16, IPFIX_TEXT)                                                \
	X(SRC_LABEL, "ctaggSourceLabel", IPFIX_OWN, 17, IPFIX_TEXT)                                    \
	X(DST_LABEL, "ctaggDestinationLabel", IPFIX_OWN, 18, IPFIX_TEXT)                               \
	X(MARK_LABEL, "ctaggMarkLabel", IPFIX_OWN, 19, IPFIX_TEXT)                                     \
	X(FOLDED, "ctaggFoldedFlows", IPFIX_OWN, 20, 8)                                                \
	X(STATUS, "ctaggWindowStatus", IPFIX_OWN, 21, IPFIX_TEXT)                                      \
	X(SEQ, "ctaggWindowSequence", IPFIX_OWN, 22, 8)                                                \
	X(RECORDS, "ctaggWindowRecords", IPFIX_OWN, 23, 8)                                             \
	X(LOST_EVENTS, "ctaggLostEvents", IPFIX_OWN, 24, 8)                                            \
	X(LOST_DROPS, "ctaggLostDrops", IPFIX_OWN, 25, 8)                                              \
	X(NAMESPACE, "ctaggNamespace", IPFIX_OWN, 26, IPFIX_TEXT)

#define IPFIX_ELEMENT_ID(id, name, enterprise, number, bytes) IPFIX_##id,
enum ipfix_id { IPFIX_ELEMENTS(IPFIX_ELEMENT_ID) IPFIX_N };
#undef IPFIX_ELEMENT_ID

struct ipfix_element {
	const char *name;
	uint32_t enterprise;
	uint16_t number, bytes;
};
extern const struct ipfix_element ipfix_elements[IPFIX_N];

#endif
