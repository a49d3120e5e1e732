-- What a grant does to clocks, shares and the complaint; it dates from its
-- request, so a clock that was stopped meanwhile is judged again.

-- A deadline is a function of what is stored with the clock, so a clock that
-- was stopped meanwhile is judged again by the same arithmetic.
CREATE FUNCTION peoplecall.retime_clock(
	district_id int, complaint_id bigint, clock_seq int,
	extensions peoplecall.timelimit[], pauses tstzmultirange, at timestamptz)
	RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k peoplecall.clock;
	kept boolean;
	clock_grade peoplecall.grade;
	timed record;
	stands timestamptz;
	judged peoplecall.sla_state;
BEGIN
	SELECT o.* INTO STRICT k
	  FROM peoplecall.clock AS o
	 WHERE o.district_id = retime_clock.district_id
	   AND o.complaint_id = retime_clock.complaint_id AND o.seq = clock_seq;
	SELECT c.grade, coalesce(CASE k.kind WHEN 'accept' THEN t.accepted_at
	                                     WHEN 'contact' THEN t.contacted_at
	                                     WHEN 'resolve' THEN t.done_at
	                                     ELSE k.stopped_at END <= k.stopped_at, false)
	  INTO STRICT clock_grade, kept
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.task AS t
	    ON t.district_id = c.district_id AND t.complaint_id = c.id AND t.seq = k.task_seq
	 WHERE c.district_id = k.district_id AND c.id = k.complaint_id;
	timed := peoplecall.clock_times(k.kind, clock_grade, k.started_at, k.allowed,
		extensions, pauses, k.calendar, k.fired);
	stands := peoplecall.stands_at(pauses, k.stopped_at);
	IF k.stopped_at IS NULL THEN
		NULL;
	-- the calendar may have been edited since it stopped: nothing that is
	-- granted makes a promise broken, nor a deadline earlier, and what ends
	-- before its time was judged when it stopped
	ELSIF k.pauses <@ pauses AND k.extensions <@ extensions THEN
		timed.due_at := greatest(timed.due_at, k.due_at);
	ELSIF k.verdict = 'missed' OR stands <= timed.due_at THEN
		timed.due_at := least(timed.due_at, k.due_at);
	ELSE
		timed.due_at := k.due_at;
	END IF;
	judged := CASE
		WHEN k.stopped_at IS NULL OR k.verdict <> 'missed' OR stands > timed.due_at THEN k.verdict
		WHEN kept AND k.kind = 'resolve' AND peoplecall.said_no(k.district_id,
			k.complaint_id, k.task_seq, k.epoch) THEN 'overturned'
		WHEN kept THEN 'met'
		ELSE 'void' END;

	UPDATE peoplecall.clock AS u
	   SET extensions = retime_clock.extensions, pauses = retime_clock.pauses,
	       warn_at = timed.warn_at, due_at = timed.due_at, verdict = judged,
	       paused_at = CASE WHEN k.stopped_at IS NOT NULL THEN u.paused_at
		                WHEN retime_clock.pauses @> retime_clock.at
		                THEN peoplecall.stands_at(retime_clock.pauses, retime_clock.at) END,
	       next_alarm_at = CASE WHEN k.stopped_at IS NULL
		                     AND NOT retime_clock.pauses @> retime_clock.at
		                    THEN timed.next_alarm_at END
	 WHERE u.district_id = k.district_id AND u.complaint_id = k.complaint_id
	   AND u.seq = k.seq;
	IF timed.due_at = k.due_at AND judged IS NOT DISTINCT FROM k.verdict THEN
		RETURN NULL;
	END IF;
	RETURN jsonb_strip_nulls(jsonb_build_object('clock', k.kind, 'task', k.task_seq,
		'old', k.due_at, 'new', timed.due_at,
		'verdict', CASE WHEN judged <> k.verdict
		                THEN jsonb_build_object('old', k.verdict, 'new', judged) END));
END
$$;
COMMENT ON FUNCTION peoplecall.retime_clock(int, bigint, int, peoplecall.timelimit[], tstzmultirange, timestamptz) IS
	'gives a clock other extensions and pauses: an open one its new times, a stopped one its verdict by them (one overturned stays so); returns both deadlines, and both verdicts where that changed, NULL where neither moved';

