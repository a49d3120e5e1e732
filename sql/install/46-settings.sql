-- What each setting and each template takes. Both lists stand here alone: the
-- guards on the tables, the documents and the tests read them.

CREATE FUNCTION peoplecall.known_settings()
	RETURNS TABLE (name text, kind text, lowest float8, highest float8, nullable boolean)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 50
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT v.name, v.kind, v.lowest::float8, v.highest::float8, v.nullable
	  FROM (VALUES
		('warn_fraction', 'number', 0, 1, false),
		('default_grade', 'grade', NULL, NULL, false),
		('auto_dispatch', 'boolean', NULL, NULL, false),
		('timezone', 'time zone', NULL, NULL, false),
		('assist_share', 'number', 0, 1, false),
		('reopen_limit', 'whole number', 0, NULL, false),
		('request_suspend_times', 'whole number', 0, NULL, true),
		('request_suspend_most', 'time limit', NULL, NULL, true),
		('request_suspend_before', 'time limit', NULL, NULL, true),
		('request_extend_times', 'whole number', 0, NULL, true),
		('request_extend_most', 'time limit', NULL, NULL, true),
		('request_extend_before', 'time limit', NULL, NULL, true),
		('request_return_times', 'whole number', 0, NULL, true),
		('request_return_before', 'time limit', NULL, NULL, true),
		('request_lower_times', 'whole number', 0, NULL, true),
		('request_lower_before', 'time limit', NULL, NULL, true),
		('request_shelve_times', 'whole number', 0, NULL, true),
		('request_shelve_most', 'time limit', NULL, NULL, true),
		('request_shelve_before', 'time limit', NULL, NULL, true),
		('request_exclude_times', 'whole number', 0, NULL, true),
		('request_exclude_before', 'time limit', NULL, NULL, true),
		('suspend_total', 'boolean', NULL, NULL, false),
		('extend_total', 'boolean', NULL, NULL, false),
		('shelve_review', 'time limit', NULL, NULL, true),
		('return_limit', 'whole number', 1, NULL, false),
		('sign_limit', 'time limit', NULL, NULL, true),
		('attend_limit', 'time limit', NULL, NULL, true),
		('notice_attempts', 'whole number', 1, NULL, false),
		('office_calendar', 'name', NULL, NULL, true),
		('quiet_hours', 'span of hours', NULL, NULL, true),
		('supervision_days', 'number', 0, 36500, false),
		('similar_threshold', 'number', 0, NULL, false),
		('similar_keep', 'whole number', 1, 36500, false),
		('hot_likeness', 'number', 0, NULL, false),
		('hot_complaints', 'whole number', 1, NULL, false),
		('hot_people', 'whole number', 1, NULL, false),
		('notify', 'boolean', NULL, NULL, false),
		('revisit_tries', 'whole number', 1, NULL, false),
		('revisit_apart', 'time limit', NULL, NULL, false),
		('urge_tells', 'whole number', 0, NULL, false),
		('notify_reporter', 'list of names', NULL, NULL, false),
		('claim_limit', 'time limit', NULL, NULL, true),
		('claim_again', 'list of names', NULL, NULL, false),
		('match_likeness', 'number', 0, NULL, false),
		('patrol_channels', 'list of names', NULL, NULL, false),
		('satisfied_from', 'whole number', 1, 5, false),
		('appraisal_answers', 'whole number', 0, NULL, false),
		('changes_keep', 'number', 0, 36500, false))
		AS v (name, kind, lowest, highest, nullable);
END
$$;
COMMENT ON FUNCTION peoplecall.known_settings() IS
	'the settings that this version reads, with the kind of value that each takes (boolean, number, whole number, time limit, grade, name, list of names, time zone, span of hours: an object with from and to), its bounds, and whether null is a value';

CREATE FUNCTION peoplecall.setting_problem(name text, value jsonb) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k record;
	said text := value #>> '{}';
	what text := jsonb_typeof(value);
