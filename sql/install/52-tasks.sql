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
	PERFORM peoplecall.bar_from_reporter(district_id, c.complaint_id, ARRAY[org]);
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

-- The citizen asked not to be known: nor to who handles it now, nor to who did.
CREATE FUNCTION peoplecall.bar_from_reporter(
	district_id int, complaint_id bigint, orgs bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE peoplecall.reporter AS r
	   SET barred = r.barred || ARRAY(SELECT o.id FROM unnest(bar_from_reporter.orgs) AS o (id)
	                                   WHERE o.id <> ALL (r.barred))
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = bar_from_reporter.district_id
	   AND m.id = bar_from_reporter.complaint_id
	   AND r.district_id = m.district_id AND r.complaint_id = m.id
	   AND m.privacy <> 'open' AND NOT r.barred @> bar_from_reporter.orgs;
	-- who handles the principal handles those merged into it
	UPDATE peoplecall.reporter AS r
	   SET barred = r.barred || ARRAY(SELECT o.id FROM unnest(bar_from_reporter.orgs) AS o (id)
	                                   WHERE o.id <> ALL (r.barred))
	  FROM peoplecall.complaint AS m
	 WHERE m.principal_id = bar_from_reporter.complaint_id AND m.state = 'merged'
	   AND r.district_id = m.district_id AND r.complaint_id = m.id
	   AND m.privacy <> 'open' AND NOT r.barred @> bar_from_reporter.orgs;
END
$$;
COMMENT ON FUNCTION peoplecall.bar_from_reporter(int, bigint, bigint[]) IS
	'these orgs have a share: nobody of theirs reads who called, where that citizen, or one whose complaint was merged into his, is confidential or anonymous';

CREATE FUNCTION peoplecall.end_task(
	district_id int, complaint_id bigint, task int, state peoplecall.task_state,
	at timestamptz, now_at timestamptz DEFAULT NULL) RETURNS void
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
	PERFORM peoplecall.end_requests(district_id, complaint_id, task, at, now_at);
END
$$;
COMMENT ON FUNCTION peoplecall.end_task(int, bigint, int, peoplecall.task_state, timestamptz, timestamptz) IS
	'takes a share from an org, as of a time that may be before now (NULL: now); its clocks stop: missed where they are late, else void';

-- An org that the matter is about never leads it, nor does one below it; a
-- body that inspects is there for that.
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
	IF peoplecall.org_is_below(lead, subject_org) AND (lead = subject_org OR NOT EXISTS (
		SELECT FROM peoplecall.org AS o
		  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
		 WHERE o.id = lead AND k.inspects))
	THEN
		RAISE check_violation USING
			MESSAGE = format('org %s cannot lead a matter about org %s', lead, subject_org),
			DETAIL = 'An org that a matter is about never leads it, nor does one below it.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_lead(bigint, bigint) IS
	'23514 for a lead that is an outside body or that the matter is about, or below such, unless it inspects; PC005 where it does not exist';

-- The last step of every verb: the complaint's light, state and last event,
-- whose digest is the head of its chain.
CREATE FUNCTION peoplecall.settle(
	district_id int, complaint_id bigint, state peoplecall.complaint_state,
	at timestamptz, events int, task_seq int, org bigint, digest bytea DEFAULT NULL)
	RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	light record;
	settled record;
BEGIN
	light := peoplecall.tightest_clock(district_id, complaint_id);
	IF events > 0 AND digest IS NULL THEN
		digest := peoplecall.event_head(district_id, complaint_id,
			(SELECT c.event_count + events FROM peoplecall.complaint AS c
			  WHERE c.district_id = settle.district_id AND c.id = settle.complaint_id), at);
	END IF;
	UPDATE peoplecall.complaint AS c
	   SET state = settle.state,
	       warn_at = light.warn_at,
	       due_at = light.due_at,
	       paused_at = light.paused_at,
	       event_count = c.event_count + events,
	       last_event_at = settle.at,
	       -- a verb that wrote none leaves it as it is
	       digest = coalesce(settle.digest, c.digest)
	 WHERE c.district_id = settle.district_id AND c.id = settle.complaint_id
	RETURNING c.grade, c.event_count, c.principal_id,
		coalesce(c.lead_org, c.command_org) AS org INTO settled;
	INSERT INTO peoplecall.appraisal_mark (district_id, complaint_id)
	VALUES (settle.district_id, settle.complaint_id);
	-- what a citizen of a merged matter says is said of the principal's handling
	IF settled.principal_id IS NOT NULL THEN
		INSERT INTO peoplecall.appraisal_mark (district_id, complaint_id)
		VALUES (peoplecall.district_of(settled.principal_id), settled.principal_id);
	END IF;
	-- what changes() numbers once it is committed
	IF events > 0 THEN
		INSERT INTO peoplecall.change_queue (district_id, complaint_id, seq, events, at, state, grade, org)
		VALUES (settle.district_id, settle.complaint_id, settled.event_count, events, settle.at,
			settle.state, settled.grade, settled.org);
	END IF;
	RETURN peoplecall.make_receipt(complaint_id, state, settled.grade, task_seq, org,
		light.warn_at, light.due_at, light.paused_at, at);
END
$$;
COMMENT ON FUNCTION peoplecall.settle(int, bigint, peoplecall.complaint_state, timestamptz, int, int, bigint, bytea) IS
	'writes what a verb left: state, light, number and digest of the events, which is looked up where it is NULL; marks the complaint for the appraisal; returns the receipt';

CREATE FUNCTION peoplecall.mark_appraisal(district_id int, complaints bigint[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO peoplecall.appraisal_mark (district_id, complaint_id)
	SELECT mark_appraisal.district_id, c.id FROM unnest(complaints) AS c (id);
END
$$;
COMMENT ON FUNCTION peoplecall.mark_appraisal(int, bigint[]) IS
	'says that facts of these complaints have changed; settle() does so for every verb; used by verbs';
