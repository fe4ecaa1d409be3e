/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>

#include "sink/record_parts.h"

/* The kernel's names (include/net/tcp_states.h), of states that have records. */
static const char *state_name(__u8 state)
{
	switch (state) {
	case TCP_ESTABLISHED:
		return "established";
	case TCP_SYN_SENT:
		return "syn_sent";
	case TCP_FIN_WAIT1:
		return "fin_wait1";
	case TCP_FIN_WAIT2:
		return "fin_wait2";
	case TCP_CLOSE_WAIT:
		return "close_wait";
	case TCP_LAST_ACK:
		return "last_ack";
	}
	return "closing";
}

static char *one_socket(const struct record *r, char *p, const struct socket_line *line)
{
	const struct socket_facts *f = line->facts;

	p = TEXT(p, ",\"proto\":\"tcp\"");
	p = record_address(r, p, ",\"local_ip\":", f->family, f->local);
	p = NUMBER(p, "local_port", ntohs(f->local_port));
	p = record_address(r, p, ",\"peer_ip\":", f->family, f->peer);
	p = NUMBER(p, "peer_port", ntohs(f->peer_port));
	p = record_socket_labels(r, p, f);
	p = record_word(p, ",\"state\":", state_name(f->state));
	p = f->has_uid ? NUMBER(p, "uid", f->uid) : TEXT(p, ",\"uid\":null");
	p = line->cgroup ? record_text(p, "cgroup", line->cgroup, strlen(line->cgroup), RECORD_MAX_TEXT) :
			   TEXT(p, ",\"cgroup\":null");
	p = NUMBER(p, "cookie", f->cookie);
	return f->rtt_us ? NUMBER(p, "rtt_us", f->rtt_us) : TEXT(p, ",\"rtt_us\":null");
}

static char *several(char *p, const struct socket_line *line)
{
	p = record_word(p, ",\"reason\":", line->reason);
	return NUMBER(p, "folded_sockets", line->folded);
}

char *record_socket(struct record *r, char *p, const struct socket_line *line)
{
	p = record_head(r, TEXT(p, "{\"type\":\"socket"));
	p = line->facts ? one_socket(r, p, line) : several(p, line);
	p = NUMBER(p, "sent_bytes", line->moved.sent_bytes);
	p = NUMBER(p, "received_bytes", line->moved.received_bytes);
	p = NUMBER(p, "retrans_segments", line->moved.retrans_segments);
	p = NUMBER(p, "retrans_bytes", line->moved.retrans_bytes);
	return TEXT(p, "}\n");
}
