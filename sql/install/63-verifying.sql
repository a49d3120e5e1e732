-- Verbs of verifying: send_back, revisit, rate, close, reopen. Completion is a
-- claim; not the org that made it but the command, or one above it, accepts it.

CREATE FUNCTION peoplecall.send_back(complaint bigint, reason text, task int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.revisit(
	complaint bigint, outcome text, contacted boolean DEFAULT NULL,
	solved boolean DEFAULT NULL, satisfaction int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.rate(
	complaint bigint, solved boolean, satisfaction int DEFAULT NULL,
	comment text DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.close(complaint bigint, result text DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.reopen(complaint bigint, reason text, upheld boolean DEFAULT true) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.send_back(bigint, text, int) IS
	'a share that was claimed done is not: done to accepted; its resolve clock goes on with the time that was left at the claim; completed or dispatched to dispatched; PC001, PC005, 22004, 42501 for the handling org';
COMMENT ON FUNCTION peoplecall.revisit(bigint, text, boolean, boolean, int) IS
	'a call back from outside the handling org: outcome reached, unreached or refused; whether the handler had called, whether it is solved, satisfaction 1-5; after as many tries in vain as setting revisit_tries asks, setting revisit_apart from one another, the citizen counts as unreached; completed, closed; PC006 for one more try or one too early, PC001, 23514, 42501 for orgs with a share and those below them';
COMMENT ON FUNCTION peoplecall.rate(bigint, boolean, int, text) IS
	'the citizen''s word on a closing, once for each; unsolved reopens the matter as often as setting reopen_limit allows, then, and of a merged one always, the org above those that command and closed it, the principal where it is merged, is told and decides by decide_unsolved(); closed, or merged into one that is ended; one that was moved is rated as which it goes on; PC006 for a second word, PC001, 22004, 23514, 42501 for orgs with a share and those below them';
COMMENT ON FUNCTION peoplecall.close(bigint, text) IS
	'accepts the claim: completed to closed; the clocks verify and total stop, the citizen is asked to rate; PC001, 42501 for orgs with a share and those below them';
COMMENT ON FUNCTION peoplecall.reopen(bigint, text, boolean) IS
	'closed to dispatched, a new epoch: the lead gets a new share with full time, earlier verdicts stay; to received where the lead''s org is active no longer; upheld: where the citizen said it was not solved, the lead''s verdict becomes overturned; PC001, 22004 (for upheld too), 42501 for orgs with a share and those below them';

CREATE FUNCTION peoplecall.send_back_body(complaint bigint, reason text, task int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	task_org bigint;
	at timestamptz;
	post_org bigint;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	PERFORM peoplecall.gate_area(c.area, c.command_level, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	task := peoplecall.choose_task(c.district_id, c.id, task, '{done}', '{}');
	PERFORM peoplecall.check_leads_still(c.district_id, c.id, task);
	at := peoplecall.act_time(c.last_event_at);
	UPDATE peoplecall.task AS t
	   SET state = 'accepted', done_at = NULL
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id AND t.seq = task
	   AND t.epoch = c.epoch
	RETURNING t.org INTO task_org;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('task %s of complaint %s belongs to an earlier closing', task, peoplecall.complaint_no(c.id)),
			DETAIL = format('The complaint was reopened %s times since.', c.reopened);
	END IF;
	post_org := peoplecall.gate_area(c.area, c.command_level, task_org);

	PERFORM peoplecall.resume_after_claim(c.district_id, c.id, task, c.grade, at);
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, NULL, '{verify}', at);
	UPDATE peoplecall.complaint AS m
	   SET completed_at = NULL, result = NULL
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'send_back', post_org, task,
		jsonb_build_object('task_org', task_org, 'reason', reason));
	RETURN peoplecall.settle(c.district_id, c.id, 'dispatched', at, 1, task, task_org);
END
$$;
COMMENT ON FUNCTION peoplecall.send_back_body(bigint, text, int) IS 'body of send_back()';

-- A lead that had done its share when another got the lead has nothing to do any
-- more; sent back, it would lead beside that one.
CREATE FUNCTION peoplecall.check_leads_still(district_id int, complaint_id bigint, task int) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	share record;
	now_leads record;
BEGIN
	SELECT t.org, t.role INTO share
	  FROM peoplecall.task AS t
	 WHERE t.district_id = check_leads_still.district_id
	   AND t.complaint_id = check_leads_still.complaint_id
	   AND t.seq = task;
	SELECT t.seq, t.org INTO now_leads
	  FROM peoplecall.task AS t
	 WHERE t.district_id = check_leads_still.district_id
	   AND t.complaint_id = check_leads_still.complaint_id
	   AND t.role = 'lead' AND t.seq > task
	 ORDER BY t.seq DESC
	 LIMIT 1;
	IF share.role = 'lead' AND now_leads.seq IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('task %s of complaint %s leads no longer', task,
				peoplecall.complaint_no(complaint_id)),
			DETAIL = format('Org %s got the lead since, by task %s.', now_leads.org, now_leads.seq),
			HINT = format('Dispatch it to org %s again.', share.org);
	ELSIF share.org = now_leads.org THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('org %s assists no longer in complaint %s', share.org,
				peoplecall.complaint_no(complaint_id)),
			DETAIL = format('It got the lead since, by task %s.', now_leads.seq);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_leads_still(int, bigint, int) IS
	'used by send_back(): PC001 for a share that had the lead before another org got it, or assisted before its org did';

-- From the claim to the sending back the clock stood: that is a pause.
CREATE FUNCTION peoplecall.resume_after_claim(
	district_id int, complaint_id bigint, task int, grade peoplecall.grade, at timestamptz)
	RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.resume_clock(district_id, complaint_id, (
		SELECT max(o.seq)
		  FROM peoplecall.clock AS o
		 WHERE o.district_id = resume_after_claim.district_id
		   AND o.complaint_id = resume_after_claim.complaint_id
		   AND o.task_seq = task AND o.kind = 'resolve'), grade, at);
END
$$;
COMMENT ON FUNCTION peoplecall.resume_after_claim(int, bigint, int, peoplecall.grade, timestamptz) IS
	'lets a share''s resolve clock go on with the time that was left when it was claimed done';

CREATE FUNCTION peoplecall.resume_clock(
	district_id int, complaint_id bigint, clock_seq int, grade peoplecall.grade, at timestamptz)
	RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k peoplecall.clock;
	timed record;
BEGIN
	SELECT o.* INTO k
	  FROM peoplecall.clock AS o
	 WHERE o.district_id = resume_clock.district_id
	   AND o.complaint_id = resume_clock.complaint_id
	   AND o.seq = clock_seq
	   FOR UPDATE;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	-- paused when it was claimed: the pause goes on to the sending back, and
	-- what was to follow of it ended with the claim
	k.pauses := k.pauses - tstzmultirange(tstzrange(k.stopped_at, NULL))
		+ tstzmultirange(tstzrange(
			peoplecall.stands_at(k.pauses, k.stopped_at), greatest(at, k.stopped_at)));
	timed := peoplecall.clock_times(k.kind, grade, k.started_at, k.allowed,
		k.extensions, k.pauses, k.calendar, k.fired);
	UPDATE peoplecall.clock AS u
	   SET stopped_at = NULL, verdict = NULL, paused_at = NULL, pauses = k.pauses,
	       warn_at = timed.warn_at, due_at = timed.due_at,
	       next_alarm_at = timed.next_alarm_at
	 WHERE u.district_id = k.district_id AND u.complaint_id = k.complaint_id
	   AND u.seq = k.seq;
END
$$;
COMMENT ON FUNCTION peoplecall.resume_clock(int, bigint, int, peoplecall.grade, timestamptz) IS
	'lets a clock that was stopped go on with the time that was left then';

CREATE FUNCTION peoplecall.revisit_body(
	complaint bigint, outcome text, contacted boolean, solved boolean, satisfaction int)
	RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	next_seq int;
	last_try boolean := false;
BEGIN
	PERFORM peoplecall.require_text('outcome', outcome);
	IF outcome NOT IN ('reached', 'unreached', 'refused') THEN
		RAISE check_violation USING
			MESSAGE = format('there is no outcome "%s" of a call', peoplecall.shown(outcome)),
			HINT = 'Outcomes are reached, unreached and refused.';
	END IF;
	PERFORM peoplecall.require_satisfaction(satisfaction);
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_outside(c.area, NULL, peoplecall.handling_orgs(c.id));
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);
	IF outcome = 'unreached' THEN
		last_try := peoplecall.check_tries(c.district_id, c.id, at);
	END IF;
	next_seq := coalesce((SELECT max(v.seq) FROM peoplecall.revisit AS v
	                       WHERE v.district_id = c.district_id AND v.complaint_id = c.id), 0) + 1;
	INSERT INTO peoplecall.revisit (district_id, complaint_id, area, seq, epoch, outcome,
		contacted, solved, satisfaction, visited_at, org, given_up)
	VALUES (c.district_id, c.id, c.area, next_seq, c.epoch, outcome,
		contacted, solved, satisfaction, at, post_org, last_try);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'revisit', post_org, NULL,
		jsonb_build_object('outcome', outcome, 'contacted', contacted, 'solved', solved,
			'satisfaction', satisfaction, 'given_up', nullif(last_try, false)));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.revisit_body(bigint, text, boolean, boolean, int) IS 'body of revisit()';

-- Tries of one closing count: a claim that was sent back is another question.
CREATE FUNCTION peoplecall.check_tries(district_id int, complaint_id bigint, at timestamptz) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	most int := peoplecall.setting_value('revisit_tries', '3')::int;
	apart peoplecall.timelimit := (peoplecall.setting_value('revisit_apart', '"2h"') #>> '{}')::peoplecall.timelimit;
	tried record;
	soonest timestamptz;
BEGIN
	SELECT count(*) AS tries, max(v.visited_at) AS last_at INTO tried
	  FROM peoplecall.revisit AS v
	  JOIN peoplecall.complaint AS c
	    ON c.district_id = v.district_id AND c.id = v.complaint_id
	 WHERE v.district_id = check_tries.district_id AND v.complaint_id = check_tries.complaint_id
	   AND v.outcome = 'unreached' AND v.epoch = c.epoch
	   AND v.visited_at >= coalesce(c.completed_at, c.closed_at);
	IF tried.tries >= most THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('the citizen of complaint %s was not reached as often as it is tried',
				peoplecall.complaint_no(complaint_id)),
			DETAIL = format('There were %s tries, and setting revisit_tries asks for %s.', tried.tries, most),
			HINT = 'He counts as unreached; should he be reached after all, say so.';
	END IF;
	soonest := peoplecall.due_at(tried.last_at, apart, NULL);
	IF at < soonest THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('it is too early to try complaint %s again', peoplecall.complaint_no(complaint_id)),
			DETAIL = format('The last try was at %s, and setting revisit_apart is %s.',
				peoplecall.local_time(tried.last_at), apart),
			HINT = format('Try again from %s on.', peoplecall.local_time(soonest));
	END IF;
	RETURN tried.tries + 1 >= most;
END
$$;
COMMENT ON FUNCTION peoplecall.check_tries(int, bigint, timestamptz) IS
	'used by revisit(): whether one more call in vain is the last that setting revisit_tries (3) asks for; PC006 for one more than that, and for one sooner than setting revisit_apart (2h) after the one before';

CREATE FUNCTION peoplecall.require_satisfaction(satisfaction int) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF satisfaction NOT BETWEEN 1 AND 5 THEN
		RAISE check_violation USING
			MESSAGE = format('satisfaction must be from 1 to 5, not %s', satisfaction);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_satisfaction(int) IS
	'23514 for what is no satisfaction; the constraint would say so with the citizen''s comment';

CREATE FUNCTION peoplecall.close_body(complaint bigint, result text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	digest bytea;
	post_org bigint;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_outside(c.area, c.command_level, peoplecall.handling_orgs(c.id));
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);
	-- the answer to an order is owed for all that
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, NULL, '{verify,total}', at);
	UPDATE peoplecall.complaint AS m
	   SET closed_at = at, closed_by = post_org, result = coalesce(close_body.result, m.result)
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	digest := peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'close', post_org, NULL, jsonb_build_object('result', result), c.digest);
	PERFORM peoplecall.tell_reporter(c.district_id, c.id, c.area, 'rating', '{}', at);
	PERFORM peoplecall.end_merged(c.id, 'close', coalesce(result, c.result), post_org);
	RETURN peoplecall.settle(c.district_id, c.id, 'closed', at, 1, NULL, c.lead_org, digest);
END
$$;
COMMENT ON FUNCTION peoplecall.close_body(bigint, text) IS 'body of close()';

CREATE FUNCTION peoplecall.rate_body(complaint bigint, solved boolean, satisfaction int, comment text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	w peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	again boolean;
	told bigint;
	opened record;
BEGIN
	IF solved IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'solved must not be null';
	END IF;
	PERFORM peoplecall.require_satisfaction(satisfaction);
	c := peoplecall.lock_current(complaint);
	post_org := peoplecall.gate_outside(peoplecall.citizen_area(complaint, c.area), NULL,
		peoplecall.handling_orgs(c.id));
	PERFORM peoplecall.gate_state(c.id, c.state);
	IF c.state = 'merged' AND c.closed_at IS NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('verb rate does not apply to complaint %s', peoplecall.complaint_no(c.id)),
			DETAIL = format('The complaint is merged into %s, which is open.', peoplecall.complaint_no(c.principal_id));
	END IF;
	w := c;
	IF c.state = 'merged' THEN
		-- no lock is needed: it is opened again together with c, whose lock is held
		SELECT m.* INTO STRICT w
		  FROM peoplecall.complaint AS m
		 WHERE m.district_id = peoplecall.district_of(c.principal_id) AND m.id = c.principal_id;
	END IF;
	PERFORM peoplecall.check_rating(c.district_id, c.id, w.id, w.epoch);
	at := peoplecall.act_time(c.last_event_at);
	INSERT INTO peoplecall.rating (district_id, complaint_id, area, epoch, closing_of,
		closing_epoch, closed_by, solved, satisfaction, comment, rated_at)
	VALUES (c.district_id, c.id, c.area, c.epoch, w.id, w.epoch, w.closed_by,
		rate_body.solved, rate_body.satisfaction, rate_body.comment, at);

	again := NOT solved AND c.lead_org IS NOT NULL
		AND c.reopened < peoplecall.setting_value('reopen_limit', '1')::int;
	IF NOT solved AND NOT again THEN
		told := peoplecall.officer_for(peoplecall.deciding_org(w.area, w.command_level,
			w.command_org, w.subject_org, w.closed_by, at), 'leader_in_charge', at);
		PERFORM peoplecall.send_notice(c.district_id, c.id, c.area, told, 'unsolved',
			peoplecall.notice_fields(c.district_id, c.id), at);
	END IF;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'rate', post_org, NULL,
		jsonb_build_object('solved', solved, 'satisfaction', satisfaction,
			'reopens', again, 'told', told));
	IF NOT again THEN
		RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
	END IF;
	opened := peoplecall.new_epoch(c.district_id, c.id, at, c.event_count + 2, post_org,
		jsonb_build_object('reason', 'the citizen says it is not solved'));
	RETURN peoplecall.settle(c.district_id, c.id, opened.state, at, 2, opened.task, opened.lead);
END
$$;
COMMENT ON FUNCTION peoplecall.rate_body(bigint, boolean, int, text) IS 'body of rate()';

CREATE FUNCTION peoplecall.new_epoch(
	district_id int, complaint_id bigint, at timestamptz, event_seq int,
	post_org bigint, detail jsonb,
	OUT state peoplecall.complaint_state, OUT task int, OUT lead bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	old peoplecall.task;
	receipt peoplecall.receipt;
BEGIN
	UPDATE peoplecall.complaint AS m
	   SET epoch = m.epoch + 1, reopened = m.reopened + 1,
	       completed_at = NULL, closed_at = NULL, closed_by = NULL, result = NULL
	 WHERE m.district_id = new_epoch.district_id AND m.id = new_epoch.complaint_id
	RETURNING m.* INTO c;
	SELECT t.* INTO STRICT old
	  FROM peoplecall.task AS t
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
	   AND t.role = 'lead' AND t.state = 'done'
	 ORDER BY t.seq DESC LIMIT 1;
	IF EXISTS (SELECT FROM peoplecall.org AS o WHERE o.id = old.org AND o.active) THEN
		state := 'dispatched';
		lead := old.org;
		receipt.complaint_id := c.id;
		receipt.grade := c.grade;
		task := peoplecall.add_task(receipt, c.district_id, c.area, lead, 'lead',
			old.matter, old.responsibility, old.ruling, c.command_org, c.category,
			c.urgency, c.nature, c.epoch, at);
	ELSE
		-- nobody is there to take it: the command judges who does now
		state := 'received';
		UPDATE peoplecall.complaint AS m
		   SET lead_org = NULL
		 WHERE m.district_id = c.district_id AND m.id = c.id;
		PERFORM peoplecall.start_clocks(c.district_id, c.id, c.area, NULL, '{dispatch}',
			c.category, c.grade, c.urgency, c.nature, at, c.epoch);
	END IF;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, event_seq, at,
		'reopen', post_org, task, detail || jsonb_build_object('epoch', c.epoch,
			'closed_org', CASE WHEN task IS NULL THEN old.org END));
	PERFORM peoplecall.reopen_merged(c.id, post_org);
	PERFORM peoplecall.tell_citizens(c.district_id, c.id, 'reopened', '{}', at);
END
$$;
COMMENT ON FUNCTION peoplecall.new_epoch(int, bigint, timestamptz, int, bigint, jsonb) IS
	'opens a closed matter again with its last lead; earlier clocks and verdicts stay as they are; where that org is active no longer, the matter waits to be dispatched; returns the state, the new task and its org';

CREATE FUNCTION peoplecall.reopen_body(complaint bigint, reason text, upheld boolean) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	overturned int := 0;
	opened record;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	IF upheld IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'upheld must not be null';
	END IF;
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_outside(c.area, c.command_level, peoplecall.handling_orgs(c.id));
	PERFORM peoplecall.gate_state(c.id, c.state);
	IF c.lead_org IS NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('verb reopen does not apply to complaint %s', peoplecall.complaint_no(c.id)),
			DETAIL = 'It was answered on the spot; no org handled it.',
			HINT = 'Submit the matter anew.';
	END IF;
	at := peoplecall.act_time(c.last_event_at);

	IF upheld AND peoplecall.citizen_says_no(c.district_id, c.id, c.epoch) THEN
		overturned := peoplecall.overturn(c.district_id, c.id, c.epoch);
	END IF;
	UPDATE peoplecall.rating AS r
	   SET upheld = reopen_body.upheld, decided_by = post_org, decided_at = at
	 WHERE r.district_id = c.district_id AND r.complaint_id = c.id
	   AND r.closing_of = c.id AND r.closing_epoch = c.epoch
	   AND NOT r.solved AND r.decided_at IS NULL;
	opened := peoplecall.new_epoch(c.district_id, c.id, at, c.event_count + 1, post_org,
		jsonb_build_object('reason', reason, 'overturned', nullif(overturned, 0)));
	RETURN peoplecall.settle(c.district_id, c.id, opened.state, at, 1, opened.task, opened.lead);
END
$$;
COMMENT ON FUNCTION peoplecall.reopen_body(bigint, text, boolean) IS 'body of reopen()';

CREATE FUNCTION peoplecall.citizen_says_no(district_id int, complaint_id bigint, epoch int) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM peoplecall.rating AS r
		 WHERE r.district_id = citizen_says_no.district_id
		   AND r.complaint_id = citizen_says_no.complaint_id
		   AND r.closing_of = citizen_says_no.complaint_id
		   AND r.closing_epoch = citizen_says_no.epoch AND NOT r.solved)
	OR EXISTS (
		SELECT FROM peoplecall.revisit AS v
		 WHERE v.district_id = citizen_says_no.district_id
		   AND v.complaint_id = citizen_says_no.complaint_id
		   AND v.epoch = citizen_says_no.epoch AND NOT v.solved);
END
$$;
COMMENT ON FUNCTION peoplecall.citizen_says_no(int, bigint, int) IS
	'whether the citizen said of this closing that it is not solved, by rating or when called back';
