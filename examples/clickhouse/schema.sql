-- Tables for the records of ctagg (ctagg-record(5)), on one ClickHouse server. On several servers this
-- file makes the part that each of them keeps: cluster.sql has the rest. README.md says how to use both.
--
--     clickhouse-client --query='CREATE DATABASE ctagg'
--     clickhouse-client --database=ctagg --multiquery <schema.sql
--
-- Tested with the server of Debian 12, 18.16. README.md says what a current one adds.
--
-- What holds in all tables:
--   * A line that comes twice changes nothing: its id is the same, and of rows with the same id
--     ReplacingMergeTree keeps one. It does so when it merges files, at a time of its own choice, so
--     a query that adds up says FINAL behind the name of the table.
--   * A number that is not in the line, or is null there, is NULL: unknown, and not 0. A text that is
--     not in the line is '', but for texts that can be empty in a line: these are NULL.
--   * Rows of different window_ms repeat each other (ctagg -w 60,1h): a query names the one it wants.
--     Snapshots, whose lines have no window_ms, have 0 there.
--   * Times are UTC, in seconds; NAME_us is the same time in microseconds since 1970.
--   * slot is that of the line; where the line has none, it is the second in which the window began.

-- What is inserted into: a column for each field of a line that any of the tables keeps. Nothing is
-- stored here; the views below pass each line on to the table for its type. Columns have the names of
-- the fields, and all types admit null, so that no line is refused.
CREATE TABLE IF NOT EXISTS lines
(
	type String,
	id UUID,
	host Nullable(String),
	run Nullable(String),
	netns Nullable(String),
	window_ms Nullable(UInt64),
	slot Nullable(String),
	window_start Nullable(String),
	window_end Nullable(String),

	direction Nullable(String),
	proto Nullable(String),
	src_ip Nullable(String),
	src_port Nullable(UInt16),
	src_label Nullable(String),
	dst_ip Nullable(String),
	dst_port Nullable(UInt16),
	dst_label Nullable(String),
	icmp_type Nullable(UInt16),
	icmp_code Nullable(UInt16),
	nat_src_ip Nullable(String),
	nat_src_port Nullable(UInt16),
	nat_dst_ip Nullable(String),
	nat_dst_port Nullable(UInt16),
	zone Nullable(UInt16),
	mark Nullable(UInt32),
	mark_label Nullable(String),
	iif Nullable(String),
	oif Nullable(String),
	drop_reason Nullable(String),
	log_prefix Nullable(String),
	rule Nullable(String),
	rule_comment Nullable(String),
	rule_candidates Nullable(UInt32),

	reason Nullable(String),
	folded_flows Nullable(UInt64),
	starts Nullable(UInt64),
	ends Nullable(UInt64),
	drops Nullable(UInt64),
	drop_bytes Nullable(UInt64),
	unsized_drops Nullable(UInt64),
	logged Nullable(UInt64),
	kernel_drops Nullable(UInt64),
	live Nullable(UInt64),
	closing Nullable(UInt64),
	unreplied Nullable(UInt64),
	tcp_unanswered Nullable(UInt64),
	tcp_closed Nullable(UInt64),
	tcp_reset Nullable(UInt64),
	tcp_expired Nullable(UInt64),
	orig_packets Nullable(UInt64),
	orig_bytes Nullable(UInt64),
	reply_packets Nullable(UInt64),
	reply_bytes Nullable(UInt64),
	uncounted_ends Nullable(UInt64),
	uncounted_live Nullable(UInt64),
	duration_ms_sum Nullable(UInt64),
	duration_ms_max Nullable(UInt64),
	first_seen Nullable(String),
	last_seen Nullable(String),

	packets Nullable(UInt64),
	bytes Nullable(UInt64),
	reset Nullable(UInt8),

	seq Nullable(UInt64),
	closed_by Nullable(String),
	status Nullable(String),
	records Nullable(UInt64),
	lost_events Nullable(UInt64),
	lost_events_max Nullable(UInt64),
	unwatched_netns Nullable(UInt64),
	lost_drops Nullable(UInt64),
	lost_kernel_drops Nullable(UInt64),
	odd_drops Nullable(UInt64),
	truncated_drops Nullable(UInt64),
	engine Nullable(String),
	kernel_events Nullable(UInt64),
	passed_events Nullable(UInt64),
	table_rows Nullable(UInt64),
	table_capacity Nullable(UInt64),
	rotate_us Nullable(UInt64),
	drain_us Nullable(UInt64),
	max_error Nullable(UInt64),
	max_error_counter Nullable(String),
	late_ends Nullable(UInt64),
	late_events Nullable(UInt64),
	vanished Nullable(UInt64),
	injected_starts Nullable(UInt64),
	clash_ends Nullable(UInt64),
	unread_rules Nullable(UInt64),
	unread_sockets Nullable(UInt64),
	clock_step_ms Nullable(Int64),
	unselected_events Nullable(UInt64),
	undecoded_events Nullable(UInt64),
	foreign_messages Nullable(UInt64),
	reopens Nullable(UInt64),
	write_errors Nullable(UInt64),
	dropped_windows Nullable(UInt64),
	dropped_records Nullable(UInt64),
	accounting Nullable(UInt8),
	timestamps Nullable(UInt8),
	flowtable_uncounted Nullable(UInt8),
	version Nullable(String),
	key Nullable(String),
	selection Nullable(String),

	duplicates Nullable(UInt64),
	offloaded Nullable(UInt64),
	appeared Nullable(UInt64),
	changed Nullable(UInt64),
	unprinted_changes Nullable(UInt64),
	unchanged Nullable(UInt8),
	sha256 Nullable(String),
	sha256_keys Nullable(String)
)
ENGINE = Null;

