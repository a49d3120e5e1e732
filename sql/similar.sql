-- Texts as 2-grams: what counts in a text, in every encoding and locale; keys
-- of the index; likeness and groups. What complaints make of them is in
-- test/pgtap/similar.sql.
SET client_min_messages = error;
CREATE EXTENSION peoplecall CASCADE;
SET client_encoding = 'UTF8';
SET search_path = peoplecall, public;
RESET client_min_messages;

-- as many as there are distinct pairs of neighbours, ascending
SELECT text_grams('路灯不亮');
SELECT cardinality(text_grams(t)) AS grams, t
  FROM (VALUES (''), ('灯'), ('路灯'), ('灯灯'), ('灯灯灯灯'), ('路灯路灯'), ('路灯不亮'), (' '), ('，。！'), ('a'), ('1号')) AS v (t);
SELECT text_grams(t) = (SELECT array_agg(g ORDER BY g) FROM unnest(text_grams(t)) AS g) AS ascending FROM (VALUES ('东湖路12号门前的路灯坏了三天')) AS v (t);

-- what does not count; characters without a width are shown by none, since
-- psqls differ on their width
SELECT translate(t, U&'\FEFF\200B\FE0F', '') AS t, text_grams(t) = text_grams('东湖路12号a座路灯不亮') AS same, text_digest(t) = text_digest('东湖路12号a座路灯不亮') AS same_digest
  FROM (VALUES ('东湖路12号A座路灯不亮'), ('东湖路１２号Ａ座路灯不亮'), ('东湖路12号ａ座，路灯不亮！'), ('【东湖路】12号a座——路灯不亮。'),
	(E'东湖路\t12号\n a座　路灯  不亮'), ('“东湖路”12号（A座）路灯：不亮…'), (E'\uFEFF东湖路12号a座\u200B路灯不亮\uFE0F'),
	('东湖路12号a座★路灯→不亮'), ('东湖路12号b座路灯不亮'), ('东湖路12号a座路灯不亮了'), ('12号a座路灯不亮东湖路')) AS v (t);
-- what does
SELECT cardinality(text_grams('人々')), cardinality(text_grams('〇二七')), cardinality(text_grams('𠮷野家')), cardinality(text_grams('😀😂😀')),
       text_grams('é1') = text_grams('e1') AS accents, text_grams('Ä') = text_grams('ä') AS other_case;
-- the digest is of the order, not of the set
SELECT text_grams('路灯路灯') = text_grams('路灯路灯路灯') AS grams, text_digest('路灯路灯') = text_digest('路灯路灯路灯') AS digest, text_digest('') = text_digest(' ，') AS nothing;
-- long ones
SELECT cardinality(text_grams(repeat('路灯不亮', 250000))) AS repeated,
       cardinality(text_grams(string_agg(chr(19968 + n % 20000), ''))) AS long FROM generate_series(1, 100000) AS n;
SELECT text_grams(NULL), text_digest(NULL);

-- the same grams in another locale and in other encodings
SELECT text_grams('东湖路12号Ａ座') AS grams, text_digest('东湖路12号Ａ座') AS digest \gset
CREATE DATABASE regress_pc_euc ENCODING 'EUC_CN' LOCALE 'C' TEMPLATE template0;
CREATE DATABASE regress_pc_ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0;
CREATE DATABASE regress_pc_utf8 ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0;
\set database :DBNAME
\c regress_pc_euc
SET client_min_messages = error;
CREATE EXTENSION peoplecall CASCADE;
SET client_encoding = 'UTF8';
SELECT peoplecall.text_grams('东湖路12号Ａ座') = :'grams' AS same, peoplecall.text_digest('东湖路12号Ａ座') = :digest AS same_digest, peoplecall.text_grams('');
\c regress_pc_ascii
SET client_min_messages = error;
CREATE EXTENSION peoplecall CASCADE;
SELECT peoplecall.text_grams('东湖路12号Ａ座') = :'grams' AS same, peoplecall.text_digest('东湖路12号Ａ座') = :digest AS same_digest;
-- bytes that are no character
SELECT cardinality(peoplecall.text_grams(t)) FROM (VALUES (E'\xff\xfe'), (E'a\xe8\xb7'), (E'\xe8'), (E'\xc0\x80'), (E'\xf5\x80\x80\x80'), (E'\x80\x80\x80')) AS v (t);
\c regress_pc_utf8
SET client_min_messages = error;
CREATE EXTENSION peoplecall CASCADE;
SELECT peoplecall.text_grams('东湖路12号Ａ座') = :'grams' AS same, peoplecall.text_digest('东湖路12号Ａ座') = :digest AS same_digest;
\c :database
DROP DATABASE regress_pc_euc;
DROP DATABASE regress_pc_ascii;
DROP DATABASE regress_pc_utf8;
SET client_encoding = 'UTF8';
SET client_min_messages = error;
SET search_path = peoplecall, public;
SET timezone = 'UTC';

