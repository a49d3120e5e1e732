-- What follows an order: the answer, its acceptance, and what becomes of the
-- order when its matter comes to an end by other means.

-- Returns a row of supervision. Only who reaches the area is told what is there.
CREATE FUNCTION peoplecall.choose_order(
	district_id int, complaint_id bigint, area peoplecall.areacode, supervision int,
	answered boolean, orgs bigint[]) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s peoplecall.supervision;
BEGIN
	SELECT x.* INTO s
	  FROM peoplecall.supervision AS x
	 WHERE x.district_id = choose_order.district_id
	   AND x.complaint_id = choose_order.complaint_id
	   AND CASE WHEN supervision IS NULL THEN x.closed_at IS NULL ELSE x.seq = supervision END
	 ORDER BY x.org = ANY (orgs) DESC, (x.answered_at IS NOT NULL) = answered DESC, x.seq
	 LIMIT 1
	   FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM peoplecall.gate_area(area, NULL, NULL);
		IF supervision IS NOT NULL THEN
			RAISE SQLSTATE 'PC005' USING
				MESSAGE = format('complaint %s has no order %s',
					peoplecall.complaint_no(complaint_id), supervision);
		END IF;
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('no order of complaint %s is open', peoplecall.complaint_no(complaint_id)),
			DETAIL = 'Nobody is ordered to answer.';
	END IF;
	RETURN s;
END
$$;
COMMENT ON FUNCTION peoplecall.choose_order(int, bigint, peoplecall.areacode, int, boolean, bigint[]) IS
	'locks and returns the order that is named, else an open one: first the orgs'' own, then one that is answered or not as asked, then the oldest; PC005, PC001, 42501';

CREATE FUNCTION peoplecall.refuse_order(complaint_id bigint, supervision int, why text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE SQLSTATE 'PC001' USING
		MESSAGE = format('order %s of complaint %s is %s', supervision,
			peoplecall.complaint_no(complaint_id), why),
		DETAIL = format('The order is %s.', why);
END
$$;
COMMENT ON FUNCTION peoplecall.refuse_order(bigint, int, text) IS 'PC001: the order is closed, answered or not answered';

CREATE FUNCTION peoplecall.stop_clock(
	district_id int, complaint_id bigint, clock_seq int, at timestamptz,
	verdict peoplecall.sla_state) RETURNS peoplecall.sla_state
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	judged peoplecall.sla_state;
BEGIN
	UPDATE peoplecall.clock AS k
	   SET stopped_at = greatest(stop_clock.at, k.started_at), next_alarm_at = NULL,
	       verdict = CASE WHEN stop_clock.at > k.due_at THEN 'missed' ELSE stop_clock.verdict END
	 WHERE k.district_id = stop_clock.district_id
	   AND k.complaint_id = stop_clock.complaint_id
	   AND k.seq = clock_seq AND k.stopped_at IS NULL
	RETURNING k.verdict INTO judged;
	RETURN judged;
END
$$;
COMMENT ON FUNCTION peoplecall.stop_clock(int, bigint, int, timestamptz, peoplecall.sla_state) IS
	'stops one clock answer: missed past its deadline, else with the verdict given; returns the verdict, NULL where it did not run';

CREATE FUNCTION peoplecall.answer_supervision_body(complaint bigint, answer text, supervision int)
	RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	s peoplecall.supervision;
	at timestamptz;
	post_org bigint;
	judged peoplecall.sla_state;
	told bigint[];
BEGIN
	PERFORM peoplecall.require_text('answer', answer);
	c := peoplecall.lock_complaint(complaint);
	s := peoplecall.choose_order(c.district_id, c.id, c.area, supervision, false,
		peoplecall.gate_orgs());
	post_org := peoplecall.gate_org(s.org);
	IF s.closed_at IS NOT NULL THEN
		PERFORM peoplecall.refuse_order(c.id, s.seq, 'closed');
	ELSIF s.answered_at IS NOT NULL THEN
		PERFORM peoplecall.refuse_order(c.id, s.seq, 'answered');
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	UPDATE peoplecall.supervision AS x
	   SET answer = answer_supervision_body.answer, answered_at = at
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = s.seq;
	judged := peoplecall.stop_clock(c.district_id, c.id, s.clock_seq, at, 'met');
	told := peoplecall.tell_order(c.district_id, c.id, c.area, s.seq, 'answered',
		ARRAY[peoplecall.officer_for(s.ordered_by, 'handler', at)],
		jsonb_build_object('answer', answer), at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'answer_supervision', post_org, NULL,
		jsonb_build_object('supervision', s.seq, 'org', s.org, 'answer', answer,
			'verdict', judged::text, 'told', told));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, s.org);
