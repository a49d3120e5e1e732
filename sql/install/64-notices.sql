-- The outbox: a gateway takes notices with a lease, confirms or fails each.

CREATE FUNCTION peoplecall.take_notices(
	batch int DEFAULT 100, lease interval DEFAULT '5 minutes',
	OUT key text, OUT phone text, OUT body text, OUT template text,
	OUT to_officer bigint, OUT attempts int) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.confirm_notice(key text) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.fail_notice(key text, error text) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.take_notices(int, interval) IS
	'takes up to batch notices that are due, each for the time of the lease: unless confirmed by then, it is handed out again under the same key; two gateways never get the same; 22023 for a batch or lease that is not positive';
COMMENT ON FUNCTION peoplecall.confirm_notice(text) IS
	'the gateway sent it; false where it was confirmed before; PC005 for an unknown key';
COMMENT ON FUNCTION peoplecall.fail_notice(text, text) IS
	'the gateway could not send it: it waits twice as long as before, and is given up after setting notice_attempts (8) tries; false where it was sent or given up; PC005 for an unknown key';

CREATE FUNCTION peoplecall.take_notices_body(
	batch int, lease interval,
	OUT key text, OUT phone text, OUT body text, OUT template text,
	OUT to_officer bigint, OUT attempts int) RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.act_time(NULL);
	wanted int := batch;
	taken int;
	district int;
BEGIN
	IF batch IS NULL OR batch <= 0 OR lease IS NULL OR lease <= interval '0' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'batch and lease must be positive';
	END IF;
	-- districts in ascending order, and row locks within one district only
	FOR district IN
		SELECT DISTINCT n.district_id
		  FROM peoplecall.notice AS n
		 WHERE n.state IN ('waiting', 'taken') AND n.not_before <= at
		 ORDER BY 1
	LOOP
		-- nobody is reminded of a matter that is done meanwhile, or told who
		-- was forgotten
		WITH moot AS MATERIALIZED (
			SELECT n.complaint_id, n.seq
			  FROM peoplecall.notice AS n
			  JOIN peoplecall.complaint AS c
			    ON c.district_id = n.district_id AND c.id = n.complaint_id
			 WHERE n.district_id = district AND n.state = 'waiting' AND n.not_before <= at
			   AND (n.template IN ('half', 'due', 'overdue')
			        AND peoplecall.reminds_of_nothing(district, n.complaint_id, c.state, n.clocks)
			        OR n.to_reporter
			        AND peoplecall.reporter_phone(n.complaint_id, n.reporter_seq) IS NULL)
			   FOR UPDATE OF n SKIP LOCKED)
		UPDATE peoplecall.notice AS n
		   SET state = 'failed', error = CASE WHEN n.to_reporter THEN 'the number was forgotten'
		                                      ELSE 'the matter is done' END
		  FROM moot AS m
		 WHERE n.district_id = district
		   AND n.complaint_id = m.complaint_id AND n.seq = m.seq;
		RETURN QUERY
		WITH due AS MATERIALIZED (
			SELECT n.complaint_id, n.seq
			  FROM peoplecall.notice AS n
			 WHERE n.district_id = district
			   AND n.state IN ('waiting', 'taken') AND n.not_before <= at
			   AND peoplecall.gate_reaches(n.area)
			 ORDER BY n.not_before, n.complaint_id, n.seq
			 LIMIT wanted
			   FOR UPDATE SKIP LOCKED),
		taken AS (
			UPDATE peoplecall.notice AS n
			   SET state = 'taken', attempts = n.attempts + 1,
			       leased_until = at + lease, not_before = at + lease
			  FROM due AS d
			 WHERE n.district_id = district
			   AND n.complaint_id = d.complaint_id AND n.seq = d.seq
			RETURNING n.complaint_id, n.reporter_seq, n.key, n.phone, n.body,
				n.template, n.to_officer, n.attempts)
		SELECT t.key, coalesce(t.phone, peoplecall.reporter_phone(t.complaint_id, t.reporter_seq)),
		       t.body, t.template, t.to_officer, t.attempts
		  FROM taken AS t;
		GET DIAGNOSTICS taken = ROW_COUNT;
		wanted := wanted - taken;
		EXIT WHEN wanted <= 0;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.take_notices_body(int, interval) IS 'body of take_notices()';

