-- transfer: a matter goes to another district. A complaint's district is where
-- it was registered and never changes, so it goes on there as a new complaint
-- that is linked with the old one. For the citizen nothing is new: his number,
-- the time of his call and the total clock go on.

CREATE FUNCTION peoplecall.transfer(complaint bigint, area peoplecall.areacode, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.transfer(bigint, peoplecall.areacode, text) IS
	'hands a matter to another district: received, dispatched to moved; returns the receipt of the complaint as which it goes on there, received, with a clock of its own to be dispatched, its grade, the time of the first call and the total clock as it stands; open shares are superseded, their clocks void (late ones stay missed), what was asked lapses, meetings are called off, orders to answer and merged complaints go along; by an org at or above the level that commands which answers for both areas; PC001, PC005 for an unknown area, 22004, 22023 within a district, 42501';

CREATE FUNCTION peoplecall.current_complaint(complaint bigint) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	here bigint := complaint;
	next_one bigint;
	passed bigint[] := ARRAY[]::bigint[];
BEGIN
	IF complaint IS NULL THEN
		RETURN NULL;
	END IF;
	IF to_regclass('peoplecall.complaint') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;
	LOOP
		SELECT c.moved_to INTO next_one
		  FROM peoplecall.complaint AS c
		 WHERE c.district_id = peoplecall.district_of(here) AND c.id = here;
		IF NOT FOUND AND here = complaint THEN
			RAISE SQLSTATE 'PC005' USING
				MESSAGE = format('there is no complaint %s', peoplecall.complaint_no(complaint));
		END IF;
		EXIT WHEN next_one IS NULL;
		passed := passed || here;
		IF next_one = ANY (passed) THEN
			RAISE object_not_in_prerequisite_state USING
				MESSAGE = format('complaint %s was moved in a circle', peoplecall.complaint_no(complaint)),
				HINT = 'No verb does so: peoplecall.complaint.moved_to was written by hand.';
		END IF;
		here := next_one;
	END LOOP;
	RETURN here;
END
$$;
COMMENT ON FUNCTION peoplecall.current_complaint(bigint) IS
	'the complaint as which one goes on that was moved to another district, itself where it was not; as far as the caller may read; NULL for NULL; PC005 where there is none, PC002 without a ledger';

-- What a citizen's verb locks: he goes on using his first number.
CREATE FUNCTION peoplecall.lock_current(complaint bigint) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
BEGIN
	LOOP
		c := peoplecall.lock_complaint(peoplecall.current_complaint(complaint));
		-- moved while this waited for the lock: once more
		EXIT WHEN c.moved_to IS NULL;
	END LOOP;
	RETURN c;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_current(bigint) IS
	'inside a verb: as lock_complaint(), of the complaint as which the one that is named goes on';

-- A district's desk to which the citizen comes back with his number may take
-- his word, though the matter is another's by now.
CREATE FUNCTION peoplecall.citizen_area(complaint bigint, area_now peoplecall.areacode) RETURNS peoplecall.areacode
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_area peoplecall.areacode;
BEGIN
	SELECT c.area INTO first_area
	  FROM peoplecall.complaint AS c
	 WHERE c.district_id = peoplecall.district_of(complaint) AND c.id = complaint;
	RETURN CASE WHEN peoplecall.gate_reaches(first_area) THEN first_area ELSE area_now END;
END
$$;
COMMENT ON FUNCTION peoplecall.citizen_area(bigint, peoplecall.areacode) IS
	'inside a verb: the area by which it asks the gate: that of the complaint which the citizen names where a post of the caller reaches it, else that of the one as which it goes on';

CREATE FUNCTION peoplecall.transfer_body(complaint bigint, area peoplecall.areacode, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	district int;
	new_id bigint;
	follower bigint;
	ended jsonb;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	IF num_nulls(complaint, area) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'complaint and area must not be null';
	END IF;
	district := peoplecall.district_of_area(area);
	-- the only other row that this waits for is one merged into the complaint:
	-- as in merge(), which this lock keeps away
	PERFORM peoplecall.lock_merging(complaint, district * 1000000000000);
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_area(peoplecall.common_ancestor(c.area, area), c.command_level, NULL);
	IF NOT EXISTS (SELECT FROM peoplecall.area AS a
	                WHERE a.code OPERATOR(peoplecall.=) transfer_body.area) THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no area %s', area);
	END IF;
	IF district = c.district_id THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('area %s is in the district of complaint %s', area, peoplecall.complaint_no(c.id)),
			HINT = 'Correct the area by reclassify(), with area => the right one.';
	END IF;
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);
	-- before who called is taken along
	reason := peoplecall.without_reporter(c.district_id, c.id, to_jsonb(reason)) #>> '{}';

	ended := peoplecall.end_work(c.district_id, c.id, at);
	new_id := district * 1000000000000 + nextval('peoplecall.complaint_serial');
	PERFORM peoplecall.go_on_as(c.district_id, c.id, new_id, area, at);
	ended := ended || jsonb_build_object('orders', nullif(peoplecall.move_orders(
		c.district_id, c.id, new_id, area, at), '{}'));
	-- whoever went with it goes on with it
	FOR follower IN
		SELECT m.id FROM peoplecall.complaint AS m
		 WHERE m.principal_id = c.id AND m.state = 'merged'
		 ORDER BY m.id
	LOOP
		PERFORM peoplecall.follow_on(follower, c.id, new_id, post_org);
	END LOOP;

	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'transfer', post_org, NULL,
		ended || jsonb_build_object('to', new_id, 'reason', reason, 'state', c.state::text,
			'area', jsonb_build_object('old', c.area::text, 'new', area::text),
			'lead', c.lead_org));
	PERFORM peoplecall.settle(c.district_id, c.id, 'moved', at, 1, NULL, NULL);
	RETURN peoplecall.arrive(c.district_id, c.id, new_id, at, post_org, reason);