-- Flows, and `other` records, which have a reason and no key.
CREATE TABLE IF NOT EXISTS flows
(
	window_ms UInt64,
	slot DateTime('UTC'),
	host String,
	netns String,
	run String,
	id UUID,
	received DateTime('UTC'),
	window_start_us UInt64,
	window_end_us UInt64,

	direction String,
	proto String,
	src_ip String,
	src_port Nullable(UInt16),
	src_label String,
	dst_ip String,
	dst_port Nullable(UInt16),
	dst_label String,
	icmp_type Nullable(UInt16),
	icmp_code Nullable(UInt16),
	nat_src_ip String,
	nat_src_port Nullable(UInt16),
	nat_dst_ip String,
	nat_dst_port Nullable(UInt16),
	zone Nullable(UInt16),
	mark Nullable(UInt32),
	mark_label String,
	iif Nullable(String),
	oif Nullable(String),
	drop_reason Nullable(String),
	log_prefix Nullable(String),
	rule Nullable(String),
	rule_comment Nullable(String),
	rule_candidates Nullable(UInt32),

	reason String,
	folded_flows Nullable(UInt64),
	starts Nullable(UInt64),
	ends Nullable(UInt64),
	drops Nullable(UInt64),
	drop_bytes Nullable(UInt64),
	unsized_drops Nullable(UInt64),
	logged Nullable(UInt64),
	kernel_drops Nullable(UInt64),
	live Nullable(UInt64),
	closing Nullable(UInt64),
	unreplied Nullable(UInt64),
	tcp_unanswered Nullable(UInt64),
	tcp_closed Nullable(UInt64),
	tcp_reset Nullable(UInt64),
	tcp_expired Nullable(UInt64),
	orig_packets Nullable(UInt64),
	orig_bytes Nullable(UInt64),
	reply_packets Nullable(UInt64),
	reply_bytes Nullable(UInt64),
	uncounted_ends Nullable(UInt64),
	uncounted_live Nullable(UInt64),
	duration_ms_sum Nullable(UInt64),
	duration_ms_max Nullable(UInt64),
	first_seen_us Nullable(UInt64),
	last_seen_us Nullable(UInt64)
)
ENGINE = ReplacingMergeTree
PARTITION BY (window_ms, toYYYYMMDD(slot))
ORDER BY (window_ms, slot, host, id);

