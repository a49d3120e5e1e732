-- What bodies share: settings, clocks, events, notices, tasks. All of these run
-- inside a verb as the ledger's owner; none of them asks who called.

CREATE FUNCTION peoplecall.setting_value(name text, otherwise jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT s.value FROM peoplecall.setting AS s
	                  WHERE s.name = setting_value.name), otherwise);
END
$$;
COMMENT ON FUNCTION peoplecall.setting_value(text, jsonb) IS
	'value of a setting, or what stands where it is missing';

CREATE FUNCTION peoplecall.require_batch(batch int) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF batch IS NULL OR batch <= 0 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'batch must be positive';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_batch(int) IS
	'used by verbs that work in batches: 22023 for a batch that is no positive number';

CREATE FUNCTION peoplecall.start_clocks(
	district_id int, complaint_id bigint, area peoplecall.areacode, task_seq int,
	kinds peoplecall.clock_kind[], category ltree, grade peoplecall.grade,
	urgency peoplecall.urgency, nature text, at timestamptz, epoch int,
	share float8 DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last_seq int := coalesce((SELECT max(k.seq) FROM peoplecall.clock AS k
	                           WHERE k.district_id = start_clocks.district_id
	                             AND k.complaint_id = start_clocks.complaint_id), 0);
BEGIN
	INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, task_seq,
		kind, epoch, policy, calendar, allowed, started_at, warn_at, due_at, next_alarm_at)
	SELECT start_clocks.district_id, start_clocks.complaint_id, start_clocks.area,
	       last_seq + row_number() OVER (ORDER BY k.place), start_clocks.task_seq,
	       k.kind, start_clocks.epoch, p.policy, p.calendar,
	       CASE WHEN share IS NULL THEN p.allowed ELSE s.allowed END, at,
	       CASE WHEN share IS NULL THEN p.warn_at ELSE s.warn_at END,
	       CASE WHEN share IS NULL THEN p.due_at ELSE s.due_at END,
	       CASE WHEN share IS NULL THEN p.next_alarm_at ELSE s.next_alarm_at END
	  FROM unnest(kinds) WITH ORDINALITY AS k (kind, place)
	 CROSS JOIN LATERAL peoplecall.clock_plan(k.kind, category, grade, urgency, nature, at) AS p
	  LEFT JOIN LATERAL (
		SELECT l.allowed, t.warn_at, t.due_at, t.next_alarm_at
		  FROM (SELECT peoplecall.scale(p.allowed, share) AS allowed) AS l
		 CROSS JOIN LATERAL peoplecall.clock_times(k.kind, grade, at, l.allowed,
			'{}', '{}', p.calendar, '{}') AS t) AS s ON share IS NOT NULL
	 WHERE p.allowed IS NOT NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.start_clocks(int, bigint, peoplecall.areacode, int, peoplecall.clock_kind[], ltree, peoplecall.grade, peoplecall.urgency, text, timestamptz, int, float8) IS
	'starts the clocks for which a policy sets a limit; share scales the limit (assistants have less time than the lead)';

CREATE FUNCTION peoplecall.stands_at(pauses tstzmultirange, at timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT lower(p.pause) FROM unnest(pauses) AS p (pause)
	                  WHERE p.pause @> stands_at.at OR upper(p.pause) = stands_at.at), at);
END
$$;
COMMENT ON FUNCTION peoplecall.stands_at(tstzmultirange, timestamptz) IS
	'where a clock stands at a time: there, or where the pause began that it lies in or ends';

