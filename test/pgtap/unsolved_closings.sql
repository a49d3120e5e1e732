-- Which closing a citizen's no is about, whatever is merged, split, moved,
-- withdrawn or kept elsewhere before it is decided; and who decides it.
\set QUIET on
\pset fieldsep '\n'
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'Asia/Shanghai';
\ir ../fixture/acting.sql
CREATE ROLE uc_street; CREATE ROLE uc_verify; CREATE ROLE uc_district; CREATE ROLE uc_other; CREATE ROLE uc_city; CREATE ROLE uc_inspection;
SELECT peoplecall.appoint('uc_street', 'verify', 12), peoplecall.appoint('uc_street', 'supervise', 12),
	peoplecall.appoint('uc_verify', 'verify', 3), peoplecall.appoint('uc_verify', 'supervise', 3),
	peoplecall.appoint('uc_district', 'supervise', 3), peoplecall.appoint('uc_other', 'verify', 2), peoplecall.appoint('uc_other', 'supervise', 2),
	peoplecall.appoint('uc_city', 'supervise', 1), peoplecall.appoint('uc_inspection', 'supervise', 61) \g /dev/null
-- Noise in 东湖路社区: the police, 33, lead; street 12 commands.
CREATE FUNCTION pg_temp.noise(phone text DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.at('2019-12-05 09:00');
	RETURN (SELECT s.complaint_id
	          FROM peoplecall.submit('hotline', '夜间施工', (SELECT count(*)::text FROM peoplecall.complaint), '420106012001', 'police.noise', reporter_phone => phone) AS s);
END
$$;
CREATE FUNCTION pg_temp.close(c bigint, by name DEFAULT NULL) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM peoplecall.complete(c, '已劝');
	IF by IS NOT NULL THEN
		EXECUTE format('SET LOCAL ROLE %I', by);
	END IF;
	PERFORM peoplecall.close(c);
	RESET ROLE;
END
$$;
CREATE FUNCTION pg_temp.verdicts(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(coalesce(k.verdict::text, 'open'), ' ' ORDER BY k.seq) FROM peoplecall.clock AS k WHERE k.complaint_id = c AND k.kind = 'resolve'
$$;
CREATE FUNCTION pg_temp.decide(c bigint, upheld boolean DEFAULT true, epoch text DEFAULT 'NULL') RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT state FROM peoplecall.decide_unsolved(%s, %L, ''核实'', %s)', c, upheld, epoch)
$$;
CREATE FUNCTION pg_temp.waits(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', u.state, u.epoch), ', ' ORDER BY u.rated_at, u.epoch) FROM peoplecall.unsolved AS u WHERE u.complaint_id = c
$$;
CREATE FUNCTION pg_temp.judged(c bigint) RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(concat_ws(' ', CASE WHEN r.closing_of = c THEN 'own' ELSE 'other' END, r.closing_epoch, r.closed_by, CASE WHEN r.upheld THEN 't' WHEN NOT r.upheld THEN 'f' END, r.decided_by), ', ' ORDER BY r.rated_at, r.closing_of = c) FROM peoplecall.rating AS r WHERE r.complaint_id = c
$$;

--
-- Rated, then merged: the word stays with his own closing.
--
SELECT pg_temp.noise() AS p, pg_temp.noise() AS c \gset
SELECT pg_temp.close(:p), peoplecall.reopen(:p, '再查'), pg_temp.close(:c, 'uc_street'), peoplecall.rate(:c, false), peoplecall.merge(:c, :p, '同一事') \g /dev/null
SELECT is(pg_temp.judged(:c), 'own 0 12', 'his own closing, and who closed');
SELECT is(pg_temp.says('uc_street', pg_temp.decide(:c)), '42501', 'who closed does not decide');
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), 'merged', 'who is above does');
SELECT is(pg_temp.verdicts(:c), 'overturned void', 'his own lead''s verdict is overturned');
SELECT is(pg_temp.verdicts(:p), 'met open', 'the principal''s earlier closing stands');
SELECT is(pg_temp.event(:c), '{"verb": "decide_unsolved", "at": "12-05 09:00", "org": 3, "upheld": true, "reason": "核实", "of_epoch": 0, "overturned": 1, "reopens": false}', 'event');
-- into one that never closed
SELECT pg_temp.noise() AS p, pg_temp.noise() AS c \gset
SELECT pg_temp.close(:c), peoplecall.rate(:c, false), peoplecall.merge(:c, :p, '同一事') \g /dev/null
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), 'merged', 'the principal need not have closed');
SELECT is(pg_temp.verdicts(:c), 'overturned void', 'for the word to be worth something');