-- A task's clocks, with the total one where the lead asks, or all but the
-- answers that supervision waits for.
CREATE FUNCTION peoplecall.move_clocks(
	district_id int, complaint_id bigint, task int, total boolean,
	amount peoplecall.timelimit, pause tstzrange, since timestamptz, at timestamptz)
	RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k record;
	one jsonb;
	moved jsonb := jsonb_build_array();
BEGIN
	FOR k IN
		SELECT o.seq, o.extensions, o.pauses, o.stopped_at
		  FROM peoplecall.clock AS o
		 WHERE o.district_id = move_clocks.district_id
		   AND o.complaint_id = move_clocks.complaint_id
		   AND (o.task_seq = task
		        OR (task IS NULL AND o.task_seq IS NOT NULL)
		        OR (total AND o.kind = 'total'))
		   AND (amount IS NULL OR o.kind IN ('resolve', 'total'))
		   AND (o.stopped_at IS NULL OR o.stopped_at > since)
		 ORDER BY o.seq
	LOOP
		one := peoplecall.retime_clock(district_id, complaint_id, k.seq,
			CASE WHEN amount IS NULL THEN k.extensions ELSE array_append(k.extensions, amount) END,
			-- one that stopped was paused until then
			CASE WHEN pause IS NULL THEN k.pauses
			     ELSE k.pauses + tstzmultirange(pause * tstzrange(NULL, k.stopped_at)) END, at);
		IF one IS NOT NULL THEN
			moved := moved || one;
		END IF;
	END LOOP;
	RETURN nullif(moved, '[]');
END
$$;
COMMENT ON FUNCTION peoplecall.move_clocks(int, bigint, int, boolean, peoplecall.timelimit, tstzrange, timestamptz, timestamptz) IS
	'extends or pauses the clocks of a task (NULL: of every task), and the total one where total says so, that ran at since; returns the deadlines that moved, NULL for none';

