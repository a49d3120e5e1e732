-- The history against what was kept of it elsewhere: anchors and their check.
-- These read every complaint as the caller, so they need one whom no row policy
-- keeps anything from: what he does not see would look deleted.

CREATE FUNCTION peoplecall.require_whole_view() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_tables();
	IF to_regclass('peoplecall.complaint') IS NULL THEN
		RAISE SQLSTATE 'PC002' USING
			MESSAGE = 'there is no ledger in this database',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once, as a superuser or as the role that shall own the tables.';
	END IF;
	IF row_security_active('peoplecall.complaint') OR row_security_active('peoplecall.event') THEN
		RAISE insufficient_privilege USING
			MESSAGE = 'the whole ledger is needed for this',
			DETAIL = format('Row policies hide some of it from role "%s".', current_user),
			HINT = 'Call as the ledger''s owner, as a superuser, or as a role with BYPASSRLS and SELECT on the tables.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_whole_view() IS
	'used by verify_history() and check_ledger(): 42501 for a caller from whom row policies hide complaints or events; PC002';

-- A few bytes that stand for an anchor, short enough to print.
CREATE FUNCTION peoplecall.anchor_seal(
	district_id int, from_at timestamptz, to_at timestamptz, taken_at timestamptz, heads jsonb)
	RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN encode(sha256(
		int4send(district_id) || timestamptz_send(from_at) || timestamptz_send(to_at)
		|| timestamptz_send(taken_at)
		|| coalesce((
			SELECT string_agg(int8send((h.head ->> 0)::bigint) || int4send((h.head ->> 1)::int)
				|| timestamptz_send((h.head ->> 2)::timestamptz)
				|| decode(h.head ->> 3, 'hex'), ''::bytea ORDER BY (h.head ->> 0)::bigint)
			  FROM jsonb_array_elements(heads) AS h (head)), '')), 'hex');
END
$$;
COMMENT ON FUNCTION peoplecall.anchor_seal(int, timestamptz, timestamptz, timestamptz, jsonb) IS
	'used by history_anchor(): SHA-256 over an anchor''s district, times and heads';

CREATE FUNCTION peoplecall.history_anchor(
	from_at timestamptz DEFAULT '-infinity', to_at timestamptz DEFAULT 'infinity',
	district int DEFAULT NULL)
	RETURNS TABLE (district_id int, anchor jsonb)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET timezone = 'UTC'
AS $$
DECLARE
	taken_at timestamptz := peoplecall.as_of();
BEGIN
	IF num_nulls(from_at, to_at) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'from_at and to_at must not be null';
	END IF;
	PERFORM peoplecall.require_whole_view();
	RETURN QUERY
	WITH head AS (
		SELECT DISTINCT ON (e.district_id, e.complaint_id)
		       e.district_id, e.complaint_id, e.seq, e.at, e.digest
		  FROM peoplecall.event AS e
		 WHERE e.at >= from_at AND e.at < to_at
		   AND (district IS NULL OR e.district_id = district)
		 ORDER BY e.district_id, e.complaint_id, e.seq DESC
	), listed AS (
		SELECT h.district_id,
		       jsonb_agg(jsonb_build_array(h.complaint_id, h.seq, h.at,
				encode(coalesce(h.digest, ''), 'hex')) ORDER BY h.complaint_id) AS heads
		  FROM head AS h
		 GROUP BY h.district_id
	)
	SELECT l.district_id,
	       jsonb_build_object('district_id', l.district_id, 'from_at', from_at, 'to_at', to_at,
			'taken_at', taken_at, 'heads', l.heads,
			'seal', peoplecall.anchor_seal(l.district_id, from_at, to_at, taken_at, l.heads))
	  FROM listed AS l
	 ORDER BY l.district_id;
END
$$;
COMMENT ON FUNCTION peoplecall.history_anchor(timestamptz, timestamptz, int) IS
	'what to keep outside the database: for each district (NULL: every one that has any) the last event before to_at of each complaint with an event since from_at, its number, time and digest, as [complaint, seq, at, digest], with a seal over them all; 42501 for whom row policies hide anything from, 22004, PC002';

