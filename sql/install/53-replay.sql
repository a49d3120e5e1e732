-- Deadlines are arithmetic: the same start, extensions and pauses under the
-- limit that fits now. A clock keeps the limit it has where no policy sets one,
-- and the steps that were taken.

-- What a clock would be by the rules of now, as a row of clock; no row where it
-- is that already.
CREATE FUNCTION peoplecall.stale_clocks(
	district_id int, complaints bigint[], calendar text)
	RETURNS TABLE (
		complaint_id bigint,
		clock_seq int,
		task_seq int,
		kind peoplecall.clock_kind,
		policy bigint,
		new_calendar text,
		allowed peoplecall.timelimit,
		old_due_at timestamptz,
		due_at timestamptz,
		warn_at timestamptz,
		next_alarm_at timestamptz)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	share float8 := peoplecall.setting_value('assist_share', '0.8')::float8;
BEGIN
	RETURN QUERY
	SELECT k.complaint_id, k.seq, k.task_seq, k.kind, n.policy, n.calendar, n.allowed,
	       k.due_at, t.due_at, t.warn_at, n.next_alarm_at
	  FROM peoplecall.clock AS k
	  JOIN peoplecall.complaint AS c
	    ON c.district_id = k.district_id AND c.id = k.complaint_id
	  LEFT JOIN peoplecall.task AS s
	    ON s.district_id = k.district_id AND s.complaint_id = k.complaint_id
	   AND s.seq = k.task_seq
	 CROSS JOIN LATERAL peoplecall.clock_limit(k.kind, c.category, c.grade, c.urgency, c.nature) AS l
	 CROSS JOIN LATERAL (
		-- a limit that an order named is no policy's
		SELECT CASE WHEN k.policy IS NULL THEN NULL ELSE coalesce(l.policy, k.policy) END AS policy,
		       CASE WHEN l.policy IS NULL OR k.policy IS NULL THEN k.calendar
		            ELSE l.calendar END AS calendar,
		       CASE WHEN l.policy IS NULL OR k.policy IS NULL THEN k.allowed
		            WHEN s.role = 'assist' THEN peoplecall.scale(l.allowed, share)
		            ELSE l.allowed END AS allowed) AS p
	 CROSS JOIN LATERAL peoplecall.clock_times(k.kind, c.grade, k.started_at, p.allowed,
		k.extensions, k.pauses, p.calendar, k.fired) AS t
	 CROSS JOIN LATERAL (
		SELECT p.*, CASE WHEN k.paused_at IS NULL THEN t.next_alarm_at END AS next_alarm_at) AS n
	 WHERE k.district_id = stale_clocks.district_id
	   AND k.complaint_id = ANY (complaints)
	   AND k.stopped_at IS NULL
	   AND (stale_clocks.calendar IS NULL OR k.calendar = stale_clocks.calendar
	        OR p.calendar = stale_clocks.calendar)
	   AND (k.policy IS DISTINCT FROM n.policy
	        OR k.calendar IS DISTINCT FROM n.calendar
	        OR k.allowed OPERATOR(peoplecall.<>) n.allowed
	        OR k.due_at IS DISTINCT FROM t.due_at
	        OR k.warn_at IS DISTINCT FROM t.warn_at
	        OR k.next_alarm_at IS DISTINCT FROM n.next_alarm_at);
END
$$;
COMMENT ON FUNCTION peoplecall.stale_clocks(int, bigint[], text) IS
	'the open clocks of these complaints that the rules of now would give other times, with what they would be';

CREATE FUNCTION peoplecall.replay_clocks(district_id int, complaint_id bigint) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	moved jsonb;
BEGIN
	WITH stale AS MATERIALIZED (
		SELECT s.*
		  FROM peoplecall.stale_clocks(district_id, ARRAY[complaint_id], NULL) AS s
	), timed AS (
		UPDATE peoplecall.clock AS k
		   SET policy = s.policy, calendar = s.new_calendar, allowed = s.allowed,
		       due_at = s.due_at, warn_at = s.warn_at, next_alarm_at = s.next_alarm_at
		  FROM stale AS s
		 WHERE k.district_id = replay_clocks.district_id
		   AND k.complaint_id = s.complaint_id AND k.seq = s.clock_seq
	)
	SELECT coalesce(jsonb_agg(jsonb_build_object('clock', s.kind, 'task', s.task_seq,
			'old', s.old_due_at, 'new', s.due_at) ORDER BY s.clock_seq), '[]')
	  INTO moved
	  FROM stale AS s
	 WHERE s.due_at <> s.old_due_at;
	RETURN moved;
END
$$;
COMMENT ON FUNCTION peoplecall.replay_clocks(int, bigint) IS
	'reckons the open clocks of a complaint again, for what its row says it is now; returns the deadlines that moved, old and new';
