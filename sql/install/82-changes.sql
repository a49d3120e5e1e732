-- What changed, for the channels: changes() and its upkeep.
--
-- A verb leaves a row in change_queue (settle() writes it). Whoever calls
-- changes() first numbers what others have committed, one at a time: so a
-- number is given only to what is committed, numbers have no gap, and nobody
-- waits: who finds another numbering reads what has its number already.

CREATE FUNCTION peoplecall.changes(
	after bigint DEFAULT NULL, "limit" int DEFAULT 1000,
	OUT no bigint, OUT channel text, OUT external_id text,
	OUT complaint_id bigint, OUT complaint_no text, OUT seq int,
	OUT at timestamptz, OUT verb text, OUT state peoplecall.complaint_state,
	OUT grade peoplecall.grade, OUT org bigint)
	RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.changes(bigint, int) IS
	'the next changes after a number (NULL: from the oldest that is kept), in order and without gaps, at most limit: every act on a matter, once for each channel that sent it, with that channel''s own number, the state and grade after it, and the org that answered then (the lead, else the command); of the areas that the caller''s posts reach, and of his channels where he is bound to some; 22023 for a limit under 1, PC009 for changes that were forgotten or a number that was never given, 40001 at an isolation level that keeps its snapshot, 42501';

CREATE FUNCTION peoplecall.changes_body(
	after bigint, most int,
	OUT no bigint, OUT channel text, OUT external_id text,
	OUT complaint_id bigint, OUT complaint_no text, OUT seq int,
	OUT at timestamptz, OUT verb text, OUT state peoplecall.complaint_state,
	OUT grade peoplecall.grade, OUT org bigint)
	RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	start bigint;
	mine text[];
BEGIN
	PERFORM peoplecall.gate_actor();
	IF most IS NULL OR most <= 0 THEN
		RAISE invalid_parameter_value USING MESSAGE = 'limit must be positive';
	END IF;
	PERFORM peoplecall.number_changes(greatest(most, 10000));
	start := peoplecall.first_change(after);
	mine := peoplecall.gate_channels();
	IF mine IS NULL THEN
		RETURN QUERY
		SELECT l.no, l.channel, l.external_id, l.complaint_id,
		       peoplecall.complaint_no(l.complaint_id), l.seq, l.at, l.verb, l.state,
		       l.grade, l.org
		  FROM peoplecall.change AS l
		 WHERE l.no > start AND peoplecall.gate_reaches(l.area)
		 ORDER BY l.no
		 LIMIT most;
		RETURN;
	END IF;
	RETURN QUERY
	SELECT n.no, n.channel, n.external_id, n.complaint_id,
	       peoplecall.complaint_no(n.complaint_id), n.seq, n.at, n.verb, n.state,
	       n.grade, n.org
	  FROM unnest(mine) AS m (code)
	 CROSS JOIN LATERAL (
		SELECT l.*
		  FROM peoplecall.change AS l
		 WHERE l.channel = m.code AND l.no > start AND peoplecall.gate_reaches(l.area)
		 ORDER BY l.no
		 LIMIT most) AS n
	 ORDER BY n.no
	 LIMIT most;
END
$$;
COMMENT ON FUNCTION peoplecall.changes_body(bigint, int) IS 'body of changes()';

-- A number from before a restore may be given anew for something else.
CREATE FUNCTION peoplecall.first_change(after bigint) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last_no bigint;
	forgotten bigint;
BEGIN
	SELECT h.last_no, h.forgotten INTO last_no, forgotten FROM peoplecall.change_head AS h;
	last_no := coalesce(last_no, 0);
	forgotten := coalesce(forgotten, 0);
	IF after < forgotten THEN
		RAISE SQLSTATE 'PC009' USING
			MESSAGE = format('changes up to %s were forgotten', forgotten),
			DETAIL = format('Those after %s were asked for.', after),
			HINT = format('Read the states of your matters anew, then go on from %s.', forgotten);
	END IF;
	IF after > last_no THEN
		RAISE SQLSTATE 'PC009' USING
			MESSAGE = format('there is no change %s', after),
			DETAIL = format('The last number given is %s: the ledger may have been restored from an earlier state.', last_no),
			HINT = format('Read the states of your matters anew, then go on from %s.', last_no);
	END IF;
	RETURN coalesce(after, forgotten);
END
$$;
COMMENT ON FUNCTION peoplecall.first_change(bigint) IS
	'used by changes(): the number after which to read; PC009 where what follows it is not there';

-- An act may have several events; only its last one has the state that the
-- queue knows. What comes before in it leaves the state that it always leaves.
CREATE FUNCTION peoplecall.number_changes(most int) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	head bigint;
	numbering_at timestamptz := clock_timestamp();
	numbered int;