CREATE FUNCTION peoplecall.anchor_heads(
	anchor jsonb, OUT district_id int, OUT complaint_id bigint, OUT events int,
	OUT at timestamptz, OUT digest bytea)
	RETURNS SETOF record
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF jsonb_typeof(anchor -> 'heads') IS DISTINCT FROM 'array'
	   OR num_nulls(anchor ->> 'district_id', anchor ->> 'from_at', anchor ->> 'to_at',
		anchor ->> 'taken_at', anchor ->> 'seal') > 0
	THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'this is no anchor',
			HINT = 'An anchor is what history_anchor() returned, or an array of such.';
	END IF;
	IF peoplecall.anchor_seal((anchor ->> 'district_id')::int, (anchor ->> 'from_at')::timestamptz,
		(anchor ->> 'to_at')::timestamptz, (anchor ->> 'taken_at')::timestamptz,
		anchor -> 'heads') <> anchor ->> 'seal'
	THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('the anchor of district %s was changed since it was taken', anchor ->> 'district_id'),
			DETAIL = format('Its heads do not give the seal %s.', anchor ->> 'seal');
	END IF;
	RETURN QUERY
	SELECT (anchor ->> 'district_id')::int, (h.head ->> 0)::bigint, (h.head ->> 1)::int,
	       (h.head ->> 2)::timestamptz, decode(h.head ->> 3, 'hex')
	  FROM jsonb_array_elements(anchor -> 'heads') AS h (head);
END
$$;
COMMENT ON FUNCTION peoplecall.anchor_heads(jsonb) IS
	'used by verify_history(): the heads that an anchor names; 22023 for what is no anchor, or one whose seal does not fit';

-- Which complaints a check looks at. One whose events are all gone has only its
-- own row to be found by.
CREATE FUNCTION peoplecall.history_scope(
	complaint bigint, from_at timestamptz, to_at timestamptz, districts int[], anchors jsonb)
	RETURNS TABLE (district_id int, complaint_id bigint)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF complaint IS NOT NULL THEN
		RETURN QUERY SELECT peoplecall.district_of(complaint), complaint;
	ELSIF from_at = '-infinity' AND to_at = 'infinity' THEN
		RETURN QUERY
		SELECT c.district_id, c.id
		  FROM peoplecall.complaint AS c
		 WHERE districts IS NULL OR c.district_id = ANY (districts)
		 UNION
		SELECT h.district_id, h.complaint_id
		  FROM jsonb_array_elements(anchors) AS a (anchor)
		 CROSS JOIN LATERAL peoplecall.anchor_heads(a.anchor) AS h;
	ELSE
		RETURN QUERY
		SELECT e.district_id, e.complaint_id
		  FROM peoplecall.event AS e
		 WHERE e.at >= from_at AND e.at < to_at
		   AND (districts IS NULL OR e.district_id = ANY (districts))
		 UNION
		SELECT c.district_id, c.id
		  FROM peoplecall.complaint AS c
		 WHERE c.received_at >= from_at AND c.received_at < to_at
		   AND (districts IS NULL OR c.district_id = ANY (districts))
		 UNION
		SELECT h.district_id, h.complaint_id
		  FROM jsonb_array_elements(anchors) AS a (anchor)
		 CROSS JOIN LATERAL peoplecall.anchor_heads(a.anchor) AS h;
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.history_scope(bigint, timestamptz, timestamptz, int[], jsonb) IS
	'used by verify_history(): the complaints that it looks at';

