-- Sources that tried many addresses and ports in a day and had no answer.
WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
SELECT
	src_ip,
	uniqExact(dst_ip, dst_port) AS targets,
	uniqExact(host) AS hosts,
	sum(unreplied) AS unanswered,
	min(slot) AS first,
	max(slot) AS last
FROM flows FINAL
WHERE window_ms = 60000 AND slot >= since AND slot < until AND proto IN ('tcp', 'udp') AND unreplied > 0
GROUP BY src_ip
HAVING targets >= 100
ORDER BY targets DESC, src_ip
LIMIT 50;