BEGIN
	SELECT h.last_no INTO head FROM peoplecall.change_head AS h WHERE h.one FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		IF EXISTS (SELECT FROM peoplecall.change_head) THEN
			RETURN 0;			-- another one is numbering
		END IF;
		INSERT INTO peoplecall.change_head DEFAULT VALUES ON CONFLICT DO NOTHING;
		SELECT h.last_no INTO head FROM peoplecall.change_head AS h WHERE h.one FOR UPDATE SKIP LOCKED;
		IF NOT FOUND THEN
			RETURN 0;
		END IF;
	END IF;

	-- a new statement: it sees all that whoever held the lock before has left
	WITH chosen AS MATERIALIZED (
		SELECT q.district_id, q.complaint_id, q.seq
		  FROM peoplecall.change_queue AS q
		 ORDER BY q.at, q.complaint_id, q.seq
		 LIMIT most
	), taken AS MATERIALIZED (
		DELETE FROM peoplecall.change_queue AS q
		 USING chosen AS n
		 WHERE q.district_id = n.district_id AND q.complaint_id = n.complaint_id
		   AND q.seq = n.seq
		RETURNING q.*
	), matter AS MATERIALIZED (
		SELECT c.district_id, c.id, c.area, c.channel, c.external_id, c.origin_id
		  FROM peoplecall.complaint AS c
		 WHERE (c.district_id, c.id) IN (SELECT t.district_id, t.complaint_id FROM taken AS t)
	), sent AS MATERIALIZED (
		SELECT m.district_id, m.id, m.area, m.channel, m.external_id FROM matter AS m
		 UNION
		SELECT m.district_id, m.id, m.area, i.channel, i.external_id
		  FROM matter AS m
		  JOIN peoplecall.intake_key AS i ON i.complaint_id = ANY (ARRAY[m.id, m.origin_id])
	), told AS (
		SELECT t.district_id, t.complaint_id, s.area, e.seq, s.channel, s.external_id,
		       e.at, e.verb,
		       CASE WHEN e.seq = t.seq THEN t.state
		            WHEN e.verb = 'submit' THEN 'received'
		            WHEN e.verb = 'rate' THEN 'closed'
		            ELSE t.state END AS state,
		       t.grade,
		       CASE WHEN e.seq = t.seq OR e.verb <> 'submit' THEN t.org
		            ELSE coalesce((e.detail ->> 'command_org')::bigint, t.org) END AS org
		  FROM taken AS t
		  JOIN sent AS s ON s.district_id = t.district_id AND s.id = t.complaint_id
		  JOIN peoplecall.event AS e
		    ON e.district_id = t.district_id AND e.complaint_id = t.complaint_id
		   AND e.seq > t.seq - t.events AND e.seq <= t.seq
		   -- of one act, so of one time: says which partitions to look at
		   AND e.at > t.at - interval '1 day' AND e.at <= t.at
	), written AS (
		INSERT INTO peoplecall.change (no, district_id, complaint_id, area, seq, channel,
			external_id, at, verb, state, grade, org, numbered_at)
		SELECT head + row_number() OVER (ORDER BY t.at, t.complaint_id, t.seq, t.channel, t.external_id),
		       t.district_id, t.complaint_id, t.area, t.seq, t.channel, t.external_id, t.at,
		       t.verb, t.state, t.grade, t.org, numbering_at
		  FROM told AS t
		RETURNING 1
	)
	SELECT count(*)::int INTO numbered FROM written;
	IF numbered > 0 THEN
		UPDATE peoplecall.change_head AS h SET last_no = head + numbered WHERE h.one;
	END IF;
	RETURN numbered;
END
$$;
COMMENT ON FUNCTION peoplecall.number_changes(int) IS
	'used by changes(): numbers at most that many acts that are committed, unless somebody else is at it; returns how many changes got a number';

CREATE FUNCTION peoplecall.forget_changes(before timestamptz DEFAULT NULL) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.forget_changes(timestamptz) IS
	'forgets changes that were numbered before a time (NULL: setting changes_keep days ago), after giving numbers to what nobody fetched; returns how many; whoever asks for them later gets PC009; 42501 unless called by the ledger''s owner';

CREATE FUNCTION peoplecall.forget_changes_body(before timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	last_gone bigint;
	gone bigint;
BEGIN
	PERFORM peoplecall.gate_actor();
	before := coalesce(before, clock_timestamp()
		- make_interval(days => peoplecall.setting_number('changes_keep', 30)::int));
	WHILE peoplecall.number_changes(100000) > 0 LOOP
		NULL;
	END LOOP;
	-- numbers rise with the time of numbering
	SELECT max(l.no) INTO last_gone
	  FROM peoplecall.change AS l
	 WHERE l.numbered_at < before;
	IF last_gone IS NULL THEN
		RETURN 0::bigint;
	END IF;
	DELETE FROM peoplecall.change AS l WHERE l.no <= last_gone;
	GET DIAGNOSTICS gone = ROW_COUNT;
	UPDATE peoplecall.change_head AS h SET forgotten = greatest(h.forgotten, last_gone) WHERE h.one;
	RETURN gone;
END
$$;
COMMENT ON FUNCTION peoplecall.forget_changes_body(timestamptz) IS 'body of forget_changes()';