BEGIN
	SELECT s.* INTO k FROM peoplecall.known_settings() AS s WHERE s.name = setting_problem.name;
	IF NOT FOUND THEN
		RETURN NULL;			-- the city's own
	END IF;
	IF what = 'null' THEN
		RETURN CASE WHEN NOT k.nullable THEN format('It must be a %s, not null.', k.kind) END;
	END IF;
	-- null for a value of another type, and PostgreSQL's own word on one that it cannot read
	IF what IS DISTINCT FROM (CASE k.kind
		WHEN 'boolean' THEN 'boolean' WHEN 'number' THEN 'number' WHEN 'whole number' THEN 'number'
		WHEN 'span of hours' THEN 'object' WHEN 'list of names' THEN 'array' ELSE 'string' END)
	THEN
		RETURN format('It must be a %s, not a JSON %s.', k.kind, coalesce(what, 'null'));
	END IF;
	RETURN CASE
		WHEN k.kind = 'whole number' AND said::numeric <> trunc(said::numeric)
		THEN 'It must be a whole number.'
		WHEN k.kind IN ('number', 'whole number')
		     AND said::numeric NOT BETWEEN coalesce(k.lowest, 0)::numeric AND coalesce(k.highest, 2147483647)::numeric
		THEN format('It must be from %s to %s.', coalesce(k.lowest, 0), coalesce(k.highest, 2147483647))
		WHEN k.kind = 'time limit' THEN peoplecall.reading_problem(said, 'peoplecall.timelimit')
		WHEN k.kind = 'grade' THEN peoplecall.reading_problem(said, 'peoplecall.grade')
		WHEN k.kind = 'time zone' AND NOT EXISTS (SELECT FROM pg_timezone_names AS z WHERE z.name = said)
		THEN format('There is no time zone "%s".', said)
		WHEN k.kind = 'name' AND btrim(said) = '' THEN 'It must name something.'
		WHEN k.kind = 'list of names'
		     AND EXISTS (SELECT FROM jsonb_array_elements(value) AS e (item) WHERE jsonb_typeof(e.item) <> 'string')
		THEN 'It must be a list of texts.'
		WHEN k.kind = 'span of hours' THEN peoplecall.hours_problem(value) END;
END
$$;
COMMENT ON FUNCTION peoplecall.setting_problem(text, jsonb) IS
	'why a setting does not take a value, NULL where it does; names that known_settings() lacks are the city''s own and take anything';

CREATE FUNCTION peoplecall.reading_problem(said text, type regtype) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	message text;
BEGIN
	EXECUTE format('SELECT %L::%s', said, type);
	RETURN NULL;
EXCEPTION WHEN data_exception THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT;
	RETURN upper(left(message, 1)) || substr(message, 2) || '.';
END
$$;
COMMENT ON FUNCTION peoplecall.reading_problem(text, regtype) IS
	'why a text is none of a type, NULL where it is; used by setting_problem()';

