-- Verbs of intake: submit, answer, reject, refer.

CREATE FUNCTION peoplecall.submit(
	channel text, title text, body text, area peoplecall.areacode,
	category ltree DEFAULT NULL, nature text DEFAULT 'complaint',
	reporter_name text DEFAULT NULL, reporter_phone text DEFAULT NULL,
	people int DEFAULT 1, external_id text DEFAULT NULL, address text DEFAULT NULL,
	urgency peoplecall.urgency DEFAULT NULL,
	privacy peoplecall.privacy DEFAULT 'open',
	subject_org bigint DEFAULT NULL, auto_dispatch boolean DEFAULT NULL)
	RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.submit(text, text, text, peoplecall.areacode, ltree, text, text, text, int, text, text, peoplecall.urgency, peoplecall.privacy, bigint, boolean) IS
	'takes a matter in: grades it, finds who commands and who is responsible, starts the clocks; A and B go to the responsible org at once, C and D and consultations wait for judgement unless auto_dispatch says otherwise; with an external_id that the channel sent before, returns the first complaint; the same text from the same phone urges the open one and returns it; likely duplicates are noted in the event; 22004 for a missing channel, title or area, PC005 for an unknown channel, area or subject_org, PC004 for an unknown category, 22023 for an unknown nature or people under 1, 42501';

CREATE FUNCTION peoplecall.submit_body(
	channel text, title text, body text, area peoplecall.areacode,
	category ltree, nature text, reporter_name text, reporter_phone text,
	people int, external_id text, address text, urgency peoplecall.urgency,
	privacy peoplecall.privacy, subject_org bigint, auto_dispatch boolean)
	RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	via text;
	post_org bigint;
	at timestamptz := peoplecall.act_time(NULL);
	district int;
	new_id bigint;
	graded record;
	ruled record;
	commanding record;
	asked_urgency peoplecall.urgency;
	same_one bigint;
	alike jsonb;
	receipt peoplecall.receipt;
	lead bigint;
	task int;
	track_code text;