END
$$;
COMMENT ON FUNCTION peoplecall.transfer_body(bigint, peoplecall.areacode, text) IS 'body of transfer()';

-- Lateness until now is charged to whoever was late; the promise to the citizen
-- as a whole is broken or kept where the matter goes on.
CREATE FUNCTION peoplecall.end_work(district_id int, complaint_id bigint, at timestamptz) RETURNS jsonb
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	tasks int[];
	task int;
	requests int[];
	meetings bigint[];
	meeting bigint;
BEGIN
	-- nobody decides here any more
	requests := peoplecall.lapse_requests(district_id, complaint_id, at);
	tasks := ARRAY(
		SELECT t.seq FROM peoplecall.task AS t
		 WHERE t.district_id = end_work.district_id AND t.complaint_id = end_work.complaint_id
		   AND t.state IN ('sent', 'accepted')
		 ORDER BY t.seq);
	FOREACH task IN ARRAY tasks LOOP
		PERFORM peoplecall.end_task(district_id, complaint_id, task, 'superseded', at);
	END LOOP;
	meetings := ARRAY(
		SELECT m.id FROM peoplecall.coordination AS m
		 WHERE m.district_id = end_work.district_id AND m.complaint_id = end_work.complaint_id
		   AND m.closed_at IS NULL
		 ORDER BY m.id);
	FOREACH meeting IN ARRAY meetings LOOP
		PERFORM peoplecall.call_off(district_id, meeting, at);
	END LOOP;
	RETURN jsonb_build_object('tasks', nullif(tasks, '{}'), 'requests', requests,
		'meetings', nullif(meetings, '{}'));
END
$$;
COMMENT ON FUNCTION peoplecall.end_work(int, bigint, timestamptz) IS
	'used by transfer(): ends the open shares of a complaint, what was asked and the meetings that were called; returns their numbers';

CREATE FUNCTION peoplecall.call_off(district_id int, coordination bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m peoplecall.coordination;
	called bigint;
BEGIN
	-- nobody was absent from a meeting that was not held
	UPDATE peoplecall.coordination AS x
	   SET closed_at = greatest(at, x.convened_at), result = 'the matter was moved to another district'
	 WHERE x.district_id = call_off.district_id AND x.id = coordination
	RETURNING x.* INTO STRICT m;
	FOR called IN
		SELECT p.org
		  FROM peoplecall.coordination_party AS p
		 WHERE p.district_id = m.district_id AND p.coordination_id = m.id AND p.org IS NOT NULL
		 ORDER BY p.seq
	LOOP
		PERFORM peoplecall.send_notice(m.district_id, coalesce(m.complaint_id, m.id), m.area,
			peoplecall.officer_for(called, 'leader_in_charge', at), 'called_off',
			jsonb_build_object('no', peoplecall.complaint_no(coalesce(m.complaint_id, m.id)),
				'title', m.title, 'place', m.place, 'meets_at', peoplecall.local_time(m.meets_at),
				'convenor', (SELECT o.name FROM peoplecall.org AS o WHERE o.id = m.convened_by)), at);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.call_off(int, bigint, timestamptz) IS
	'used by transfer(): ends a meeting that will not be held, and tells those who were called';

-- Whatever columns there are, the city's own among them.
CREATE FUNCTION peoplecall.copy_records(
	relation name, district_id int, complaint_id bigint, new_id bigint,
	area peoplecall.areacode) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	key text := CASE relation WHEN 'complaint' THEN 'id' ELSE 'complaint_id' END;
	columns text := (
		SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum)
		  FROM pg_attribute AS a
		 WHERE a.attrelid = format('peoplecall.%I', relation)::regclass
		   AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		   AND a.attname NOT IN ('district_id', key, 'area'));
