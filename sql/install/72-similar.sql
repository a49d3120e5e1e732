-- Complaints that say the same: finding them, a call that is made again, and
-- the upkeep of what finding rests on.

CREATE TYPE peoplecall.similar_complaint AS (
	complaint_id bigint,
	no text,
	title text,
	state peoplecall.complaint_state,
	likeness float8,
	received_at timestamptz
);
COMMENT ON TYPE peoplecall.similar_complaint IS
	'a complaint that says much the same as a text; likeness is from 0 to 1';

-- What counts is the street: neighbours describe one matter from two
-- communities, and an operator may have known the district alone.
CREATE FUNCTION peoplecall.likeness_districts(area peoplecall.areacode) RETURNS int[]
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF peoplecall.level(area) >= 'district' THEN
		RETURN ARRAY(
			SELECT DISTINCT d.id
			  FROM (VALUES (peoplecall.district_of_area(area)),
			               (peoplecall.district_of_area(peoplecall.ancestor(area, 'city')))) AS d (id));
	END IF;
	RETURN ARRAY(
		SELECT DISTINCT peoplecall.district_of_area(a.code)
		  FROM peoplecall.area AS a
		 WHERE a.code OPERATOR(peoplecall.<@) likeness_districts.area
		   AND peoplecall.level(a.code) <= 'district');
END
$$;
COMMENT ON FUNCTION peoplecall.likeness_districts(peoplecall.areacode) IS
	'used by similar_complaints(): the registering districts in which matters of an area may have been filed: its own and its city''s, or all those below it';

CREATE FUNCTION peoplecall.similar_complaints(
	title text, body text, area peoplecall.areacode, category ltree DEFAULT NULL,
	within interval DEFAULT '30 days') RETURNS SETOF peoplecall.similar_complaint
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	titled int[] := peoplecall.text_grams(left(title, 500));
	told int[] := peoplecall.text_grams(left(coalesce(body, ''), 2000));
	place peoplecall.areacode := peoplecall.ancestor(area, 'street');
	major text := nullif(split_part(category::text, '.', 1), '');
	oldest timestamptz := peoplecall.as_of() - within;
	keys bigint[];
BEGIN
	PERFORM peoplecall.require_tables();
	IF num_nulls(title, area, within) > 0 THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'title, area and within must not be null';
	END IF;
	keys := peoplecall.search_keys(peoplecall.likeness_districts(area),
		oldest, peoplecall.as_of(), peoplecall.rare_grams(titled));
	-- the titles choose, then the bodies of those few are read
	RETURN QUERY
	SELECT r.id, peoplecall.complaint_no(r.id), r.title, r.state, r.likeness, r.received_at
	  FROM (SELECT c.id, c.title, c.state, c.received_at,
	               CASE WHEN told = '{}' OR c.body = '' THEN n.by_title
	                    ELSE (2 * n.by_title + peoplecall.likeness(told,
	                          peoplecall.text_grams(left(c.body, 2000)))) / 3 END AS likeness
	          FROM (SELECT k.district_id, k.complaint_id,
	                       peoplecall.likeness(titled, k.grams) AS by_title
	                  FROM (SELECT t.district_id, t.complaint_id, t.received_at, t.grams
	                          FROM peoplecall.complaint_text AS t
	                         WHERE peoplecall.gram_keys(t.district_id, t.received_at, t.grams)
	                               OPERATOR(peoplecall.~&) keys
	                           AND (t.area OPERATOR(peoplecall.<@) place
	                                OR t.area OPERATOR(peoplecall.@>) place)
	                        -- the keys know the time but for days: no other index
	                        OFFSET 0) AS k
	                 WHERE k.received_at >= oldest
	                 ORDER BY 3 DESC, 2
	                 LIMIT 100) AS n
	          JOIN peoplecall.complaint AS c
	            ON c.district_id = n.district_id AND c.id = n.complaint_id
	         WHERE (major IS NULL OR c.category IS NULL
	                OR split_part(c.category::text, '.', 1) = major)
	           -- where it goes on, it has a text too
	           AND c.state <> 'moved') AS r
	 ORDER BY r.likeness DESC, r.id
	 LIMIT 20;
END
$$;
COMMENT ON FUNCTION peoplecall.similar_complaints(text, text, peoplecall.areacode, ltree, interval) IS
	'of the complaints of the same street (or the area given, where that is larger) and time, and where a category is given of its first level or none, the twenty that are most like the text, the likest first: two thirds by the title, one third by the body; the reader sees only what his posts reach; 22004, 54000 for too wide a search, PC002';

