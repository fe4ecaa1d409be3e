-- Compute the roll-up `addresses' for the hours of which something has come since they were last computed:
-- for cron, once an hour or more often. On several servers, in the database ctagg_local of each.
--
--     clickhouse-client --database=ctagg --multiquery <rollup.sql
--
-- `computed' is the time at which this statement began. What was on its way then has been received, by
-- its column, up to an insert's duration before: ten minutes are more than ctagg-deliver waits for an answer.
INSERT INTO addresses
SELECT
	address,
	window_ms,
	toStartOfHour(slot) AS hour,
	host,
	netns,
	role,
	now() AS computed,
	count() AS records,
	sum(starts) AS starts,
	sum(ends) AS ends,
	sum(unreplied) AS unreplied,
	sum(drops) AS drops,
	sum(if(role = 'src', orig_packets, reply_packets)) AS sent_packets,
	sum(if(role = 'src', orig_bytes, reply_bytes)) AS sent_bytes,
	sum(if(role = 'src', reply_packets, orig_packets)) AS received_packets,
	sum(if(role = 'src', reply_bytes, orig_bytes)) AS received_bytes
FROM flows FINAL
ARRAY JOIN ['src', 'dst'] AS role, [src_ip, dst_ip] AS address
WHERE address != '' AND window_ms BETWEEN 1 AND 3600000 AND toStartOfHour(slot) IN
(
	SELECT hour
	FROM
	(
		SELECT toStartOfHour(slot) AS hour, max(received) AS came
		FROM windows
		GROUP BY hour
	)
	ANY LEFT JOIN
	(
		SELECT hour, max(computed) AS done
		FROM addresses
		GROUP BY hour
	) USING (hour)
	WHERE came + 600 > done
)
GROUP BY address, window_ms, hour, host, netns, role;