BEGIN
	EXECUTE format('INSERT INTO peoplecall.%1$I (district_id, %2$I, area, %3$s)'
		' SELECT $1, $2, $3, %3$s FROM peoplecall.%1$I WHERE district_id = $4 AND %2$I = $5'
		' ORDER BY 2', relation, key, columns)
	USING peoplecall.district_of(new_id), new_id, area, district_id, complaint_id;
END
$$;
COMMENT ON FUNCTION peoplecall.copy_records(name, int, bigint, bigint, peoplecall.areacode) IS
	'used by transfer(): writes what a table has of a complaint once more, for the complaint as which it goes on';

-- The new complaint, and what goes along: who called, the evidence, the total
-- clock, what it is found by.
CREATE FUNCTION peoplecall.go_on_as(
	district_id int, complaint_id bigint, new_id bigint, area peoplecall.areacode,
	at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n peoplecall.complaint;
	commanding record;
BEGIN
	PERFORM peoplecall.copy_records('complaint', district_id, complaint_id, new_id, area);
	-- excluded was what the other district did with it
	UPDATE peoplecall.complaint AS m
	   SET state = 'received', origin_id = coalesce(m.origin_id, go_on_as.complaint_id),
	       command_level = peoplecall.command_level(m.grade), command_org = NULL,
	       lead_org = NULL, result = NULL, excluded = false, digest = NULL, event_count = 0
	 WHERE m.district_id = peoplecall.district_of(new_id) AND m.id = new_id
	RETURNING m.* INTO STRICT n;
	commanding := peoplecall.command_for(n.area, n.command_level, n.subject_org, at);
	UPDATE peoplecall.complaint AS m
	   SET command_level = commanding.level, command_org = commanding.org
	 WHERE m.district_id = n.district_id AND m.id = n.id;
	UPDATE peoplecall.complaint AS m
	   SET moved_to = new_id, lead_org = NULL
	 WHERE m.district_id = go_on_as.district_id AND m.id = go_on_as.complaint_id;

	-- who knows the code looks at what goes on
	UPDATE peoplecall.track_key AS k
	   SET district_id = n.district_id, complaint_id = n.id
	 WHERE k.district_id = go_on_as.district_id AND k.complaint_id = go_on_as.complaint_id;
	PERFORM peoplecall.copy_records('supplement', district_id, complaint_id, new_id, area);
	PERFORM peoplecall.copy_records('attachment', district_id, complaint_id, new_id, area);
	-- the shares that they show are the other district's
	UPDATE peoplecall.attachment AS a
	   SET task_seq = NULL
	 WHERE a.district_id = n.district_id AND a.complaint_id = n.id;
	PERFORM peoplecall.copy_records('reporter', district_id, complaint_id, new_id, area);
	DELETE FROM peoplecall.reporter AS r
	 WHERE r.district_id = go_on_as.district_id AND r.complaint_id = go_on_as.complaint_id;
	PERFORM peoplecall.remember_text(n.district_id, n.id, n.area, n.received_at, n.title, n.body);

	INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, kind, epoch, policy,
		calendar, allowed, extensions, pauses, started_at, warn_at, due_at, paused_at,
		fired, next_alarm_at)
	SELECT n.district_id, n.id, n.area, 1, k.kind, k.epoch, k.policy, k.calendar, k.allowed,
	       k.extensions, k.pauses, k.started_at, k.warn_at, k.due_at, k.paused_at, k.fired,
	       k.next_alarm_at
	  FROM peoplecall.clock AS k
	 WHERE k.district_id = go_on_as.district_id AND k.complaint_id = go_on_as.complaint_id
	   AND k.kind = 'total' AND k.stopped_at IS NULL;
	-- it goes on: that it may be late already is not told twice
	UPDATE peoplecall.clock AS k
	   SET stopped_at = greatest(at, k.started_at), next_alarm_at = NULL, verdict = 'void'
	 WHERE k.district_id = go_on_as.district_id AND k.complaint_id = go_on_as.complaint_id
	   AND k.kind = 'total' AND k.stopped_at IS NULL;
	PERFORM peoplecall.stop_clocks(district_id, complaint_id, NULL, '{dispatch,verify}', at, 'void');
	PERFORM peoplecall.start_clocks(n.district_id, n.id, n.area, NULL, '{dispatch}',
		n.category, n.grade, n.urgency, n.nature, at, n.epoch);
