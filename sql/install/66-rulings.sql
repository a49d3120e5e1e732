-- What a meeting decides (会议纪要): it binds its case; as a precedent of a
-- district or a city it closes the responsibility it replaces and opens one.

CREATE FUNCTION peoplecall.rule_body(
	coordination bigint, lead bigint, assist bigint[], minutes text, document_no text,
	precedent boolean, category ltree, assist_matters text[]) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	m peoplecall.coordination;
	on_complaint bigint;
	at timestamptz;
	post_org bigint;
	new_ruling bigint;
	replaced jsonb;
	matters jsonb := peoplecall.matters_of(assist, assist_matters);
	done record;
BEGIN
	PERFORM peoplecall.require_text('minutes', minutes);
	IF lead IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'lead must not be null';
	END IF;
	precedent := coalesce(precedent, false);
	assist := array_remove(array_remove(assist, NULL), lead);
	-- the complaint first, like everywhere
	SELECT x.complaint_id INTO on_complaint
	  FROM peoplecall.coordination AS x
	 WHERE x.district_id = peoplecall.district_of(coordination) AND x.id = coordination;
	IF on_complaint IS NOT NULL THEN
		c := peoplecall.lock_complaint(on_complaint);
	END IF;
	m := peoplecall.lock_coordination(coordination);
	post_org := peoplecall.gate_org(m.convened_by);
	IF on_complaint IS NOT NULL THEN
		post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
	END IF;
	PERFORM peoplecall.require_meeting(m.id, m.closed_at, true);
	IF on_complaint IS NOT NULL THEN
		PERFORM peoplecall.gate_state(c.id, c.state);
	ELSIF NOT precedent THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a ruling without a complaint binds nothing unless it is a precedent',
			HINT = 'Say precedent => true with a category, or end the meeting by end_coordination().';
	END IF;
	at := peoplecall.act_time(greatest(c.last_event_at, m.convened_at));
	PERFORM peoplecall.check_lead(lead, c.subject_org);
	category := coalesce(category, c.category);

	INSERT INTO peoplecall.ruling (title, minutes, document_no, decided_on, decided_by,
		precedent, category, area, complaint_id)
	VALUES (m.title, rule_body.minutes, rule_body.document_no,
		peoplecall.city_day(at),
		m.convened_by, rule_body.precedent,
		CASE WHEN rule_body.precedent THEN peoplecall.require_precedent(m.convened_by, rule_body.category) END,
		CASE WHEN rule_body.precedent
		     THEN (SELECT o.area FROM peoplecall.org AS o WHERE o.id = m.convened_by) ELSE m.area END,
		on_complaint)
	RETURNING id INTO new_ruling;
	IF precedent THEN
		replaced := peoplecall.settle_category(new_ruling, lead, assist, at);
	END IF;
	PERFORM peoplecall.close_coordination(m.district_id, m.id, NULL, new_ruling, at);
	IF on_complaint IS NULL THEN
		RETURN new_ruling;
	END IF;

	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'rule', post_org, NULL,
		jsonb_build_object('coordination', m.id, 'ruling', new_ruling, 'lead', lead,
			'assist', nullif(coalesce(assist, '{}'), '{}'), 'matters', matters, 'document_no', document_no,
			'precedent', precedent, 'responsibilities', replaced));
	done := peoplecall.give_out(c.district_id, c.id, lead, coalesce(assist, '{}'), NULL, matters,
		new_ruling, at, c.event_count + 2, post_org, NULL);
	-- who had the matter already has it by the ruling from now on
	UPDATE peoplecall.task AS t
	   SET ruling = new_ruling, matter = coalesce(matters ->> t.org::text, t.matter)
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
	   AND t.state IN ('sent', 'accepted')
	   AND (t.seq = done.task OR (t.role = 'assist' AND t.org = ANY (assist)));
	PERFORM peoplecall.settle(c.district_id, c.id, 'dispatched', at,
		CASE WHEN done.given THEN 2 ELSE 1 END, done.task, lead);
	RETURN new_ruling;