-- What each rule dropped or logged. Flows have the drops of rules that log; a rule with a counter alone
-- (--rules) is only here, in packets and bytes.
CREATE TABLE IF NOT EXISTS rules
(
	window_ms UInt64,
	slot DateTime('UTC'),
	host String,
	netns String,
	run String,
	id UUID,
	received DateTime('UTC'),
	window_start_us UInt64,
	window_end_us UInt64,

	log_prefix Nullable(String),
	rule Nullable(String),
	rule_comment Nullable(String),
	rule_candidates Nullable(UInt32),
	drops Nullable(UInt64),
	drop_bytes Nullable(UInt64),
	unsized_drops Nullable(UInt64),
	logged Nullable(UInt64),
	packets Nullable(UInt64),
	bytes Nullable(UInt64),
	reset Nullable(UInt8)
)
ENGINE = ReplacingMergeTree
PARTITION BY (window_ms, toYYYYMM(slot))
ORDER BY (window_ms, slot, host, id);

-- The last record of each window: what the window has in all, and whether it is whole.
CREATE TABLE IF NOT EXISTS windows
(
	window_ms UInt64,
	slot DateTime('UTC'),
	host String,
	netns String,
	run String,
	id UUID,
	received DateTime('UTC'),
	window_start_us UInt64,
	window_end_us UInt64,

	seq UInt64,
	closed_by String,
	status String,
	records Nullable(UInt64),

	starts Nullable(UInt64),
	ends Nullable(UInt64),
	drops Nullable(UInt64),
	drop_bytes Nullable(UInt64),
	unsized_drops Nullable(UInt64),
	logged Nullable(UInt64),
	kernel_drops Nullable(UInt64),
	live Nullable(UInt64),
	closing Nullable(UInt64),
	unreplied Nullable(UInt64),
	tcp_unanswered Nullable(UInt64),
	tcp_closed Nullable(UInt64),
	tcp_reset Nullable(UInt64),
	tcp_expired Nullable(UInt64),
	orig_packets Nullable(UInt64),
	orig_bytes Nullable(UInt64),
	reply_packets Nullable(UInt64),
	reply_bytes Nullable(UInt64),
	uncounted_ends Nullable(UInt64),
	uncounted_live Nullable(UInt64),

	lost_events Nullable(UInt64),
	lost_events_max Nullable(UInt64),
	unwatched_netns Nullable(UInt64),
	lost_drops Nullable(UInt64),
	lost_kernel_drops Nullable(UInt64),
	odd_drops Nullable(UInt64),
	truncated_drops Nullable(UInt64),
	engine String,
	kernel_events Nullable(UInt64),
	passed_events Nullable(UInt64),
	table_rows Nullable(UInt64),
	table_capacity Nullable(UInt64),
	rotate_us Nullable(UInt64),
	drain_us Nullable(UInt64),
	max_error Nullable(UInt64),
	max_error_counter String,
	late_ends Nullable(UInt64),
	late_events Nullable(UInt64),
	vanished Nullable(UInt64),
	injected_starts Nullable(UInt64),
	clash_ends Nullable(UInt64),
	unread_rules Nullable(UInt64),
	unread_sockets Nullable(UInt64),
	clock_step_ms Nullable(Int64),
	unselected_events Nullable(UInt64),
	undecoded_events Nullable(UInt64),
	foreign_messages Nullable(UInt64),
	reopens Nullable(UInt64),
	write_errors Nullable(UInt64),
	dropped_windows Nullable(UInt64),
	dropped_records Nullable(UInt64),
	accounting Nullable(UInt8),
	timestamps Nullable(UInt8),
	flowtable_uncounted Nullable(UInt8),
	version String,
	key String,
	selection String,

	duplicates Nullable(UInt64),
	offloaded Nullable(UInt64),
	appeared Nullable(UInt64),
	changed Nullable(UInt64),
	unprinted_changes Nullable(UInt64),
	unchanged Nullable(UInt8),
	sha256 String,
	sha256_keys String
)
ENGINE = ReplacingMergeTree
PARTITION BY (window_ms, toYYYYMM(slot))
ORDER BY (window_ms, slot, host, id);