CREATE FUNCTION peoplecall.stop_clocks(
	district_id int, complaint_id bigint, task_seq int,
	kinds peoplecall.clock_kind[], at timestamptz,
	verdict peoplecall.sla_state DEFAULT 'met') RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- one that is paused stands where the pause began, however late the sweep
	-- is that ends it
	UPDATE peoplecall.clock AS k
	   SET stopped_at = greatest(stop_clocks.at, k.started_at),
	       next_alarm_at = NULL,
	       verdict = CASE WHEN stop_clocks.at > k.due_at
		               AND (k.pauses = '{}'
		                    OR peoplecall.stands_at(k.pauses, stop_clocks.at) > k.due_at)
		              THEN 'missed' ELSE stop_clocks.verdict END
	 WHERE k.district_id = stop_clocks.district_id
	   AND k.complaint_id = stop_clocks.complaint_id
	   AND k.task_seq IS NOT DISTINCT FROM stop_clocks.task_seq
	   AND k.kind = ANY (kinds)
	   AND k.stopped_at IS NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.stop_clocks(int, bigint, int, peoplecall.clock_kind[], timestamptz, peoplecall.sla_state) IS
	'stops open clocks of a task, or of the complaint where task_seq is NULL; one past its deadline is missed, whoever stops it, others get the verdict given';

-- The tightest open clock tells the complaint's light.
CREATE FUNCTION peoplecall.tightest_clock(district_id int, complaint_id bigint,
	OUT warn_at timestamptz, OUT due_at timestamptz, OUT paused_at timestamptz)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT min(k.warn_at) FILTER (WHERE k.paused_at IS NULL),
	       min(k.due_at) FILTER (WHERE k.paused_at IS NULL),
	       CASE WHEN bool_and(k.paused_at IS NOT NULL) THEN max(k.paused_at) END
	  INTO warn_at, due_at, paused_at
	  FROM peoplecall.clock AS k
	 WHERE k.district_id = tightest_clock.district_id
	   AND k.complaint_id = tightest_clock.complaint_id
	   AND k.stopped_at IS NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.tightest_clock(int, bigint) IS
	'the first yellow and the first red among the open clocks of a complaint; paused_at where all of them are paused';

-- The complaint knows the last one's; what the verb has written since has the
-- verb's time, by which one partition is looked at, or an earlier one.
CREATE FUNCTION peoplecall.event_head(
	district_id int, complaint_id bigint, seq int, at timestamptz) RETURNS bytea
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(
		(SELECT c.digest
		   FROM peoplecall.complaint AS c
		  WHERE c.district_id = event_head.district_id
		    AND c.id = event_head.complaint_id
		    AND c.event_count = event_head.seq),
		(SELECT e.digest
		   FROM peoplecall.event AS e
		  WHERE e.district_id = event_head.district_id
		    AND e.complaint_id = event_head.complaint_id
		    AND e.seq = event_head.seq
		    AND e.at = event_head.at),
		(SELECT e.digest
		   FROM peoplecall.event AS e
		  WHERE e.district_id = event_head.district_id
		    AND e.complaint_id = event_head.complaint_id
		    AND e.seq = event_head.seq));
END
$$;
COMMENT ON FUNCTION peoplecall.event_head(int, bigint, int, timestamptz) IS
	'used by write_event() and settle(): the digest of a complaint''s event of that number, probably of that time; NULL where there is none';

CREATE FUNCTION peoplecall.write_event(
	district_id int, complaint_id bigint, area peoplecall.areacode, seq int,
	at timestamptz, verb text, org bigint, task_seq int, detail jsonb,
	previous bytea DEFAULT NULL) RETURNS bytea
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	actor name := peoplecall.gate_actor();
	officer bigint := peoplecall.gate_officer();
	digest bytea;
BEGIN
	detail := peoplecall.without_reporter(district_id, complaint_id,
		jsonb_strip_nulls(coalesce(detail, '{}')));
	IF seq > 1 AND previous IS NULL THEN
		previous := peoplecall.event_head(district_id, complaint_id, seq - 1, at);
	END IF;
	digest := peoplecall.event_digest(previous, district_id, complaint_id, seq, at, verb,
		actor, officer, org, task_seq, detail);
	INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb,
		actor, officer, org, task_seq, detail, digest)
	VALUES (district_id, complaint_id, area, seq, at, verb,
		actor, officer, org, task_seq, detail, digest);
	RETURN digest;
END
$$;
COMMENT ON FUNCTION peoplecall.write_event(int, bigint, peoplecall.areacode, int, timestamptz, text, bigint, int, jsonb, bytea) IS
	'adds a line to the history and returns its digest; seq is the complaint''s event_count + 1; previous is the digest of the one before, looked up where it is NULL';

