-- Forgetting who called. The case stays: what was asked, who had it, by when,
-- how it ended. What goes is the person: his row, the code by which he follows
-- the matter, and his name and number wherever somebody wrote them into a text.
-- Nothing brings it back, so nobody may do it who could not read it.
--
-- The history is not rewritten, and need not be: no event holds a name or a
-- number of who called, nor of anybody whose matter was one with his, since
-- write_event() takes them out before it writes.

CREATE FUNCTION peoplecall.forget_reporter(complaint bigint, words boolean DEFAULT false) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.forget_resident(listing bigint) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.forget_reporter(bigint, boolean) IS
	'erases for good who called: name, number, the code for track(), and both wherever a text of the case has them, also where it was before it moved to another district, and of those that it was ever merged into or with; messages that wait for him are given up; with words also what he said and sent: body, address, supplements, comments, evidence of stage report, and the title becomes the category''s name; the case stays as it is; a second time changes nothing and writes no event; any state but moved, where it goes on; 22004, PC005, 42501 without the duty personal there, or for one who may not read the citizen';
COMMENT ON FUNCTION peoplecall.forget_resident(bigint) IS
	'erases for good whose wish it is, and his name and number wherever the listing''s texts have them; the listing stays; false where there is nobody to forget; 22004, PC005, 42501';

-- How a person may be written: the name as it is, the number with or without
-- what people put between its digits. A name of one character says nobody, and
-- what is far longer than any is none.
CREATE FUNCTION peoplecall.person_pattern(name text, phone text) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	digits text := peoplecall.phone_digits(phone);
	ways text[] := ARRAY[]::text[];
BEGIN
	name := btrim(name);
	phone := btrim(phone);
	IF length(name) BETWEEN 2 AND 200 THEN
		-- letters that belong to a longer word are another word
		ways := ways || (CASE WHEN name ~ '^[A-Za-z]' THEN '\m' ELSE '' END
			|| regexp_replace(regexp_replace(name, '[^[:alnum:][:space:]]', '\\\&', 'g'), '[[:space:]]+', '[[:space:]]+', 'g')
			|| CASE WHEN name ~ '[A-Za-z]$' THEN '\M' ELSE '' END);
	END IF;
	IF length(digits) <= 40 THEN
		ways := ways || ('(?<![0-9])(?:[+]?0*86[ -]*)?'
			|| array_to_string(string_to_array(digits, NULL), '[ -]*') || '(?![0-9])');
	ELSIF length(phone) BETWEEN 3 AND 200 THEN
		ways := ways || regexp_replace(phone, '[^[:alnum:][:space:]]', '\\\&', 'g');
	END IF;
	RETURN nullif(array_to_string(ways, '|'), '');
END
$$;
COMMENT ON FUNCTION peoplecall.person_pattern(text, text) IS
	'a regular expression for a name of 2 to 200 characters and a number, however it is grouped; NULL where there is neither';

