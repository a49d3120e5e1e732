-- Leaders and shifts: which officer of an org has a share, and what becomes of
-- it when he hands it over or leaves.

CREATE FUNCTION peoplecall.assign(complaint bigint, officer bigint, task int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.hand_over(
	complaint bigint, to_officer bigint, reason text, task int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.hand_over_all(from_officer bigint, to_officer bigint, reason text) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.assign(bigint, bigint, int) IS
	'an org''s leader or dispatcher, or one above in the line, gives its open share to an officer of the org, who is told, or his deputy; dispatched, shelved; task sent or accepted; PC001 where he has it already, PC005, 22004, 23514 for an officer of another org, 42501';
COMMENT ON FUNCTION peoplecall.hand_over(bigint, bigint, text, int) IS
	'an officer hands his share to a colleague of the org, who is told; a role that acts for nobody may do it for him; dispatched, shelved; task sent or accepted; PC001 where the share is with nobody or with the colleague, PC005, 22004, 23514 for an officer of another org, 42501 for a share of another officer';
COMMENT ON FUNCTION peoplecall.hand_over_all(bigint, bigint, text) IS
	'all open shares that an officer has of the colleague''s org and of those below it go to that colleague, who gets one message; the first officer may have left; complaints in ascending order; returns how many; PC005, 22004, 22023 for the same officer, 42501';

-- Gated before it tells who exists.
CREATE FUNCTION peoplecall.require_colleague(officer bigint, org bigint) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	his_org bigint := (SELECT f.org FROM peoplecall.officer AS f
	                    WHERE f.id = require_colleague.officer AND f.active);
BEGIN
	IF his_org IS NULL THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no active officer %s', officer);
	END IF;
	IF his_org <> org THEN
		RAISE check_violation USING
			MESSAGE = format('officer %s is not of org %s', officer, org),
			DETAIL = 'A share goes to an officer of the org that has it.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_colleague(bigint, bigint) IS
	'PC005 for an officer who is not there or not active, 23514 for one of another org';

-- The share, its org and its officer, locked; for assign and hand_over.
CREATE FUNCTION peoplecall.choose_share(
	district_id int, complaint_id bigint, task int, OUT seq int, OUT org bigint, OUT officer bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	seq := peoplecall.choose_task(district_id, complaint_id, task, '{sent,accepted}',
		peoplecall.gate_orgs());
	SELECT t.org, t.officer INTO STRICT org, officer
	  FROM peoplecall.task AS t
	 WHERE t.district_id = choose_share.district_id
	   AND t.complaint_id = choose_share.complaint_id
	   AND t.seq = choose_share.seq;
END
$$;
COMMENT ON FUNCTION peoplecall.choose_share(int, bigint, int) IS
	'as choose_task(), for an open share, with its org and officer';

CREATE FUNCTION peoplecall.give_share(
	district_id int, complaint_id bigint, task int, officer bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE peoplecall.task AS t
	   SET officer = give_share.officer
	 WHERE t.district_id = give_share.district_id
	   AND t.complaint_id = give_share.complaint_id
	   AND t.seq = task;
END
$$;
COMMENT ON FUNCTION peoplecall.give_share(int, bigint, int, bigint) IS
	'makes an officer the one who has a share';

CREATE FUNCTION peoplecall.assign_body(complaint bigint, officer bigint, task int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share record;
	at timestamptz;
	post_org bigint;
	told bigint[];
BEGIN
	IF officer IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'officer must not be null';
	END IF;
	c := peoplecall.lock_complaint(complaint);
	PERFORM peoplecall.gate_state(c.id, c.state);
	share := peoplecall.choose_share(c.district_id, c.id, task);
	post_org := peoplecall.gate_org(share.org);
	PERFORM peoplecall.require_colleague(officer, share.org);
	IF share.officer = officer THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('task %s of complaint %s is with officer %s already', share.seq,
				peoplecall.complaint_no(c.id), officer),
			DETAIL = 'No other officer was named.';
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	PERFORM peoplecall.give_share(c.district_id, c.id, share.seq, officer);
	told := peoplecall.officers_for(share.org, 'handler', at, officer, c.urgency);
	PERFORM peoplecall.tell_act(c.district_id, c.id, c.area, 'assign',
		peoplecall.deadline_field(c.district_id, c.id, 'assign', share.seq), told, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'assign', post_org, share.seq,
		jsonb_build_object('task_org', share.org, 'told', told,
			'officer', jsonb_build_object('old', share.officer, 'new', officer)));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, share.seq, share.org);
END
$$;
COMMENT ON FUNCTION peoplecall.assign_body(bigint, bigint, int) IS 'body of assign()';

CREATE FUNCTION peoplecall.hand_over_body(
	complaint bigint, to_officer bigint, reason text, task int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share record;
	at timestamptz;
	post_org bigint;
	told bigint[];
BEGIN
	IF to_officer IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'to_officer must not be null';
	END IF;
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	PERFORM peoplecall.gate_state(c.id, c.state);
	share := peoplecall.choose_share(c.district_id, c.id, task);
	post_org := peoplecall.gate_org(share.org);
	IF share.officer IS NULL OR share.officer = to_officer THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('task %s of complaint %s cannot be handed to officer %s', share.seq,
				peoplecall.complaint_no(c.id), to_officer),
			DETAIL = CASE WHEN share.officer IS NULL THEN 'It is with no officer.'
			              ELSE 'It is with him.' END,
			HINT = 'A leader of the org may assign it.';
	END IF;
	IF share.officer <> peoplecall.gate_officer() THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('task %s of complaint %s is with another officer', share.seq,
				peoplecall.complaint_no(c.id)),
			DETAIL = format('It is with officer %s.', share.officer),
			HINT = 'He hands it over himself, or a leader of the org assigns it.';
	END IF;
	PERFORM peoplecall.require_colleague(to_officer, share.org);
	at := peoplecall.act_time(c.last_event_at);
	PERFORM peoplecall.give_share(c.district_id, c.id, share.seq, to_officer);
	told := peoplecall.officers_for(share.org, 'handler', at, to_officer, c.urgency);
	PERFORM peoplecall.tell_act(c.district_id, c.id, c.area, 'hand_over',
		peoplecall.deadline_field(c.district_id, c.id, 'hand_over', share.seq)
		|| jsonb_build_object('reason', reason, 'from', peoplecall.officer_name(share.officer)),
		told, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'hand_over', post_org, share.seq,
		jsonb_build_object('task_org', share.org, 'reason', reason, 'told', told,
			'officer', jsonb_build_object('old', share.officer, 'new', to_officer)));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, share.seq, share.org);
END
$$;
COMMENT ON FUNCTION peoplecall.hand_over_body(bigint, bigint, text, int) IS 'body of hand_over()';

CREATE FUNCTION peoplecall.officer_name(officer bigint) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT f.name FROM peoplecall.officer AS f WHERE f.id = officer_name.officer);
END
$$;
COMMENT ON FUNCTION peoplecall.officer_name(bigint) IS 'the name of an officer, as notices write it';

CREATE FUNCTION peoplecall.hand_over_all_body(from_officer bigint, to_officer bigint, reason text) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	to_org bigint := (SELECT f.org FROM peoplecall.officer AS f WHERE f.id = to_officer AND f.active);
	post_org bigint;
	matter record;
	first bigint;
	tasks int := 0;
	moved int;
BEGIN
	IF num_nulls(from_officer, to_officer) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'from_officer and to_officer must not be null';
	END IF;
	PERFORM peoplecall.require_text('reason', reason);
	IF to_org IS NULL THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no active officer %s', to_officer);
	END IF;
	post_org := peoplecall.gate_org(to_org);
	IF from_officer = to_officer THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('officer %s cannot hand over to himself', from_officer);
	END IF;
	PERFORM peoplecall.lock_cities(ARRAY(
		SELECT DISTINCT t.district_id
		  FROM peoplecall.task AS t
		 WHERE t.officer = from_officer AND t.state IN ('sent', 'accepted')));
	FOR matter IN
		SELECT DISTINCT t.district_id, t.complaint_id
		  FROM peoplecall.task AS t
		 WHERE t.officer = from_officer AND t.state IN ('sent', 'accepted')
		   AND peoplecall.org_is_below(t.org, to_org)
		 ORDER BY 1, 2
	LOOP
		moved := peoplecall.hand_over_one(matter.complaint_id, from_officer, to_officer, to_org,
			reason, post_org);
		tasks := tasks + moved;
		IF moved > 0 THEN
			first := coalesce(first, matter.complaint_id);
		END IF;
	END LOOP;
	PERFORM peoplecall.tell_handed_over(first, from_officer, to_officer, to_org, tasks, reason);
	RETURN tasks;
END
$$;
COMMENT ON FUNCTION peoplecall.hand_over_all_body(bigint, bigint, text) IS 'body of hand_over_all()';

CREATE FUNCTION peoplecall.hand_over_one(
	complaint bigint, from_officer bigint, to_officer bigint, to_org bigint, reason text,
	post_org bigint) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share record;
	at timestamptz;
	events int := 0;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	at := peoplecall.act_time(c.last_event_at);
	-- what is still his now that the complaint is locked
	FOR share IN
		SELECT t.seq, t.org
		  FROM peoplecall.task AS t
		 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
		   AND t.officer = from_officer AND t.state IN ('sent', 'accepted')
		   AND peoplecall.org_is_below(t.org, to_org)
		 ORDER BY t.seq
	LOOP
		events := events + 1;
		PERFORM peoplecall.give_share(c.district_id, c.id, share.seq, to_officer);
		PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + events, at,
			'hand_over', post_org, share.seq,
			jsonb_build_object('task_org', share.org, 'reason', reason, 'all', true,
				'officer', jsonb_build_object('old', from_officer, 'new', to_officer)));
	END LOOP;
	IF events > 0 THEN
		PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, events, NULL, NULL);
	END IF;
	RETURN events;
END
$$;
COMMENT ON FUNCTION peoplecall.hand_over_one(bigint, bigint, bigint, bigint, text, bigint) IS
	'for hand_over_all(): of one complaint; returns how many shares';

-- Two hundred shares are one message, in the outbox of the first.
CREATE FUNCTION peoplecall.tell_handed_over(
	complaint bigint, from_officer bigint, to_officer bigint, to_org bigint, tasks int, reason text)
	RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
BEGIN
	IF complaint IS NULL THEN
		RETURN;
	END IF;
	c := peoplecall.lock_complaint(complaint);
	at := peoplecall.act_time(c.last_event_at);
	PERFORM peoplecall.send_notice(c.district_id, c.id, c.area,
		peoplecall.officer_for(to_org, 'handler', at, to_officer), 'hand_over_all',
		peoplecall.notice_fields(c.district_id, c.id) || jsonb_build_object('tasks', tasks,
			'reason', reason, 'from', peoplecall.officer_name(from_officer)), at);
END
$$;
COMMENT ON FUNCTION peoplecall.tell_handed_over(bigint, bigint, bigint, bigint, int, text) IS
	'for hand_over_all(): one message to who got the shares';
