-- What becomes of a citizen's no. The first reopens his matter by itself, and
-- is not yet judged; the next waits for the org above the one that closed.
-- Both are decided here: a no that is upheld overturns the lead's verdict of
-- the closing that it is about, whatever happened to the matter since.

CREATE FUNCTION peoplecall.decide_unsolved(
	complaint bigint, upheld boolean, reason text, epoch int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.decide_unsolved(bigint, boolean, text, int) IS
	'the org above decides on a citizen''s word that a closing (epoch; NULL: the latest that waits) did not solve it: upheld, the lead''s verdict becomes overturned and the matter is reopened unless it was; not upheld, the closing stands; both are told to the citizen; received, dispatched, completed, closed, shelved, merged; PC001 where no such word waits, PC005, 22004, 42501 for who closed, who commands, orgs with a share and those below';

CREATE FUNCTION peoplecall.handling_orgs(complaint bigint) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
BEGIN
	SELECT w.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	  JOIN peoplecall.complaint AS w
	    ON w.district_id = peoplecall.district_of(coalesce(m.principal_id, m.id))
	   AND w.id = coalesce(m.principal_id, m.id)
	 WHERE m.district_id = peoplecall.district_of(handling_orgs.complaint)
	   AND m.id = handling_orgs.complaint;
	RETURN ARRAY(
		SELECT c.lead_org WHERE c.lead_org IS NOT NULL
		 UNION
		SELECT t.org
		  FROM peoplecall.task AS t
		 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
		   AND t.epoch = c.epoch AND t.state IN ('sent', 'accepted', 'done'));
END
$$;
COMMENT ON FUNCTION peoplecall.handling_orgs(bigint) IS
	'the orgs with a share of a complaint, or of the one it is merged into, since it was last opened: none of them may say that it is done';

CREATE FUNCTION peoplecall.check_rating(district_id int, complaint_id bigint) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = check_rating.district_id AND m.id = check_rating.complaint_id;
	IF c.withdrawn_at IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('verb rate does not apply to complaint %s', peoplecall.complaint_no(c.id)),
			DETAIL = 'Its citizen withdrew it.';
	END IF;
	IF EXISTS (
		SELECT FROM peoplecall.rating AS r
		 WHERE r.district_id = c.district_id AND r.complaint_id = c.id AND r.epoch = c.epoch)
	THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('the citizen of complaint %s has rated this closing already', peoplecall.complaint_no(c.id)),
			DETAIL = 'A closing is rated once.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_rating(int, bigint) IS
	'used by rate(): PC006 where this closing was rated, PC001 where the citizen withdrew';

CREATE FUNCTION peoplecall.overturn(district_id int, complaint_id bigint, epoch int) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	overturned int;
BEGIN
	UPDATE peoplecall.clock AS k
	   SET verdict = 'overturned'
	  FROM peoplecall.task AS t
	 WHERE k.district_id = overturn.district_id AND k.complaint_id = overturn.complaint_id
	   AND k.epoch = overturn.epoch AND k.kind = 'resolve' AND k.verdict = 'met'
	   AND t.district_id = k.district_id AND t.complaint_id = k.complaint_id
	   AND t.seq = k.task_seq AND t.role = 'lead' AND t.state = 'done';
	GET DIAGNOSTICS overturned = ROW_COUNT;
	RETURN overturned;
END
$$;
COMMENT ON FUNCTION peoplecall.overturn(int, bigint, int) IS
	'what the lead claimed done in time in this epoch was not: its verdict becomes overturned; returns how many';

-- Whoever closed it has decided once already; only the top org may again, for
-- nobody is above it, and by another post.
CREATE FUNCTION peoplecall.orgs_that_closed(district_id int, complaint_id bigint, epoch int, command_org bigint) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT o.id
		  FROM peoplecall.org AS o
		 WHERE o.superior IS NOT NULL
		   AND (o.id = orgs_that_closed.command_org OR o.id IN (
			SELECT e.org
			  FROM peoplecall.event AS e
			 WHERE e.district_id = orgs_that_closed.district_id
			   AND e.complaint_id = orgs_that_closed.complaint_id
			   AND e.verb = 'close'
			   AND orgs_that_closed.epoch = (
				SELECT count(*) FROM peoplecall.event AS x
				 WHERE x.district_id = e.district_id AND x.complaint_id = e.complaint_id
				   AND x.verb = 'reopen' AND x.seq < e.seq))));
