-- Following a matter by its code. Who holds the code sees the public course
-- and nothing else: no text that anybody wrote, no person, no number but his
-- own. What a matter was merged into is another citizen's, so of that only the
-- work shows.

CREATE FUNCTION peoplecall.track_code(complaint bigint) RETURNS text
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.track(
	code text, OUT no text, OUT category text, OUT area text,
	OUT state peoplecall.complaint_state, OUT grade peoplecall.grade,
	OUT sla peoplecall.sla_state, OUT received_at timestamptz, OUT due_at timestamptz,
	OUT completed_at timestamptz, OUT closed_at timestamptz, OUT orgs text[],
	OUT events jsonb) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 1 AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.track_code(bigint) IS
	'the code by which the citizen of a complaint follows it: twenty letters and digits, 100 random bits, as the receipt''s message says it; PC005, 42501';
COMMENT ON FUNCTION peoplecall.track(text) IS
	'the public course of the complaint of a code: number, category, street, state, grade, light, times, the orgs that have a share, and its steps as an array of {at, step, org}; of a merged one the course of the work, under its own number; letters in any case, with or without hyphens; no row for an unknown code or outside the caller''s area; 42501 without a post';

CREATE FUNCTION peoplecall.new_track_code() RETURNS text
	LANGUAGE c VOLATILE PARALLEL SAFE AS 'MODULE_PATHNAME', 'pc_new_track_code';
COMMENT ON FUNCTION peoplecall.new_track_code() IS
	'a random code of 100 bits, five groups of four out of 0-9 and A-Z without I, L, O, U';