BEGIN
	IF num_nulls(channel, title, area) > 0 THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'channel, title and area must not be null';
	END IF;
	PERFORM peoplecall.require_text('title', title);
	PERFORM peoplecall.require_length('external_id', external_id, 200);
	PERFORM peoplecall.require_length('reporter_name', reporter_name, 200);
	PERFORM peoplecall.require_length('reporter_phone', reporter_phone, 60);
	-- what was left out by name is the same as what was left out
	nature := coalesce(nature, 'complaint');
	people := coalesce(people, 1);
	external_id := nullif(btrim(external_id), '');
	PERFORM peoplecall.require_nature(nature);
	IF NOT EXISTS (SELECT FROM peoplecall.channel AS h WHERE h.code = submit_body.channel) THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no channel "%s"', peoplecall.shown(channel));
	END IF;
	IF NOT EXISTS (SELECT FROM peoplecall.area AS a
	                WHERE a.code OPERATOR(peoplecall.=) submit_body.area) THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no area %s', area);
	END IF;
	-- the matter keeps the name of the channel that was used; what follows from
	-- rules follows from the one that it counts as
	via := peoplecall.channel_of(channel, at);
	PERFORM peoplecall.gate_channel(channel);
	post_org := peoplecall.gate_area(area, NULL, NULL);

	district := peoplecall.district_of_area(area);
	same_one := peoplecall.same_call(area, reporter_phone, title, body);
	new_id := coalesce(same_one,
		district * 1000000000000 + nextval('peoplecall.complaint_serial'));
	IF external_id IS NOT NULL THEN
		INSERT INTO peoplecall.intake_key (channel, external_id, district_id, complaint_id)
		VALUES (submit_body.channel, submit_body.external_id,
			peoplecall.district_of(new_id), new_id)
		ON CONFLICT DO NOTHING;
		IF NOT FOUND THEN
			RETURN peoplecall.known_complaint(channel, external_id);
		END IF;
	END IF;
	IF same_one IS NOT NULL THEN
		RETURN peoplecall.call_again(same_one, via);
	END IF;
	alike := peoplecall.likely_duplicates(title, body, area, category);

	graded := peoplecall.grade_with_reasons(category, nature, via, people, 1, NULL, 0,
		title || ' ' || coalesce(body, ''));
	asked_urgency := greatest(coalesce(urgency, 'normal'), graded.urgency);
	commanding := peoplecall.command_for(area, peoplecall.command_level(graded.grade), subject_org, at);
	ruled := peoplecall.lead_for(category, area, graded.grade, at, subject_org, commanding.org);
	-- where no org can be named, the command must judge
	IF coalesce(auto_dispatch, nature <> 'consult' AND graded.grade OPERATOR(peoplecall.<=) 'B'
		AND peoplecall.setting_value('auto_dispatch', 'true')::boolean)
	THEN
		lead := ruled.org;
	END IF;

	INSERT INTO peoplecall.complaint (district_id, id, channel, external_id, nature,
		title, body, area, address, category, grade, urgency, privacy, subject_org,
		command_level, command_org, lead_org, people, received_at, last_event_at)
	VALUES (district, new_id, channel, external_id, nature, title,
		coalesce(body, ''), area, address, category, graded.grade,
		asked_urgency, coalesce(privacy, 'open'), subject_org, commanding.level, commanding.org,
		lead, people, at, at);
	-- told with the receipt: who gave a number needs nobody to follow his matter
	track_code := peoplecall.new_track_code();
	INSERT INTO peoplecall.track_key (code, district_id, complaint_id)
	VALUES (track_code, district, new_id);
	IF reporter_name IS NOT NULL OR reporter_phone IS NOT NULL THEN
		INSERT INTO peoplecall.reporter (district_id, complaint_id, area, name, phone, barred)
		VALUES (district, new_id, area, reporter_name, reporter_phone,
			CASE WHEN privacy <> 'open' AND subject_org IS NOT NULL
			     THEN ARRAY[subject_org] ELSE '{}' END);
	END IF;
	PERFORM peoplecall.remember_text(district, new_id, area, at, title, body);
	PERFORM peoplecall.start_clocks(district, new_id, area, NULL, '{dispatch,total}',
		category, graded.grade, asked_urgency, nature, at, 0);
	PERFORM peoplecall.write_event(district, new_id, area, 1, at, 'submit', post_org, NULL,
		jsonb_build_object('channel', via, 'asked_channel', nullif(channel, via),
			'nature', nature, 'category', category::text, 'grade', graded.grade::text,
			'urgency', asked_urgency, 'people', people, 'reasons', graded.reasons,
			'command_org', commanding.org, 'proposed_org', ruled.org,
			'responsibility', ruled.responsibility, 'ruling', ruled.ruling,
			'similar', alike, 'told', CASE WHEN subject_org IS NOT NULL
			THEN peoplecall.tell_inspection(district, new_id, at) END));

	IF lead IS NULL THEN
		PERFORM peoplecall.tell_reporter(district, new_id, area, 'receipt',
			jsonb_build_object('code', track_code), at);
		RETURN peoplecall.settle(district, new_id, 'received', at, 1, NULL, NULL);
	END IF;
	receipt.complaint_id := new_id;
	receipt.grade := graded.grade;
	receipt.org := lead;
	task := peoplecall.hand_out(receipt, district, area, lead,
		peoplecall.assisting_orgs(category, area, graded.grade, at, subject_org),
		NULL, ruled.responsibility, ruled.ruling, commanding.org, category,
		asked_urgency, nature, 0, at, 2, post_org, '{}');
	PERFORM peoplecall.tell_reporter(district, new_id, area, 'receipt',
		jsonb_build_object('code', track_code), at);
	RETURN peoplecall.settle(district, new_id, 'dispatched', at, 2, task, lead);
END
$$;
COMMENT ON FUNCTION peoplecall.submit_body(text, text, text, peoplecall.areacode, ltree, text, text, text, int, text, text, peoplecall.urgency, peoplecall.privacy, bigint, boolean) IS 'body of submit()';

