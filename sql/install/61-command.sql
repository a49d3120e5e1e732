-- Verbs of command: reclassify, dispatch, withdraw_task, escalate.

CREATE FUNCTION peoplecall.reclassify(
	complaint bigint, category ltree DEFAULT NULL, grade peoplecall.grade DEFAULT NULL,
	urgency peoplecall.urgency DEFAULT NULL, nature text DEFAULT NULL,
	reason text DEFAULT NULL, people int DEFAULT NULL, orgs int DEFAULT NULL,
	reach peoplecall.area_level DEFAULT NULL,
	area peoplecall.areacode DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.dispatch(
	complaint bigint, lead bigint DEFAULT NULL, assist bigint[] DEFAULT NULL,
	matter text DEFAULT NULL, reason text DEFAULT NULL,
	assist_matters text[] DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.withdraw_task(
	complaint bigint, task int DEFAULT NULL, reason text DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.escalate(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.reclassify(bigint, ltree, peoplecall.grade, peoplecall.urgency, text, text, int, int, peoplecall.area_level, peoplecall.areacode) IS
	'changes what is given; without a grade, the rules grade anew; deadlines of open clocks are reckoned again from their start, pauses and extensions kept; another area must be in the same district, and the caller''s post reach both; received, dispatched; PC001, PC005 for an unknown area, 22023 for one in another district (transfer() does that), 42501';
COMMENT ON FUNCTION peoplecall.dispatch(bigint, bigint, bigint[], text, text, text[]) IS
	'gives the matter to a lead (NULL: the lead it has, else the responsible org) and assistants (NULL: those of the responsibility where it had no lead); assist_matters: what each assistant does, in their order, NULL the same as the lead; another lead takes over with full time; received, dispatched to dispatched; 2202E for more or fewer matters than assistants, PC001, PC004 where no org is responsible, PC005, 23514 for an org that the matter is about';
COMMENT ON FUNCTION peoplecall.withdraw_task(bigint, int, text) IS
	'takes an open share back (NULL: the lead''s); without a lead the dispatch clock runs again, and the matter waits in received once nobody assists; without its last open assistant a matter whose lead is done is completed; PC001, PC005';
COMMENT ON FUNCTION peoplecall.escalate(bigint, text) IS
	'lifts command one level: the territorial org there gets the lead with fresh clocks, the old lead assists unless it was dissolved; PC001 at the top; 22004';

CREATE FUNCTION peoplecall.reclassify_body(
	complaint bigint, category ltree, grade peoplecall.grade,
	urgency peoplecall.urgency, nature text, reason text, people int, orgs int,
	reach peoplecall.area_level, area peoplecall.areacode) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	n peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	graded record;
	moved jsonb;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	area := coalesce(area, c.area);
	post_org := peoplecall.gate_area(peoplecall.common_ancestor(c.area, area), c.command_level, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	PERFORM peoplecall.require_within(area, c.district_id);
	at := peoplecall.act_time(c.last_event_at);

	n := c;
	n.area := area;
	n.category := coalesce(category, c.category);
	n.nature := coalesce(nature, c.nature);
	PERFORM peoplecall.require_nature(n.nature);
	n.people := coalesce(people, c.people);
	n.orgs := coalesce(orgs, c.orgs);
	n.reach := coalesce(reach, c.reach);
	graded := peoplecall.grade_with_reasons(n.category, n.nature,
		peoplecall.channel_of(c.channel, c.received_at), n.people,
		n.orgs, n.reach, c.reopened, c.title || ' ' || c.body);
	n.grade := coalesce(grade, graded.grade);
	n.urgency := coalesce(urgency, greatest(c.urgency, graded.urgency));
	-- what the ladder or an escalation lifted stays lifted
	n.command_level := CASE
		WHEN c.command_level = peoplecall.command_level(c.grade)
		THEN peoplecall.command_level(n.grade)
		ELSE least(c.command_level, peoplecall.command_level(n.grade)) END;
	IF n.command_level <> c.command_level OR n.area OPERATOR(peoplecall.<>) c.area THEN
		SELECT f.level, f.org INTO n.command_level, n.command_org
		  FROM peoplecall.command_for(n.area, n.command_level, c.subject_org, at) AS f;
	END IF;
	IF n.area OPERATOR(peoplecall.<>) c.area THEN
		PERFORM peoplecall.relocate(c.district_id, c.id, n.area);
	END IF;

	UPDATE peoplecall.complaint AS m
	   SET category = n.category, nature = n.nature, people = n.people,
	       orgs = n.orgs, reach = n.reach, grade = n.grade, urgency = n.urgency,
	       command_level = n.command_level, command_org = n.command_org
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	moved := peoplecall.replay_clocks(c.district_id, c.id);
	PERFORM peoplecall.write_event(c.district_id, c.id, n.area, c.event_count + 1, at,
		'reclassify', post_org, NULL,
		peoplecall.changed_fields(to_jsonb(c), to_jsonb(n))
		|| jsonb_build_object('reason', reason, 'deadlines', nullif(moved, '[]'),
			'reasons', CASE WHEN grade IS NULL THEN graded.reasons END));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.reclassify_body(bigint, ltree, peoplecall.grade, peoplecall.urgency, text, text, int, int, peoplecall.area_level, peoplecall.areacode) IS 'body of reclassify()';

CREATE FUNCTION peoplecall.changed_fields(old jsonb, new jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((
		SELECT jsonb_object_agg(n.key, jsonb_build_object('old', old -> n.key, 'new', n.value))
		  FROM jsonb_each(new) AS n
		 WHERE n.value IS DISTINCT FROM old -> n.key), '{}');
END
$$;
COMMENT ON FUNCTION peoplecall.changed_fields(jsonb, jsonb) IS
	'the fields that differ, each with its old and new value';

CREATE FUNCTION peoplecall.dispatch_body(
	complaint bigint, lead bigint, assist bigint[], matter text, reason text,
	assist_matters text[]) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	matters jsonb := peoplecall.matters_of(assist, assist_matters);
	done record;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);
	done := peoplecall.give_out(c.district_id, c.id, lead, assist, matter, matters,
		NULL, at, c.event_count + 1, post_org, reason);
	IF NOT done.given THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('complaint %s is already with these orgs', peoplecall.complaint_no(c.id)),
			DETAIL = 'No other lead and no new assistant was named.';
	END IF;
	RETURN peoplecall.settle(c.district_id, c.id, 'dispatched', at, 1, done.task, done.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.dispatch_body(bigint, bigint, bigint[], text, text, text[]) IS 'body of dispatch()';

CREATE FUNCTION peoplecall.matters_of(orgs bigint[], matters text[]) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF matters IS NULL THEN
		RETURN NULL;
	END IF;
	IF cardinality(matters) IS DISTINCT FROM cardinality(orgs) THEN
		RAISE array_subscript_error USING
			MESSAGE = 'assist_matters must have one matter for each assistant',
			DETAIL = format('There are %s assistants and %s matters.',
				coalesce(cardinality(orgs), 0), cardinality(matters)),
			HINT = 'Name the assistants; NULL stands for the matter of the lead.';
	END IF;
	RETURN (SELECT jsonb_object_agg(m.org, m.matter)
	          FROM unnest(orgs, matters) AS m (org, matter)
	         WHERE m.matter IS NOT NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.matters_of(bigint[], text[]) IS
	'what each org does, by its id; 2202E unless there is one matter for each org';

-- For dispatch and rulings.
CREATE FUNCTION peoplecall.give_out(
	district_id int, complaint_id bigint, lead bigint, assist bigint[], matter text,
	matters jsonb, ruling bigint, at timestamptz, event_seq int, post_org bigint,
	reason text, OUT given boolean, OUT task int, OUT lead_org bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	old record;
	ruled record;
	receipt peoplecall.receipt;
	assisting bigint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = give_out.district_id AND m.id = give_out.complaint_id;
	receipt.complaint_id := c.id;
	receipt.grade := c.grade;
	receipt.org := c.lead_org;

	SELECT t.seq, t.org, t.state INTO old
	  FROM peoplecall.task AS t
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
	   AND t.role = 'lead' AND t.state IN ('sent', 'accepted', 'done')
	   AND t.epoch = c.epoch AND c.lead_org IS NOT NULL
	 ORDER BY t.seq DESC LIMIT 1;
	ruled := peoplecall.lead_for(c.category, c.area, c.grade, at, c.subject_org, c.command_org);
	IF c.lead_org IS NULL THEN
		IF lead IS NULL THEN
			lead := ruled.org;
		END IF;
		IF lead IS NULL THEN
			RAISE SQLSTATE 'PC004' USING
				MESSAGE = format('no org is responsible for complaint %s', peoplecall.complaint_no(c.id)),
				HINT = 'Name a lead, or add a responsibility or the territorial org of the area.';
		END IF;
		assist := coalesce(assist, peoplecall.assisting_orgs(c.category, c.area, c.grade, at, c.subject_org));
	ELSE
		lead := coalesce(lead, old.org);
	END IF;
	FOREACH assisting IN ARRAY coalesce(assist, '{}') LOOP
		PERFORM peoplecall.require_org(assisting);
	END LOOP;
	-- an org leads or assists, not both
	assist := array_remove(assist, lead);

	given := true;
	lead_org := lead;
	IF lead = old.org THEN
		-- the lead stays; only assistants join
		task := old.seq;
		given := peoplecall.join_assistants(receipt, c.district_id, c.area, assist, matter,
			matters, ruling, c.command_org, c.category, c.urgency, c.nature, c.epoch, at,
			event_seq, post_org, reason);
	ELSE
		PERFORM peoplecall.check_lead(lead, c.subject_org);
		IF old.state IN ('sent', 'accepted') THEN
			PERFORM peoplecall.end_task(c.district_id, c.id, old.seq, 'superseded', at);
		END IF;
		PERFORM peoplecall.end_assisting(c.district_id, c.id, lead, at);
		task := peoplecall.hand_out(receipt, c.district_id, c.area, lead,
			peoplecall.not_yet_on(c.district_id, c.id, assist), matter,
			CASE WHEN ruling IS NULL AND lead = ruled.org THEN ruled.responsibility END,
			coalesce(ruling, CASE WHEN lead = ruled.org THEN ruled.ruling END),
			c.command_org, c.category, c.urgency, c.nature, c.epoch, at,
			event_seq, post_org,
			jsonb_build_object('reason', reason, 'old_lead', old.org, 'old_task', old.seq),
			matters);
		PERFORM peoplecall.tell_citizens(c.district_id, c.id, 'transfer', '{}', at);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.give_out(int, bigint, bigint, bigint[], text, jsonb, bigint, timestamptz, int, bigint, text) IS
	'gives a complaint that is received or dispatched to a lead and assistants, by a ruling where one is given, and writes the event; given is false, and nothing is written, where they have it already; task is the lead''s; PC004, PC005, 23514';

-- An org that takes the lead assists no longer.
CREATE FUNCTION peoplecall.end_assisting(
	district_id int, complaint_id bigint, org bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	assisted int;
BEGIN
	FOR assisted IN
		SELECT t.seq
		  FROM peoplecall.task AS t
		 WHERE t.district_id = end_assisting.district_id
		   AND t.complaint_id = end_assisting.complaint_id
		   AND t.org = end_assisting.org
		   AND t.role = 'assist' AND t.state IN ('sent', 'accepted')
	LOOP
		PERFORM peoplecall.end_task(district_id, complaint_id, assisted, 'superseded', at);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.end_assisting(int, bigint, bigint, timestamptz) IS
	'ends the open shares with which an org assists, because it leads from now on';

CREATE FUNCTION peoplecall.not_yet_on(district_id int, complaint_id bigint, orgs bigint[]) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT o.org
		  FROM unnest(orgs) WITH ORDINALITY AS o (org, place)
		 WHERE NOT EXISTS (
			SELECT FROM peoplecall.task AS t
			 WHERE t.district_id = not_yet_on.district_id
			   AND t.complaint_id = not_yet_on.complaint_id
			   AND t.org = o.org AND t.state IN ('sent', 'accepted'))
		 GROUP BY o.org
		 ORDER BY min(o.place));
END
$$;
COMMENT ON FUNCTION peoplecall.not_yet_on(int, bigint, bigint[]) IS
	'of the orgs given, each once, those that have no open share of the complaint';

CREATE FUNCTION peoplecall.join_assistants(
	c peoplecall.receipt, district_id int, area peoplecall.areacode, assist bigint[],
	matter text, matters jsonb, ruling bigint, commanding bigint, category ltree,
	urgency peoplecall.urgency, nature text, epoch int, at timestamptz, event_seq int,
	post_org bigint, reason text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	joining bigint[] := peoplecall.not_yet_on(district_id, c.complaint_id, assist);
	assisting bigint;
	tasks int[] := ARRAY[]::int[];
BEGIN
	IF joining = '{}' THEN
		RETURN false;
	END IF;
	FOREACH assisting IN ARRAY joining LOOP
		tasks := tasks || peoplecall.add_task(c, district_id, area, assisting, 'assist',
			coalesce(matters ->> assisting::text, matter), NULL, ruling, commanding,
			category, urgency, nature, epoch, at);
	END LOOP;
	PERFORM peoplecall.write_event(district_id, c.complaint_id, area, event_seq, at,
		'dispatch', post_org, NULL,
		jsonb_build_object('assist', joining, 'assist_tasks', tasks, 'matter', matter,
			'matters', matters, 'ruling', ruling, 'reason', reason));
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.join_assistants(peoplecall.receipt, int, peoplecall.areacode, bigint[], text, jsonb, bigint, bigint, ltree, peoplecall.urgency, text, int, timestamptz, int, bigint, text) IS
	'adds assistants to a matter that has its lead; false where all of them have a share';

CREATE FUNCTION peoplecall.withdraw_task_body(complaint bigint, task int, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	t peoplecall.task;
	at timestamptz;
	post_org bigint;
	next_state peoplecall.complaint_state;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	task := peoplecall.choose_task(c.district_id, c.id, task, '{sent,accepted}', '{}');
	SELECT x.* INTO STRICT t
	  FROM peoplecall.task AS x
	 WHERE x.district_id = c.district_id AND x.complaint_id = c.id AND x.seq = task;
	at := peoplecall.act_time(c.last_event_at);

	PERFORM peoplecall.end_task(c.district_id, c.id, task, 'withdrawn', at);
	IF t.role = 'lead' THEN
		-- whoever assists goes on; the centre owes a new lead
		UPDATE peoplecall.complaint AS m
		   SET lead_org = NULL
		 WHERE m.district_id = c.district_id AND m.id = c.id;
		PERFORM peoplecall.start_clocks(c.district_id, c.id, c.area, NULL, '{dispatch}',
			c.category, c.grade, c.urgency, c.nature, at, c.epoch);
	END IF;
	next_state := peoplecall.complete_if_done(c.district_id, c.id, c.area, c.category,
		c.grade, c.urgency, c.nature, c.epoch, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'withdraw_task', post_org, task,
		jsonb_build_object('org_withdrawn', t.org, 'role', t.role::text, 'reason', reason,
			'state', next_state));
	RETURN peoplecall.settle(c.district_id, c.id, next_state, at, 1, task, t.org);
END
$$;
COMMENT ON FUNCTION peoplecall.withdraw_task_body(bigint, int, text) IS 'body of withdraw_task()';

CREATE FUNCTION peoplecall.escalate_body(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	task int;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);
	IF peoplecall.next_command(c.area, c.command_level, c.command_org, c.subject_org, NULL, at) IS NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('complaint %s cannot be escalated', peoplecall.complaint_no(c.id)),
			DETAIL = format('No territorial org stands above the one that commands at %s.', c.command_level);
	END IF;
	task := peoplecall.command_up(c.district_id, c.id, NULL, at, 'escalate', post_org,
		jsonb_build_object('reason', reason));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, task,
		(SELECT m.lead_org FROM peoplecall.complaint AS m
		  WHERE m.district_id = c.district_id AND m.id = c.id));
END
$$;
COMMENT ON FUNCTION peoplecall.escalate_body(bigint, text) IS 'body of escalate()';

-- The level that commands next: the first above that has an org of its own,
-- which the matter is not about.
CREATE FUNCTION peoplecall.next_command(
	area peoplecall.areacode, level peoplecall.area_level, commanding bigint,
	subject_org bigint, passing bigint, at timestamptz)
	RETURNS peoplecall.area_level
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	higher peoplecall.area_level;
	candidate bigint;
BEGIN
	FOR higher IN
		SELECT l.level
		  FROM unnest(enum_range('nation'::peoplecall.area_level, level)) AS l (level)
		 WHERE l.level < next_command.level
		 ORDER BY 1 DESC
	LOOP
		candidate := peoplecall.commanding_org(area, higher, at);
		-- a level without an org answers with one above it
		IF candidate <> coalesce(commanding, 0) AND candidate <> coalesce(passing, 0)
		   AND peoplecall.org_is_below(candidate, subject_org) IS NOT TRUE
		THEN
			RETURN (SELECT k.level
			          FROM peoplecall.org AS o
			          JOIN peoplecall.org_kind AS k ON k.kind = o.kind
			         WHERE o.id = candidate);
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.next_command(peoplecall.areacode, peoplecall.area_level, bigint, bigint, bigint, timestamptz) IS
	'the next level above at which another territorial org commands that is not passed over, nor the org that the matter is about or one below it; NULL at the top';

-- For escalate and the ladder. Lateness never changes difficulty: the grade
-- stays, the command moves.
CREATE FUNCTION peoplecall.command_up(
	district_id int, complaint_id bigint, passing bigint, at timestamptz, verb text,
	post_org bigint, detail jsonb) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	old peoplecall.task;
	receipt peoplecall.receipt;
	higher_level peoplecall.area_level;
	higher_org bigint;
	lead_task int;
	assist_task int;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = command_up.district_id AND m.id = command_up.complaint_id;
	higher_level := peoplecall.next_command(c.area, c.command_level, c.command_org,
		c.subject_org, passing, at);
	IF higher_level IS NULL THEN
		RETURN NULL;
	END IF;
	higher_org := peoplecall.commanding_org(c.area, higher_level, at);
	receipt.complaint_id := c.id;
	receipt.grade := c.grade;

	SELECT t.* INTO old
	  FROM peoplecall.task AS t
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
	   AND t.role = 'lead' AND t.state IN ('sent', 'accepted')
	 ORDER BY t.seq DESC LIMIT 1 FOR UPDATE;
	IF FOUND AND old.org <> higher_org THEN
		PERFORM peoplecall.end_task(c.district_id, c.id, old.seq, 'superseded', at);
		PERFORM peoplecall.end_assisting(c.district_id, c.id, higher_org, at);
		lead_task := peoplecall.add_task(receipt, c.district_id, c.area, higher_org, 'lead',
			old.matter, NULL, NULL, c.command_org, c.category, c.urgency, c.nature,
			c.epoch, at);
		-- one that was dissolved meanwhile cannot
		IF (SELECT o.active FROM peoplecall.org AS o WHERE o.id = old.org) THEN
			assist_task := peoplecall.add_task(receipt, c.district_id, c.area, old.org, 'assist',
				old.matter, old.responsibility, old.ruling, higher_org, c.category, c.urgency,
				c.nature, c.epoch, at);
		END IF;
	END IF;

	UPDATE peoplecall.complaint AS m
	   SET command_level = higher_level, command_org = higher_org,
	       lead_org = CASE WHEN lead_task IS NULL THEN m.lead_org ELSE higher_org END
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area,
		c.event_count + 1, at, verb, post_org, lead_task,
		detail || jsonb_build_object(
			'command_level', jsonb_build_object('old', c.command_level, 'new', higher_level),
			'command_org', jsonb_build_object('old', c.command_org, 'new', higher_org),
			'lead', jsonb_build_object('old', c.lead_org, 'new',
				CASE WHEN lead_task IS NULL THEN c.lead_org ELSE higher_org END),
			'assist_task', assist_task));
	IF lead_task IS NOT NULL THEN
		PERFORM peoplecall.tell_citizens(c.district_id, c.id, 'transfer', '{}', at);
	END IF;
	RETURN lead_task;
END
$$;
COMMENT ON FUNCTION peoplecall.command_up(int, bigint, bigint, timestamptz, text, bigint, jsonb) IS
	'moves command to the next level, passing over an org; its org takes the lead with full time, the old lead assists unless it was dissolved; returns the new lead''s task, NULL where nobody led or none is above';