CREATE FUNCTION peoplecall.make_receipt(
	complaint_id bigint, state peoplecall.complaint_state, grade peoplecall.grade,
	task_seq int, org bigint, warn_at timestamptz, due_at timestamptz,
	paused_at timestamptz, at timestamptz) RETURNS peoplecall.receipt
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ROW(complaint_id, peoplecall.complaint_no(complaint_id), state, grade,
		task_seq, org,
		CASE WHEN due_at IS NULL AND paused_at IS NULL THEN NULL
		     ELSE peoplecall.sla_state(at, warn_at, due_at, paused_at, NULL) END,
		due_at)::peoplecall.receipt;
END
$$;
COMMENT ON FUNCTION peoplecall.make_receipt(bigint, peoplecall.complaint_state, peoplecall.grade, int, bigint, timestamptz, timestamptz, timestamptz, timestamptz) IS
	'what a verb returns; the light is NULL where no clock is open';

-- The caller's own share, else the lead's: what a verb means when it names none.
-- Never another org's, however open it is.
CREATE FUNCTION peoplecall.meant_task(
	district_id int, complaint_id bigint, task int,
	states peoplecall.task_state[], orgs bigint[],
	OUT seq int, OUT org bigint, OUT state peoplecall.task_state)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	SELECT t.seq, t.org, t.state INTO seq, org, state
	  FROM peoplecall.task AS t
	 WHERE t.district_id = meant_task.district_id
	   AND t.complaint_id = meant_task.complaint_id
	   AND (task IS NULL OR t.seq = task)
	 ORDER BY (t.org = ANY (orgs) AND t.state IN ('sent', 'accepted', 'done')) DESC,
	          (t.org = ANY (orgs) AND t.state = ANY (states)) DESC,
	          (t.role = 'lead' AND t.state IN ('sent', 'accepted', 'done')) DESC,
	          t.state = ANY (states) DESC, t.seq DESC
	 LIMIT 1
	   FOR UPDATE;
END
$$;
COMMENT ON FUNCTION peoplecall.meant_task(int, bigint, int, peoplecall.task_state[], bigint[]) IS
	'locks the task that is named, else the one of the orgs given, else the lead''s; NULL where there is none';

CREATE FUNCTION peoplecall.require_share(
	complaint_id bigint, task int, seq int, state peoplecall.task_state,
	states peoplecall.task_state[]) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF seq IS NULL THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('complaint %s has no task%s',
				peoplecall.complaint_no(complaint_id), ' ' || task);
	END IF;
	IF state <> ALL (states) THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('task %s of complaint %s is %s', seq,
				peoplecall.complaint_no(complaint_id), state),
			DETAIL = format('The task is %s; the verb needs one that is %s.',
				state, array_to_string(states, ' or '));
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_share(bigint, int, int, peoplecall.task_state, peoplecall.task_state[]) IS
	'used by choose_task() and gate_share(): PC005 where the share that was found is none, PC001 where it is in no state of those given';

CREATE FUNCTION peoplecall.choose_task(
	district_id int, complaint_id bigint, task int,
	states peoplecall.task_state[], orgs bigint[]) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen record;
BEGIN
	chosen := peoplecall.meant_task(district_id, complaint_id, task, states, orgs);
	PERFORM peoplecall.require_share(complaint_id, task, chosen.seq, chosen.state, states);
	RETURN chosen.seq;
END
$$;
COMMENT ON FUNCTION peoplecall.choose_task(int, bigint, int, peoplecall.task_state[], bigint[]) IS
	'locks and returns the task that is named, else the one of the orgs given, else the lead''s; PC005 where there is none, PC001 where it is in another state';