CREATE FUNCTION peoplecall.likely_duplicates(
	title text, body text, area peoplecall.areacode, category ltree) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	threshold float8 := peoplecall.setting_number('similar_threshold', 0.2);
BEGIN
	IF threshold > 1 THEN
		RETURN NULL;
	END IF;
	RETURN (
		SELECT jsonb_agg(jsonb_build_object('complaint', f.complaint_id,
		                 'likeness', round(f.likeness::numeric, 3)) ORDER BY f.place)
		  FROM (SELECT s.complaint_id, s.likeness, row_number() OVER () AS place
		          FROM peoplecall.similar_complaints(title, body, area, category) AS s
		         WHERE s.likeness >= threshold
		         LIMIT 5) AS f);
END
$$;
COMMENT ON FUNCTION peoplecall.likely_duplicates(text, text, peoplecall.areacode, ltree) IS
	'used by submit(): what it notes of complaints that say the same: at most five ids with their likeness, from setting similar_threshold on; above 1 it looks for none';

CREATE FUNCTION peoplecall.remember_text(
	district_id int, complaint_id bigint, area peoplecall.areacode,
	received_at timestamptz, title text, body text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO peoplecall.complaint_text (district_id, complaint_id, area, received_at,
		grams, digest)
	VALUES (district_id, complaint_id, area, received_at,
		peoplecall.text_grams(left(title, 500)),
		peoplecall.text_digest(title || coalesce(body, '')));
END
$$;
COMMENT ON FUNCTION peoplecall.remember_text(int, bigint, peoplecall.areacode, timestamptz, text, text) IS
	'used by submit(): puts a new complaint''s text where others like it will find it';

-- +86 027 8888-8888 and 02788888888 are one number.
CREATE FUNCTION peoplecall.phone_digits(phone text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN substring(regexp_replace(phone, '[^0-9]', '', 'g') FROM '^(?:0*86(?=\d{11}))?(\d{5,})$');
END
$$;
COMMENT ON FUNCTION peoplecall.phone_digits(text) IS
	'used by submit(): the digits of a phone number without the country''s code; NULL for what has fewer than five';

CREATE FUNCTION peoplecall.latest_call(district_id int, digest bigint, phone text) RETURNS bigint
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_latest_call';
COMMENT ON FUNCTION peoplecall.latest_call(int, bigint, text) IS
	'inside a verb: in a transaction that keeps its snapshot, the newest complaint of the same phone and text that anybody committed; NULL in READ COMMITTED; 42501 outside';

-- The lock makes two channels that send the same call at once follow one
-- another; whoever waited sees what the other one filed.
CREATE FUNCTION peoplecall.same_call(
	area peoplecall.areacode, phone text, title text, body text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	caller text := peoplecall.phone_digits(phone);
	said bigint := peoplecall.text_digest(title || coalesce(body, ''));
	place peoplecall.areacode := peoplecall.ancestor(area, 'street');
	found_id bigint;
	current_id bigint;
	c peoplecall.complaint;
BEGIN
	IF caller IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM pg_advisory_xact_lock(hashtextextended(
		format('peoplecall.same_call %s %s', caller, said), 0));
	found_id := peoplecall.latest_call(peoplecall.district_of_area(area), said, caller);
	IF found_id IS NOT NULL AND NOT EXISTS (
		SELECT FROM peoplecall.complaint AS k
		 WHERE k.district_id = peoplecall.district_of(found_id) AND k.id = found_id)
	THEN
		RAISE serialization_failure USING
			MESSAGE = 'could not serialize access due to concurrent update',
			DETAIL = 'The same call was filed by another transaction since this one began.',
			HINT = 'The transaction might succeed if retried.';
	END IF;
	FOR found_id IN
		SELECT k.id
		  FROM peoplecall.complaint_text AS t
		  JOIN peoplecall.complaint AS k
		    ON k.district_id = t.district_id AND k.id = t.complaint_id
		 WHERE t.district_id = peoplecall.district_of_area(same_call.area)
		   AND t.digest = said
		   AND (t.area OPERATOR(peoplecall.<@) place OR t.area OPERATOR(peoplecall.@>) place)
		   AND k.state IN ('received', 'dispatched', 'completed', 'merged', 'moved')
		 ORDER BY t.received_at DESC, k.id DESC
	LOOP
		-- who called is written where the matter goes on
		current_id := peoplecall.current_complaint(found_id);
		CONTINUE WHEN NOT EXISTS (
			SELECT FROM peoplecall.reporter AS r
			 WHERE r.district_id = peoplecall.district_of(current_id)
			   AND r.complaint_id = current_id
			   AND peoplecall.phone_digits(r.phone) = caller);
		c := peoplecall.lock_with_principal(current_id);
		IF (c.state IN ('received', 'dispatched', 'completed')
		    OR (c.state = 'merged' AND c.closed_at IS NULL))
		   AND c.withdrawn_at IS NULL
		THEN
			RETURN c.id;
		END IF;
	END LOOP;
	RETURN NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.same_call(peoplecall.areacode, text, text, text) IS
	'inside a verb: the open complaint that the same phone filed with the same text in the same street, or as which that goes on in another district, itself or what it was merged into still open, with its row and its principal''s locked; NULL for none or without a phone; another transaction that asks for the same waits until this one ends; 40001 where it was filed since this transaction began, at an isolation level at which it cannot be seen';

CREATE FUNCTION peoplecall.call_again(complaint bigint, channel text) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	post_org bigint;
BEGIN
	c := peoplecall.lock_with_principal(complaint);
	post_org := peoplecall.gate_area(
		peoplecall.citizen_area(coalesce(c.origin_id, c.id), c.area), NULL, NULL);
	RETURN peoplecall.urge_both(c.id, post_org,
		jsonb_build_object('channel', channel, 'same_call', true));
END
$$;
COMMENT ON FUNCTION peoplecall.call_again(bigint, text) IS
	'inside a verb: the same call once more urges the complaint that it is about; returns that one''s receipt';

CREATE FUNCTION peoplecall.refresh_likeness(texts int DEFAULT 50000) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.refresh_likeness(int) IS
	'upkeep of similar_complaints(), daily: forgets texts older than setting similar_keep days, takes up complaints that have none (100,000 a time), and counts in that many of the newest how rare each gram is; returns the number of grams known; under 200 texts it counts nothing; 42501 unless called by the ledger''s owner';

CREATE FUNCTION peoplecall.refresh_likeness_body(texts int) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	oldest timestamptz;
BEGIN
	PERFORM peoplecall.gate_actor();
	oldest := peoplecall.act_time(NULL)
		- make_interval(days => peoplecall.setting_number('similar_keep', 400)::int);
	DELETE FROM peoplecall.complaint_text AS t WHERE t.received_at < oldest;
	INSERT INTO peoplecall.complaint_text (district_id, complaint_id, area, received_at,
		grams, digest)
	SELECT c.district_id, c.id, c.area, c.received_at,
	       peoplecall.text_grams(left(c.title, 500)),
	       peoplecall.text_digest(c.title || c.body)
	  FROM peoplecall.complaint AS c
	 WHERE c.received_at >= oldest
	   AND NOT EXISTS (
		SELECT FROM peoplecall.complaint_text AS t
		 WHERE t.district_id = c.district_id AND t.complaint_id = c.id)
	 ORDER BY c.received_at DESC
	 LIMIT 100000
	    ON CONFLICT DO NOTHING;
	PERFORM peoplecall.count_grams(coalesce(texts, 50000));
	RETURN (SELECT count(*)::int FROM peoplecall.gram_rarity);
END
$$;
COMMENT ON FUNCTION peoplecall.refresh_likeness_body(int) IS 'body of refresh_likeness()';

-- Only the frequent ones: what is missing counts as rare as the rarest here.
CREATE FUNCTION peoplecall.count_grams(texts int) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	read_texts int := (SELECT count(*)::int
	                     FROM (SELECT FROM peoplecall.complaint AS c LIMIT texts) AS n);
BEGIN
	-- shares of few texts say nothing
	IF read_texts < 200 THEN
		RETURN;
	END IF;
	WITH counted AS (
		SELECT g.gram, count(*) AS texts
		  FROM (SELECT c.title, c.body
		          FROM peoplecall.complaint AS c
		         ORDER BY c.received_at DESC
		         LIMIT count_grams.texts) AS n
		 CROSS JOIN LATERAL unnest(peoplecall.text_grams(n.title || left(n.body, 2000))) AS g (gram)
		 GROUP BY g.gram
		HAVING count(*) > 1
		 ORDER BY count(*) DESC, g.gram
		 LIMIT 20000),
	gone AS (
		DELETE FROM peoplecall.gram_rarity AS r
		 WHERE NOT EXISTS (SELECT FROM counted AS k WHERE k.gram = r.gram))
	INSERT INTO peoplecall.gram_rarity AS r (gram, share)
	SELECT k.gram, k.texts::float8 / read_texts FROM counted AS k
	    ON CONFLICT (gram) DO UPDATE SET share = EXCLUDED.share
	 WHERE r.share <> EXCLUDED.share;
END
$$;
COMMENT ON FUNCTION peoplecall.count_grams(int) IS
	'used by refresh_likeness(): counts in that many of the newest complaints in which share of them each gram is, and keeps the 20,000 most frequent';