-- keys: a gram in a district and sixteen days
SELECT gram_keys(420102, '2000-01-01', '{1,-1}'), gram_keys(420102, '2000-01-16 23:59:59', '{1,-1}') AS same, gram_keys(420102, '2000-01-17', '{1,-1}') AS next,
       gram_keys(420103, '2000-01-01', '{1,-1}') AS elsewhere, gram_keys(420102, '1999-12-31', '{1}') AS before;
SELECT gram_keys(420102, 'infinity', '{1}'), gram_keys(420102, '-infinity', '{1}'), gram_keys(2147483647, '2000-01-01', '{}'), gram_keys(-1, '2000-01-01', '{1,NULL,2}');
SELECT search_keys('{420102}', '2000-01-10', '2000-01-20', '{1,2}') = gram_keys(420102, '2000-01-10', '{1,2}') || gram_keys(420102, '2000-01-20', '{1,2}') AS two_periods,
       search_keys('{420102,420103}', '2000-01-10', '2000-01-10', '{2,1}') = gram_keys(420102, '2000-01-10', '{1,2}') || gram_keys(420103, '2000-01-10', '{1,2}') AS ascending,
       search_keys('{420102}', '2000-01-20', '2000-01-01', '{1}') AS backwards, search_keys('{}', '2000-01-01', '2000-01-20', '{1}') AS nowhere;
SELECT search_keys('{420102}', '-infinity', 'infinity', ARRAY(SELECT generate_series(1, 32)));
SELECT array_length(search_keys('{420102}', '-infinity', 'infinity', ARRAY(SELECT generate_series(1, 24))), 1);
SELECT a OPERATOR(peoplecall.~&) b AS overlap, keys_overlap(a, b) FROM (VALUES ('{1,2}'::bigint[], '{2,3}'::bigint[]), ('{1}', '{2}'), ('{}', '{}'), ('{NULL}', '{NULL}'), ('{1,NULL}', '{NULL,1}')) AS v (a, b);

-- an index answers as the operator does
CREATE TABLE text_of (id int, grams int[]);
INSERT INTO text_of SELECT n, ARRAY(SELECT (n * k * k) % 500 FROM generate_series(1, 20) AS k) FROM generate_series(1, 2000) AS n;
INSERT INTO text_of VALUES (0, '{}'), (-1, '{NULL}');
CREATE INDEX text_of_keys ON text_of USING gin (gram_keys(420102, '2000-01-01', grams) gram_key_ops);
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT count(*) FROM text_of WHERE gram_keys(420102, '2000-01-01', grams) OPERATOR(peoplecall.~&) search_keys('{420102}', '2000-01-01', '2000-01-01', '{7,8}');
SELECT count(*), (SELECT count(*) FROM text_of WHERE grams && '{7,8}') AS wanted FROM text_of WHERE gram_keys(420102, '2000-01-01', grams) OPERATOR(peoplecall.~&) search_keys('{420102}', '2000-01-01', '2000-01-01', '{7,8}');
SELECT count(*) FROM text_of WHERE gram_keys(420102, '2000-01-01', grams) OPERATOR(peoplecall.~&) '{}';
RESET enable_seqscan;

