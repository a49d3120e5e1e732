-- The citizen's own verbs, by whoever takes his calls: urge, supplement,
-- withdraw. What he says is content: it goes into the table supplement and
-- into no event. One whose complaint was merged speaks of his own; the work is
-- the principal's, so what matters for that is written there too.

CREATE FUNCTION peoplecall.urge(complaint bigint, note text DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.supplement(complaint bigint, body text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.withdraw(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.urge(bigint, text) IS
	'the citizen asks where it stays (催办): counted, at the principal too where it is merged; at every setting urge_tells-th (3, 0 for never) the leader in charge of the lead org is told; received, dispatched, completed, shelved, merged into one that is open; PC001, PC005, 42501';
COMMENT ON FUNCTION peoplecall.supplement(bigint, text) IS
	'the citizen says more of the matter (补充): kept beside it, and the lead''s handler is told; what the text would do to the grade stands in the event as a proposal; received, dispatched, completed, shelved, merged into one that is open; PC001, PC005, 22004, 42501';
COMMENT ON FUNCTION peoplecall.withdraw(bigint, text) IS
	'the citizen takes the matter back (撤回): to withdrawn; open shares end, clocks are void unless late, requests lapse; a principal goes on in its state for those merged into it, and ends when none of them is left; received, dispatched, completed, shelved, merged into one that is open; PC001, PC005, 22004, 42501';

-- The principal first, as whoever closes it does. Which one that is may change
-- until both are locked; a lock that a failed try took is given back with it.
CREATE FUNCTION peoplecall.lock_with_principal(complaint bigint) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	here bigint;
	principal bigint;
BEGIN
	LOOP
		here := peoplecall.current_complaint(complaint);
		principal := (SELECT m.principal_id FROM peoplecall.complaint AS m
		               WHERE m.district_id = peoplecall.district_of(here)
		                 AND m.id = here AND m.state = 'merged');
		BEGIN
			IF principal IS NOT NULL THEN
				PERFORM peoplecall.lock_complaint(principal);
			END IF;
			c := peoplecall.lock_complaint(here);
			IF c.moved_to IS NULL
			   AND principal IS NOT DISTINCT FROM (CASE c.state WHEN 'merged' THEN c.principal_id END)
			THEN
				EXIT;
			END IF;
			RAISE SQLSTATE 'PCMOV';
		EXCEPTION WHEN SQLSTATE 'PCMOV' THEN
		END;
	END LOOP;
	RETURN c;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_with_principal(bigint) IS
	'lock_complaint() of the complaint as which the one that is named goes on, after the one that it is merged into; PC005 where there is none';

-- What the citizen may no longer speak of.
CREATE FUNCTION peoplecall.check_open(
	complaint_id bigint, state peoplecall.complaint_state, principal_id bigint,
	closed_at timestamptz, withdrawn_at timestamptz, verb text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF withdrawn_at IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('verb %s does not apply to complaint %s', verb, peoplecall.complaint_no(complaint_id)),
			DETAIL = 'Its citizen withdrew it; it goes on for those merged into it.';
	END IF;
	IF state = 'merged' AND closed_at IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('verb %s does not apply to complaint %s', verb, peoplecall.complaint_no(complaint_id)),
			DETAIL = format('The complaint is merged into %s, which has ended.', peoplecall.complaint_no(principal_id)),
			HINT = 'Its citizen may rate it.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_open(bigint, peoplecall.complaint_state, bigint, timestamptz, timestamptz, text) IS
	'PC001 for what its citizen withdrew, or what is merged into one that has ended';

CREATE FUNCTION peoplecall.add_supplement(
	district_id int, complaint_id bigint, kind text, body text, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_seq int;
BEGIN
	IF btrim(body) = '' OR body IS NULL THEN
		RETURN NULL;
	END IF;
	next_seq := coalesce((SELECT max(s.seq) FROM peoplecall.supplement AS s
	                       WHERE s.district_id = add_supplement.district_id
	                         AND s.complaint_id = add_supplement.complaint_id), 0) + 1;
	INSERT INTO peoplecall.supplement (district_id, complaint_id, area, seq, kind, body, added_at)
	SELECT c.district_id, c.id, c.area, next_seq, add_supplement.kind, add_supplement.body, at
	  FROM peoplecall.complaint AS c
	 WHERE c.district_id = add_supplement.district_id AND c.id = add_supplement.complaint_id;
	RETURN next_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.add_supplement(int, bigint, text, text, timestamptz) IS
	'keeps what the citizen said; returns its number, NULL where he said nothing';

CREATE FUNCTION peoplecall.urge_body(complaint bigint, note text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	post_org bigint;
BEGIN
	c := peoplecall.lock_with_principal(complaint);
	post_org := peoplecall.gate_area(peoplecall.citizen_area(complaint, c.area), NULL, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	PERFORM peoplecall.check_open(c.id, c.state, c.principal_id, c.closed_at, c.withdrawn_at, 'urge');
	RETURN peoplecall.urge_both(c.id, post_org, jsonb_build_object('supplement',
		peoplecall.add_supplement(c.district_id, c.id, 'urge', note,
			peoplecall.act_time(c.last_event_at))));
END
$$;
COMMENT ON FUNCTION peoplecall.urge_body(bigint, text) IS 'body of urge()';

CREATE FUNCTION peoplecall.urge_both(complaint bigint, post_org bigint, detail jsonb) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	principal bigint := (SELECT m.principal_id FROM peoplecall.complaint AS m
	                      WHERE m.district_id = peoplecall.district_of(complaint)
	                        AND m.id = complaint AND m.state = 'merged');
BEGIN
	IF principal IS NOT NULL THEN
		PERFORM peoplecall.urge_one(principal, post_org, jsonb_build_object('merged', complaint));
	END IF;
	RETURN peoplecall.urge_one(complaint, post_org, detail);
END
$$;
COMMENT ON FUNCTION peoplecall.urge_both(bigint, bigint, jsonb) IS
	'counts that the citizen urged, at his complaint and at the one it is merged into; both rows are locked; returns his own receipt';

CREATE FUNCTION peoplecall.urge_one(complaint bigint, post_org bigint, detail jsonb) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	every int := peoplecall.setting_value('urge_tells', '3')::int;
	told bigint;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	at := peoplecall.act_time(c.last_event_at);
	UPDATE peoplecall.complaint AS m
	   SET urged = m.urged + 1
	 WHERE m.district_id = c.district_id AND m.id = c.id
	RETURNING m.urged INTO c.urged;
	-- of a merged one the principal's leader is told
	IF c.state <> 'merged' AND every > 0 AND c.urged % every = 0 THEN
		told := peoplecall.officer_for(coalesce(c.lead_org, c.command_org), 'leader_in_charge', at);
		PERFORM peoplecall.send_notice(c.district_id, c.id, c.area, told, 'urged',
			peoplecall.notice_fields(c.district_id, c.id) || jsonb_build_object('urged', c.urged), at);
	END IF;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'urge', post_org, NULL, detail || jsonb_build_object('urged', c.urged, 'told', told));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.urge_one(bigint, bigint, jsonb) IS
	'counts that a complaint was urged and tells the leader in charge each time that setting urge_tells says';

CREATE FUNCTION peoplecall.supplement_body(complaint bigint, body text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	w peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	added int;
	graded record;
	told bigint;
	told_at timestamptz;
BEGIN
	PERFORM peoplecall.require_text('body', body);
	c := peoplecall.lock_with_principal(complaint);
	post_org := peoplecall.gate_area(peoplecall.citizen_area(complaint, c.area), NULL, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	PERFORM peoplecall.check_open(c.id, c.state, c.principal_id, c.closed_at, c.withdrawn_at, 'supplement');
	at := peoplecall.act_time(c.last_event_at);
	added := peoplecall.add_supplement(c.district_id, c.id, 'supplement', body, at);
	-- words only propose: whoever commands reclassifies
	graded := peoplecall.grade_with_reasons(c.category, c.nature, c.channel, c.people,
		c.orgs, c.reach, c.reopened, body);
	w := c;
	IF c.state = 'merged' THEN
		w := peoplecall.lock_complaint(c.principal_id);
	END IF;
	told := peoplecall.tell_handler(w.district_id, w.id, 'supplement', at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'supplement', post_org, NULL,
		jsonb_build_object('supplement', added, 'told', told, 'proposals', nullif(jsonb_path_query_array(
			graded.reasons, '$[*] ? (@.proposes == true)'), '[]')));
	IF w.id <> c.id THEN
		told_at := peoplecall.act_time(greatest(at, w.last_event_at));
		PERFORM peoplecall.write_event(w.district_id, w.id, w.area, w.event_count + 1,
			told_at, 'supplement', post_org, NULL,
			jsonb_build_object('merged', c.id, 'supplement', added, 'told', told));
		PERFORM peoplecall.settle(w.district_id, w.id, w.state, told_at, 1, NULL, w.lead_org);
	END IF;
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.supplement_body(bigint, text) IS 'body of supplement()';

-- Whoever works on it: the lead's, or before there is one the command's.
CREATE FUNCTION peoplecall.tell_handler(
	district_id int, complaint_id bigint, template text, at timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	told bigint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = tell_handler.district_id AND m.id = tell_handler.complaint_id;
	told := peoplecall.officer_for(coalesce(c.lead_org, c.command_org), 'handler', at,
		(SELECT t.officer FROM peoplecall.task AS t
		  WHERE t.district_id = c.district_id AND t.complaint_id = c.id
		    AND t.role = 'lead' AND t.state IN ('sent', 'accepted')
		  ORDER BY t.seq DESC LIMIT 1));
	PERFORM peoplecall.send_notice(c.district_id, c.id, c.area, told, template,
		peoplecall.notice_fields(c.district_id, c.id), at);
	RETURN told;
END
$$;
COMMENT ON FUNCTION peoplecall.tell_handler(int, bigint, text, timestamptz) IS
	'sends a notice to the handler of the lead''s share, else to the lead''s or the commanding org''s; returns him, NULL for nobody';
