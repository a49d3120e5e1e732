-- How many of the known duplicates similar_complaints() and pg_trgm find among
-- their first 5 and first 10, on the same rows. Run it by
--   bench/similar_recall FOLDER DATABASE
-- which says what FOLDER must hold. Recall of a text: of its known duplicates,
-- or of k where it has more than k, the share that is among the first k; the
-- mean over all texts that have any.
\set QUIET on
SET client_min_messages = error;
CREATE EXTENSION peoplecall CASCADE;
CREATE EXTENSION pg_trgm;
SELECT peoplecall.create_ledger() \g /dev/null
SELECT peoplecall.install_defaults() \g /dev/null
CREATE TEMP TABLE message (id bigint PRIMARY KEY, title text, at timestamptz, body text);
CREATE TEMP TABLE pair (a bigint, b bigint);
\copy message FROM pstdin WITH (FORMAT csv)
\copy pair FROM PROGRAM 'cat "$PAIRS"' WITH (FORMAT csv)
SET search_path = peoplecall, public;
INSERT INTO area (code, name) VALUES ('42', 'province'), ('4201', 'city'), ('420102', 'district');
INSERT INTO complaint (district_id, id, channel, nature, title, body, area, grade, state,
	command_level, received_at, last_event_at)
SELECT 420102, 420102000000000000 + m.id, 'hotline', 'complaint', m.title, m.body, '420102', 'B',
       'closed', 'street', m.at, m.at
  FROM message AS m;
SELECT set_config('peoplecall.as_of', (max(received_at) + interval '1 day')::text, false) FROM complaint \g /dev/null
UPDATE setting SET value = '10000' WHERE name = 'similar_keep';
ANALYZE complaint;

CREATE TEMP TABLE duplicate AS
SELECT a, array_agg(DISTINCT b) AS of
  FROM (SELECT a, b FROM pair UNION SELECT b, a FROM pair) AS p (a, b)
 WHERE a IN (SELECT id FROM message) AND b IN (SELECT id FROM message)
 GROUP BY a;
CREATE FUNCTION pg_temp.recall(found bigint[], of bigint[], k int) RETURNS numeric LANGUAGE sql IMMUTABLE AS
	'SELECT count(*)::numeric / least(k, cardinality($2)) FROM unnest($1[:k]) AS f WHERE f = ANY ($2)';
CREATE TEMP TABLE answer (how text, a bigint, found bigint[]);

INSERT INTO answer
SELECT 'pg_trgm: title', d.a, ARRAY(SELECT m.id FROM message AS m WHERE m.id <> d.a ORDER BY similarity(m.title, q.title) DESC, m.id LIMIT 10)
  FROM duplicate AS d JOIN message AS q ON q.id = d.a;
INSERT INTO answer
SELECT 'pg_trgm: title and text', d.a, ARRAY(SELECT m.id FROM message AS m WHERE m.id <> d.a ORDER BY similarity(m.title || ' ' || m.body, q.title || ' ' || q.body) DESC, m.id LIMIT 10)
  FROM duplicate AS d JOIN message AS q ON q.id = d.a;
CREATE FUNCTION pg_temp.ours(how text, with_body boolean) RETURNS void LANGUAGE sql AS $$
INSERT INTO answer
SELECT how, d.a, ARRAY(
	SELECT s.complaint_id % 1000000000000 FROM similar_complaints(q.title, CASE WHEN with_body THEN q.body END, '420102', NULL, '10 years') AS s
	 WHERE s.complaint_id % 1000000000000 <> d.a LIMIT 10)
  FROM duplicate AS d JOIN message AS q ON q.id = d.a $$;
-- before anything was counted; then with the rarity of grams
UPDATE setting SET value = '10000' WHERE name = 'similar_keep';
INSERT INTO complaint_text (district_id, complaint_id, area, received_at, grams, digest)
SELECT c.district_id, c.id, c.area, c.received_at, text_grams(left(c.title, 500)), text_digest(c.title || c.body) FROM complaint AS c;
ANALYZE complaint_text;
SELECT pg_temp.ours('2-grams of equal weight: title and text', true) \g /dev/null
SELECT refresh_likeness() \g /dev/null
SELECT pg_temp.ours('weighted 2-grams: title', false) \g /dev/null
SELECT pg_temp.ours('weighted 2-grams: title and text', true) \g /dev/null

SELECT count(*) AS texts, (SELECT count(*) FROM duplicate) AS with_duplicates,
       (SELECT sum(cardinality(of)) / 2 FROM duplicate) AS pairs FROM message;
SELECT r.how, round(avg(pg_temp.recall(r.found, d.of, 5)), 3) AS recall_at_5,
       round(avg(pg_temp.recall(r.found, d.of, 10)), 3) AS recall_at_10
  FROM answer AS r JOIN duplicate AS d ON d.a = r.a
 GROUP BY r.how ORDER BY recall_at_5;

-- how sure a likeness is: of the texts above it, the share that is a known
-- duplicate; many others of them are duplicates that nobody noted
CREATE TEMP TABLE scored AS
SELECT s.likeness, s.complaint_id % 1000000000000 = ANY (d.of) AS known
  FROM duplicate AS d JOIN message AS q ON q.id = d.a
 CROSS JOIN LATERAL similar_complaints(q.title, q.body, '420102', NULL, '10 years') AS s
 WHERE s.complaint_id % 1000000000000 <> d.a;
SELECT t AS likeness_from, count(*) AS texts, round(avg(known::int), 3) AS known_duplicates
  FROM scored, unnest(ARRAY[0.1, 0.15, 0.2, 0.3, 0.4]) AS t WHERE likeness >= t GROUP BY t ORDER BY t;