-- Before anything is said of a state the post is asked for: one elsewhere learns
-- none.
CREATE FUNCTION peoplecall.gate_share(
	district_id int, complaint_id bigint, area peoplecall.areacode,
	complaint_state peoplecall.complaint_state, task int, states peoplecall.task_state[],
	OUT post_org bigint, OUT seq int, OUT org bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	share record;
BEGIN
	share := peoplecall.meant_task(district_id, complaint_id, task, states, peoplecall.gate_orgs());
	seq := share.seq;
	org := share.org;
	post_org := CASE WHEN seq IS NULL THEN peoplecall.gate_area(area, NULL, NULL)
	                 ELSE peoplecall.gate_org(org) END;
	PERFORM peoplecall.gate_state(complaint_id, complaint_state);
	PERFORM peoplecall.require_share(complaint_id, task, seq, share.state, states);
END
$$;
COMMENT ON FUNCTION peoplecall.gate_share(int, bigint, peoplecall.areacode, peoplecall.complaint_state, int, peoplecall.task_state[]) IS
	'inside a verb: locks and returns the share that choose_task() would choose for the caller, its org, and the org of a post of his that reaches it, or the area where there is none (NULL for the owner); 42501, then as gate_state() and choose_task()';

-- The one who gets a message: who was assigned, else the role's officer; his
-- deputy while he is away; else the same role in the org above.
CREATE FUNCTION peoplecall.officer_for(
	org bigint, role peoplecall.officer_role, at timestamptz,
	assigned bigint DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	looked_at bigint := org;
	found_officer bigint;
BEGIN
	-- a superior chain has no ring (org_guard); the bound is for a broken one
	FOR depth IN 1..16 LOOP
		EXIT WHEN looked_at IS NULL;
		found_officer := peoplecall.officer_of(looked_at, role, at, assigned);
		IF found_officer IS NOT NULL THEN
			RETURN found_officer;
		END IF;
		SELECT o.superior INTO looked_at FROM peoplecall.org AS o WHERE o.id = looked_at;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.officer_for(bigint, peoplecall.officer_role, timestamptz, bigint) IS
	'officer_of() the org, else of the org above; NULL where there is none';

CREATE FUNCTION peoplecall.city_zone() RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(peoplecall.setting_value('timezone', '"Asia/Shanghai"') #>> '{}', 'Asia/Shanghai');
END
$$;
COMMENT ON FUNCTION peoplecall.city_zone() IS
	'setting timezone, Asia/Shanghai where it is null';

CREATE FUNCTION peoplecall.city_day(at timestamptz) RETURNS date
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (at AT TIME ZONE peoplecall.city_zone())::date;
END
$$;
COMMENT ON FUNCTION peoplecall.city_day(timestamptz) IS
	'the day of a time in the zone of setting timezone; used by appraise() and rule()';

CREATE FUNCTION peoplecall.local_time(at timestamptz) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN to_char(at AT TIME ZONE peoplecall.city_zone(), 'YYYY-MM-DD HH24:MI');
END
$$;
COMMENT ON FUNCTION peoplecall.local_time(timestamptz) IS
	'a time as notices write it, in the zone of setting timezone';

CREATE FUNCTION peoplecall.promise(clock text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT t.body FROM peoplecall.template AS t
	                  WHERE t.code = 'clock.' || clock), clock);
END
$$;
COMMENT ON FUNCTION peoplecall.promise(text) IS
	'what a clock promises, as notices write it: template clock.KIND, else the kind';

CREATE FUNCTION peoplecall.fill_template(pattern text, fields jsonb) RETURNS text
	LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_fill_template';
COMMENT ON FUNCTION peoplecall.fill_template(text, jsonb) IS
	'used by render() and the sweep: the pattern with each {field} replaced by its value as text, by nothing where it has none; in one pass, so that braces in a value, say in a title, are its own';

CREATE FUNCTION peoplecall.template_pattern(template text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT t.body FROM peoplecall.template AS t
	                  WHERE t.code = template_pattern.template),
	                template || ' {no} {title}');
END
$$;
COMMENT ON FUNCTION peoplecall.template_pattern(text) IS
	'used by render() and the sweep: the words of a template; where it is missing, its code with the number and title';

CREATE FUNCTION peoplecall.render(template text, fields jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN peoplecall.fill_template(peoplecall.template_pattern(template), fields);
END
$$;
COMMENT ON FUNCTION peoplecall.render(text, jsonb) IS
	'text of a notice: template_pattern() with each {field} replaced, by nothing where it has no value';

-- All commits that notify wait for one another, so it is a city's choice.
CREATE FUNCTION peoplecall.announce_notices(district_id int) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM pg_notify('peoplecall_notice', announce_notices.district_id::text)
	   FROM peoplecall.setting AS s
	  WHERE s.name = 'notify' AND s.value = 'true';
END
$$;
COMMENT ON FUNCTION peoplecall.announce_notices(int) IS
	'used by verbs and the sweep: where setting notify says so, whoever listens on channel peoplecall_notice hears with the commit that there is something in the outbox, with the district''s number; once for each district';

CREATE FUNCTION peoplecall.send_notice(
	district_id int, complaint_id bigint, area peoplecall.areacode,
	officer bigint, template text, fields jsonb, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_seq int;
BEGIN
	IF officer IS NULL THEN
		RETURN NULL;
	END IF;
	-- the complaint's row is locked, so nobody else counts on
	next_seq := coalesce((SELECT max(n.seq) FROM peoplecall.notice AS n
	                       WHERE n.district_id = send_notice.district_id
	                         AND n.complaint_id = send_notice.complaint_id), 0) + 1;
	INSERT INTO peoplecall.notice (district_id, complaint_id, area, seq, to_officer,
		to_org, phone, template, body, created_at, not_before, key)
	SELECT send_notice.district_id, send_notice.complaint_id, send_notice.area, next_seq, f.id,
	       f.org, f.phone, send_notice.template,
	       peoplecall.render(template, fields || jsonb_build_object('officer', f.name)),
	       at, peoplecall.notice_time(send_notice.district_id, send_notice.complaint_id,
		send_notice.template, at),
	       send_notice.complaint_id || '-' || next_seq
	  FROM peoplecall.officer AS f
	 WHERE f.id = send_notice.officer;
	PERFORM peoplecall.announce_notices(district_id);
	RETURN next_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.send_notice(int, bigint, peoplecall.areacode, bigint, text, jsonb, timestamptz) IS
	'puts a message to an officer into the outbox; returns its number in the complaint, NULL where there is nobody to tell';

-- The citizen's name is in no text, and whoever wants to stay unknown gets
-- none. His number is looked up when the gateway takes the message: it is kept
-- in one place, and who may read the outbox does not learn it there.
CREATE FUNCTION peoplecall.send_reporter_notice(
	district_id int, complaint_id bigint, area peoplecall.areacode,
	template text, fields jsonb, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last_seq int;
	sent int;
BEGIN
	IF NOT peoplecall.setting_value('notify_reporter', jsonb_build_array('receipt',
		'transfer', 'extension', 'shelve', 'excluded', 'rejected', 'referred', 'result',
		'rating', 'reopened', 'upheld')) ? template
	THEN
		RETURN 0;
	END IF;
	last_seq := coalesce((SELECT max(n.seq) FROM peoplecall.notice AS n
	                       WHERE n.district_id = send_reporter_notice.district_id
	                         AND n.complaint_id = send_reporter_notice.complaint_id), 0);
	INSERT INTO peoplecall.notice (district_id, complaint_id, area, seq, to_reporter,
		reporter_seq, template, body, created_at, not_before, key)
	SELECT send_reporter_notice.district_id, send_reporter_notice.complaint_id,
	       send_reporter_notice.area, last_seq + row_number() OVER (ORDER BY r.seq), true,
	       r.seq, send_reporter_notice.template,
	       peoplecall.render(template, fields || jsonb_build_object('no',
			peoplecall.complaint_no(coalesce(c.origin_id, c.id)))), at, at,
	       send_reporter_notice.complaint_id || '-' || (last_seq + row_number() OVER (ORDER BY r.seq))
	  FROM peoplecall.reporter AS r
	  JOIN peoplecall.complaint AS c
	    ON c.district_id = r.district_id AND c.id = r.complaint_id
	 WHERE r.district_id = send_reporter_notice.district_id
	   AND r.complaint_id = send_reporter_notice.complaint_id
	   AND r.phone <> '' AND r.forgotten_at IS NULL
	   AND c.privacy <> 'anonymous' AND c.withdrawn_at IS NULL;
	GET DIAGNOSTICS sent = ROW_COUNT;
	IF sent > 0 THEN
		PERFORM peoplecall.announce_notices(district_id);
	END IF;
	RETURN sent;
END
$$;
COMMENT ON FUNCTION peoplecall.send_reporter_notice(int, bigint, peoplecall.areacode, text, jsonb, timestamptz) IS
	'puts a message to the citizen into the outbox, one for each who called with a number, under the number that he was given; none where setting notify_reporter does not list the template, to one who wants to stay anonymous or who withdrew; returns how many';

-- What nobody would hear is not put together.
CREATE FUNCTION peoplecall.tell_reporter(
	district_id int, complaint_id bigint, area peoplecall.areacode,
	template text, fields jsonb, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM peoplecall.reporter AS r
	            WHERE r.district_id = tell_reporter.district_id
	              AND r.complaint_id = tell_reporter.complaint_id AND r.phone <> '')
	THEN
		PERFORM peoplecall.send_reporter_notice(district_id, complaint_id, area, template,
			peoplecall.reporter_fields(district_id, complaint_id) || fields, at);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.tell_reporter(int, bigint, peoplecall.areacode, text, jsonb, timestamptz) IS
	'send_reporter_notice() with reporter_fields() and the fields given';

-- It is not in the outbox, and goes along when the matter goes to another district.
CREATE FUNCTION peoplecall.reporter_phone(complaint bigint, seq int) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	here bigint := peoplecall.current_complaint(complaint);
BEGIN
	RETURN (SELECT nullif(r.phone, '') FROM peoplecall.reporter AS r
	         WHERE r.district_id = peoplecall.district_of(here) AND r.complaint_id = here
	           AND r.seq = reporter_phone.seq);
END
$$;
COMMENT ON FUNCTION peoplecall.reporter_phone(bigint, int) IS
	'number of one who called, NULL where it was forgotten or there is none';

-- What the citizen waits for is the answer, not the tightest clock.
CREATE FUNCTION peoplecall.reporter_fields(district_id int, complaint_id bigint) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN peoplecall.notice_fields(district_id, complaint_id) || jsonb_build_object('due_at', (
		SELECT peoplecall.local_time(k.due_at)
		  FROM peoplecall.clock AS k
		  LEFT JOIN peoplecall.task AS t
		    ON t.district_id = k.district_id AND t.complaint_id = k.complaint_id
		   AND t.seq = k.task_seq
		 WHERE k.district_id = reporter_fields.district_id
		   AND k.complaint_id = reporter_fields.complaint_id
		   AND k.stopped_at IS NULL AND k.due_at < 'infinity'
		   AND (k.kind = 'total' OR (k.kind = 'resolve' AND t.role = 'lead'))
		 ORDER BY k.kind = 'resolve' DESC, k.seq DESC
		 LIMIT 1));
END
$$;
COMMENT ON FUNCTION peoplecall.reporter_fields(int, bigint) IS
	'notice_fields() as the citizen is told them: due_at is when the lead''s share is due, else the whole matter';

CREATE FUNCTION peoplecall.tell_citizens(
	district_id int, complaint_id bigint, template text, fields jsonb, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	said jsonb;
	merged_id bigint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = tell_citizens.district_id AND m.id = tell_citizens.complaint_id;
	PERFORM peoplecall.tell_reporter(c.district_id, c.id, c.area, template, fields, at);
	FOR merged_id IN
		SELECT m.id FROM peoplecall.complaint AS m
		 WHERE m.principal_id = tell_citizens.complaint_id AND m.state = 'merged'
		   AND m.closed_at IS NULL
		 ORDER BY m.id
	LOOP
		c := peoplecall.lock_complaint(merged_id);
		CONTINUE WHEN c.state <> 'merged' OR c.principal_id IS DISTINCT FROM tell_citizens.complaint_id;
		said := coalesce(said, peoplecall.reporter_fields(district_id, complaint_id) || fields);
		PERFORM peoplecall.send_reporter_notice(c.district_id, c.id, c.area, template,
			said || jsonb_build_object('no', peoplecall.complaint_no(c.id), 'title', c.title), at);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.tell_citizens(int, bigint, text, jsonb, timestamptz) IS
	'send_reporter_notice() to the citizen and to those whose complaints were merged into his, each with his own number and title';