CREATE FUNCTION peoplecall.hours_problem(value jsonb) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- hours and minutes, nothing that time would read otherwise
	IF (SELECT array_agg(h.key ORDER BY h.key) FROM jsonb_each(value) AS h)
	   IS DISTINCT FROM '{from,to}'::text[]
	   OR EXISTS (SELECT FROM jsonb_each_text(value) AS h
	               WHERE coalesce(h.value, '') !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$')
	THEN
		RETURN 'It must be an object such as {"from": "22:00", "to": "07:00"}.';
	END IF;
	IF value -> 'from' = value -> 'to' THEN
		RETURN 'From and to are the same: neither no hours nor all of them are meant.';
	END IF;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.hours_problem(jsonb) IS
	'why a value is no span of hours, NULL where it is; used by setting_problem()';

CREATE FUNCTION peoplecall.template_fields(template text DEFAULT NULL)
	RETURNS TABLE (field text, templates text[], meaning text)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE ROWS 40
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ladder text[] := ARRAY['half', 'due', 'overdue'];
	orders text[] := ARRAY['supervise', 'supervised', 'instruct', 'answered',
		'answer_refused', 'order_closed', 'order_moot'];
	matters text[] := ladder || orders || ARRAY['command_up', 'assign', 'hand_over',
		'hand_over_all', 'report', 'hot', 'unsolved', 'request', 'granted', 'refused',
		'resume', 'review', 'returned', 'moved_in', 'urged', 'supplement', 'withdrawn',
		'subject', 'redo'];
	claims text[] := ARRAY['claimed', 'claim_fulfilled', 'claim_released', 'claim_lapsed',
		'listing_closed', 'project'];
	citizens text[] := ARRAY['receipt', 'transfer', 'extension', 'shelve', 'excluded',
		'result', 'rating', 'rejected', 'referred', 'reopened', 'upheld'];
BEGIN
	RETURN QUERY
	SELECT v.field, v.templates, v.meaning
	  FROM (VALUES
		('no', matters || citizens || claims || '{convene,called_off}',
			'number of the complaint, of the meeting or of the listing'),
		('title', matters || citizens || claims || '{convene,called_off}', 'its title'),
		('org', matters || citizens || '{project}', 'the org that the message is about, else the lead, else the one that commands'),
		('due_at', matters || citizens, 'the deadline that the message is about, else the complaint''s next'),
		('area', matters || citizens, 'name of its area'),
		('category', matters || citizens, 'name of its category'),
		('grade', matters || citizens, 'A to D'),
		('urgency', matters || citizens, 'template urgency.NAME'),
		('command', matters || citizens, 'the org that commands'),
		('people', matters || citizens, 'how many it concerns'),
		('received_at', matters || citizens, 'when it was received'),
		('officer', matters || claims || '{convene,called_off}', 'who gets the message'),
		('clock', ladder, 'the clock''s kind'),
		('promise', ladder, 'what it promises: template clock.KIND'),
		('steps', ladder, 'how many steps of the ladder the message stands for'),
		('orderer', orders, 'the org that ordered'),
		('leader', orders, 'the leader who instructed'),
		('reason', orders || '{hand_over,hand_over_all,request,granted,refused,moved_in,redo,claim_released,listing_closed}', 'why'),
		('code', '{receipt}', 'the code by which the citizen follows it'),
		('urged', '{urged}', 'how often it was urged'),
		('destination', '{referred}', 'to whom it was referred'),
		('claimer', claims, 'who claimed: an org''s name, else template claimer.KIND'),
		('quantity', claims, 'how many'),
		('left', claims, 'how many are left'),
		('expires_at', claims, 'until when; template claim.no_limit where there is no limit'),
		('need', '{project}', 'title of the need'),
		('resource', '{project}', 'title of the resource'),
		('answer', '{answered}', 'the answer to an order'),
		('conclusion', '{answer_refused,order_closed}', 'what the ordering body says of it'),
		('from', '{hand_over,hand_over_all,moved_in}', 'the officer who hands over, or the area from which a matter was moved'),
		('tasks', '{hand_over_all}', 'how many shares'),
		('note', '{report}', 'what is reported'),
		('complaints', '{hot}', 'how many complaints the group has'),
		('growth', '{hot}', 'the newer half over the older'),
		('subject', '{hot}', 'what they are about'),
		('ids', '{hot}', 'their ids'),
		('request', '{request,granted,refused,resume,review}', 'what was asked for: template request.KIND'),
		('asker', '{request}', 'the org that asks'),
		('plan', '{resume,review}', 'the plan of a shelved matter'),
		('returned', '{returned}', 'how often it was returned'),
		('convenor', '{convene,called_off}', 'the org that convenes'),
		('called', '{convene}', 'the org that is called'),
		('meets_at', '{convene,called_off}', 'when'),
		('place', '{convene,called_off}', 'where'),
		('sign_by', '{convene}', 'until when to sign'))
		AS v (field, templates, meaning)
	 WHERE template_fields.template IS NULL OR template_fields.template = ANY (v.templates);
END
$$;
COMMENT ON FUNCTION peoplecall.template_fields(text) IS
	'the fields that a template may name in braces, with the templates that have each; NULL: of all templates. No field holds an address or what a citizen said of himself; none belongs to the words clock.KIND, request.KIND, urgency.NAME, claimer.KIND, claim.no_limit and needs_meeting';

CREATE FUNCTION peoplecall.template_problem(template text, body text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known text[] := ARRAY(SELECT f.field FROM peoplecall.template_fields(template) AS f);
	unknown text;
BEGIN
	-- a text of the city's own may name whatever any text may
	IF known = '{}' AND template !~ '^((clock|request|urgency|claim|claimer)\.|needs_meeting$)' THEN
		known := ARRAY(SELECT f.field FROM peoplecall.template_fields() AS f);
	END IF;
	unknown := (SELECT m.part[1]
	              FROM regexp_matches(body, '\{([^{}]*)\}', 'g') WITH ORDINALITY AS m (part, place)
	             WHERE m.part[1] <> ALL (known)
	             ORDER BY m.place
	             LIMIT 1);
	RETURN CASE WHEN unknown IS NOT NULL
		THEN format('It has no field {%s}; its fields are %s.', unknown,
			coalesce(nullif(array_to_string(known, ', '), ''), 'none')) END;
END
$$;
COMMENT ON FUNCTION peoplecall.template_problem(text, text) IS
	'why a template does not take a text: the first field in braces that it does not have; NULL where it takes it';