END
$$;
COMMENT ON FUNCTION peoplecall.answer_supervision_body(bigint, text, int) IS 'body of answer_supervision()';

CREATE FUNCTION peoplecall.close_supervision_body(
	complaint bigint, conclusion text, supervision int, accepted boolean,
	allowed peoplecall.timelimit) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	s peoplecall.supervision;
	at timestamptz;
	post_org bigint;
	done jsonb;
BEGIN
	PERFORM peoplecall.require_text('conclusion', conclusion);
	IF accepted IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'accepted must not be null';
	END IF;
	IF accepted AND allowed IS NOT NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'an answer that is accepted takes no limit',
			HINT = 'A limit is for another answer: set accepted to false.';
	END IF;
	c := peoplecall.lock_complaint(complaint);
	s := peoplecall.choose_order(c.district_id, c.id, c.area, supervision, true, '{}');
	IF s.kind = 'instruction' THEN
		post_org := peoplecall.gate_org(s.ordered_by);
	ELSE
		post_org := peoplecall.gate_area(c.area,
			coalesce(peoplecall.level_of_org(s.ordered_by), c.command_level), s.org);
	END IF;
	IF s.closed_at IS NOT NULL THEN
		PERFORM peoplecall.refuse_order(c.id, s.seq, 'closed');
	ELSIF NOT accepted AND s.answered_at IS NULL THEN
		PERFORM peoplecall.refuse_order(c.id, s.seq, 'not answered');
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	IF accepted THEN
		done := peoplecall.end_order(c.district_id, c.id, s.seq, conclusion, at);
	ELSE
		done := peoplecall.refuse_answer(c.district_id, c.id, s.seq, conclusion, allowed, at);
	END IF;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'close_supervision', post_org, NULL,
		done || jsonb_build_object('supervision', s.seq, 'org', s.org,
			'conclusion', conclusion, 'accepted', accepted));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, s.org);
END
$$;
COMMENT ON FUNCTION peoplecall.close_supervision_body(bigint, text, int, boolean, peoplecall.timelimit) IS 'body of close_supervision()';