CREATE FUNCTION peoplecall.known_complaint(channel text, external_id text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k peoplecall.intake_key;
	c peoplecall.complaint;
	current_id bigint;
	lead record;
BEGIN
	SELECT i.* INTO STRICT k
	  FROM peoplecall.intake_key AS i
	 WHERE i.channel = known_complaint.channel
	   AND i.external_id = known_complaint.external_id;
	current_id := peoplecall.current_complaint(k.complaint_id);
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = peoplecall.district_of(current_id) AND m.id = current_id;
	-- a key tells only those who may see the complaint that it is there
	PERFORM peoplecall.gate_area(peoplecall.citizen_area(k.complaint_id, c.area), NULL, NULL);
	SELECT max(t.seq) AS seq INTO lead
	  FROM peoplecall.task AS t
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
	   AND t.role = 'lead' AND t.state IN ('sent', 'accepted', 'done');
	RETURN peoplecall.make_receipt(c.id, c.state, c.grade, lead.seq, c.lead_org,
		c.warn_at, c.due_at, c.paused_at, peoplecall.act_time(c.last_event_at));
END
$$;
COMMENT ON FUNCTION peoplecall.known_complaint(text, text) IS
	'receipt of the complaint that a channel''s own number became, or as which it goes on';

CREATE FUNCTION peoplecall.hand_out(
	c peoplecall.receipt, district_id int, area peoplecall.areacode, lead bigint,
	assist bigint[], matter text, responsibility bigint, ruling bigint,
	commanding bigint, category ltree, urgency peoplecall.urgency, nature text,
	epoch int, at timestamptz, event_seq int, post_org bigint, detail jsonb,
	matters jsonb DEFAULT NULL)
	RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lead_task int;
	assisting bigint;
	assist_tasks int[] := ARRAY[]::int[];
BEGIN
	lead_task := peoplecall.add_task(c, district_id, area, lead, 'lead', matter,
		responsibility, ruling, commanding, category, urgency, nature, epoch, at);
	FOREACH assisting IN ARRAY coalesce(assist, '{}') LOOP
		assist_tasks := assist_tasks || peoplecall.add_task(c, district_id, area,
			assisting, 'assist', coalesce(matters ->> assisting::text, matter), responsibility, ruling, commanding, category,
			urgency, nature, epoch, at);
	END LOOP;
	PERFORM peoplecall.stop_clocks(district_id, c.complaint_id, NULL, '{dispatch}', at);
	IF c.org IS DISTINCT FROM lead THEN
		UPDATE peoplecall.complaint AS m
		   SET lead_org = lead
		 WHERE m.district_id = hand_out.district_id AND m.id = c.complaint_id;
	END IF;
	PERFORM peoplecall.write_event(district_id, c.complaint_id, area, event_seq, at,
		'dispatch', post_org, lead_task,
		detail || jsonb_build_object('lead', lead, 'assist', nullif(coalesce(assist, '{}'), '{}'),
			'assist_tasks', nullif(assist_tasks, '{}'), 'matter', matter,
			'matters', matters, 'responsibility', responsibility, 'ruling', ruling));
	RETURN lead_task;
END
$$;
COMMENT ON FUNCTION peoplecall.hand_out(peoplecall.receipt, int, peoplecall.areacode, bigint, bigint[], text, bigint, bigint, bigint, ltree, peoplecall.urgency, text, int, timestamptz, int, bigint, jsonb, jsonb) IS
	'gives a complaint, whose lead so far is the receipt''s org, to a lead and its assistants, each with the matter that matters holds under its id, stops the dispatch clock, writes the event with the detail given; returns the lead''s task';

CREATE FUNCTION peoplecall.answer(complaint bigint, result text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.reject(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.refer(complaint bigint, destination text, reason text DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.answer(bigint, text) IS
	'answers a consultation, a call for help, a suggestion or praise on the spot: received to closed; PC001 for a complaint or tip-off, or in another state';
COMMENT ON FUNCTION peoplecall.reject(bigint, text) IS
	'refuses a matter that is none of the city''s: received to rejected, with the reason; PC001, 22004';
COMMENT ON FUNCTION peoplecall.refer(bigint, text, text) IS
	'sends a matter to a body outside (a court, another city): received to referred; PC001, 22004';

CREATE FUNCTION peoplecall.leave_received(
	complaint bigint, verb text, next_state peoplecall.complaint_state, result text,
	verdict peoplecall.sla_state, detail jsonb) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	post_org := peoplecall.gate_outside(c.area, NULL, NULL);
	PERFORM peoplecall.gate_state(c.id, c.state);
	IF next_state = 'closed' AND c.nature NOT IN ('consult', 'help', 'suggestion', 'praise') THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('verb %s does not apply to complaint %s', verb, peoplecall.complaint_no(c.id)),
			DETAIL = format('Its nature is %s.', c.nature),
			HINT = 'Dispatch it, or reclassify its nature.';
	END IF;
	at := peoplecall.act_time(c.last_event_at);

	PERFORM peoplecall.stop_clocks(c.district_id, c.id, NULL, '{dispatch}', at);
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, NULL, '{total}', at, verdict);
	IF next_state <> 'closed' THEN
		PERFORM peoplecall.void_orders(c.district_id, c.id, at);
		-- nobody decides in these states
		PERFORM peoplecall.lapse_requests(c.district_id, c.id, at);
	END IF;
	UPDATE peoplecall.complaint AS m
	   SET result = leave_received.result, closed_at = at, closed_by = post_org
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		verb, post_org, NULL, detail);
	PERFORM peoplecall.tell_reporter(c.district_id, c.id, c.area,
		peoplecall.ending_template(verb),
		jsonb_build_object('destination', detail -> 'destination'), at);
	PERFORM peoplecall.end_merged(c.id, verb, result, post_org);
	RETURN peoplecall.settle(c.district_id, c.id, next_state, at, 1, NULL, NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.leave_received(bigint, text, peoplecall.complaint_state, text, peoplecall.sla_state, jsonb) IS
	'what answer, reject and refer share: a matter ends without a task';

CREATE FUNCTION peoplecall.answer_body(complaint bigint, result text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_text('result', result);
	RETURN peoplecall.leave_received(complaint, 'answer', 'closed', result, 'met',
		jsonb_build_object('result', result));
END
$$;
COMMENT ON FUNCTION peoplecall.answer_body(bigint, text) IS 'body of answer()';

CREATE FUNCTION peoplecall.reject_body(complaint bigint, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	RETURN peoplecall.leave_received(complaint, 'reject', 'rejected', reason, 'void',
		jsonb_build_object('reason', reason));
END
$$;
COMMENT ON FUNCTION peoplecall.reject_body(bigint, text) IS 'body of reject()';

CREATE FUNCTION peoplecall.refer_body(complaint bigint, destination text, reason text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_text('destination', destination);
	RETURN peoplecall.leave_received(complaint, 'refer', 'referred', destination, 'void',
		jsonb_build_object('destination', destination, 'reason', reason));
END
$$;
COMMENT ON FUNCTION peoplecall.refer_body(bigint, text, text) IS 'body of refer()';

CREATE FUNCTION peoplecall.require_text(name text, value text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF octet_length(value) > 1048576 THEN
		PERFORM peoplecall.require_length(name, value, 262144);
	END IF;
	IF value IS NULL OR btrim(value) = '' THEN
		RAISE null_value_not_allowed USING
			MESSAGE = format('%s must not be null or empty', name);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_text(text, text) IS '22004 for a text that is missing or empty, 22001 for one of more than a megabyte';

CREATE FUNCTION peoplecall.require_length(name text, value text, most int) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF length(value) > most THEN
		RAISE string_data_right_truncation USING
			MESSAGE = format('%s is too long', name),
			DETAIL = format('It has %s characters, more than %s.', length(value), most);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_length(text, text, int) IS
	'22001 for a text with more characters than that; NULL has none';

CREATE FUNCTION peoplecall.shown(value text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN left(value, 60) || CASE WHEN length(value) > 60 THEN '...' ELSE '' END;
END
$$;
COMMENT ON FUNCTION peoplecall.shown(text) IS
	'what a message repeats of a text that it refuses: 60 characters at most';

CREATE FUNCTION peoplecall.require_nature(nature text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF nature NOT IN ('consult', 'help', 'complaint', 'tip_off', 'suggestion', 'praise') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('there is no nature "%s"', peoplecall.shown(nature)),
			HINT = 'Natures are consult, help, complaint, tip_off, suggestion and praise.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_nature(text) IS
	'22023 for a nature that the ledger does not know; the constraint would say so with the whole row, which may hold what a citizen told in confidence';

-- Returns a row of the table complaint; its type exists only with the ledger.
CREATE FUNCTION peoplecall.lock_complaint(complaint bigint) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
BEGIN
	IF complaint IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'complaint must not be null';
	END IF;
	SELECT m.* INTO c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = peoplecall.district_of(complaint) AND m.id = complaint
	   FOR UPDATE;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no complaint %s', peoplecall.complaint_no(complaint));
	END IF;
	PERFORM peoplecall.gate_recuse(c.subject_org);
	RETURN c;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_complaint(bigint) IS
	'locks a complaint''s row, first of all rows that a verb locks, tells the gate whom the matter is about, and returns it; PC005 where there is none';
