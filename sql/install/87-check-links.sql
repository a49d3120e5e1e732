-- check_ledger(), what hangs on a complaint: other complaints, the numbers and
-- codes by which it is found, areas, messages, the feed, the appraisal, the lists.

-- From a complaint to another, and to it from outside. The other one may lie in
-- another district.
CREATE FUNCTION peoplecall.check_links(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'principal', c.district_id, c.id,
	       format('is %s, its principal %s is %s', c.state, coalesce(c.principal_id::text, 'NULL'),
			coalesce(p.state::text, 'none'))
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.complaint AS p
	    ON p.district_id = c.principal_id / 1000000000000 AND p.id = c.principal_id
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   -- whoever withdrew keeps where he had gone along
	   AND ((c.state = 'merged' AND c.principal_id IS NULL)
	        OR (c.principal_id IS NOT NULL AND (p.id IS NULL OR c.state NOT IN ('merged', 'withdrawn')))
	        OR (c.state = 'merged' AND p.state IN ('merged', 'moved'))
	        OR (c.state = 'merged' AND p.state IN ('received', 'dispatched', 'completed', 'shelved')
	            AND c.closed_at IS NOT NULL)
	        OR (c.state = 'merged' AND p.state IN ('closed', 'rejected', 'referred')
	            AND c.closed_at IS NULL))
	 UNION ALL
	SELECT 'intake_key', i.district_id, i.complaint_id,
	       format('"%s" of channel "%s" names a complaint that is not there', i.external_id, i.channel)
	  FROM peoplecall.intake_key AS i
	 WHERE (district IS NULL OR i.district_id = district)
	   AND (complaint IS NULL OR i.complaint_id = complaint)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.complaint AS c
		 WHERE c.district_id = i.district_id AND c.id = i.complaint_id)
	 ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_links(int, bigint) IS
	'used by check_ledger(): principals, and the channels'' own numbers';