CREATE FUNCTION peoplecall.end_order(
	district_id int, complaint_id bigint, supervision int, conclusion text, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s peoplecall.supervision;
	judged peoplecall.sla_state;
	told bigint[];
BEGIN
	UPDATE peoplecall.supervision AS x
	   SET conclusion = end_order.conclusion, closed_at = at
	 WHERE x.district_id = end_order.district_id
	   AND x.complaint_id = end_order.complaint_id AND x.seq = supervision
	RETURNING x.* INTO STRICT s;
	-- closed without an answer: nobody waits for it, but what was late was late
	judged := peoplecall.stop_clock(s.district_id, s.complaint_id, s.clock_seq, at, 'void');
	told := peoplecall.tell_order(s.district_id, s.complaint_id, s.area, s.seq, 'order_closed',
		ARRAY[peoplecall.officer_for(s.org, 'leader_in_charge', at)],
		jsonb_build_object('conclusion', conclusion), at);
	RETURN jsonb_build_object('verdict', judged::text, 'told', told);
END
$$;
COMMENT ON FUNCTION peoplecall.end_order(int, bigint, int, text, timestamptz) IS
	'closes an order and tells the leader in charge of the org that answered; returns what goes into the event';

-- The time that the ordering body took to read is not the org's: its clock
-- goes on with what was left at the answer. That may be little, which is why
-- a limit may be given instead; the clock that stopped keeps its verdict then.
CREATE FUNCTION peoplecall.refuse_answer(
	district_id int, complaint_id bigint, supervision int, conclusion text,
	allowed peoplecall.timelimit, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_clock int;
	c peoplecall.complaint;
	s peoplecall.supervision;
	k peoplecall.clock;
	told bigint[];
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = refuse_answer.district_id AND m.id = refuse_answer.complaint_id;
	UPDATE peoplecall.supervision AS x
	   SET answer = NULL, answered_at = NULL, refused = x.refused + 1
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = supervision
	RETURNING x.* INTO STRICT s;
	SELECT o.* INTO k
	  FROM peoplecall.clock AS o
	 WHERE o.district_id = c.district_id AND o.complaint_id = c.id AND o.seq = s.clock_seq;
	IF c.state IN ('rejected', 'referred', 'withdrawn', 'moved') THEN
		NULL;					-- nobody counts the time of a matter that left
	ELSIF allowed IS NOT NULL THEN
		next_clock := peoplecall.start_answer_clock(c.district_id, c.id, allowed, at);
		UPDATE peoplecall.supervision AS x
		   SET clock_seq = next_clock
		 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = s.seq;
	ELSE
		PERFORM peoplecall.resume_clock(c.district_id, c.id, k.seq, c.grade, at);
	END IF;
	-- nor of one that was merged; but split, it goes on as if it never was
	IF c.state = 'merged' THEN
		PERFORM peoplecall.stop_clocks(c.district_id, c.id, NULL, '{answer}', at, 'void');
	END IF;
	told := peoplecall.tell_order(c.district_id, c.id, c.area, s.seq, 'answer_refused',
		peoplecall.leaders_of(s.org, c.urgency, at),
		jsonb_build_object('conclusion', conclusion), at);
	RETURN jsonb_build_object('allowed', allowed::text, 'old_due', k.due_at,
		'told', told,
		'due', (SELECT o.due_at FROM peoplecall.clock AS o
		          JOIN peoplecall.supervision AS x
		            ON x.district_id = o.district_id AND x.complaint_id = o.complaint_id
		           AND x.clock_seq = o.seq
		         WHERE x.district_id = c.district_id AND x.complaint_id = c.id
		           AND x.seq = s.seq AND o.stopped_at IS NULL));
END
$$;
COMMENT ON FUNCTION peoplecall.refuse_answer(int, bigint, int, text, peoplecall.timelimit, timestamptz) IS
	'sends an answer back and tells the org''s leaders; returns what goes into the event, with the deadline before and now';

-- A matter that went to another complaint, another body or back to the citizen
-- has nothing left to answer. One that was closed has: closing must not be a
-- way out of an order.
CREATE FUNCTION peoplecall.void_orders(district_id int, complaint_id bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	s record;
BEGIN
	PERFORM peoplecall.stop_clocks(district_id, complaint_id, NULL, '{answer}', at, 'void');
	FOR s IN
		SELECT x.seq, x.area, x.ordered_by
		  FROM peoplecall.supervision AS x
		 WHERE x.district_id = void_orders.district_id
		   AND x.complaint_id = void_orders.complaint_id
		   AND x.closed_at IS NULL
		 ORDER BY x.seq
	LOOP
		PERFORM peoplecall.tell_order(district_id, complaint_id, s.area, s.seq, 'order_moot',
			ARRAY[peoplecall.officer_for(s.ordered_by, 'handler', at)], '{}', at);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.void_orders(int, bigint, timestamptz) IS
	'for verbs by which a matter leaves (rejected, referred, merged, withdrawn, moved): the clocks of its orders stop, void unless late, and whoever ordered is told; the orders stay open until he closes them';