END
$$;
COMMENT ON FUNCTION peoplecall.go_on_as(int, bigint, bigint, peoplecall.areacode, timestamptz) IS
	'used by transfer(): writes the complaint as which one goes on in another district';

-- A leader who ordered an answer wants the matter solved, wherever it is: the
-- district that gets it answers, with full time.
CREATE FUNCTION peoplecall.move_orders(
	district_id int, complaint_id bigint, new_id bigint, area peoplecall.areacode,
	at timestamptz) RETURNS int[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n peoplecall.complaint;
	s peoplecall.supervision;
	k peoplecall.clock;
	timed record;
	next_clock int;
	moved int[] := ARRAY[]::int[];
BEGIN
	SELECT m.* INTO STRICT n
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = peoplecall.district_of(new_id) AND m.id = new_id;
	PERFORM peoplecall.copy_records('supervision', district_id, complaint_id, new_id, area);
	DELETE FROM peoplecall.supervision AS x
	 WHERE x.district_id = n.district_id AND x.complaint_id = n.id
	   AND (x.closed_at IS NOT NULL OR x.answered_at IS NOT NULL);
	-- one body has one order for one org, and here one org answers them all
	DELETE FROM peoplecall.supervision AS x
	 WHERE x.district_id = n.district_id AND x.complaint_id = n.id
	   AND x.kind = 'supervision' AND n.command_org IS NOT NULL
	   AND EXISTS (
		SELECT FROM peoplecall.supervision AS y
		 WHERE y.district_id = x.district_id AND y.complaint_id = x.complaint_id
		   AND y.kind = 'supervision' AND y.seq < x.seq
		   AND y.ordered_by IS NOT DISTINCT FROM x.ordered_by);
	FOR s IN
		SELECT x.*
		  FROM peoplecall.supervision AS x
		 WHERE x.district_id = n.district_id AND x.complaint_id = n.id
		 ORDER BY x.seq
	LOOP
		moved := moved || s.seq;
		next_clock := NULL;
		SELECT o.* INTO k
		  FROM peoplecall.clock AS o
		 WHERE o.district_id = move_orders.district_id
		   AND o.complaint_id = move_orders.complaint_id AND o.seq = s.clock_seq;
		IF FOUND THEN
			timed := peoplecall.clock_times(k.kind, n.grade, at, k.allowed, '{}', '{}', k.calendar, '{}');
			INSERT INTO peoplecall.clock (district_id, complaint_id, area, seq, kind, epoch,
				policy, calendar, allowed, started_at, warn_at, due_at, next_alarm_at)
			VALUES (n.district_id, n.id, n.area,
				coalesce((SELECT max(o.seq) FROM peoplecall.clock AS o
				           WHERE o.district_id = n.district_id AND o.complaint_id = n.id), 0) + 1,
				k.kind, n.epoch, k.policy, k.calendar, k.allowed, at, timed.warn_at,
				timed.due_at, timed.next_alarm_at)
			RETURNING seq INTO next_clock;
		END IF;
		UPDATE peoplecall.supervision AS x
		   SET org = coalesce(n.command_org, x.org), clock_seq = next_clock
		 WHERE x.district_id = n.district_id AND x.complaint_id = n.id AND x.seq = s.seq;
	END LOOP;
	UPDATE peoplecall.supervision AS x
	   SET closed_at = at, conclusion = 'the matter was moved to another district'
	 WHERE x.district_id = move_orders.district_id
	   AND x.complaint_id = move_orders.complaint_id AND x.closed_at IS NULL;
	PERFORM peoplecall.stop_clocks(district_id, complaint_id, NULL, '{answer}', at, 'void');
	RETURN moved;
END
$$;
COMMENT ON FUNCTION peoplecall.move_orders(int, bigint, bigint, peoplecall.areacode, timestamptz) IS
	'used by transfer(): supervisions and instructions that wait for an answer go along, to the org that commands now, with their full limit; of several supervisions by one body the first; returns their numbers';

CREATE FUNCTION peoplecall.arrive(
	old_district int, old_id bigint, new_id bigint, at timestamptz, post_org bigint,
	reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n peoplecall.complaint;
	ruled record;
	told bigint;
	fields jsonb;
	receipt peoplecall.receipt;
BEGIN
	SELECT m.* INTO STRICT n
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = peoplecall.district_of(new_id) AND m.id = new_id;
	ruled := peoplecall.lead_for(n.category, n.area, n.grade, at, n.subject_org, n.command_org);
	told := peoplecall.officer_for(n.command_org, 'handler', at);
	PERFORM peoplecall.write_event(n.district_id, n.id, n.area, 1, at, 'transfer', post_org, NULL,
		jsonb_build_object('from', old_id, 'origin', n.origin_id, 'reason', reason,
			'received_at', n.received_at, 'category', n.category::text, 'grade', n.grade::text,
			'urgency', n.urgency, 'command_org', n.command_org, 'proposed_org', ruled.org,
			'responsibility', ruled.responsibility, 'ruling', ruled.ruling, 'told', told,
			-- a group of matters is raised once
			'hot', nullif(EXISTS (
				SELECT FROM peoplecall.event AS e
				 WHERE e.district_id = old_district AND e.complaint_id = old_id
				   AND (e.verb = 'raise_hot' OR (e.verb = 'transfer' AND e.detail ? 'hot'))), false)));
	receipt := peoplecall.settle(n.district_id, n.id, 'received', at, 1, NULL, NULL);
	fields := peoplecall.notice_fields(n.district_id, n.id);
	PERFORM peoplecall.send_notice(n.district_id, n.id, n.area, told, 'moved_in',
		fields || jsonb_build_object('reason', reason, 'from',
			(SELECT a.name FROM peoplecall.complaint AS c
			   JOIN peoplecall.area AS a ON a.code OPERATOR(peoplecall.=) c.area
			  WHERE c.district_id = old_district AND c.id = old_id)), at);
	PERFORM peoplecall.send_reporter_notice(n.district_id, n.id, n.area, 'transfer',
		fields || jsonb_build_object('due_at', peoplecall.local_time(coalesce(
			(SELECT k.due_at FROM peoplecall.clock AS k
			  WHERE k.district_id = n.district_id AND k.complaint_id = n.id
			    AND k.kind = 'total'), n.due_at))), at);
	RETURN receipt;
END
$$;
COMMENT ON FUNCTION peoplecall.arrive(int, bigint, bigint, timestamptz, bigint, text) IS
	'used by transfer(): the first event of the complaint as which one goes on; tells the org that commands and the citizen; returns its receipt';

-- Within a district the area is corrected in place.
CREATE FUNCTION peoplecall.require_within(area peoplecall.areacode, district_id int) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM peoplecall.area AS a
	                WHERE a.code OPERATOR(peoplecall.=) require_within.area) THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no area %s', area);
	END IF;
	IF peoplecall.district_of_area(area) <> district_id THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('area %s is not in district %s', area, district_id),
			HINT = 'A matter goes to another district by transfer().';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_within(peoplecall.areacode, int) IS
	'used by reclassify(): PC005 for an area that does not exist, 22023 for one that is not in the district';

-- Every record of a complaint repeats its area, by which row policies judge:
-- whoever answers for the right one must see what was done.
CREATE FUNCTION peoplecall.relocate(district_id int, complaint_id bigint, area peoplecall.areacode) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation name;
BEGIN
	UPDATE peoplecall.complaint AS c
	   SET area = relocate.area
	 WHERE c.district_id = relocate.district_id AND c.id = relocate.complaint_id;
	-- a meeting stays where its convenor called it
	FOR relation IN
		SELECT t.relname
		  FROM pg_class AS t
		 WHERE t.relnamespace = 'peoplecall'::regnamespace AND t.relkind IN ('r', 'p')
		   AND NOT t.relispartition AND t.relname <> 'coordination'
		   AND (SELECT count(*) FROM pg_attribute AS a
		         WHERE a.attrelid = t.oid AND NOT a.attisdropped
		           AND a.attname IN ('district_id', 'complaint_id', 'area')) = 3
		 ORDER BY t.relname
	LOOP
		EXECUTE format('UPDATE peoplecall.%I SET area = $1 WHERE district_id = $2 AND complaint_id = $3', relation)
		USING area, district_id, complaint_id;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.relocate(int, bigint, peoplecall.areacode) IS
	'used by reclassify(): gives a complaint and all its records another area of its district';