CREATE FUNCTION peoplecall.verify_history(
	complaint bigint DEFAULT NULL, from_at timestamptz DEFAULT NULL,
	to_at timestamptz DEFAULT NULL, anchor jsonb DEFAULT NULL)
	RETURNS TABLE (district_id int, complaint_id bigint, seq int, finding text, detail text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	anchors jsonb := CASE WHEN jsonb_typeof(anchor) = 'array' THEN anchor
	                      WHEN anchor IS NULL THEN '[]'
	                      ELSE jsonb_build_array(anchor) END;
	districts int[];
BEGIN
	PERFORM peoplecall.require_whole_view();
	IF complaint IS NOT NULL AND anchor IS NULL AND NOT EXISTS (
		SELECT FROM peoplecall.complaint AS c
		 WHERE c.district_id = peoplecall.district_of(complaint) AND c.id = complaint)
	THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no complaint %s', peoplecall.complaint_no(complaint));
	END IF;
	-- an anchor alone: what it was taken of
	IF anchors <> '[]' AND num_nonnulls(from_at, to_at) = 0 THEN
		SELECT min((a.anchor ->> 'from_at')::timestamptz), max((a.anchor ->> 'to_at')::timestamptz),
		       array_agg((a.anchor ->> 'district_id')::int)
		  INTO from_at, to_at, districts
		  FROM jsonb_array_elements(anchors) AS a (anchor);
	END IF;
	from_at := coalesce(from_at, '-infinity');
	to_at := coalesce(to_at, 'infinity');

	RETURN QUERY
	WITH anchored AS MATERIALIZED (
		SELECT h.*, (a.anchor ->> 'from_at')::timestamptz AS from_at,
		       -- what committed within an hour of its act was not left out by a hand
		       least((a.anchor ->> 'to_at')::timestamptz,
				(a.anchor ->> 'taken_at')::timestamptz - interval '1 hour') AS to_at
		  FROM jsonb_array_elements(anchors) AS a (anchor)
		 CROSS JOIN LATERAL peoplecall.anchor_heads(a.anchor) AS h
	), scope AS MATERIALIZED (
		SELECT s.*
		  FROM peoplecall.history_scope(complaint, verify_history.from_at,
			verify_history.to_at, districts, anchors) AS s
	), line AS MATERIALIZED (
		SELECT e.*, lag(e.seq) OVER w AS before_seq, lag(e.digest) OVER w AS before_digest,
		       lag(e.at) OVER w AS before_at
		  FROM scope AS s
		  JOIN peoplecall.event AS e
		    ON e.district_id = s.district_id AND e.complaint_id = s.complaint_id
		WINDOW w AS (PARTITION BY e.district_id, e.complaint_id ORDER BY e.seq)
	), chain AS MATERIALIZED (
		SELECT s.district_id, s.complaint_id, c.id IS NULL AS gone,
		       coalesce(c.event_count, 0) AS event_count, c.digest,
		       l.first, coalesce(l.last, 0) AS last, l.head
		  FROM scope AS s
		  LEFT JOIN peoplecall.complaint AS c
		    ON c.district_id = s.district_id AND c.id = s.complaint_id
		  LEFT JOIN (SELECT x.district_id, x.complaint_id, min(x.seq) AS first, max(x.seq) AS last,
		                    (array_agg(x.digest ORDER BY x.seq DESC))[1] AS head
		               FROM line AS x
		              GROUP BY x.district_id, x.complaint_id) AS l
		    ON l.district_id = s.district_id AND l.complaint_id = s.complaint_id
	), begun AS MATERIALIZED (
		-- what is missing before the first was moved away with its time where an
		-- anchor knows the last of it, and nothing that is as old is left
		SELECT c.*, d.digest AS moved,
		       coalesce(d.at < (SELECT min(e.at) FROM peoplecall.event AS e), d.digest IS NOT NULL) AS known
		  FROM chain AS c
		  LEFT JOIN (SELECT DISTINCT ON (a.complaint_id, a.events)
		                    a.district_id, a.complaint_id, a.events, a.at, a.digest
		               FROM anchored AS a) AS d
		    ON d.district_id = c.district_id AND d.complaint_id = c.complaint_id
		   AND d.events = coalesce(c.first, c.event_count + 1) - 1
	)
	SELECT f.*
	  FROM (
		SELECT l.district_id, l.complaint_id, l.seq, 'edited',
		       format('verb %s is not what its digest says, or does not follow on the event before it', l.verb)
		  FROM line AS l
		  LEFT JOIN begun AS b
		    ON b.district_id = l.district_id AND b.complaint_id = l.complaint_id AND b.first = l.seq
		 WHERE (l.before_seq = l.seq - 1 OR l.seq = 1 OR b.known)
		   AND l.digest IS DISTINCT FROM peoplecall.event_digest(
			CASE WHEN l.before_seq = l.seq - 1 THEN l.before_digest
			     WHEN l.seq > 1 THEN b.moved END,
			l.district_id, l.complaint_id, l.seq, l.at, l.verb, l.actor, l.officer, l.org,
			l.task_seq, l.detail)
		 UNION ALL
		SELECT l.district_id, l.complaint_id, l.before_seq + 1, 'gap',
		       format('events %s to %s are missing', l.before_seq + 1, l.seq - 1)
		  FROM line AS l
		 WHERE l.before_seq < l.seq - 1
		 UNION ALL
		SELECT l.district_id, l.complaint_id, l.seq, 'reordered',
		       format('verb %s was done before the event that stands before it', l.verb)
		  FROM line AS l
		 WHERE l.at < l.before_at
		 UNION ALL
		SELECT b.district_id, b.complaint_id, 1, 'gap',
		       format('events 1 to %s are missing, and no anchor says that they were moved away',
				coalesce(b.first - 1, b.event_count))
		  FROM begun AS b
		 WHERE NOT b.gone AND NOT b.known
		   AND CASE WHEN b.first IS NULL THEN b.event_count > 0 ELSE b.first > 1 END
		 UNION ALL
		SELECT b.district_id, b.complaint_id, b.last + 1, 'truncated',
		       format('the complaint counts %s events, the last is %s', b.event_count, b.last)
		  FROM begun AS b
		 WHERE b.last < b.event_count AND b.first IS NOT NULL
		 UNION ALL
		SELECT b.district_id, b.complaint_id, b.event_count + 1, 'added',
		       format('the complaint counts %s events, the last is %s', b.event_count, b.last)
		  FROM begun AS b
		 WHERE b.last > b.event_count AND NOT b.gone
		 UNION ALL
		SELECT b.district_id, b.complaint_id, b.event_count, 'head',
		       'the complaint''s digest is not that of its last event'
		  FROM begun AS b
		 WHERE NOT b.gone
		   AND CASE WHEN b.first IS NULL THEN b.known AND b.digest IS DISTINCT FROM b.moved
		            ELSE b.last = b.event_count AND b.digest IS DISTINCT FROM b.head END
		 UNION ALL
		-- against the anchors
		SELECT b.district_id, b.complaint_id, b.first, 'missing',
		       format('events %s to %s have no complaint', b.first, b.last)
		  FROM begun AS b
		 WHERE b.gone AND b.first IS NOT NULL
		 UNION ALL
		SELECT a.district_id, a.complaint_id, a.events, 'missing',
		       format('the complaint had %s events when it was anchored', a.events)
		  FROM anchored AS a
		  JOIN begun AS b ON b.district_id = a.district_id AND b.complaint_id = a.complaint_id
		 WHERE b.gone
		 UNION ALL
		SELECT a.district_id, a.complaint_id, b.event_count + 1, 'truncated',
		       format('the complaint had %s events when it was anchored, and counts %s', a.events, b.event_count)
		  FROM anchored AS a
		  JOIN begun AS b ON b.district_id = a.district_id AND b.complaint_id = a.complaint_id
		 WHERE NOT b.gone AND a.events > b.event_count
		 UNION ALL
		SELECT a.district_id, a.complaint_id, a.events, 'rewritten',
		       format('verb %s is not the event that was anchored', l.verb)
		  FROM anchored AS a
		  JOIN line AS l
		    ON l.district_id = a.district_id AND l.complaint_id = a.complaint_id AND l.seq = a.events
		 WHERE coalesce(l.digest, '') <> a.digest
		 UNION ALL
		SELECT l.district_id, l.complaint_id, min(l.seq), 'added',
		       'done in the time of an anchor that does not have it'
		  FROM line AS l
		 CROSS JOIN jsonb_array_elements(anchors) AS a (anchor)
		  LEFT JOIN anchored AS k
		    ON k.district_id = l.district_id AND k.complaint_id = l.complaint_id
		   AND k.from_at = (a.anchor ->> 'from_at')::timestamptz
		   AND k.to_at = least((a.anchor ->> 'to_at')::timestamptz,
				(a.anchor ->> 'taken_at')::timestamptz - interval '1 hour')
		 WHERE l.district_id = (a.anchor ->> 'district_id')::int
		   AND l.at >= (a.anchor ->> 'from_at')::timestamptz
		   AND l.at < least((a.anchor ->> 'to_at')::timestamptz,
				(a.anchor ->> 'taken_at')::timestamptz - interval '1 hour')
		   AND l.seq > coalesce(k.events, 0)
		 GROUP BY l.district_id, l.complaint_id
		) AS f (district_id, complaint_id, seq, finding, detail)
	 GROUP BY 1, 2, 3, 4, 5
	 ORDER BY 1, 2, 3, 4, 5;
END
$$;
COMMENT ON FUNCTION peoplecall.verify_history(bigint, timestamptz, timestamptz, jsonb) IS
	'what is wrong with the history of a complaint, or of those with an event or their receipt in a time (NULL: all), by itself and against an anchor of history_anchor() or an array of them, alone what they were taken of: edited, gap, reordered, truncated, added, head (complaint.digest), and against an anchor missing, rewritten; no row where it is whole; 42501 for whom row policies hide anything from, 22023 for a bad anchor, PC002';