--
-- He rated his principal's closing: that one it stays.
--
SELECT pg_temp.noise() AS p, pg_temp.noise() AS q, pg_temp.noise() AS c \gset
SELECT peoplecall.merge(:c, :p, '同一事'), pg_temp.close(:p, 'uc_street'), peoplecall.rate(:c, false), peoplecall.reopen(:p, '再查'), peoplecall.merge(:p, :q, '同一事') \g /dev/null
SELECT is(pg_temp.judged(:c), 'other 0 12', 'the principal''s closing');
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), 'merged', 'that principal was merged itself');
SELECT is(pg_temp.verdicts(:p), 'overturned void', 'its lead''s verdict is overturned');
SELECT is(pg_temp.verdicts(:q), 'open', 'and no other');
SELECT is(pg_temp.event(:c) ->> 'closing_of', :'p', 'the event says whose closing it is');
SELECT is((SELECT count(*) FROM peoplecall.appraisal_mark AS m WHERE m.complaint_id = :p) > 0, true, 'its share is counted anew');
-- split since
SELECT pg_temp.noise('10000002001') AS p, pg_temp.noise('10000002002') AS c \gset
SELECT peoplecall.merge(:c, :p, '同一事'), pg_temp.close(:p), peoplecall.rate(:c, false), peoplecall.split(:c, '两事') \g /dev/null
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), 'received', 'he was split off');
SELECT is(pg_temp.verdicts(:p), 'overturned open', 'the closing that he rated is overturned, and that matter done again');
-- split, and closed by itself
SELECT pg_temp.noise('10000002003') AS p, pg_temp.noise('10000002004') AS c \gset
SELECT peoplecall.merge(:c, :p, '同一事'), pg_temp.close(:p), peoplecall.rate(:c, false) \g /dev/null
SELECT * FROM pg_temp.at('2019-12-05 09:10');
SELECT peoplecall.split(:c, '两事'), peoplecall.dispatch(:c, 33), pg_temp.close(:c) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, true)', :c)), 'no error', 'he is asked, and may answer');
SELECT is((SELECT count(*) FROM peoplecall.appraisal_facts(420106, ARRAY[:c]) AS f WHERE f.answered > 0), 0::bigint, 'his word on the other closing is none on this one''s lead');
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), 'closed', 'his word on the other closing is decided');
SELECT is(pg_temp.verdicts(:c), 'void met', 'his own closing stands');
SELECT is(pg_temp.verdicts(:p), 'overturned open', 'the one that he rated does not');
SELECT FROM peoplecall.rate(:c, false) \g /dev/null
SELECT is(pg_temp.judged(:c), 'other 0 t 3, own 0', 'two words on two closings');
SELECT is((SELECT array_agg(f.solved) FROM peoplecall.appraisal_facts(420106, ARRAY[:c]) AS f WHERE f.answered > 0), '{0}', 'of which one is about his own lead''s work');
SELECT is(pg_temp.refusal(format('SELECT peoplecall.rate(%s, false)', :c)), 'PC001', 'his own no reopened his own');
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), 'dispatched', 'which is decided by itself');
SELECT is(pg_temp.verdicts(:c), 'void overturned open', 'and overturns his own');
-- reopen() decides on the words that are about what it reopens
SELECT pg_temp.noise() AS p, pg_temp.noise() AS c \gset
UPDATE peoplecall.setting SET value = '0' WHERE name = 'reopen_limit';
SELECT peoplecall.merge(:c, :p, '同一事'), pg_temp.close(:p), peoplecall.rate(:c, false), peoplecall.split(:c, '两事'), peoplecall.dispatch(:c, 33), pg_temp.close(:c), peoplecall.reopen(:c, '再查') \g /dev/null
SELECT is(pg_temp.verdicts(:c), 'void met open', 'his word on another closing overturns nothing here');
SELECT is(pg_temp.waits(:c), 'dispatched 0', 'and waits on');
-- upheld or not, but one of them
SELECT pg_temp.noise() AS r \gset
SELECT pg_temp.close(:r), peoplecall.rate(:r, false) \g /dev/null
SELECT is(pg_temp.refusal(format('SELECT peoplecall.reopen(%s, ''x'', upheld => NULL)', :r)), '22004', 'reopen() upholds or does not');
UPDATE peoplecall.setting SET value = '1' WHERE name = 'reopen_limit';

