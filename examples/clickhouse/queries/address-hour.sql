-- With whom one address spoke in an hour.
WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-21 01:00:00', 'UTC') AS until
SELECT
	src_ip,
	dst_ip,
	proto,
	dst_port,
	host,
	sum(starts) AS connections,
	sum(unreplied) AS unanswered,
	sum(drops) AS dropped,
	sum(orig_bytes) AS sent,
	sum(reply_bytes) AS received
FROM flows FINAL
WHERE (src_ip = '10.0.0.10' OR dst_ip = '10.0.0.10')
	AND window_ms = 60000 AND slot >= since AND slot < until
GROUP BY src_ip, dst_ip, proto, dst_port, host
ORDER BY sent + received DESC, src_ip, dst_ip, proto, dst_port, host
LIMIT 50;
