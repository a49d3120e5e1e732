-- What becomes of a citizen's no. The first reopens his matter by itself, and
-- is not yet judged; the next waits for the org above the one that closed.
-- Both are decided here: a no that is upheld overturns the lead's verdict of
-- the closing that it is about, whatever happened to the matter since. Which
-- closing that is, and who closed, stands in the rating: what a complaint is
-- merged into changes, and the history may be kept elsewhere.

CREATE FUNCTION peoplecall.decide_unsolved(
	complaint bigint, upheld boolean, reason text, epoch int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.decide_unsolved(bigint, boolean, text, int) IS
	'the org above decides on a citizen''s word that a closing (epoch; NULL: the latest that waits) did not solve it: upheld, the lead''s verdict becomes overturned and the matter is reopened unless it was; not upheld, the closing stands; both are told to the citizen; every state, for a word waits until it is decided; of a merged or moved one, the closing, its lead and who is above are those of the complaint that he rated; PC001 where no such word waits, PC005, 22004, 42501 for who closed, who commands, orgs with a share and those below';

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

CREATE FUNCTION peoplecall.check_rating(
	district_id int, complaint_id bigint, closing_of bigint, closing_epoch int) RETURNS void
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
		 WHERE r.district_id = c.district_id AND r.complaint_id = c.id
		   AND r.closing_of = check_rating.closing_of
		   AND r.closing_epoch = check_rating.closing_epoch)
	THEN
		RAISE SQLSTATE 'PC006' USING
			MESSAGE = format('the citizen of complaint %s has rated this closing already', peoplecall.complaint_no(c.id)),
			DETAIL = 'A closing is rated once.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_rating(int, bigint, bigint, int) IS
	'used by rate(): PC006 where this closing (of which complaint, its epoch) was rated, PC001 where the citizen withdrew';

-- Whoever is told must be one that may decide.
CREATE FUNCTION peoplecall.deciding_org(
	area peoplecall.areacode, level peoplecall.area_level, command_org bigint,
	subject_org bigint, closed_by bigint, at timestamptz) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	above bigint := peoplecall.supervising_org(area, level, command_org, subject_org, at);
BEGIN
	IF above = closed_by THEN
		above := peoplecall.supervising_org(area, (
			SELECT k.level
			  FROM peoplecall.org AS o
			  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
			 WHERE o.id = closed_by), closed_by, subject_org, at);
	END IF;
	RETURN above;
END
$$;
COMMENT ON FUNCTION peoplecall.deciding_org(peoplecall.areacode, peoplecall.area_level, bigint, bigint, bigint, timestamptz) IS
	'used by rate(): supervising_org(), or the one above that where it has closed the matter itself';

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

-- What is granted later does not make good what a citizen's no has overturned.
CREATE FUNCTION peoplecall.said_no(district_id int, complaint_id bigint, task int, epoch int) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM peoplecall.task AS t
		 WHERE t.district_id = said_no.district_id AND t.complaint_id = said_no.complaint_id
		   AND t.seq = task AND t.role = 'lead' AND t.state = 'done')
	   AND EXISTS (
		SELECT FROM peoplecall.rating AS r
		 WHERE r.closing_of = said_no.complaint_id AND r.closing_epoch = said_no.epoch
		   AND r.upheld);
END
$$;
COMMENT ON FUNCTION peoplecall.said_no(int, bigint, int, int) IS
	'used by decide(): whether a citizen''s no of the closing of an epoch was upheld, and the share led it';

-- Whoever closed it has decided once already; only the top org may again, for
-- nobody is above it, and by another post.
CREATE FUNCTION peoplecall.orgs_of_closing(
	district_id int, complaint_id bigint, epoch int, closed_by bigint, command_org bigint) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT o.id
		  FROM peoplecall.org AS o
		 WHERE o.superior IS NOT NULL
		   AND o.id IN (orgs_of_closing.command_org, orgs_of_closing.closed_by)
		 UNION
		SELECT t.org
		  FROM peoplecall.task AS t
		 WHERE t.district_id = orgs_of_closing.district_id
		   AND t.complaint_id = orgs_of_closing.complaint_id
		   AND t.epoch = orgs_of_closing.epoch AND t.state = 'done');
END
$$;
COMMENT ON FUNCTION peoplecall.orgs_of_closing(int, bigint, int, bigint, bigint) IS
	'used by decide_unsolved(): the orgs given, which closed and which command, but one without a superior, and those that had done a share when this epoch of a complaint was closed';