CREATE FUNCTION peoplecall.without_person(value jsonb, pattern text) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF pattern IS NULL THEN
		RETURN value;
	END IF;
	RETURN CASE jsonb_typeof(value)
		WHEN 'string' THEN to_jsonb(regexp_replace(value #>> '{}', pattern, '***', 'g'))
		WHEN 'array' THEN (
			SELECT coalesce(jsonb_agg(peoplecall.without_person(e.one, pattern) ORDER BY e.place), '[]')
			  FROM jsonb_array_elements(value) WITH ORDINALITY AS e (one, place))
		WHEN 'object' THEN (
			SELECT coalesce(jsonb_object_agg(e.key, peoplecall.without_person(e.value, pattern)), '{}')
			  FROM jsonb_each(value) AS e)
		ELSE value END;
END
$$;
COMMENT ON FUNCTION peoplecall.without_person(jsonb, text) IS
	'a document whose texts have *** in place of what the pattern finds (NULL: nothing); keys and numbers stay';

-- What an officer writes may name any citizen of the group. His words are kept
-- where posts read them; in the history, which is never changed, the name is not.
-- Who is looked for at all is asked first by what costs little: a principal may
-- carry hundreds.
CREATE FUNCTION peoplecall.without_reporter(district_id int, complaint_id bigint, detail jsonb) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written text := detail::text;
	digits text;
	members bigint[];
	person record;
BEGIN
	IF NOT detail @? 'strict $.** ? (@.type() == "string")' THEN
		RETURN detail;
	END IF;
	digits := regexp_replace(written, '[^0-9]+', '', 'g');
	members := peoplecall.group_of(district_id, complaint_id);
	FOR person IN
		SELECT o.name, o.phone
		  FROM peoplecall.reporter AS o
		 WHERE o.district_id = ANY (peoplecall.districts_of(members))
		   AND o.complaint_id = ANY (members)
		   AND ((length(btrim(o.name)) BETWEEN 2 AND 200 AND strpos(written, btrim(o.name)) > 0)
		        OR (o.phone <> '' AND (strpos(written, o.phone) > 0
		            OR (strpos(digits, right(regexp_replace(o.phone, '[^0-9]+', '', 'g'), 5)) > 0
		                AND strpos(digits, coalesce(peoplecall.phone_digits(o.phone), 'none')) > 0))))
	LOOP
		detail := coalesce(peoplecall.without_person(detail,
			peoplecall.person_pattern(person.name, person.phone)), detail);
	END LOOP;
	RETURN detail;
END
$$;
COMMENT ON FUNCTION peoplecall.without_reporter(int, bigint, jsonb) IS
	'used by write_event(): the detail of an event, with *** for the name and the number of who called, and of everybody else in the matter''s group';

-- Whoever works on a principal writes of those merged into it, and the other way
-- round; a text of the one goes into the other at its end. What was split, or
-- moved, has what was written until then.
CREATE FUNCTION peoplecall.group_of(district_id int, complaint_id bigint) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	members bigint[] := ARRAY[complaint_id];
	asked bigint[] := ARRAY[]::bigint[];
	links bigint[];
	ahead bigint[];
	reached bigint[];
BEGIN
	SELECT c.principals || c.origin_id || c.moved_to INTO links
	  FROM peoplecall.complaint AS c
	 WHERE c.district_id = group_of.district_id AND c.id = group_of.complaint_id
	   AND num_nonnulls(c.principals, c.origin_id, c.moved_to) > 0;
	IF NOT FOUND THEN
		RETURN members;
	END IF;
	LOOP
		ahead := ARRAY(
			SELECT DISTINCT l.id FROM unnest(links) AS l (id)
			 WHERE l.id IS NOT NULL AND l.id <> ALL (asked));
		EXIT WHEN ahead = '{}';
		asked := asked || ahead;
		SELECT array_agg(DISTINCT m.id), array_agg(DISTINCT l.id)
		  INTO reached, links
		  FROM (SELECT c.id, c.principals || c.origin_id || c.moved_to AS links
		          FROM peoplecall.complaint AS c
		         WHERE c.district_id = ANY (peoplecall.districts_of(ahead))
		           AND c.id = ANY (ahead)
		         UNION ALL
		        SELECT c.id, c.principals || c.origin_id || c.moved_to
		          FROM peoplecall.complaint AS c
		         WHERE c.principals && ahead) AS m
		  LEFT JOIN LATERAL unnest(m.links) AS l (id) ON true;
		members := members || reached;
	END LOOP;
	RETURN ARRAY(SELECT DISTINCT g.id FROM unnest(members) AS g (id));
END
$$;
COMMENT ON FUNCTION peoplecall.group_of(int, bigint) IS
	'used by write_event() and forget_reporter(): a complaint and all that it was ever in one group with, by merging, each under every number that it had in other districts; itself alone where it never was';

CREATE FUNCTION peoplecall.districts_of(complaints bigint[]) RETURNS int[]
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF cardinality(complaints) = 1 THEN
		RETURN ARRAY[peoplecall.district_of(complaints[1])];
	END IF;
	RETURN ARRAY(SELECT DISTINCT peoplecall.district_of(c.id) FROM unnest(complaints) AS c (id));
END
$$;
COMMENT ON FUNCTION peoplecall.districts_of(bigint[]) IS
	'used by verbs that look at several complaints: their districts';

-- Texts of any table that belongs to the matter, the city's own columns too.
-- What is not a text but a word of ours is left alone.
CREATE FUNCTION peoplecall.erase_person(
	relation name, key name, ids bigint[], pattern text) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	written record;
	erased int := 0;
BEGIN
	PERFORM peoplecall.gate_actor();
	SELECT string_agg(format('%1$I = regexp_replace(%1$I::text, $1, ''***'', ''g'')', a.attname), ', ') AS sets,
	       string_agg(format('%I::text ~ $1', a.attname), ' OR ') AS hits
	  INTO written
	  FROM pg_attribute AS a
	 WHERE a.attrelid = format('peoplecall.%I', relation)::regclass
	   AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
	   AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)
	   AND a.attname <> ALL ('{channel,external_id,nature,state,kind,stage,outcome,template,key,calendar,closed,ended,sqlstate,code}'::name[]);
	IF pattern IS NULL OR written.sets IS NULL THEN
		RETURN 0;
	END IF;
	EXECUTE format('UPDATE peoplecall.%I SET %s WHERE district_id = ANY ($2) AND %I = ANY ($3) AND (%s)',
		relation, written.sets, key, written.hits)
	USING pattern, peoplecall.districts_of(ids), ids;
	GET DIAGNOSTICS erased = ROW_COUNT;
	RETURN erased;
END
$$;
COMMENT ON FUNCTION peoplecall.erase_person(name, name, bigint[], text) IS
	'used by forget_reporter() and forget_resident(): writes *** for what the pattern finds into the texts of those rows of a table whose key is one of the ids; returns how many had it; 42501 outside a verb';

-- All tables of matters, by their columns; the history alone is never touched.
CREATE FUNCTION peoplecall.erase_from_cases(complaints bigint[], pattern text) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	relation name;
	meetings bigint[];
	erased int := peoplecall.erase_person('complaint', 'id', complaints, pattern);
BEGIN
	FOR relation IN
		SELECT c.relname
		  FROM pg_class AS c
		  JOIN pg_attribute AS d ON d.attrelid = c.oid AND d.attname = 'district_id' AND NOT d.attisdropped
		  JOIN pg_attribute AS m ON m.attrelid = c.oid AND m.attname = 'complaint_id' AND NOT m.attisdropped
		 WHERE c.relnamespace = (SELECT n.oid FROM pg_namespace AS n WHERE n.nspname = 'peoplecall')
		   AND c.relkind IN ('r', 'p') AND NOT c.relispartition
		   AND c.relname NOT IN ('event', 'reporter', 'intake_key', 'track_key')
		 ORDER BY c.relname
	LOOP
		erased := erased + peoplecall.erase_person(relation, 'complaint_id', complaints, pattern);
	END LOOP;
	meetings := ARRAY(
		SELECT m.id FROM peoplecall.coordination AS m
		 WHERE m.district_id = ANY (peoplecall.districts_of(complaints))
		   AND m.complaint_id = ANY (complaints));
	IF meetings <> '{}' THEN
		erased := erased
			+ peoplecall.erase_person('coordination_party', 'coordination_id', meetings, pattern)
			+ peoplecall.erase_person('notice', 'complaint_id', meetings, pattern);
	END IF;
	IF pattern IS NOT NULL THEN
		UPDATE peoplecall.ruling AS r
		   SET title = regexp_replace(r.title, pattern, '***', 'g'),
		       minutes = regexp_replace(r.minutes, pattern, '***', 'g')
		 WHERE r.complaint_id = ANY (complaints)
		   AND (r.title ~ pattern OR r.minutes ~ pattern);
	END IF;
	RETURN erased;
END
$$;
COMMENT ON FUNCTION peoplecall.erase_from_cases(bigint[], text) IS
	'used by forget_reporter(): erase_person() in every table of these matters but the history, in the meetings about them and in their rulings; returns in how many rows';

-- What a channel calls its matter may be made of the number that called.
CREATE FUNCTION peoplecall.erase_external_id(district_id int, complaint_id bigint, pattern text) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	erased int;
BEGIN
	IF pattern IS NULL THEN
		RETURN 0;
	END IF;
	UPDATE peoplecall.complaint AS c
	   SET external_id = format('*** %s', erase_external_id.complaint_id)
	 WHERE c.district_id = erase_external_id.district_id AND c.id = erase_external_id.complaint_id
	   AND c.external_id ~ pattern;
	GET DIAGNOSTICS erased = ROW_COUNT;
	-- several calls may have become this one; the key says where the row is kept,
	-- so it is another row
	WITH gone AS (
		DELETE FROM peoplecall.intake_key AS k
		 WHERE k.district_id = erase_external_id.district_id
		   AND k.complaint_id = erase_external_id.complaint_id AND k.external_id ~ pattern
		RETURNING k.channel, k.external_id, k.district_id, k.complaint_id)
	INSERT INTO peoplecall.intake_key (channel, external_id, district_id, complaint_id)
	SELECT g.channel, format('*** %s %s', g.complaint_id,
		row_number() OVER (ORDER BY g.channel, g.external_id)), g.district_id, g.complaint_id
	  FROM gone AS g;
	UPDATE peoplecall.change AS h
	   SET external_id = '*** ' || h.complaint_id::text
	 WHERE h.district_id = erase_external_id.district_id
	   AND h.complaint_id = erase_external_id.complaint_id AND h.external_id ~ pattern;
	RETURN erased;
END
$$;
COMMENT ON FUNCTION peoplecall.erase_external_id(int, bigint, text) IS
	'used by forget_reporter(): a channel''s own number that holds the name or the number of who called becomes another one';

CREATE FUNCTION peoplecall.erase_words(district_id int, complaint_id bigint) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	neutral text;
	erased int := 0;
	more int;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = erase_words.district_id AND m.id = erase_words.complaint_id;
	neutral := coalesce((SELECT k.name FROM peoplecall.category AS k
	                      WHERE peoplecall.category_is(k.path, c.category)), '***');
	IF (c.title, c.body, coalesce(c.address, ''), coalesce(c.subject, '')) <> (neutral, '', '', '') THEN
		UPDATE peoplecall.complaint AS m
		   SET title = neutral, body = '', address = NULL, subject = NULL
		 WHERE m.district_id = c.district_id AND m.id = c.id;
		erased := 1;
	END IF;
	-- messages, meetings and what they decide take the title along
	UPDATE peoplecall.notice AS n
	   SET body = replace(n.body, c.title, neutral)
	 WHERE n.district_id = c.district_id AND n.complaint_id = c.id
	   AND c.title <> neutral AND strpos(n.body, c.title) > 0;
	UPDATE peoplecall.coordination AS m
	   SET title = replace(m.title, c.title, neutral), agenda = replace(m.agenda, c.title, neutral)
	 WHERE m.district_id = c.district_id AND m.complaint_id = c.id AND c.title <> neutral;
	UPDATE peoplecall.task AS t
	   SET matter = replace(t.matter, c.title, neutral)
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
	   AND c.title <> neutral AND strpos(t.matter, c.title) > 0;
	UPDATE peoplecall.ruling AS r
	   SET title = replace(r.title, c.title, neutral), minutes = replace(r.minutes, c.title, neutral)
	 WHERE r.complaint_id = c.id AND c.title <> neutral
	   AND strpos(r.title || r.minutes, c.title) > 0;
	UPDATE peoplecall.supplement AS s SET body = '***'
	 WHERE s.district_id = c.district_id AND s.complaint_id = c.id AND s.body <> '***';
	GET DIAGNOSTICS more = ROW_COUNT;
	erased := erased + more;
	UPDATE peoplecall.rating AS r SET comment = NULL
	 WHERE r.district_id = c.district_id AND r.complaint_id = c.id AND r.comment IS NOT NULL;
	GET DIAGNOSTICS more = ROW_COUNT;
	erased := erased + more;
	-- that there was evidence, and its digest, stays; where it is kept does not
	UPDATE peoplecall.attachment AS a SET uri = 'urn:forgotten'
	 WHERE a.district_id = c.district_id AND a.complaint_id = c.id
	   AND a.stage = 'report' AND a.uri <> 'urn:forgotten';
	GET DIAGNOSTICS more = ROW_COUNT;
	RETURN erased + more;
END
$$;
COMMENT ON FUNCTION peoplecall.erase_words(int, bigint) IS
	'used by forget_reporter(): what the citizen said of the matter and sent along, in this complaint; returns in how many rows';

-- The same matter under each number that it had, the first one first.
CREATE FUNCTION peoplecall.numbers_of(origin bigint) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	number bigint := origin;
	numbers bigint[] := ARRAY[]::bigint[];
BEGIN
	-- what leads back to itself is broken, and must not be followed for ever
	WHILE number IS NOT NULL AND number <> ALL (numbers) LOOP
		numbers := numbers || number;
		number := (SELECT c.moved_to FROM peoplecall.complaint AS c
		            WHERE c.district_id = peoplecall.district_of(number) AND c.id = number);
	END LOOP;
	RETURN numbers;
END
$$;
COMMENT ON FUNCTION peoplecall.numbers_of(bigint) IS
	'a complaint and those as which it went on in other districts, in order';

CREATE FUNCTION peoplecall.erase_reporter_row(district_id int, complaint_id bigint, area peoplecall.areacode, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	erased int;
BEGIN
	UPDATE peoplecall.reporter AS r
	   SET name = NULL, phone = NULL, forgotten_at = at
	 WHERE r.district_id = erase_reporter_row.district_id
	   AND r.complaint_id = erase_reporter_row.complaint_id
	   AND (r.forgotten_at IS NULL OR num_nonnulls(r.name, r.phone) > 0);
	GET DIAGNOSTICS erased = ROW_COUNT;
	-- one who left nothing but has a code was somebody too
	INSERT INTO peoplecall.reporter (district_id, complaint_id, area, forgotten_at)
	SELECT erase_reporter_row.district_id, erase_reporter_row.complaint_id, erase_reporter_row.area, at
	 WHERE NOT EXISTS (
		SELECT FROM peoplecall.reporter AS r
		 WHERE r.district_id = erase_reporter_row.district_id
		   AND r.complaint_id = erase_reporter_row.complaint_id);
	DELETE FROM peoplecall.track_key AS k
	 WHERE k.district_id = erase_reporter_row.district_id
	   AND k.complaint_id = erase_reporter_row.complaint_id;
	-- one that is on its way is the gateway's, and is not handed out again
	UPDATE peoplecall.notice AS n
	   SET state = 'failed', leased_until = NULL, error = 'the number was forgotten'
	 WHERE n.district_id = erase_reporter_row.district_id
	   AND n.complaint_id = erase_reporter_row.complaint_id
	   AND n.to_reporter AND n.state IN ('waiting', 'taken');
	RETURN erased;
END
$$;
COMMENT ON FUNCTION peoplecall.erase_reporter_row(int, bigint, peoplecall.areacode, timestamptz) IS
	'used by forget_reporter(): name, number and code; gives up what waits to be sent to him; returns how many people that were';

CREATE FUNCTION peoplecall.erase_staged(channel text, external_id text, pattern text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	DELETE FROM peoplecall.staging_complaint AS s
	 WHERE (s.channel = erase_staged.channel AND s.external_id = erase_staged.external_id)
	    OR s.reporter_phone ~ pattern;
END
$$;
COMMENT ON FUNCTION peoplecall.erase_staged(text, text, text) IS
	'used by forget_reporter(): rows that import_complaints() did not take, of the same matter or the same number';

-- As verbs do, from the principal down; merges, and others who forget in the
-- same city, wait.
CREATE FUNCTION peoplecall.lock_group(district_id int, complaint_id bigint) RETURNS bigint[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	members bigint[] := peoplecall.group_of(district_id, complaint_id);
BEGIN
	PERFORM FROM peoplecall.complaint AS c
	  WHERE c.district_id = ANY (peoplecall.districts_of(members)) AND c.id = ANY (members)
	  ORDER BY c.state = 'merged', c.id
	    FOR UPDATE;
	RETURN members;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_group(int, bigint) IS
	'used by forget_reporter(): group_of(), each of them locked';

CREATE FUNCTION peoplecall.forget_reporter_body(complaint bigint, words boolean) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	post_org bigint;
	pattern text;
	members bigint[];
	number bigint;
	forgotten int;
	texts int;
	said int := 0;
BEGIN
	IF words IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'words must not be null';
	END IF;
	PERFORM peoplecall.lock_cities(ARRAY[peoplecall.district_of(complaint)]);
	c := peoplecall.lock_with_principal(complaint);
	-- whom privacy keeps from reading it could else do away with a witness
	post_org := peoplecall.gate_outside(c.area, NULL, ARRAY(
		SELECT DISTINCT b.org FROM peoplecall.reporter AS r CROSS JOIN unnest(r.barred) AS b (org)
		 WHERE r.district_id = c.district_id AND r.complaint_id = c.id));
	PERFORM peoplecall.gate_state(c.id, c.state);
	at := peoplecall.act_time(c.last_event_at);
	pattern := (
		SELECT string_agg(p.way, '|')
		  FROM (SELECT peoplecall.person_pattern(r.name, r.phone)
		          FROM peoplecall.reporter AS r
		         WHERE r.district_id = c.district_id AND r.complaint_id = c.id
		         UNION ALL
		        SELECT k.code FROM peoplecall.track_key AS k
		         WHERE k.district_id = c.district_id AND k.complaint_id = c.id) AS p (way));

	-- who worked on it wrote into the one that it was merged into, and what that
	-- one ended with was written into the others
	members := peoplecall.lock_group(c.district_id, c.id);
	texts := peoplecall.erase_from_cases(members, pattern);
	FOREACH number IN ARRAY peoplecall.numbers_of(coalesce(c.origin_id, c.id)) LOOP
		texts := texts + peoplecall.erase_external_id(peoplecall.district_of(number), number, pattern);
		IF words THEN
			said := said + peoplecall.erase_words(peoplecall.district_of(number), number);
		END IF;
	END LOOP;
	IF texts + said > 0 THEN
		FOREACH number IN ARRAY members LOOP
			PERFORM peoplecall.remember_anew(peoplecall.district_of(number), number);
		END LOOP;
	END IF;
	PERFORM peoplecall.erase_staged(c.channel, c.external_id, pattern);
	forgotten := peoplecall.erase_reporter_row(c.district_id, c.id, c.area, at);
	IF forgotten + texts + said = 0 THEN
		RETURN peoplecall.make_receipt(c.id, c.state, c.grade, NULL, c.lead_org, c.warn_at,
			c.due_at, c.paused_at, at);
	END IF;
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'forget_reporter', post_org, NULL, jsonb_build_object('people', forgotten,
			'texts', texts, 'words', CASE WHEN words THEN said END));
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
END
$$;
COMMENT ON FUNCTION peoplecall.forget_reporter_body(bigint, boolean) IS 'body of forget_reporter()';

-- What it is found by must not tell what the text no longer says.
CREATE FUNCTION peoplecall.remember_anew(district_id int, complaint_id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = remember_anew.district_id AND m.id = remember_anew.complaint_id;
	DELETE FROM peoplecall.complaint_text AS t
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id;
	IF FOUND THEN
		PERFORM peoplecall.remember_text(c.district_id, c.id, c.area, c.received_at, c.title, c.body);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.remember_anew(int, bigint) IS
	'used by forget_reporter(): remember_text() of a complaint whose text was changed, where it was remembered';

CREATE FUNCTION peoplecall.forget_resident_body(listing bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	post_org bigint;
	pattern text;
BEGIN
	l := peoplecall.lock_listing(listing);
	post_org := peoplecall.gate_area(l.area, NULL, NULL);
	DELETE FROM peoplecall.listing_resident AS r
	 WHERE r.district_id = l.district_id AND r.listing_id = l.id
	RETURNING peoplecall.person_pattern(r.name, r.phone) INTO pattern;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	PERFORM peoplecall.erase_person('listing', 'id', ARRAY[l.id], pattern);
	PERFORM peoplecall.erase_person('claim', 'listing_id', ARRAY[l.id], pattern);
	PERFORM peoplecall.erase_person('notice', 'complaint_id', ARRAY[l.id], pattern);
	PERFORM peoplecall.settle_listing(l.district_id, l.id, peoplecall.act_time(l.last_event_at),
		'forget_resident', post_org, NULL, '{}');
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.forget_resident_body(bigint) IS 'body of forget_resident()';