-- From `lines' into the tables.
CREATE MATERIALIZED VIEW IF NOT EXISTS flows_lines TO flows AS SELECT
	ifNull(window_ms, 0) AS window_ms,
	parseDateTimeBestEffort(ifNull(slot, assumeNotNull(window_start))) AS slot,
	ifNull(host, '') AS host, ifNull(netns, '') AS netns, ifNull(run, '') AS run, id,
	now() AS received,
	toUInt64(parseDateTimeBestEffort(assumeNotNull(window_start))) * 1000000 + toUInt64(substring(assumeNotNull(window_start), 21, 6)) AS window_start_us,
	toUInt64(parseDateTimeBestEffort(assumeNotNull(window_end))) * 1000000 + toUInt64(substring(assumeNotNull(window_end), 21, 6)) AS window_end_us,

	ifNull(direction, '') AS direction, ifNull(proto, '') AS proto, ifNull(src_ip, '') AS src_ip, src_port,
	ifNull(src_label, '') AS src_label, ifNull(dst_ip, '') AS dst_ip, dst_port,
	ifNull(dst_label, '') AS dst_label, icmp_type, icmp_code, ifNull(nat_src_ip, '') AS nat_src_ip,
	nat_src_port, ifNull(nat_dst_ip, '') AS nat_dst_ip, nat_dst_port, zone, mark,
	ifNull(mark_label, '') AS mark_label, iif, oif, drop_reason, log_prefix, rule, rule_comment, rule_candidates,

	ifNull(reason, '') AS reason, folded_flows, starts, ends, drops, drop_bytes, unsized_drops, logged,
	kernel_drops, live, closing, unreplied, tcp_unanswered, tcp_closed, tcp_reset, tcp_expired, orig_packets, orig_bytes,
	reply_packets, reply_bytes, uncounted_ends, uncounted_live, duration_ms_sum, duration_ms_max,
	toUInt64(parseDateTimeBestEffortOrNull(first_seen)) * 1000000 + toUInt64OrNull(substring(first_seen, 21, 6)) AS first_seen_us,
	toUInt64(parseDateTimeBestEffortOrNull(last_seen)) * 1000000 + toUInt64OrNull(substring(last_seen, 21, 6)) AS last_seen_us
FROM lines WHERE type IN ('flow', 'other');

CREATE MATERIALIZED VIEW IF NOT EXISTS rules_lines TO rules AS SELECT
	ifNull(window_ms, 0) AS window_ms,
	parseDateTimeBestEffort(ifNull(slot, assumeNotNull(window_start))) AS slot,
	ifNull(host, '') AS host, ifNull(netns, '') AS netns, ifNull(run, '') AS run, id,
	now() AS received,
	toUInt64(parseDateTimeBestEffort(assumeNotNull(window_start))) * 1000000 + toUInt64(substring(assumeNotNull(window_start), 21, 6)) AS window_start_us,
	toUInt64(parseDateTimeBestEffort(assumeNotNull(window_end))) * 1000000 + toUInt64(substring(assumeNotNull(window_end), 21, 6)) AS window_end_us,

	log_prefix, rule, rule_comment, rule_candidates, drops, drop_bytes, unsized_drops, logged, packets,
	bytes, reset
FROM lines WHERE type = 'rule';

CREATE MATERIALIZED VIEW IF NOT EXISTS windows_lines TO windows AS SELECT
	ifNull(window_ms, 0) AS window_ms,
	parseDateTimeBestEffort(ifNull(slot, assumeNotNull(window_start))) AS slot,
	ifNull(host, '') AS host, ifNull(netns, '') AS netns, ifNull(run, '') AS run, id,
	now() AS received,
	toUInt64(parseDateTimeBestEffort(assumeNotNull(window_start))) * 1000000 + toUInt64(substring(assumeNotNull(window_start), 21, 6)) AS window_start_us,
	toUInt64(parseDateTimeBestEffort(assumeNotNull(window_end))) * 1000000 + toUInt64(substring(assumeNotNull(window_end), 21, 6)) AS window_end_us,

	ifNull(seq, 0) AS seq, ifNull(closed_by, '') AS closed_by, ifNull(status, '') AS status, records,

	starts, ends, drops, drop_bytes, unsized_drops, logged, kernel_drops, live, closing, unreplied, tcp_unanswered,
	tcp_closed, tcp_reset, tcp_expired, orig_packets, orig_bytes, reply_packets, reply_bytes,
	uncounted_ends, uncounted_live,

	lost_events, lost_events_max, unwatched_netns, lost_drops, lost_kernel_drops, odd_drops, truncated_drops, ifNull(engine, '') AS engine, kernel_events,
	passed_events, table_rows, table_capacity, rotate_us, drain_us, max_error,
	ifNull(max_error_counter, '') AS max_error_counter, late_ends, late_events, vanished, injected_starts,
	clash_ends, unread_rules, unread_sockets, clock_step_ms, unselected_events, undecoded_events, foreign_messages, reopens,
	write_errors, dropped_windows, dropped_records, accounting, timestamps, flowtable_uncounted,
	ifNull(version, '') AS version, ifNull(key, '') AS key, ifNull(selection, '') AS selection,

	duplicates, offloaded, appeared, changed, unprinted_changes, unchanged, ifNull(sha256, '') AS sha256,
	ifNull(sha256_keys, '') AS sha256_keys
FROM lines WHERE type = 'window';

-- Roll-ups. One that adds up is computed again from `flows' as a whole, since adding what comes would count
-- a line as often as it comes. One that only says that something was there can be fed by a view.

