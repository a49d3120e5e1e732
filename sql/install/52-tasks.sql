-- Handing a complaint to orgs: the one way in which tasks come to be, for
-- submit, dispatch, escalate, reopen and the ladder.

CREATE FUNCTION peoplecall.add_task(
	c peoplecall.receipt, district_id int, area peoplecall.areacode, org bigint,
	role peoplecall.task_role, matter text, responsibility bigint, ruling bigint,
	sent_by bigint, category ltree, urgency peoplecall.urgency, nature text,
	epoch int, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_seq int := coalesce((SELECT max(t.seq) FROM peoplecall.task AS t
	                           WHERE t.district_id = add_task.district_id
	                             AND t.complaint_id = c.complaint_id), 0) + 1;
BEGIN
	INSERT INTO peoplecall.task (district_id, complaint_id, area, seq, org, role,
		matter, responsibility, ruling, epoch, sent_by, sent_at)
	VALUES (district_id, c.complaint_id, area, next_seq, org, role,
		matter, responsibility, ruling, epoch, sent_by, at);
	-- the lead owes the citizen a call; an assistant has less time, so that the
	-- lead can put the shares together
	PERFORM peoplecall.start_clocks(district_id, c.complaint_id, area, next_seq,
		CASE role WHEN 'lead' THEN '{accept,contact,resolve}'::peoplecall.clock_kind[]
		          ELSE '{accept,resolve}' END,
		category, c.grade, urgency, nature, at, epoch,
		CASE role WHEN 'assist'
		          THEN peoplecall.setting_value('assist_share', '0.8')::float8 END);
	RETURN next_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.add_task(peoplecall.receipt, int, peoplecall.areacode, bigint, peoplecall.task_role, text, bigint, bigint, bigint, ltree, peoplecall.urgency, text, int, timestamptz) IS
	'gives an org a share of a complaint and starts its clocks; returns the task''s number';

CREATE FUNCTION peoplecall.end_task(
	district_id int, complaint_id bigint, task int, state peoplecall.task_state,
	at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE peoplecall.task AS t
	   SET state = end_task.state
	 WHERE t.district_id = end_task.district_id
	   AND t.complaint_id = end_task.complaint_id
	   AND t.seq = task;
	PERFORM peoplecall.stop_clocks(district_id, complaint_id, task,
		'{accept,contact,resolve}', at, 'void');
	PERFORM peoplecall.end_requests(district_id, complaint_id, task, at);
END
$$;
COMMENT ON FUNCTION peoplecall.end_task(int, bigint, int, peoplecall.task_state, timestamptz) IS
	'takes a share from an org; its clocks stop: missed where they are late, else void';

-- An org that the matter is about never leads it, nor does one below it.
CREATE FUNCTION peoplecall.check_lead(lead bigint, subject_org bigint) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_org(lead);
	IF EXISTS (SELECT FROM peoplecall.org AS o
	             JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	            WHERE o.id = lead AND k.outside) THEN
		RAISE check_violation USING
			MESSAGE = format('org %s is an outside body and cannot lead', lead);
	END IF;
	IF peoplecall.org_is_below(lead, subject_org) THEN
		RAISE check_violation USING
			MESSAGE = format('org %s cannot lead a matter about org %s', lead, subject_org),
			DETAIL = 'An org that a matter is about never leads it, nor does one below it.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_lead(bigint, bigint) IS
	'23514 for a lead that is an outside body or that the matter is about; PC005 where it does not exist';

-- The last step of every verb: the complaint's light, state and last event,
-- whose digest is the head of its chain.
CREATE FUNCTION peoplecall.settle(
	district_id int, complaint_id bigint, state peoplecall.complaint_state,
	at timestamptz, events int, task_seq int, org bigint) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	light record;
	settled_grade peoplecall.grade;
BEGIN
	light := peoplecall.tightest_clock(district_id, complaint_id);
	UPDATE peoplecall.complaint AS c
	   SET state = settle.state,
	       warn_at = light.warn_at,
	       due_at = light.due_at,
	       paused_at = light.paused_at,
	       event_count = c.event_count + events,
	       last_event_at = settle.at,
	       digest = (SELECT e.digest
	                   FROM peoplecall.event AS e
	                  WHERE e.district_id = settle.district_id
	                    AND e.complaint_id = settle.complaint_id
	                    AND e.seq = c.event_count + events)
	 WHERE c.district_id = settle.district_id AND c.id = settle.complaint_id
	RETURNING c.grade INTO settled_grade;
	RETURN peoplecall.make_receipt(complaint_id, state, settled_grade, task_seq, org,
		light.warn_at, light.due_at, light.paused_at, at);
END
$$;
COMMENT ON FUNCTION peoplecall.settle(int, bigint, peoplecall.complaint_state, timestamptz, int, int, bigint) IS
	'writes what a verb left: state, light, number and digest of the events; returns the receipt';