END
$$;
COMMENT ON FUNCTION peoplecall.orgs_that_closed(int, bigint, int, bigint) IS
	'the org that commands a complaint and those that closed it in that epoch, but one without a superior';

CREATE FUNCTION peoplecall.decide_unsolved_body(complaint bigint, upheld boolean, reason text, epoch int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	w peoplecall.complaint;
	r peoplecall.rating;
	closing int;
	at timestamptz;
	post_org bigint;
	overturned int := 0;
	reopens boolean;
	said jsonb;
	opened record;
BEGIN
	IF upheld IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'upheld must not be null';
	END IF;
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_with_principal(complaint);
	w := c;
	IF c.state = 'merged' THEN
		w := peoplecall.lock_complaint(c.principal_id);
	END IF;
	SELECT x.* INTO r
	  FROM peoplecall.rating AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id
	   AND NOT x.solved AND x.decided_at IS NULL
	   AND x.epoch = coalesce(decide_unsolved_body.epoch, x.epoch)
	 ORDER BY x.epoch DESC
	 LIMIT 1;
	-- the principal's closing that his own is one with
	closing := w.epoch - (c.epoch - r.epoch);
	post_org := peoplecall.gate_outside(c.area, w.command_level, peoplecall.handling_orgs(c.id)
		|| peoplecall.orgs_that_closed(w.district_id, w.id, closing, w.command_org));
	PERFORM peoplecall.gate_state(c.id, c.state);
	IF r.epoch IS NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('nothing of complaint %s is to be decided', peoplecall.complaint_no(c.id)),
			DETAIL = format('The complaint is %s, and no word of its citizen that it is not solved waits.', c.state);
	END IF;
	at := peoplecall.act_time(c.last_event_at);

	UPDATE peoplecall.rating AS x
	   SET upheld = decide_unsolved_body.upheld, decided_by = post_org, decided_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id
	   AND x.epoch = r.epoch AND x.reporter_seq = r.reporter_seq;
	IF upheld THEN
		overturned := peoplecall.overturn(w.district_id, w.id, closing);
	END IF;
	reopens := upheld AND w.state = 'closed' AND w.epoch = closing AND w.lead_org IS NOT NULL;
	said := jsonb_build_object('upheld', upheld, 'reason', reason, 'of_epoch', r.epoch,
		'overturned', nullif(overturned, 0), 'reopens', reopens);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'decide_unsolved', post_org, NULL, said);
	IF NOT upheld THEN
		PERFORM peoplecall.send_reporter_notice(c.district_id, c.id, c.area, 'upheld',
			peoplecall.reporter_fields(w.district_id, w.id)
			|| jsonb_build_object('no', peoplecall.complaint_no(c.id), 'title', c.title), at);
	END IF;
	IF NOT reopens THEN
		RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
	END IF;

	PERFORM peoplecall.send_notice(w.district_id, w.id, w.area,
		peoplecall.officer_for(w.lead_org, 'leader_in_charge', at), 'redo',
		peoplecall.notice_fields(w.district_id, w.id) || jsonb_build_object('reason', reason), at);
	IF w.id = c.id THEN
		opened := peoplecall.new_epoch(c.district_id, c.id, at, c.event_count + 2, post_org,
			jsonb_build_object('reason', reason));
		RETURN peoplecall.settle(c.district_id, c.id, opened.state, at, 2, opened.task, opened.lead);
	END IF;
	PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, NULL);
	at := peoplecall.act_time(greatest(at, w.last_event_at));
	opened := peoplecall.new_epoch(w.district_id, w.id, at, w.event_count + 1, post_org,
		jsonb_build_object('reason', reason, 'merged', c.id));
	PERFORM peoplecall.settle(w.district_id, w.id, opened.state, at, 1, opened.task, opened.lead);
	RETURN peoplecall.make_receipt(c.id, c.state, c.grade, NULL, NULL, NULL, NULL, NULL, at);
END
$$;
COMMENT ON FUNCTION peoplecall.decide_unsolved_body(bigint, boolean, text, int) IS 'body of decide_unsolved()';