-- What a grant does. Each returns what goes into the event beside the
-- decision; where it changes the complaint's state, under the name state.
CREATE FUNCTION peoplecall.grant_suspend(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	leads boolean;
	moved jsonb;
	ended timestamptz;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_suspend.district_id
	   AND x.complaint_id = grant_suspend.complaint_id AND x.seq = request;
	leads := (SELECT t.role = 'lead' FROM peoplecall.task AS t
	           WHERE t.district_id = r.district_id AND t.complaint_id = r.complaint_id
	             AND t.seq = r.task_seq);
	-- it ended with the share, with a shelving, or with its time
	ended := least(r.until, r.share_ended_at,
		(SELECT min(greatest(s.asked_at, r.asked_at)) FROM peoplecall.request AS s
		  WHERE s.district_id = r.district_id AND s.complaint_id = r.complaint_id
		    AND s.kind = 'shelve' AND s.granted AND s.ended_at IS NULL));
	moved := peoplecall.move_clocks(r.district_id, r.complaint_id, r.task_seq,
		leads AND peoplecall.setting_value('suspend_total', 'true')::boolean,
		NULL, tstzrange(r.asked_at, ended), r.asked_at, at);
	IF ended > at THEN
		ended := NULL;
	END IF;
	UPDATE peoplecall.request AS x
	   SET ended_at = ended
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
	RETURN jsonb_build_object('until', r.until, 'ended_at', ended, 'deadlines', moved);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_suspend(int, bigint, int, timestamptz) IS
	'pauses the clocks of the task, of the lead also the total one (setting suspend_total), from when it was asked; NULL ended_at in force';

CREATE FUNCTION peoplecall.grant_extend(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	leads boolean;
	moved jsonb;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_extend.district_id
	   AND x.complaint_id = grant_extend.complaint_id AND x.seq = request;
	leads := (SELECT t.role = 'lead' FROM peoplecall.task AS t
	           WHERE t.district_id = r.district_id AND t.complaint_id = r.complaint_id
	             AND t.seq = r.task_seq);
	moved := peoplecall.move_clocks(r.district_id, r.complaint_id, r.task_seq,
		leads AND peoplecall.setting_value('extend_total', 'false')::boolean,
		r.amount, NULL, r.asked_at, at);
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
	IF leads THEN
		PERFORM peoplecall.tell_citizens(r.district_id, r.complaint_id, 'extension', '{}', at);
	END IF;
	RETURN jsonb_build_object('by', r.amount::text, 'deadlines', moved);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_extend(int, bigint, int, timestamptz) IS
	'appends the limit to the extensions of the task''s clock resolve, for the lead where setting extend_total says so also to the total one''s, and tells the citizen';

CREATE FUNCTION peoplecall.grant_return(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	c peoplecall.complaint;
	role_returned peoplecall.task_role;
	next_state peoplecall.complaint_state;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_return.district_id
	   AND x.complaint_id = grant_return.complaint_id AND x.seq = request;
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
	-- what it did of its share since then it did after its end
	UPDATE peoplecall.clock AS k
	   SET stopped_at = NULL, verdict = NULL
	 WHERE k.district_id = r.district_id AND k.complaint_id = r.complaint_id
	   AND k.task_seq = r.task_seq AND k.stopped_at > r.asked_at;
	PERFORM peoplecall.end_task(r.district_id, r.complaint_id, r.task_seq, 'returned', r.asked_at, at);
	SELECT t.role INTO STRICT role_returned
	  FROM peoplecall.task AS t
	 WHERE t.district_id = r.district_id AND t.complaint_id = r.complaint_id
	   AND t.seq = r.task_seq;
	UPDATE peoplecall.complaint AS m
	   SET lead_org = CASE role_returned WHEN 'lead' THEN NULL ELSE m.lead_org END,
	       returned = m.returned + CASE role_returned WHEN 'lead' THEN 1 ELSE 0 END
	 WHERE m.district_id = r.district_id AND m.id = r.complaint_id
	RETURNING m.* INTO STRICT c;
	IF role_returned = 'lead' THEN
		PERFORM peoplecall.start_clocks(c.district_id, c.id, c.area, NULL, '{dispatch}',
			c.category, c.grade, c.urgency, c.nature, r.asked_at, c.epoch);
	END IF;
	next_state := peoplecall.complete_if_done(c.district_id, c.id, c.area, c.category,
		c.grade, c.urgency, c.nature, c.epoch, at);
	RETURN jsonb_build_object('returned', c.returned, 'role', role_returned, 'state', next_state);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_return(int, bigint, int, timestamptz) IS
	'takes the task back as of the request: its clocks stop then, void unless late; without its lead the matter waits in received for the next, whose dispatch clock runs from the request';

CREATE FUNCTION peoplecall.grant_lower(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	n peoplecall.complaint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = grant_lower.district_id AND m.id = grant_lower.complaint_id;
	n := c;
	-- command that was lifted above the grade's level comes down first
	IF c.command_level < peoplecall.command_level(c.grade) THEN
		n.command_level := (enum_range(c.command_level, NULL))[2];
	ELSE
		n.grade := (CASE c.grade::text WHEN 'D' THEN 'C' WHEN 'C' THEN 'B' ELSE 'A' END)::peoplecall.grade;
		n.command_level := peoplecall.command_level(n.grade);
	END IF;
	SELECT f.level, f.org INTO n.command_level, n.command_org
	  FROM peoplecall.command_for(c.area, n.command_level, c.subject_org, at) AS f;
	UPDATE peoplecall.complaint AS m
	   SET grade = n.grade, command_level = n.command_level, command_org = n.command_org
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = request;
	RETURN peoplecall.changed_fields(to_jsonb(c), to_jsonb(n)) || jsonb_build_object('deadlines',
		nullif(peoplecall.replay_clocks(c.district_id, c.id), '[]'));
END
$$;
COMMENT ON FUNCTION peoplecall.grant_lower(int, bigint, int, timestamptz) IS
	'moves command one level down where it stands above the grade''s level, else lowers the grade by one, with its level and limits; the lead stays';

CREATE FUNCTION peoplecall.grant_shelve(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	suspended int;
	moved jsonb;
BEGIN
	SELECT x.* INTO STRICT r
	  FROM peoplecall.request AS x
	 WHERE x.district_id = grant_shelve.district_id
	   AND x.complaint_id = grant_shelve.complaint_id AND x.seq = request;
	-- its time may be over before it is granted
	IF r.until <= at THEN
		moved := peoplecall.move_clocks(r.district_id, r.complaint_id, NULL, true, NULL,
			tstzrange(r.asked_at, r.until), r.asked_at, at);
		UPDATE peoplecall.request AS x
		   SET ended_at = r.until
		 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq;
		RETURN jsonb_build_object('until', r.until, 'ended_at', r.until, 'deadlines', moved);
	END IF;

	FOR suspended IN
		SELECT s.seq
		  FROM peoplecall.request AS s
		 WHERE s.district_id = r.district_id AND s.complaint_id = r.complaint_id
		   AND s.kind = 'suspend' AND s.granted AND s.ended_at IS NULL
	LOOP
		PERFORM peoplecall.end_pause(r.district_id, r.complaint_id, suspended, r.asked_at, at);
	END LOOP;
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id
	   AND x.decided_at IS NULL AND x.ended_at IS NULL AND x.kind IN ('return', 'lower');
	UPDATE peoplecall.request AS x
	   SET review_at = peoplecall.next_review(r.asked_at, at)
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id AND x.seq = r.seq
	RETURNING x.review_at INTO r.review_at;
	moved := peoplecall.move_clocks(r.district_id, r.complaint_id, NULL, true, NULL,
		tstzrange(r.asked_at, r.until), r.asked_at, at);
	PERFORM peoplecall.tell_citizens(r.district_id, r.complaint_id, 'shelve', '{}', at);
	RETURN jsonb_build_object('until', r.until, 'plan', r.plan, 'review_at', r.review_at,
		'state', 'shelved', 'deadlines', moved);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_shelve(int, bigint, int, timestamptz) IS
	'pauses every clock of the matter but those of supervision, sets the first review, tells the citizen; what else was asked to return or lower it lapses';

CREATE FUNCTION peoplecall.next_review(last_at timestamptz, at timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	every peoplecall.timelimit := (peoplecall.setting_value('shelve_review', '"30d"') #>> '{}')::peoplecall.timelimit;
	review timestamptz := last_at;
	further timestamptz := peoplecall.due_at(last_at, every, NULL);
BEGIN
	IF NOT isfinite(at) THEN
		RETURN NULL;
	END IF;
	-- a limit that leads nowhere ends it
	WHILE further > review AND further <= at LOOP
		review := further;
		further := peoplecall.due_at(review, every, NULL);
	END LOOP;
	RETURN CASE WHEN further > review THEN further END;
END
$$;
COMMENT ON FUNCTION peoplecall.next_review(timestamptz, timestamptz) IS
	'when a shelved matter is looked at next: as many times setting shelve_review (30d) after the last as lead past now; NULL for never';

CREATE FUNCTION peoplecall.grant_exclude(
	district_id int, complaint_id bigint, request int, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.request;
	was_excluded boolean;
BEGIN
	UPDATE peoplecall.request AS x
	   SET ended_at = at
	 WHERE x.district_id = grant_exclude.district_id
	   AND x.complaint_id = grant_exclude.complaint_id AND x.seq = request
	RETURNING x.* INTO STRICT r;
	SELECT m.excluded INTO STRICT was_excluded
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = r.district_id AND m.id = r.complaint_id;
	UPDATE peoplecall.complaint AS m
	   SET excluded = r.objects_to IS NULL
	 WHERE m.district_id = r.district_id AND m.id = r.complaint_id;
	IF r.objects_to IS NULL THEN
		PERFORM peoplecall.send_reporter_notice(r.district_id, r.complaint_id, r.area, 'excluded',
			peoplecall.notice_fields(r.district_id, r.complaint_id), at);
	END IF;
	RETURN jsonb_build_object('excluded', jsonb_build_object('old', was_excluded,
		'new', r.objects_to IS NULL), 'objects_to', r.objects_to);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_exclude(int, bigint, int, timestamptz) IS
	'takes the matter out of the rates, or back into them where the citizen objected; tells the citizen, who may object';