-- Where it went and where it came from say the same; only what goes on is open.
CREATE FUNCTION peoplecall.check_moves(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'moved', c.district_id, c.id,
	       format('is %s, goes on as %s, which is %s and began as %s', c.state,
			coalesce(c.moved_to::text, 'NULL'), coalesce(n.state::text, 'none'),
			coalesce(n.origin_id::text, 'NULL'))
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.complaint AS n
	    ON n.district_id = c.moved_to / 1000000000000 AND n.id = c.moved_to
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   AND ((c.state = 'moved') <> (c.moved_to IS NOT NULL)
	        OR (c.moved_to IS NOT NULL AND n.origin_id IS DISTINCT FROM coalesce(c.origin_id, c.id)))
	 UNION ALL
	SELECT 'origin', c.district_id, c.id,
	       format('goes on from %s, which is %s and goes on as %s', c.origin_id,
			coalesce(o.state::text, 'none'), coalesce(o.moved_to::text, 'NULL'))
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.complaint AS o
	    ON o.district_id = c.origin_id / 1000000000000 AND o.id = c.origin_id
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   AND c.origin_id IS NOT NULL
	   AND c.id <> ALL (peoplecall.numbers_of(c.origin_id))
	 UNION ALL
	SELECT 'moved', r.district_id, r.complaint_id, 'went to another district, and who called is still here'
	  FROM peoplecall.reporter AS r
	  JOIN peoplecall.complaint AS c ON c.district_id = r.district_id AND c.id = r.complaint_id
	 WHERE (district IS NULL OR r.district_id = district)
	   AND (complaint IS NULL OR r.complaint_id = complaint)
	   AND c.moved_to IS NOT NULL
	 ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_moves(int, bigint) IS
	'used by check_ledger(): moved_to and origin_id of what moved to another district';

-- Who is forgotten has no code; whose matter is open has one, and one alone.
CREATE FUNCTION peoplecall.check_citizens(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'track_key', k.district_id, k.complaint_id, 'a code is of no complaint, or of one that went to another district'
	  FROM peoplecall.track_key AS k
	  LEFT JOIN peoplecall.complaint AS c ON c.district_id = k.district_id AND c.id = k.complaint_id
	 WHERE (district IS NULL OR k.district_id = district)
	   AND (complaint IS NULL OR k.complaint_id = complaint)
	   AND (c.id IS NULL OR c.moved_to IS NOT NULL)
	 UNION ALL
	SELECT 'track_key', c.district_id, c.id, format('is %s, has %s codes, and its citizen was %s', c.state,
			coalesce(k.codes, 0), CASE WHEN r.forgotten THEN 'forgotten' ELSE 'not forgotten' END)
	  FROM peoplecall.complaint AS c
	  LEFT JOIN (SELECT t.district_id, t.complaint_id, count(*) AS codes
	               FROM peoplecall.track_key AS t
	              WHERE (district IS NULL OR t.district_id = district)
	                AND (complaint IS NULL OR t.complaint_id = complaint)
	              GROUP BY 1, 2) AS k
	    ON k.district_id = c.district_id AND k.complaint_id = c.id
	  LEFT JOIN (SELECT x.district_id, x.complaint_id, bool_and(x.forgotten_at IS NOT NULL) AS forgotten
	               FROM peoplecall.reporter AS x
	              WHERE (district IS NULL OR x.district_id = district)
	                AND (complaint IS NULL OR x.complaint_id = complaint)
	              GROUP BY 1, 2) AS r
	    ON r.district_id = c.district_id AND r.complaint_id = c.id
	 WHERE (district IS NULL OR c.district_id = district)
	   AND (complaint IS NULL OR c.id = complaint)
	   AND c.moved_to IS NULL
	   AND (k.codes > 1 OR (r.forgotten AND k.codes > 0)
	        OR (k.codes IS NULL AND r.forgotten IS NOT TRUE
	            AND c.state IN ('received', 'dispatched', 'completed', 'shelved', 'merged')))
	 UNION ALL
	SELECT 'forgotten', r.district_id, r.complaint_id, format('reporter %s was forgotten at %s and is there', r.seq, r.forgotten_at)
	  FROM peoplecall.reporter AS r
	 WHERE (district IS NULL OR r.district_id = district)
	   AND (complaint IS NULL OR r.complaint_id = complaint)
	   AND r.forgotten_at IS NOT NULL AND num_nonnulls(r.name, r.phone) > 0
	 ORDER BY 1, 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_citizens(int, bigint) IS
	'used by check_ledger(): codes for track(), and who was forgotten';

CREATE FUNCTION peoplecall.check_areas(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'area', r.district_id, r.complaint_id,
	       format('%s rows of %s lie in %s, not in %s', count(*), r.name, r.area, c.area)
	  FROM (
		SELECT 'attachment', x.district_id, x.complaint_id, x.area FROM peoplecall.attachment AS x
		 UNION ALL
		SELECT 'clock', x.district_id, x.complaint_id, x.area FROM peoplecall.clock AS x
		 UNION ALL
		SELECT 'complaint_text', x.district_id, x.complaint_id, x.area FROM peoplecall.complaint_text AS x
		 UNION ALL
		SELECT 'event', x.district_id, x.complaint_id, x.area FROM peoplecall.event AS x
		 UNION ALL
		SELECT 'notice', x.district_id, x.complaint_id, x.area FROM peoplecall.notice AS x
		 UNION ALL
		SELECT 'rating', x.district_id, x.complaint_id, x.area FROM peoplecall.rating AS x
		 UNION ALL
		SELECT 'reporter', x.district_id, x.complaint_id, x.area FROM peoplecall.reporter AS x
		 UNION ALL
		SELECT 'request', x.district_id, x.complaint_id, x.area FROM peoplecall.request AS x
		 UNION ALL
		SELECT 'revisit', x.district_id, x.complaint_id, x.area FROM peoplecall.revisit AS x
		 UNION ALL
		SELECT 'supplement', x.district_id, x.complaint_id, x.area FROM peoplecall.supplement AS x
		 UNION ALL
		SELECT 'supervision', x.district_id, x.complaint_id, x.area FROM peoplecall.supervision AS x
		 UNION ALL
		SELECT 'task', x.district_id, x.complaint_id, x.area FROM peoplecall.task AS x
		) AS r (name, district_id, complaint_id, area)
	  JOIN peoplecall.complaint AS c
	    ON c.district_id = r.district_id AND c.id = r.complaint_id
	 WHERE (district IS NULL OR r.district_id = district)
	   AND (complaint IS NULL OR r.complaint_id = complaint)
	   AND r.area OPERATOR(peoplecall.<>) c.area
	 GROUP BY r.district_id, r.complaint_id, r.name, r.area, c.area
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_areas(int, bigint) IS
	'used by check_ledger(): the area in every record of a complaint is the complaint''s';

CREATE FUNCTION peoplecall.check_notices(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'notice', min(n.district_id), min(n.complaint_id),
	       format('%s notices have the key %s', count(*), n.key)
	  FROM peoplecall.notice AS n
	 WHERE (district IS NULL OR n.district_id = district)
	   AND (complaint IS NULL OR n.complaint_id = complaint)
	 GROUP BY n.key
	HAVING count(*) > 1
	 UNION ALL
	SELECT 'notice', n.district_id, n.complaint_id, format('notice %s has no complaint, meeting or listing', n.seq)
	  FROM peoplecall.notice AS n
	 WHERE (district IS NULL OR n.district_id = district)
	   AND (complaint IS NULL OR n.complaint_id = complaint)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.complaint AS c
		 WHERE c.district_id = n.district_id AND c.id = n.complaint_id)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.coordination AS m
		 WHERE m.district_id = n.district_id AND m.id = n.complaint_id)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.listing AS l
		 WHERE l.district_id = n.district_id AND l.id = n.complaint_id)
	 UNION ALL
	SELECT 'notice', n.district_id, n.complaint_id,
	       format('notice %s (%s) is to be sent at %s, in the quiet hours', n.seq, n.template, n.not_before)
	  FROM peoplecall.notice AS n
	  JOIN peoplecall.complaint AS c ON c.district_id = n.district_id AND c.id = n.complaint_id
	 WHERE (district IS NULL OR n.district_id = district)
	   AND (complaint IS NULL OR n.complaint_id = complaint)
	   -- a gateway that failed tries again when it may; what was urgent did not wait
	   AND n.state = 'waiting' AND n.attempts = 0 AND n.template IN ('half', 'due', 'overdue')
	   AND c.urgency = 'normal' AND peoplecall.quiet_until(n.not_before) > n.not_before
	   AND NOT EXISTS (
		SELECT FROM peoplecall.event AS e
		 WHERE e.district_id = n.district_id AND e.complaint_id = n.complaint_id
		   AND e.verb = 'reclassify' AND e.at >= n.created_at)
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_notices(int, bigint) IS
	'used by check_ledger(): each key of the outbox once, each notice of something, reminders that wait outside the quiet hours';

-- Numbers are of the whole ledger: they are asked for where all of it is.
CREATE FUNCTION peoplecall.check_feed(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'change', NULL::int, NULL::bigint,
	       format('%s changes from %s to %s; the head says %s, forgotten up to %s', n.rows,
			coalesce(n.first, 0), coalesce(n.last, 0), coalesce(h.last_no, 0), coalesce(h.forgotten, 0))
	  FROM (SELECT count(*) AS rows, min(x.no) AS first, max(x.no) AS last FROM peoplecall.change AS x) AS n
	  LEFT JOIN peoplecall.change_head AS h ON h.one
	 WHERE num_nonnulls(district, complaint) = 0
	   AND (n.rows <> coalesce(h.last_no - h.forgotten, 0)
	        OR (n.rows > 0 AND (n.first <> h.forgotten + 1 OR n.last <> h.last_no)))
	 UNION ALL
	SELECT 'change', h.district_id, h.complaint_id, format('change %s is of event %s, which is not there or another', h.no, h.seq)
	  FROM peoplecall.change AS h
	  LEFT JOIN peoplecall.complaint AS c ON c.district_id = h.district_id AND c.id = h.complaint_id
	  LEFT JOIN peoplecall.event AS e
	    ON e.district_id = h.district_id AND e.complaint_id = h.complaint_id AND e.seq = h.seq
	 WHERE (district IS NULL OR h.district_id = district)
	   AND (complaint IS NULL OR h.complaint_id = complaint)
	   AND (c.id IS NULL OR h.seq > c.event_count OR e.verb <> h.verb)
	 UNION ALL
	SELECT 'change', q.district_id, q.complaint_id,
	       format('events %s to %s wait for a number; %s', q.seq - q.events + 1, q.seq,
			CASE WHEN c.id IS NULL THEN 'there is no such complaint'
			     WHEN q.seq > c.event_count THEN format('there are %s', c.event_count)
			     ELSE 'they wait twice, or have one' END)
	  FROM peoplecall.change_queue AS q
	  LEFT JOIN peoplecall.complaint AS c ON c.district_id = q.district_id AND c.id = q.complaint_id
	 WHERE (district IS NULL OR q.district_id = district)
	   AND (complaint IS NULL OR q.complaint_id = complaint)
	   AND (c.id IS NULL OR q.seq > c.event_count OR q.events < 1
	        OR EXISTS (
		SELECT FROM peoplecall.change_queue AS o
		 WHERE o.district_id = q.district_id AND o.complaint_id = q.complaint_id
		   AND o.seq < q.seq AND o.seq > q.seq - q.events)
	        OR EXISTS (
		SELECT FROM peoplecall.change AS h
		 WHERE h.district_id = q.district_id AND h.complaint_id = q.complaint_id
		   AND h.seq > q.seq - q.events AND h.seq <= q.seq))
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_feed(int, bigint) IS
	'used by check_ledger(): what changes() numbered has no gap, is what was done, and does not wait as well';

-- Whether the figures are right is what check_appraisal() asks.
CREATE FUNCTION peoplecall.check_marks(district int, complaint bigint)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'appraisal', m.district_id, m.complaint_id, format('%s %s are of a complaint that is not there', count(*), m.name)
	  FROM (SELECT 'marks', x.district_id, x.complaint_id FROM peoplecall.appraisal_mark AS x
	         UNION ALL
	        SELECT 'facts', x.district_id, x.complaint_id FROM peoplecall.appraisal_fact AS x) AS m (name, district_id, complaint_id)
	 WHERE (district IS NULL OR m.district_id = district)
	   AND (complaint IS NULL OR m.complaint_id = complaint)
	   AND NOT EXISTS (
		SELECT FROM peoplecall.complaint AS c
		 WHERE c.district_id = m.district_id AND c.id = m.complaint_id)
	 GROUP BY m.district_id, m.complaint_id, m.name
	 ORDER BY 2, 3, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_marks(int, bigint) IS
	'used by check_ledger(): what the appraisal marked or counted is there';

CREATE FUNCTION peoplecall.check_listings(district int)
	RETURNS TABLE (problem text, district_id int, complaint_id bigint, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT 'listing', l.district_id, NULL::bigint,
	       format('listing %s has %s of %s claimed and %s fulfilled; by its claims %s and %s', l.id,
			l.claimed, l.quantity, l.fulfilled, coalesce(k.claimed, 0), coalesce(k.fulfilled, 0))
	  FROM peoplecall.listing AS l
	  LEFT JOIN (
		SELECT x.district_id, x.listing_id,
		       sum(CASE WHEN x.ended_at IS NULL THEN x.quantity ELSE x.fulfilled END) AS claimed,
		       sum(x.fulfilled) AS fulfilled
		  FROM peoplecall.claim AS x
		 WHERE (district IS NULL OR x.district_id = district)
		 GROUP BY x.district_id, x.listing_id) AS k
	    ON k.district_id = l.district_id AND k.listing_id = l.id
	 WHERE (district IS NULL OR l.district_id = district)
	   AND (l.claimed <> coalesce(k.claimed, 0) OR l.fulfilled <> coalesce(k.fulfilled, 0))
	 UNION ALL
	SELECT 'listing', l.district_id, NULL::bigint,
	       format('listing %s counts %s events until %s, has %s up to %s until %s', l.id, l.event_count,
			l.last_event_at, coalesce(e.lines, 0), coalesce(e.last, 0), coalesce(e.last_at::text, 'never'))
	  FROM peoplecall.listing AS l
	  LEFT JOIN (
		SELECT x.district_id, x.listing_id, count(*) AS lines, max(x.seq) AS last, max(x.at) AS last_at
		  FROM peoplecall.listing_event AS x
		 WHERE (district IS NULL OR x.district_id = district)
		 GROUP BY x.district_id, x.listing_id) AS e
	    ON e.district_id = l.district_id AND e.listing_id = l.id
	 WHERE (district IS NULL OR l.district_id = district)
	   AND (l.event_count <> coalesce(e.lines, 0) OR l.event_count <> coalesce(e.last, 0)
	        OR l.last_event_at IS DISTINCT FROM e.last_at)
	 ORDER BY 2, 4;
END
$$;
COMMENT ON FUNCTION peoplecall.check_listings(int) IS
	'used by check_ledger(): what a listing says is taken is what was claimed, and its history is whole';