-- likeness needs a ledger, for the rarity of grams
SELECT likeness('{1}', '{1}');
SELECT create_ledger();
SELECT likeness(a, b) FROM (VALUES ('{1,2,3,4}'::int[], '{1,2,3,4}'::int[]), ('{1,2,3,4}', '{3,4,5,6}'), ('{1,2}', '{3,4}'), ('{}', '{1}'), ('{}', '{}'), ('{1,2,3,4}', '{1}')) AS v (a, b);
SELECT rare_grams('{5,3,1}'), rare_grams('{}'), cardinality(rare_grams(ARRAY(SELECT generate_series(1, 100))));
-- one that half of all texts have weighs less than one that a hundredth has
INSERT INTO gram_rarity VALUES (1, 0.5), (2, 0.1), (3, 0.01), (4, 0.001);
SELECT round(likeness('{1,2,3,4}', '{1}')::numeric, 3) AS common, round(likeness('{1,2,3,4}', '{4}')::numeric, 3) AS rare, likeness('{4,7}', '{4,8}') AS unknown_as_rare, likeness('{1,2}', '{1,2}') AS same;
SELECT rare_grams('{1,2,3,4,5}') AS rarest_first, rare_grams('{-3,-2,-1,0,1}') AS least;
UPDATE gram_rarity SET share = 0.5 WHERE gram = 4;
SELECT round(likeness('{1,2,3,4}', '{4}')::numeric, 3) AS changed_at_once;
INSERT INTO gram_rarity VALUES (5, 0);
INSERT INTO gram_rarity VALUES (5, 1.1);
DELETE FROM gram_rarity;

-- groups: by the first of each, the older of two equals
SELECT alike_groups(id, grams, 0.6 ORDER BY id)
  FROM (VALUES (1, '{1,2,3,4}'::int[]), (2, '{1,2,3,5}'), (3, '{10,11,12}'), (4, '{1,2,3,4}'), (5, '{2,3,5,6}'), (6, '{10,11,12,13}'), (7, '{}'), (8, '{}')) AS t (id, grams);
SELECT alike_groups(id, grams, 0.5 ORDER BY id) FROM (VALUES (1, '{1,2}'::int[]), (2, '{3,4}'), (3, '{1,3}')) AS t (id, grams);
SELECT alike_groups(id, grams, 0.5 ORDER BY id) FROM (VALUES (NULL, '{1,2}'::int[]), (1, NULL), (2, '{3}')) AS t (id, grams);
SELECT alike_groups(id, NULL, 0.5) FROM generate_series(1, 3) AS id;
SELECT alike_groups(id, '{1}', 0.5) FROM generate_series(1, 0) AS id;
-- as a plain comparison of each with the first of every group finds them
WITH RECURSIVE text AS (
	SELECT n AS id, ARRAY(SELECT DISTINCT (n % 40) * 3 + (n * k * 7919) % 9 AS g FROM generate_series(1, 5) AS k ORDER BY g) AS grams FROM generate_series(1, 300) AS n),
grouped AS (SELECT alike_groups(id, grams, 0.55 ORDER BY id) AS pairs FROM text),
pair AS (SELECT pairs[2 * i - 1] AS id, pairs[2 * i] AS first FROM grouped, generate_series(1, 300) AS i),
first AS (SELECT DISTINCT p.first, t.grams FROM pair AS p JOIN text AS t ON t.id = p.first),
best AS (
	SELECT DISTINCT ON (t.id) t.id, CASE WHEN likeness(t.grams, f.grams) >= 0.55 THEN f.first ELSE t.id END AS first
	  FROM text AS t JOIN first AS f ON f.first <= t.id
	 ORDER BY t.id, likeness(t.grams, f.grams) DESC, f.first)
SELECT count(*) AS texts, count(DISTINCT p.first) AS groups, count(*) FILTER (WHERE p.first <> b.first) AS differ FROM pair AS p JOIN best AS b USING (id);
SELECT setting_number('hot_people', 3), setting_number(NULL, 3);
INSERT INTO setting VALUES ('hot_people', '7.5'), ('as text', '"7"'), ('nothing', 'null');
SELECT setting_number('hot_people', 3), setting_number('as text', 3), setting_number('nothing', 3);