END
$$;
COMMENT ON FUNCTION peoplecall.rule_body(bigint, bigint, bigint[], text, text, boolean, ltree, text[]) IS 'body of rule()';

CREATE FUNCTION peoplecall.require_precedent(convenor bigint, category ltree) RETURNS ltree
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT FROM peoplecall.org AS o
		  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
		 WHERE o.id = convenor AND k.territorial AND k.level <= 'district')
	THEN
		RAISE insufficient_privilege USING
			MESSAGE = 'only a meeting of a district or a city settles a category',
			DETAIL = format('The meeting was convened by org %s.', convenor),
			HINT = 'A ruling without precedent binds its case.';
	END IF;
	IF category IS NULL THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'a precedent needs a category';
	END IF;
	IF NOT EXISTS (SELECT FROM peoplecall.category AS x
	                WHERE peoplecall.category_is(x.path, require_precedent.category))
	THEN
		RAISE SQLSTATE 'PC004' USING
			MESSAGE = format('there is no category "%s"', peoplecall.shown(category::text));
	END IF;
	RETURN category;
END
$$;
COMMENT ON FUNCTION peoplecall.require_precedent(bigint, ltree) IS
	'returns the category; 42501 unless a district or city convened, 22004, PC004';

-- What the same category has in the same area ends when the ruling begins; one
-- that was put in for later still begins then.
CREATE FUNCTION peoplecall.settle_category(ruling bigint, lead bigint, assist bigint[], at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r peoplecall.ruling;
	old peoplecall.responsibility;
	closed bigint[] := ARRAY[]::bigint[];
	opened bigint[];
	next_at timestamptz;
	assisting bigint;
BEGIN
	SELECT x.* INTO STRICT r FROM peoplecall.ruling AS x WHERE x.id = settle_category.ruling;
	FOREACH assisting IN ARRAY coalesce(assist, '{}') LOOP
		PERFORM peoplecall.require_org(assisting);
	END LOOP;
	-- two meetings at once about the same
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.responsibility', 0));
	FOR old IN
		SELECT x.*
		  FROM peoplecall.responsibility AS x
		 WHERE peoplecall.category_is(x.category, r.category)
		   AND x.area OPERATOR(peoplecall.=) r.area
		   AND x.valid @> at
		 ORDER BY x.id
		   FOR UPDATE
	LOOP
		closed := closed || old.id;
		IF lower(old.valid) = at THEN
			DELETE FROM peoplecall.responsibility AS x WHERE x.id = old.id;
		ELSE
			UPDATE peoplecall.responsibility AS x
			   SET valid = x.valid * tstzrange(NULL, at)
			 WHERE x.id = old.id;
		END IF;
	END LOOP;
	next_at := (SELECT min(lower(x.valid))
	              FROM peoplecall.responsibility AS x
	             WHERE peoplecall.category_is(x.category, r.category)
	               AND x.area OPERATOR(peoplecall.=) r.area
	               AND x.grade IS NULL AND x.role = 'lead' AND lower(x.valid) > at);
	WITH new AS (
		INSERT INTO peoplecall.responsibility (category, area, org, role, valid, ruling)
		SELECT r.category, r.area, o.org, o.role, tstzrange(at, next_at), r.id
		  FROM (SELECT lead AS org, 'lead'::peoplecall.task_role AS role
		         UNION
		        SELECT a.org, 'assist' FROM unnest(assist) AS a (org)) AS o
		 ORDER BY o.role, o.org
		RETURNING id)
	SELECT array_agg(n.id ORDER BY n.id) INTO opened FROM new AS n;
	RETURN jsonb_build_object('closed', nullif(closed, '{}'), 'opened', opened);
END
$$;
COMMENT ON FUNCTION peoplecall.settle_category(bigint, bigint, bigint[], timestamptz) IS
	'closes the responsibilities of the ruling''s category in its own area, and opens those of the lead and the assistants that cite it; returns the ids closed and opened';