-- A reminder is about clocks. One that was kept, or is void, needs none; one that
-- stands for now still tells what was missed; and command that moved does not
-- make good what was missed before.
CREATE FUNCTION peoplecall.reminds_of_nothing(
	district_id int, complaint_id bigint, state peoplecall.complaint_state, clocks int[]) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF clocks IS NULL THEN
		RETURN state NOT IN ('received', 'dispatched', 'completed');
	END IF;
	RETURN NOT EXISTS (
		SELECT FROM peoplecall.clock AS k
		  LEFT JOIN peoplecall.task AS t
		    ON t.district_id = k.district_id AND t.complaint_id = k.complaint_id
		   AND t.seq = k.task_seq
		 WHERE k.district_id = reminds_of_nothing.district_id
		   AND k.complaint_id = reminds_of_nothing.complaint_id
		   AND k.seq = ANY (clocks)
		   AND CASE WHEN k.stopped_at IS NULL
		            THEN k.paused_at IS NULL OR reminds_of_nothing.state <> 'shelved'
		            ELSE k.verdict = 'missed' AND t.state = 'superseded'
		                 AND reminds_of_nothing.state IN ('received', 'dispatched', 'completed') END);
END
$$;
COMMENT ON FUNCTION peoplecall.reminds_of_nothing(int, bigint, peoplecall.complaint_state, int[]) IS
	'whether a reminder that waits is about nothing any more: none of its clocks runs, nor was missed by who lost the lead for it; without clocks, whether the matter has ended';

CREATE FUNCTION peoplecall.lock_notice(key text) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n peoplecall.notice;
	parts text[] := regexp_match(key, '^([1-9][0-9]{0,17})-([0-9]{1,9})$');
	complaint bigint := parts[1]::bigint;
BEGIN
	SELECT x.* INTO n
	  FROM peoplecall.notice AS x
	 WHERE x.district_id = peoplecall.district_of(complaint)
	   AND x.complaint_id = complaint AND x.seq = parts[2]::int
	   FOR UPDATE;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no notice "%s"', peoplecall.shown(key));
	END IF;
	PERFORM peoplecall.gate_area(n.area, NULL, NULL);
	RETURN n;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_notice(text) IS 'locks and returns the notice of a key; PC005';

CREATE FUNCTION peoplecall.confirm_notice_body(key text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n peoplecall.notice;
	at timestamptz := peoplecall.act_time(NULL);
BEGIN
	n := peoplecall.lock_notice(key);
	-- one that came through after all counts, even after it was given up
	IF n.state = 'sent' THEN
		RETURN false;
	END IF;
	UPDATE peoplecall.notice AS x
	   SET state = 'sent', sent_at = at, leased_until = NULL, error = NULL
	 WHERE x.district_id = n.district_id AND x.complaint_id = n.complaint_id AND x.seq = n.seq;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.confirm_notice_body(text) IS 'body of confirm_notice()';

CREATE FUNCTION peoplecall.fail_notice_body(key text, error text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n peoplecall.notice;
	given_up boolean;
	next_try timestamptz;
BEGIN
	n := peoplecall.lock_notice(key);
	IF n.state IN ('sent', 'failed') THEN
		RETURN false;
	END IF;
	given_up := n.attempts >= peoplecall.setting_value('notice_attempts', '8')::int;
	next_try := peoplecall.act_time(NULL)
		+ interval '1 minute' * (2 ^ least(greatest(n.attempts - 1, 0), 10));
	UPDATE peoplecall.notice AS x
	   SET state = CASE WHEN given_up THEN 'failed' ELSE 'waiting' END,
	       not_before = next_try,
	       leased_until = NULL, error = fail_notice_body.error
	 WHERE x.district_id = n.district_id AND x.complaint_id = n.complaint_id AND x.seq = n.seq;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.fail_notice_body(text, text) IS 'body of fail_notice()';