CREATE FUNCTION peoplecall.read_track_code(code text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN rtrim(regexp_replace(
		translate(upper(regexp_replace(left(code, 200), '[^0-9A-Za-z]', '', 'g')), 'ILO', '110'),
		'(.{4})', '\1-', 'g'), '-');
END
$$;
COMMENT ON FUNCTION peoplecall.read_track_code(text) IS
	'a code as new_track_code() writes it, out of what somebody typed: I and L are 1, O is 0';

CREATE FUNCTION peoplecall.track_code_body(complaint bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
BEGIN
	c := peoplecall.lock_current(complaint);
	PERFORM peoplecall.gate_area(peoplecall.citizen_area(complaint, c.area), NULL, NULL);
	RETURN (SELECT k.code FROM peoplecall.track_key AS k
	         WHERE k.district_id = c.district_id AND k.complaint_id = c.id);
END
$$;
COMMENT ON FUNCTION peoplecall.track_code_body(bigint) IS 'body of track_code()';

CREATE FUNCTION peoplecall.track_body(
	code text, OUT no text, OUT category text, OUT area text,
	OUT state peoplecall.complaint_state, OUT grade peoplecall.grade,
	OUT sla peoplecall.sla_state, OUT received_at timestamptz, OUT due_at timestamptz,
	OUT completed_at timestamptz, OUT closed_at timestamptz, OUT orgs text[],
	OUT events jsonb) RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	w peoplecall.complaint;
	at timestamptz := peoplecall.act_time(NULL);
BEGIN
	SELECT m.* INTO c
	  FROM peoplecall.track_key AS k
	  JOIN peoplecall.complaint AS m
	    ON m.district_id = k.district_id AND m.id = k.complaint_id
	 WHERE k.code = peoplecall.read_track_code(track_body.code);
	IF NOT FOUND OR NOT peoplecall.gate_reaches(c.area) THEN
		RETURN;
	END IF;
	SELECT m.* INTO STRICT w
	  FROM peoplecall.complaint AS m
	 WHERE (m.district_id, m.id) = (peoplecall.district_of(coalesce(
		CASE c.state WHEN 'merged' THEN c.principal_id END, c.id)),
		coalesce(CASE c.state WHEN 'merged' THEN c.principal_id END, c.id));

	no := peoplecall.complaint_no(coalesce(c.origin_id, c.id));
	category := (SELECT k.name FROM peoplecall.category AS k
	              WHERE peoplecall.category_is(k.path, c.category));
	area := (SELECT a.name FROM peoplecall.area AS a
	          WHERE a.code OPERATOR(peoplecall.=) CASE WHEN peoplecall.level(c.area) >= 'street'
		THEN peoplecall.ancestor(c.area, 'street') ELSE c.area END);
	state := CASE WHEN c.withdrawn_at IS NOT NULL THEN 'withdrawn' ELSE w.state END;
	grade := w.grade;
	received_at := c.received_at;
	IF c.withdrawn_at IS NULL THEN
		sla := CASE WHEN w.due_at IS NOT NULL OR w.paused_at IS NOT NULL
		            THEN peoplecall.sla_state(at, w.warn_at, w.due_at, w.paused_at, NULL) END;
		due_at := w.due_at;
		completed_at := w.completed_at;
	END IF;
	closed_at := coalesce(c.withdrawn_at, c.closed_at);
	orgs := ARRAY(SELECT DISTINCT o.name
	                FROM peoplecall.task AS t
	                JOIN peoplecall.org AS o ON o.id = t.org
	               WHERE t.district_id = w.district_id AND t.complaint_id = w.id
	                 AND t.state IN ('sent', 'accepted', 'done')
	               ORDER BY 1);
	events := peoplecall.public_events(c.id, w.id, c.withdrawn_at);
	RETURN NEXT;
END
$$;
COMMENT ON FUNCTION peoplecall.track_body(text) IS 'body of track()';

-- Of another citizen's matter only what was done for all of them, and from the
-- day on which they became one.
CREATE FUNCTION peoplecall.public_events(own bigint, work bigint, until timestamptz) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((
		SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('at', e.at, 'step', e.step, 'org', e.org))
		                 ORDER BY e.at, e.place, e.seq)
		  FROM (SELECT v.at, v.seq, CASE WHEN v.complaint_id <> own THEN 1
		                           WHEN work <> own AND v.verb IN ('close', 'answer', 'reject', 'refer', 'reopen')
		                           THEN 2 ELSE 0 END AS place,
		               CASE WHEN v.verb = 'decide' THEN v.detail ->> 'kind' ELSE v.verb END AS step,
		               CASE WHEN v.verb IN ('dispatch', 'accept', 'contact', 'complete', 'send_back',
			'escalate', 'command_up', 'reopen') THEN o.name END AS org
		          FROM peoplecall.event AS v
		          LEFT JOIN peoplecall.task AS t
		            ON t.district_id = v.district_id AND t.complaint_id = v.complaint_id
		           AND t.seq = v.task_seq
		          LEFT JOIN peoplecall.org AS o ON o.id = t.org
		         WHERE ((v.district_id = peoplecall.district_of(own) AND v.complaint_id = own
		                 AND v.verb IN ('submit', 'answer', 'reject', 'refer', 'dispatch', 'accept',
			'contact', 'complete', 'send_back', 'close', 'reopen', 'escalate', 'command_up',
			'urge', 'supplement', 'withdraw', 'rate', 'merge', 'split', 'decide_unsolved', 'decide')
		                 AND NOT v.detail ? 'merged')
		             OR (v.district_id = peoplecall.district_of(work) AND v.complaint_id = work
		                 AND work <> own
		                 AND v.verb IN ('dispatch', 'accept', 'complete', 'send_back', 'escalate',
			'command_up', 'decide')
		                 AND v.at > (SELECT max(x.at) FROM peoplecall.event AS x
			WHERE x.district_id = peoplecall.district_of(own) AND x.complaint_id = own
			  AND x.verb = 'merge')))
		           AND (v.verb <> 'decide' OR (v.detail @> '{"granted": true}'
			AND v.detail ->> 'kind' IN ('suspend', 'extend', 'shelve')))
		           AND (until IS NULL OR v.at <= until)) AS e), '[]');
END
$$;
COMMENT ON FUNCTION peoplecall.public_events(bigint, bigint, timestamptz) IS
	'used by track(): the steps of a complaint that its citizen may see, and of the one it is merged into the work since then, up to the day on which he withdrew';