CREATE FUNCTION peoplecall.waiting_word(complaint bigint, epoch int) RETURNS record
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.rating;
	number bigint;
BEGIN
	-- one at a time, the newest first: each lies in a district of its own
	FOR number IN
		SELECT n.id
		  FROM unnest(peoplecall.numbers_of(complaint)) WITH ORDINALITY AS n (id, place)
		 ORDER BY n.place DESC
	LOOP
		SELECT x.* INTO r
		  FROM peoplecall.rating AS x
		 WHERE x.district_id = peoplecall.district_of(number) AND x.complaint_id = number
		   AND NOT x.solved AND x.decided_at IS NULL
		   AND x.epoch = coalesce(waiting_word.epoch, x.epoch)
		 ORDER BY x.epoch DESC, x.rated_at DESC, x.closing_of DESC
		 LIMIT 1;
		EXIT WHEN FOUND;
	END LOOP;
	RETURN r;
END
$$;
COMMENT ON FUNCTION peoplecall.waiting_word(bigint, int) IS
	'used by decide_unsolved(): the latest rating (of this epoch of the complaint; NULL: of any) that says no and is not decided, of a complaint or of those as which it went on; a row of NULLs where none is';

CREATE FUNCTION peoplecall.decide_unsolved_body(complaint bigint, upheld boolean, reason text, epoch int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	now_is peoplecall.complaint;
	c peoplecall.complaint;
	w peoplecall.complaint;
	r peoplecall.rating;
	closing bigint;
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
	r := peoplecall.waiting_word(complaint, epoch);
	IF r.closing_of <> r.complaint_id THEN
		-- what he rated may no longer be his principal: no order of rows holds
		PERFORM peoplecall.lock_merging(r.complaint_id, r.closing_of);
	END IF;
	now_is := peoplecall.lock_with_principal(complaint);
	c := now_is;
	IF r.complaint_id <> c.id THEN
		c := peoplecall.lock_complaint(r.complaint_id);
	END IF;
	closing := coalesce(r.closing_of, CASE c.state WHEN 'merged' THEN c.principal_id END, c.id);
	w := c;
	IF closing <> c.id THEN
		w := peoplecall.lock_complaint(closing);
	END IF;
	-- the org above is that above the closing, wherever the matter is by now
	post_org := peoplecall.gate_outside(w.area, w.command_level, peoplecall.handling_orgs(c.id)
		|| peoplecall.orgs_of_closing(w.district_id, w.id, r.closing_epoch, r.closed_by, w.command_org));
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);

	-- it may have been decided while this waited for the lock
	UPDATE peoplecall.rating AS x
	   SET upheld = decide_unsolved_body.upheld, decided_by = post_org, decided_at = at
	 WHERE x.district_id = r.district_id AND x.complaint_id = r.complaint_id
	   AND x.closing_of = r.closing_of AND x.closing_epoch = r.closing_epoch
	   AND x.reporter_seq = r.reporter_seq AND x.decided_at IS NULL;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('nothing of complaint %s is to be decided', peoplecall.complaint_no(c.id)),
			DETAIL = format('The complaint is %s, and no word of its citizen that it is not solved waits.', c.state);
	END IF;
	IF upheld THEN
		overturned := peoplecall.overturn(w.district_id, w.id, r.closing_epoch);
	END IF;
	reopens := upheld AND w.state = 'closed' AND w.epoch = r.closing_epoch AND w.lead_org IS NOT NULL;
	said := jsonb_build_object('upheld', upheld, 'reason', reason, 'of_epoch', r.epoch,
		'overturned', nullif(overturned, 0), 'reopens', reopens,
		'closing_of', nullif(w.id, c.id));
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'decide_unsolved', post_org, NULL, said);
	IF NOT upheld THEN
		-- one that was moved has its citizen where it goes on
		PERFORM peoplecall.send_reporter_notice(now_is.district_id, now_is.id, now_is.area, 'upheld',
			peoplecall.reporter_fields(w.district_id, w.id)
			|| jsonb_build_object('no', peoplecall.complaint_no(now_is.id), 'title', now_is.title), at);
	END IF;
	IF overturned > 0 AND w.id <> c.id AND NOT reopens THEN
		PERFORM peoplecall.mark_appraisal(w.district_id, ARRAY[w.id]);
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
