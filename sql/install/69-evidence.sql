-- Evidence: it stays where it is kept, the ledger holds its address and its
-- digest. A category may ask for it: then no share is done without.

CREATE FUNCTION peoplecall.attach(
	complaint bigint, uri text, sha256 bytea, stage text, task int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.attach(bigint, text, bytea, text, int) IS
	'evidence by its address and SHA-256: of stage report by intake, for the citizen, while the matter is open or closed; of stage before, during or after by the org of a share (NULL: the caller''s own, else the lead''s) that is sent or accepted; its number is in the event, its address is not; 22023 for another stage, a digest that has not 32 bytes, an address that has no scheme, is too long or holds credentials, PC001, PC005, 22004, 42501';

CREATE FUNCTION peoplecall.attach_body(
	complaint bigint, uri text, sha256 bytea, stage text, task int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share_org bigint;
	at timestamptz;
	post_org bigint;
	next_seq int;
BEGIN
	PERFORM peoplecall.check_evidence(uri, sha256, stage);
	c := peoplecall.lock_complaint(complaint);
	IF stage = 'report' THEN
		PERFORM peoplecall.gate_narrow('intake');
		post_org := peoplecall.gate_area(c.area, NULL, NULL);
		PERFORM peoplecall.gate_state(c.id, c.state);
		task := NULL;
	ELSE
		PERFORM peoplecall.gate_narrow('handle');
		SELECT g.post_org, g.seq, g.org INTO post_org, task, share_org
		  FROM peoplecall.gate_share(c.district_id, c.id, c.area, c.state, task, '{sent,accepted}') AS g;
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	next_seq := coalesce((SELECT max(a.seq) FROM peoplecall.attachment AS a
	                       WHERE a.district_id = c.district_id AND a.complaint_id = c.id), 0) + 1;
	INSERT INTO peoplecall.attachment (district_id, complaint_id, area, seq, uri, sha256,
		stage, task_seq, org, epoch, attached_at)
	VALUES (c.district_id, c.id, c.area, next_seq, attach_body.uri, attach_body.sha256,
		attach_body.stage, task, share_org, c.epoch, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'attach', post_org, task,
		jsonb_build_object('attachment', next_seq, 'stage', stage, 'task_org', share_org,
			'sha256', encode(sha256, 'hex')));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, task, coalesce(share_org, c.lead_org));
END
$$;
COMMENT ON FUNCTION peoplecall.attach_body(bigint, text, bytea, text, int) IS 'body of attach()';

-- No message repeats the address: it may hold what it must not.
CREATE FUNCTION peoplecall.check_evidence(uri text, sha256 bytea, stage text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	why text;
BEGIN
	PERFORM peoplecall.require_text('uri', uri);
	PERFORM peoplecall.require_text('stage', stage);
	IF sha256 IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'sha256 must not be null';
	END IF;
	IF stage NOT IN ('report', 'before', 'during', 'after') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('there is no stage "%s"', peoplecall.shown(stage)),
			HINT = 'Stages are report, before, during and after.';
	END IF;
	IF octet_length(sha256) <> 32 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('a SHA-256 digest has 32 bytes, not %s', octet_length(sha256)),
			HINT = 'Give the digest itself, not its hexadecimal text.';
	END IF;
	why := CASE
		WHEN length(uri) > 2000 THEN format('It has %s characters, more than 2000.', length(uri))
		WHEN uri !~ '^[A-Za-z][A-Za-z0-9+.-]*:[^[:space:][:cntrl:]"<>\\^`{|}]+$'
		THEN 'It is not of the form scheme:address, without spaces.'
		WHEN uri ~* '^(data|javascript|vbscript):' THEN 'It is content or a program, not an address.'
		WHEN uri ~ '^[^:]+://[^/?#]*@' THEN 'It holds a user''s name or password.'
		WHEN uri ~* '[?&#;]([^=&;]*[-_])?([a-z]*token|[a-z]*signature|sig|[a-z]*password|passwd|pwd|[a-z]*secret|credentials?|[a-z]*accesskeyid|[a-z]*apikey|key)='
		THEN 'It holds a token, a key or a signature.' END;
	IF why IS NOT NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'the address of the evidence is not one to keep',
			DETAIL = why,
			HINT = 'Give the address where it is kept; who may fetch it is that store''s to say.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_evidence(text, bytea, text) IS
	'22004, 22023 for evidence that attach() does not take';

CREATE FUNCTION peoplecall.require_evidence(district_id int, complaint_id bigint, task int) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	t peoplecall.task;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = require_evidence.district_id AND m.id = require_evidence.complaint_id;
	IF NOT EXISTS (
		SELECT FROM peoplecall.category AS k
		 WHERE k.needs_evidence AND peoplecall.category_is(k.path, c.category))
	THEN
		RETURN;
	END IF;
	SELECT x.* INTO STRICT t
	  FROM peoplecall.task AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = task;
	-- of this epoch: what showed the last closing does not show this one
	IF EXISTS (
		SELECT FROM peoplecall.attachment AS a
		 WHERE a.district_id = c.district_id AND a.complaint_id = c.id
		   AND a.stage = 'after' AND a.org = t.org AND a.epoch = c.epoch)
	THEN
		RETURN;
	END IF;
	RAISE SQLSTATE 'PC008' USING
		MESSAGE = format('task %s of complaint %s needs evidence', task, peoplecall.complaint_no(c.id)),
		DETAIL = format('Category %s asks for it, and org %s attached none of stage after since the matter was %s.',
			c.category, t.org, CASE c.epoch WHEN 0 THEN 'received' ELSE 'reopened' END),
		HINT = 'Attach it by peoplecall.attach() with stage after, then complete.';
END
$$;
COMMENT ON FUNCTION peoplecall.require_evidence(int, bigint, int) IS
	'used by complete(): PC008 where the category itself needs evidence and the share''s org attached none of stage after in this epoch';
