-- Connections of an hour that two or more hosts saw, and how far apart their counts of bytes are: where
-- packets got lost on the way, or one host did not see all. Only addresses that no host in between
-- translates are the same at both.
SELECT
	src_ip,
	dst_ip,
	proto,
	dst_port,
	arraySort(groupArray(host)) AS hosts,
	min(bytes) AS fewest,
	max(bytes) AS most
FROM
(
	WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-21 01:00:00', 'UTC') AS until
	SELECT src_ip, dst_ip, proto, dst_port, host, sum(orig_bytes) + sum(reply_bytes) AS bytes
	FROM flows FINAL
	WHERE window_ms = 60000 AND slot >= since AND slot < until AND reason = '' AND starts > 0
	GROUP BY src_ip, dst_ip, proto, dst_port, host
)
GROUP BY src_ip, dst_ip, proto, dst_port
HAVING count() > 1
ORDER BY most - fewest DESC, most DESC, src_ip, dst_ip, proto, dst_port
LIMIT 50;
