-- A day of the city: 20,000 matters (it takes 7.3 million a year), handled by
-- the model that matters.sql states, from Wednesday 27 November 2019 to Friday
-- 29 November, 18:00. Run by psql after the stories, as a superuser, in two
-- sessions at once: -v half=0 and -v half=1 play different districts.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET TimeZone = 'Asia/Shanghai';
\ir matters.sql

\set day '2019-11-27'
\set until '2019-11-29 18:00+08'

-- The districts are dealt out by size, so that both halves have as much to do.
CREATE TEMP TABLE mine AS
SELECT m.*, peoplecall.district_of_area(m.area) AS district_id
  FROM pg_temp.draw_matters(20000, :'day') AS m
  JOIN (SELECT d.district_id, row_number() OVER (ORDER BY count(*) DESC, d.district_id) AS rank
          FROM (SELECT peoplecall.district_of_area(a.code) AS district_id
                  FROM peoplecall.area AS a
                 WHERE peoplecall.level(a.code) = 'community') AS d
         GROUP BY d.district_id) AS d
    ON d.district_id = peoplecall.district_of_area(m.area)
   AND (d.rank + d.rank / 2) % 2 = :half;
CREATE INDEX ON mine (received_at);

CREATE TEMP TABLE act (
	at timestamptz NOT NULL,
	place int NOT NULL,
	complaint_id bigint NOT NULL,
	verb text NOT NULL,
	solved boolean,
	satisfaction int
);
CREATE INDEX ON act (at, place);

-- What will be done with a matter and when follows from its clock.
CREATE FUNCTION pg_temp.plan_acts(complaint bigint, m pg_temp.mine) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c peoplecall.complaint;
	waits boolean;
	begins timestamptz;
	planned record;
	done timestamptz;
BEGIN
	SELECT x.* INTO STRICT c
	  FROM peoplecall.complaint AS x
	 WHERE x.district_id = peoplecall.district_of(complaint) AND x.id = complaint;
	IF m.on_the_spot AND c.state = 'received' AND c.nature NOT IN ('complaint', 'tip_off') THEN
		INSERT INTO pg_temp.act VALUES (m.received_at + interval '4 minutes', 1, complaint, 'answer');
		RETURN;
	END IF;
	waits := c.state = 'received';
	begins := m.received_at + CASE WHEN waits THEN interval '20 minutes' ELSE interval '0' END;
	IF waits THEN
		INSERT INTO pg_temp.act VALUES (begins, 1, complaint, 'dispatch');
	END IF;
	IF m.untouched THEN
		RETURN;
	END IF;
	planned := peoplecall.clock_plan('resolve', c.category, c.grade, c.urgency, c.nature, begins);
	done := greatest(begins + m.accept_after + interval '1 minute',
		CASE WHEN planned.allowed::text ~ 'w' AND m.share_of_limit <= 1
		     THEN peoplecall.add_work_time(begins, m.share_of_limit
			* peoplecall.work_time(begins, planned.due_at, planned.calendar), planned.calendar)
		     ELSE begins + m.share_of_limit * (planned.due_at - begins) END);
	INSERT INTO pg_temp.act VALUES (begins + m.accept_after, 2, complaint, 'accept');
	IF m.contacted THEN
		INSERT INTO pg_temp.act VALUES (begins + m.accept_after, 3, complaint, 'contact');
	END IF;
	INSERT INTO pg_temp.act VALUES
		(done, 4, complaint, 'complete', NULL, NULL),
		(done + interval '2 hours', 5, complaint, 'verify', m.solved, m.satisfaction);
END
$$;

CREATE FUNCTION pg_temp.play_act(a pg_temp.act) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	task int;
BEGIN
	PERFORM set_config('peoplecall.as_of', a.at::text, true);
	CASE a.verb
		WHEN 'answer' THEN PERFORM peoplecall.answer(a.complaint_id, '已当场答复');
		WHEN 'dispatch' THEN PERFORM peoplecall.dispatch(a.complaint_id);
		WHEN 'accept' THEN PERFORM peoplecall.accept(a.complaint_id);
		WHEN 'contact' THEN PERFORM peoplecall.contact(a.complaint_id);
		WHEN 'complete' THEN
			FOR task IN
				SELECT t.seq
				  FROM peoplecall.task AS t
				 WHERE t.district_id = peoplecall.district_of(a.complaint_id)
				   AND t.complaint_id = a.complaint_id AND t.state IN ('sent', 'accepted')
				 ORDER BY t.role DESC, t.seq
			LOOP
				PERFORM peoplecall.complete(a.complaint_id, '已办结', task);
			END LOOP;
		WHEN 'verify' THEN
			PERFORM peoplecall.revisit(a.complaint_id, 'reached', true, a.solved, a.satisfaction);
			-- what is not solved goes back, and its clock goes on
			IF a.solved THEN
				PERFORM peoplecall.close(a.complaint_id);
			ELSE
				PERFORM peoplecall.send_back(a.complaint_id, '群众表示未解决');
			END IF;
	END CASE;
END
$$;

-- Some hours of the city: what comes in, what is done, and the sweep at the end.
CREATE FUNCTION pg_temp.play(from_at timestamptz, to_at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	m pg_temp.mine;
	a pg_temp.act;
	one bigint;
	filed int := 0;
	acts int := 0;
	swept record;
	district int;
	alarms int := 0;
BEGIN
	FOR m IN SELECT x.* FROM pg_temp.mine AS x
	          WHERE x.received_at >= from_at AND x.received_at < to_at
	          ORDER BY x.received_at, x.n
	LOOP
		PERFORM set_config('peoplecall.as_of', m.received_at::text, true);
		SELECT s.complaint_id INTO STRICT one
		  FROM peoplecall.submit(m.channel, m.title, m.body, m.area, m.category, m.nature,
			people => m.people, external_id => m.external_id, address => m.address) AS s;
		PERFORM pg_temp.plan_acts(one, m);
		filed := filed + 1;
	END LOOP;
	FOR a IN SELECT x.* FROM pg_temp.act AS x
	          WHERE x.at >= from_at AND x.at < to_at
	          ORDER BY x.at, x.place
	LOOP
		PERFORM pg_temp.play_act(a);
		acts := acts + 1;
	END LOOP;
	PERFORM set_config('peoplecall.as_of', to_at::text, true);
	FOR district IN SELECT DISTINCT x.district_id FROM pg_temp.mine AS x ORDER BY 1 LOOP
		LOOP
			SELECT t.* INTO swept FROM peoplecall.tick(district) AS t;
			EXIT WHEN swept.complaints = 0;
			alarms := alarms + swept.steps;
		END LOOP;
	END LOOP;
	RETURN CASE WHEN filed + acts + alarms > 0
		THEN format('   %s – %s   filed %s   acts %s   alarms %s', to_char(from_at, 'MM-DD HH24:MI'),
			to_char(to_at, 'MM-DD HH24:MI'), lpad(filed::text, 5), lpad(acts::text, 5), lpad(alarms::text, 5)) END;
END
$$;

\if :half
\else
\echo '══ A day of the city: 20,000 matters (half of the districts are shown; the other half runs beside it)'
\endif
\pset tuples_only on
\pset format unaligned
SELECT format('SELECT p.line FROM pg_temp.play(%L, %L) AS p (line) WHERE p.line IS NOT NULL', h, h + interval '3 hours')
  FROM generate_series(:'day'::timestamptz, :'until'::timestamptz - interval '3 hours', '3 hours') AS h
\gexec