--
-- A word waits until it is decided, whatever becomes of the matter.
--
SELECT pg_temp.noise('10000002005') AS c \gset
SELECT pg_temp.close(:c, 'uc_street'), peoplecall.rate(:c, false) \g /dev/null
SELECT t.complaint_id AS n FROM peoplecall.transfer(:c, '420102017020', '在江岸') AS t \gset
SELECT is(pg_temp.waits(:c), 'moved 0', 'moved: it waits under the number by which it was closed');
SELECT is(pg_temp.says('uc_other', pg_temp.decide(:c)), '42501', 'the other district does not decide on this one''s closing');
SELECT is(pg_temp.refusal(pg_temp.decide(:n)), 'PC001', 'nor is it the new number''s');
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c, false)), 'moved', 'who is above that closing does');
SELECT is((SELECT m.template FROM peoplecall.notice AS m WHERE m.complaint_id = :n ORDER BY m.seq DESC LIMIT 1), 'upheld', 'the citizen, who is where it goes on, is told');
SELECT is(pg_temp.waits(:c), NULL, 'nothing waits');
SELECT is(pg_temp.refusal(pg_temp.decide(:c)), 'PC001', 'and nothing is decided');
SELECT pg_temp.noise() AS c \gset
SELECT pg_temp.close(:c), peoplecall.rate(:c, false) \g /dev/null
SELECT t.complaint_id AS n FROM peoplecall.transfer(:c, '420102017020', '在江岸') AS t \gset
SELECT peoplecall.dispatch(:n, 43), pg_temp.close(:n, 'uc_other'), peoplecall.rate(:n, false) \g /dev/null
SELECT is(pg_temp.judged(:n), 'own 1 2', 'a closing after the move: the district that closed it');
SELECT is(pg_temp.says('uc_other', pg_temp.decide(:n, false)), '42501', 'does not decide');
SELECT is(pg_temp.says('uc_city', pg_temp.decide(:c)), 'dispatched', 'by the first number, the latest word');
SELECT is(pg_temp.verdicts(:n), 'overturned open', 'of where it goes on');
SELECT is(pg_temp.says('uc_city', pg_temp.decide(:c)), 'moved', 'then the first');
SELECT is(pg_temp.verdicts(:c), 'overturned void', 'of where it was');
SELECT pg_temp.noise() AS c \gset
SELECT pg_temp.close(:c), peoplecall.rate(:c, false), peoplecall.withdraw(:c, '算了') \g /dev/null
SELECT is(pg_temp.waits(:c), 'withdrawn 0', 'withdrawn: it waits');
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), 'withdrawn', 'and is decided: what was badly done was badly done');
SELECT is(pg_temp.verdicts(:c), 'overturned void', 'as its verdict says');

--
-- Who decides: nobody who closed or answered.
--
UPDATE peoplecall.setting SET value = '0' WHERE name = 'reopen_limit';
-- answered on the spot
SELECT s.complaint_id AS q FROM peoplecall.submit('hotline', '怎么办', '', '420106012001', 'consult', 'consult') AS s \gset
SELECT peoplecall.appoint('uc_verify', 'dispatch', 3) \g /dev/null
SELECT pg_temp.says('uc_verify', format('SELECT state FROM peoplecall.answer(%s, ''这样'')', :q)) \g /dev/null
SELECT FROM peoplecall.rate(:q, false) \g /dev/null
SELECT is(pg_temp.says('uc_verify', pg_temp.decide(:q, false)), '42501', 'nor who gave the answer');

-- Of a merged one the org above is the one above its principal.
SELECT pg_temp.noise() AS p, pg_temp.noise() AS c \gset
SELECT peoplecall.merge(:c, :p, '同一事'), peoplecall.escalate(:p, '难') \g /dev/null
SELECT peoplecall.complete(:p, '好', t.seq) FROM peoplecall.task AS t WHERE t.complaint_id = :p AND t.state IN ('sent', 'accepted') ORDER BY t.seq \g /dev/null
SELECT peoplecall.close(:p), peoplecall.rate(:c, false) \g /dev/null
SELECT is((SELECT o.org FROM peoplecall.officer AS o WHERE o.id = (pg_temp.event(:c) ->> 'told')::bigint), 1::bigint, 'the city is told');
SELECT is(pg_temp.says('uc_district', pg_temp.decide(:c)), '42501', 'for the district commands the principal');
SELECT is(pg_temp.says('uc_city', pg_temp.decide(:c)), 'merged', 'and the city decides');

-- The history may be kept elsewhere.
SELECT pg_temp.noise() AS c \gset
SELECT pg_temp.close(:c, 'uc_verify'), peoplecall.rate(:c, false) \g /dev/null
SELECT is((SELECT m.closed_by FROM peoplecall.complaint AS m WHERE m.id = :c), 3::bigint, 'who closed');
SELECT isnt(pg_temp.event(:c) ->> 'told', '32', 'is not told: the one above it is');
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'after all that the ledger is whole');
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE peoplecall.event DISABLE TRIGGER USER;
DELETE FROM peoplecall.event AS e WHERE e.complaint_id = :c AND e.seq < 4;
ALTER TABLE peoplecall.event ENABLE TRIGGER USER;
SELECT is(pg_temp.says('uc_verify', pg_temp.decide(:c, false)), '42501', 'and does not decide, with the history elsewhere');
SELECT is(pg_temp.says('uc_inspection', pg_temp.decide(:c)), 'dispatched', 'who inspects may');
SELECT is((SELECT m.closed_by FROM peoplecall.complaint AS m WHERE m.id = :c), NULL::bigint, 'nobody has closed what is open again');

SELECT * FROM finish();
ROLLBACK;
