-- Destinations of a day that no host of the fleet had begun a connection to in the thirty days before.
-- Rows that are there twice change nothing here, so FINAL is not needed.
WITH toDate('2026-11-21') AS today
SELECT
	dst_ip,
	service,
	uniqExact(host) AS hosts
FROM destinations
WHERE day >= today - 30 AND day <= today
GROUP BY dst_ip, service
HAVING min(day) = today
ORDER BY hosts DESC, dst_ip, service
LIMIT 50;