-- What each address carried in each hour, as source and as destination of connections, at each host and
-- in each length of windows up to an hour. rollup.sql computes it; an hour computed again replaces the rows
-- of that hour.
CREATE TABLE IF NOT EXISTS addresses
(
	address String,
	window_ms UInt64,
	hour DateTime('UTC'),
	host String,
	netns String,
	role String,
	computed DateTime('UTC'),

	records UInt64,
	starts Nullable(UInt64),
	ends Nullable(UInt64),
	unreplied Nullable(UInt64),
	drops Nullable(UInt64),
	sent_packets Nullable(UInt64),
	sent_bytes Nullable(UInt64),
	received_packets Nullable(UInt64),
	received_bytes Nullable(UInt64)
)
ENGINE = ReplacingMergeTree(computed)
PARTITION BY toYYYYMM(hour)
ORDER BY (address, window_ms, hour, host, netns, role);

-- Which destinations the clients of each host began connections to on each day. The service is the protocol
-- with the port, or with the type of ICMP.
CREATE TABLE IF NOT EXISTS destinations
(
	dst_ip String,
	service String,
	host String,
	day Date
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (dst_ip, service, host, day);

CREATE MATERIALIZED VIEW IF NOT EXISTS destinations_lines TO destinations AS SELECT DISTINCT
	ifNull(dst_ip, '') AS dst_ip,
	concat(ifNull(proto, ''), '/', ifNull(toString(ifNull(dst_port, icmp_type)), '')) AS service,
	ifNull(host, '') AS host,
	toDate(parseDateTimeBestEffort(assumeNotNull(window_start)), 'UTC') AS day
FROM lines WHERE type = 'flow' AND starts > 0;
