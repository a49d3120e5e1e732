-- One-key supervision (一键督办) and leaders' instructions (批示): orders to
-- answer, each with a clock, lights and a ladder of its own. An order is the
-- ordering body's: what becomes of the matter meanwhile may make the answer
-- needless, but only that body closes the order.

CREATE FUNCTION peoplecall.supervise(
	complaint bigint, reason text, org bigint DEFAULT NULL,
	allowed peoplecall.timelimit DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.instruct(
	complaint bigint, leader bigint, text text,
	allowed peoplecall.timelimit DEFAULT NULL, org bigint DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.answer_supervision(
	complaint bigint, answer text, supervision int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.close_supervision(
	complaint bigint, conclusion text, supervision int DEFAULT NULL,
	accepted boolean DEFAULT true, allowed peoplecall.timelimit DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.supervise(bigint, text, bigint, peoplecall.timelimit) IS
	'orders an org (NULL: the lead, else the org that commands) to answer within a limit (NULL: the policy of clock answer); its leader in charge and chief are told; by a territorial or inspecting org at or above its level, never by itself; received, dispatched, completed, closed, shelved; PC001, PC004 where there is no org, PC005, 22004, 23505 while that body''s order to the org is open, 23514 for an outside body or an org without a part in the area, 42501';
COMMENT ON FUNCTION peoplecall.instruct(bigint, bigint, text, peoplecall.timelimit, bigint) IS
	'enters a leader''s written instruction on a matter of his area: as supervise(), ordered by his org, by the staff of his org or of one above it in the line; received, dispatched, completed, closed, shelved; PC001, PC004, PC005, 22004, 23514 for an officer who leads nobody or whose org has no say over the org, 42501';
COMMENT ON FUNCTION peoplecall.answer_supervision(bigint, text, int) IS
	'the org answers an order (NULL: its own, else the oldest without an answer): its clock stops, the ordering body is told; in any state of the complaint; PC001 for one that is answered or closed, PC005, 22004, 42501';
COMMENT ON FUNCTION peoplecall.close_supervision(bigint, text, int, boolean, peoplecall.timelimit) IS
	'the ordering body, or one above it, closes an order (NULL: the oldest that is answered, else the oldest); accepted false sends the answer back instead: its clock goes on with the time that was left, or anew with the limit given; never the org that answers, except on instructions of its own leader; in any state of the complaint; PC001, PC005, 22004, 22023, 42501';

CREATE FUNCTION peoplecall.level_of_org(org bigint) RETURNS peoplecall.area_level
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT coalesce(k.level, peoplecall.level(o.area))
	          FROM peoplecall.org AS o
	          JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	         WHERE o.id = level_of_org.org);
END
$$;
COMMENT ON FUNCTION peoplecall.level_of_org(bigint) IS
	'the level of an org''s kind, else that of its area; NULL where there is no such org';

-- The nearest body that is not below whom it supervises.
CREATE FUNCTION peoplecall.inspection_over(
	area peoplecall.areacode, supervised bigint, subject_org bigint) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	supervised_level peoplecall.area_level := peoplecall.level_of_org(supervised);
BEGIN
	RETURN (
		SELECT o.id
		  FROM peoplecall.org AS o
		  JOIN peoplecall.org_kind AS k ON k.kind = o.kind AND k.inspects
		 CROSS JOIN LATERAL (SELECT peoplecall.level(o.area) AS level) AS l
		 WHERE o.active
		   AND inspection_over.area OPERATOR(peoplecall.<@) o.area
		   AND o.id IS DISTINCT FROM supervised
		   AND peoplecall.org_is_below(o.id, subject_org) IS NOT TRUE
		 ORDER BY l.level <= supervised_level DESC NULLS LAST,
		          CASE WHEN l.level > supervised_level THEN l.level END,
		          l.level DESC, o.id
		 LIMIT 1);
END
$$;
COMMENT ON FUNCTION peoplecall.inspection_over(peoplecall.areacode, bigint, bigint) IS
	'the inspecting org that orders an org to answer: the nearest of the area at or above that org''s level, else the highest; never the org itself nor the one that the matter is about or one below it; NULL where there is none';

CREATE FUNCTION peoplecall.start_answer_clock(
	district_id int, complaint_id bigint, allowed peoplecall.timelimit, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	ruled record;
	timed record;
	next_seq int;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = start_answer_clock.district_id
	   AND m.id = start_answer_clock.complaint_id;
	ruled := peoplecall.clock_limit('answer', c.category, c.grade, c.urgency, c.nature);
	IF allowed IS NULL AND ruled.allowed IS NULL THEN
		RETURN NULL;
	END IF;
	IF ruled.policy IS NULL THEN
		ruled.calendar := peoplecall.office_calendar();
	END IF;
	timed := peoplecall.clock_times('answer', c.grade, at, coalesce(allowed, ruled.allowed),
		'{}', '{}', ruled.calendar, '{}');
	next_seq := coalesce((SELECT max(k.seq) FROM peoplecall.clock AS k
	                       WHERE k.district_id = c.district_id AND k.complaint_id = c.id), 0) + 1;
	-- a limit that was ordered is no policy's, and no policy changes it later
	INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, kind, epoch, policy,
		calendar, allowed, started_at, warn_at, due_at, next_alarm_at)
	VALUES (c.district_id, c.id, c.area, next_seq, 'answer', c.epoch,
		CASE WHEN allowed IS NULL THEN ruled.policy END, ruled.calendar,
		coalesce(allowed, ruled.allowed), at, timed.warn_at, timed.due_at, timed.next_alarm_at);
	RETURN next_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.start_answer_clock(int, bigint, peoplecall.timelimit, timestamptz) IS
	'starts a clock answer of a complaint, with the limit given or the policy''s; returns its number, NULL where neither sets a limit';

-- For the ladder, supervise and instruct.
CREATE FUNCTION peoplecall.open_order(
	district_id int, complaint_id bigint, kind text, ordered_by bigint, leader bigint,
	org bigint, reason text, allowed peoplecall.timelimit, pushed boolean, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	answer_clock int := peoplecall.start_answer_clock(district_id, complaint_id, allowed, at);
	next_seq int := coalesce((SELECT max(s.seq) FROM peoplecall.supervision AS s
	                           WHERE s.district_id = open_order.district_id
	                             AND s.complaint_id = open_order.complaint_id), 0) + 1;
BEGIN
	INSERT INTO peoplecall.supervision (district_id, complaint_id, area, seq, kind,
		ordered_by, leader, org, reason, ordered_at, clock_seq, pushed)
	SELECT c.district_id, c.id, c.area, next_seq, open_order.kind,
	       open_order.ordered_by, open_order.leader, open_order.org, open_order.reason, at,
	       answer_clock, open_order.pushed
	  FROM peoplecall.complaint AS c
	 WHERE c.district_id = open_order.district_id AND c.id = open_order.complaint_id;
	RETURN next_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.open_order(int, bigint, text, bigint, bigint, bigint, text, peoplecall.timelimit, boolean, timestamptz) IS
	'writes an order to an org to answer and starts its clock; returns the order''s number';

CREATE FUNCTION peoplecall.order_fields(district_id int, complaint_id bigint, supervision int) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN peoplecall.notice_fields(district_id, complaint_id) || (
		SELECT jsonb_build_object('org', o.name, 'orderer', b.name, 'leader', f.name,
		               'reason', s.reason, 'due_at', peoplecall.local_time(k.due_at))
		  FROM peoplecall.supervision AS s
		  LEFT JOIN peoplecall.org AS o ON o.id = s.org
		  LEFT JOIN peoplecall.org AS b ON b.id = s.ordered_by
		  LEFT JOIN peoplecall.officer AS f ON f.id = s.leader
		  LEFT JOIN peoplecall.clock AS k
		    ON k.district_id = s.district_id AND k.complaint_id = s.complaint_id
		   AND k.seq = s.clock_seq
		 WHERE s.district_id = order_fields.district_id
		   AND s.complaint_id = order_fields.complaint_id
		   AND s.seq = supervision);
END
$$;
COMMENT ON FUNCTION peoplecall.order_fields(int, bigint, int) IS
	'what a notice about an order may name: as notice_fields(), with the org that answers, its deadline, who ordered and why';

CREATE FUNCTION peoplecall.tell_order(
	district_id int, complaint_id bigint, area peoplecall.areacode, supervision int,
	template text, tell bigint[], fields jsonb, at timestamptz) RETURNS bigint[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	told bigint[] := ARRAY(SELECT DISTINCT t.id FROM unnest(tell) AS t (id)
	                        WHERE t.id IS NOT NULL ORDER BY 1);
	one bigint;
BEGIN
	FOREACH one IN ARRAY told LOOP
		PERFORM peoplecall.send_notice(district_id, complaint_id, area, one, template,
			peoplecall.order_fields(district_id, complaint_id, supervision) || fields, at);
	END LOOP;
	RETURN told;
END
$$;
COMMENT ON FUNCTION peoplecall.tell_order(int, bigint, peoplecall.areacode, int, text, bigint[], jsonb, timestamptz) IS
	'tells each of the officers once about an order; returns whom';

CREATE FUNCTION peoplecall.leaders_of(org bigint, urgency peoplecall.urgency, at timestamptz) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN peoplecall.officers_for(org, 'leader_in_charge', at, NULL, urgency)
		|| peoplecall.officers_for(org, 'chief', at, NULL, urgency);
END
$$;
COMMENT ON FUNCTION peoplecall.leaders_of(bigint, peoplecall.urgency, timestamptz) IS
	'whom an order to an org is told: its leader in charge and its chief, or who stands in for them';

-- What stays stuck goes to the body that inspects.
CREATE FUNCTION peoplecall.open_supervision(
	district_id int, complaint_id bigint, at timestamptz, reason text,
	post_org bigint, detail jsonb, tell bigint[] DEFAULT '{}') RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	supervised bigint;
	inspecting bigint;
	seq int;
	told bigint[];
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = open_supervision.district_id AND m.id = open_supervision.complaint_id;
	IF EXISTS (
		SELECT FROM peoplecall.supervision AS s
		 WHERE s.district_id = c.district_id AND s.complaint_id = c.id
		   AND s.kind = 'supervision' AND s.closed_at IS NULL)
	THEN
		RETURN NULL;
	END IF;
	supervised := coalesce(c.lead_org, c.command_org);
	inspecting := peoplecall.inspection_over(c.area, supervised, c.subject_org);
	seq := peoplecall.open_order(c.district_id, c.id, 'supervision', inspecting, NULL,
		supervised, reason, NULL, true, at);
	told := peoplecall.tell_order(c.district_id, c.id, c.area, seq, 'supervise',
		tell || peoplecall.leaders_of(supervised, c.urgency, at)
		|| peoplecall.officer_for(inspecting, 'chief', at), '{}', at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'supervise', coalesce(post_org, inspecting), NULL,
		detail || jsonb_build_object('supervision', seq, 'ordered_by', inspecting,
			'org', supervised, 'reason', reason, 'told', told));
	RETURN seq;
END
$$;
COMMENT ON FUNCTION peoplecall.open_supervision(int, bigint, timestamptz, text, bigint, jsonb, bigint[]) IS
	'the ladder orders the lead to answer to the inspecting org of the area, and tells its leaders, the inspection''s chief and the officers given; NULL where an order is open already';

CREATE FUNCTION peoplecall.check_supervised(
	district_id int, complaint_id bigint, org bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = check_supervised.district_id
	   AND m.id = check_supervised.complaint_id;
	PERFORM peoplecall.require_org(org);
	IF EXISTS (SELECT FROM peoplecall.org AS o
	             JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	            WHERE o.id = check_supervised.org AND k.outside) THEN
		RAISE check_violation USING
			MESSAGE = format('org %s is an outside body and cannot be supervised', org);
	END IF;
	IF org IS DISTINCT FROM c.command_org
	   AND NOT peoplecall.org_covers(org, c.area, at)
	   AND NOT EXISTS (SELECT FROM peoplecall.task AS t
	                    WHERE t.district_id = c.district_id AND t.complaint_id = c.id
	                      AND t.org = check_supervised.org)
	THEN
		RAISE check_violation USING
			MESSAGE = format('org %s has no part in complaint %s', org, peoplecall.complaint_no(c.id)),
			DETAIL = 'It neither has a share of it nor answers for its area.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_supervised(int, bigint, bigint, timestamptz) IS
	'PC005 for an org that is not there, 23514 for an outside body and for one that has neither a share of the complaint nor its area';

CREATE FUNCTION peoplecall.supervise_body(
	complaint bigint, reason text, org bigint, allowed peoplecall.timelimit) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	supervised bigint;
	post_org bigint;
	ordering bigint;
	seq int;
	told bigint[];
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	supervised := coalesce(org, c.lead_org, c.command_org);
	post_org := peoplecall.gate_area(c.area, peoplecall.level_of_org(supervised), supervised);
	PERFORM peoplecall.gate_state(c.id, c.state);
	IF supervised IS NULL THEN
		RAISE SQLSTATE 'PC004' USING
			MESSAGE = format('complaint %s has no org that could answer', peoplecall.complaint_no(c.id)),
			HINT = 'Name the org.';
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	PERFORM peoplecall.check_supervised(c.district_id, c.id, supervised, at);
	ordering := coalesce(post_org, peoplecall.inspection_over(c.area, supervised, c.subject_org));
	IF EXISTS (
		SELECT FROM peoplecall.supervision AS s
		 WHERE s.district_id = c.district_id AND s.complaint_id = c.id
		   AND s.kind = 'supervision' AND s.closed_at IS NULL
		   AND s.org = supervised AND s.ordered_by IS NOT DISTINCT FROM ordering)
	THEN
		RAISE unique_violation USING
			MESSAGE = format('org %s is ordered to answer for complaint %s already', supervised,
				peoplecall.complaint_no(c.id)),
			HINT = 'Close that order first.';
	END IF;

	seq := peoplecall.open_order(c.district_id, c.id, 'supervision', ordering, NULL,
		supervised, reason, allowed, false, at);
	told := peoplecall.tell_order(c.district_id, c.id, c.area, seq, 'supervised',
		peoplecall.leaders_of(supervised, c.urgency, at), '{}', at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'supervise', post_org, NULL,
		jsonb_build_object('supervision', seq, 'ordered_by', ordering, 'org', supervised,
			'reason', reason, 'allowed', allowed::text, 'told', told));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, supervised);
END
$$;
COMMENT ON FUNCTION peoplecall.supervise_body(bigint, text, bigint, peoplecall.timelimit) IS 'body of supervise()';

-- A leader speaks to what is below him in the line, and within his area to
-- whatever is not above him.
CREATE FUNCTION peoplecall.check_leader(
	leader bigint, leader_org bigint, role peoplecall.officer_role, area peoplecall.areacode,
	org bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	why text;
BEGIN
	why := CASE
		WHEN role NOT IN ('leader_in_charge', 'chief')
		THEN format('The officer''s role is %s.', role)
		WHEN NOT peoplecall.org_covers(leader_org, area, at)
		THEN 'The matter is not in the area of the officer''s org.'
		WHEN NOT (peoplecall.org_is_below(org, leader_org)
		          OR EXISTS (SELECT FROM peoplecall.org AS o
		                       JOIN peoplecall.org_kind AS k ON k.kind = o.kind
		                      WHERE o.id = leader_org AND (k.territorial OR k.inspects)
		                        AND peoplecall.level_of_org(leader_org)
			<= peoplecall.level_of_org(check_leader.org)))
		THEN format('Org %s is not below the officer''s org.', org) END;
	IF why IS NOT NULL THEN
		RAISE check_violation USING
			MESSAGE = format('officer %s cannot instruct org %s', leader, org),
			DETAIL = why;
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_leader(bigint, bigint, peoplecall.officer_role, peoplecall.areacode, bigint, timestamptz) IS
	'23514 for an officer who is no leader, whose org does not answer for the area, or has no say over the org';

CREATE FUNCTION peoplecall.instruct_body(
	complaint bigint, leader bigint, text text, allowed peoplecall.timelimit, org bigint)
	RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	f peoplecall.officer;
	at timestamptz;
	instructed bigint;
	post_org bigint;
	seq int;
	told bigint[];
BEGIN
	PERFORM peoplecall.require_text('text', text);
	IF leader IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'leader must not be null';
	END IF;
	c := peoplecall.lock_complaint(complaint);
	SELECT o.* INTO f
	  FROM peoplecall.officer AS o
	 WHERE o.id = leader AND o.active;
	IF NOT FOUND THEN
		PERFORM peoplecall.gate_area(c.area, NULL, NULL);
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no active officer %s', leader);
	END IF;
	post_org := peoplecall.gate_org(f.org);
	instructed := coalesce(org, c.lead_org, c.command_org);
	at := peoplecall.act_time(c.last_event_at);
	-- who may enter a leader's words is told nothing of other areas
	PERFORM peoplecall.check_leader(leader, f.org, f.role, c.area, coalesce(instructed, f.org), at);
	PERFORM peoplecall.gate_state(c.id, c.state);
	IF instructed IS NULL THEN
		RAISE SQLSTATE 'PC004' USING
			MESSAGE = format('complaint %s has no org that could answer', peoplecall.complaint_no(c.id)),
			HINT = 'Name the org.';
	END IF;
	PERFORM peoplecall.check_supervised(c.district_id, c.id, instructed, at);

	seq := peoplecall.open_order(c.district_id, c.id, 'instruction', f.org, leader,
		instructed, text, allowed, false, at);
	told := peoplecall.tell_order(c.district_id, c.id, c.area, seq, 'instruct',
		array_remove(peoplecall.leaders_of(instructed, c.urgency, at), leader), '{}', at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'instruct', post_org, NULL,
		jsonb_build_object('supervision', seq, 'leader', leader, 'ordered_by', f.org,
			'org', instructed, 'reason', text, 'allowed', allowed::text, 'told', told));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, instructed);
END
$$;
COMMENT ON FUNCTION peoplecall.instruct_body(bigint, bigint, text, peoplecall.timelimit, bigint) IS 'body of instruct()';
