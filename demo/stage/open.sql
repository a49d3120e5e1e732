-- What every story needs to be told; included at its beginning. All of it is
-- gone with the session. A story is a row of acts (act.sql): each shows the SQL
-- that the city's application would send, and then checks what came of it.
\set ON_ERROR_STOP on
\set QUIET on
\set ECHO none
\set SHOW_CONTEXT never
\pset footer off
\pset linestyle unicode
\pset border 1
\pset null '—'
SET client_min_messages = warning;
SET TimeZone = 'Asia/Shanghai';

-- The clock stands at the moment given until the next call.
CREATE FUNCTION pg_temp.at(moment timestamptz) RETURNS void LANGUAGE sql AS
	$$SELECT set_config('peoplecall.as_of', $1::text, false)$$;

CREATE FUNCTION pg_temp.org(code text) RETURNS bigint LANGUAGE sql STABLE AS
	$$SELECT o.id FROM peoplecall.org AS o WHERE o.code = $1$$;

CREATE FUNCTION pg_temp.orgs(VARIADIC codes text[]) RETURNS bigint[] LANGUAGE sql STABLE AS
	$$SELECT array_agg(pg_temp.org(c.code) ORDER BY c.place) FROM unnest($1) WITH ORDINALITY AS c (code, place)$$;

CREATE FUNCTION pg_temp.officer(org text) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT min(f.id)
	  FROM peoplecall.officer AS f
	  JOIN peoplecall.org AS o ON o.id = f.org
	 WHERE o.code = $1 AND f.role = 'handler'
$$;

-- Says whether the story goes as it should, and ends it where it does not.
CREATE FUNCTION pg_temp.expect(what text, got anycompatible, wanted anycompatible)
	RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	IF got::text IS DISTINCT FROM wanted::text THEN
		RAISE 'the story went wrong: %', what USING
			DETAIL = format('Expected %s, and it is %s.', coalesce(wanted::text, 'NULL'), coalesce(got::text, 'NULL'));
	END IF;
	PERFORM set_config('demo.held', (coalesce(nullif(current_setting('demo.held', true), ''), '0')::int + 1)::text, false);
	RETURN what;
END
$$;

-- Names for ids, as they stand in events.
CREATE FUNCTION pg_temp.named(ids jsonb) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(o.name, '、' ORDER BY i.place)
	  FROM jsonb_array_elements_text(CASE jsonb_typeof($1) WHEN 'array' THEN $1 ELSE jsonb_build_array($1) END)
	       WITH ORDINALITY AS i (id, place)
	  JOIN peoplecall.org AS o ON o.id = i.id::bigint
$$;

CREATE FUNCTION pg_temp.told(ids jsonb) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT string_agg(f.name || '（' || o.name || '）', '、' ORDER BY i.place)
	  FROM jsonb_array_elements_text(CASE jsonb_typeof($1) WHEN 'array' THEN $1 ELSE jsonb_build_array($1) END)
	       WITH ORDINALITY AS i (id, place)
	  JOIN peoplecall.officer AS f ON f.id = i.id::bigint
	  JOIN peoplecall.org AS o ON o.id = f.org
$$;

-- An event's detail in a few words.
CREATE FUNCTION pg_temp.gist(verb text, d jsonb) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE verb
		WHEN 'submit' THEN format('grade %s, proposed: %s', d ->> 'grade', pg_temp.named(d -> 'proposed_org'))
		WHEN 'dispatch' THEN 'lead: ' || coalesce(pg_temp.named(d -> 'lead'), '—')
			|| coalesce('; assist: ' || pg_temp.named(d -> 'assist'), '')
		WHEN 'alarm' THEN format('%s, step %s, due %s', d ->> 'clock', d ->> 'step_seq',
				to_char((d ->> 'was_due')::timestamptz, 'MM-DD HH24:MI'))
			|| coalesce('; told: ' || pg_temp.told(d -> 'told'), '')
		WHEN 'command_up' THEN format('%s commands and leads, its time begins anew',
			pg_temp.named(d #> '{command_org,new}'))
		WHEN 'request' THEN format('%s: %s', d ->> 'kind', d ->> 'reason')
		WHEN 'decide' THEN CASE WHEN (d ->> 'granted')::boolean THEN 'granted: ' ELSE 'refused: ' END || (d ->> 'reason')
		WHEN 'convene' THEN format('meeting %s: ', peoplecall.complaint_no((d ->> 'coordination')::bigint))
			|| pg_temp.named(d -> 'orgs')
		WHEN 'rule' THEN concat_ws('; ', d ->> 'document_no', 'lead: ' || pg_temp.named(d -> 'lead'),
			'assist: ' || pg_temp.named(d -> 'assist'))
		WHEN 'revisit' THEN CASE WHEN (d ->> 'solved')::boolean
			THEN format('solved, satisfaction %s', d ->> 'satisfaction') ELSE 'not solved' END
		WHEN 'raise_hot' THEN format('%s complaints; grade %s to %s; told: %s', d ->> 'complaints',
			d #>> '{grade,old}', d #>> '{grade,new}', pg_temp.told(d -> 'told'))
		WHEN 'merge' THEN coalesce('took in ' || peoplecall.complaint_no((d ->> 'merged')::bigint),
			'into ' || peoplecall.complaint_no((d ->> 'principal')::bigint))
		WHEN 'supervise' THEN format('%s orders %s to answer; told: %s', pg_temp.named(d -> 'ordered_by'),
			pg_temp.named(d -> 'org'), pg_temp.told(d -> 'told'))
		ELSE coalesce(d ->> 'result', d ->> 'note', d ->> 'reason', '') END
$$;

-- What the ledger wrote about a complaint after its first so many events.
CREATE FUNCTION pg_temp.story(complaint bigint, after int DEFAULT 0)
	RETURNS TABLE (at text, verb text, by text, what text) LANGUAGE sql STABLE AS $$
	SELECT to_char(h.at, 'MM-DD HH24:MI'), h.verb,
	       coalesce(o.name, CASE WHEN h.verb IN ('alarm', 'command_up') THEN 'the sweep' END, h.org_name, '—'),
	       pg_temp.gist(h.verb, h.detail)
	  FROM peoplecall.history AS h
	  LEFT JOIN peoplecall.officer AS f ON f.id = h.officer
	  LEFT JOIN peoplecall.org AS o ON o.id = f.org
	 WHERE h.complaint_id = $1 AND h.seq > $2
	 ORDER BY h.seq
$$;

-- The shares of a complaint that are open are all done, each by its own org.
CREATE FUNCTION pg_temp.finish(complaint bigint, result text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	share record;
	done int := 0;
BEGIN
	FOR share IN
		SELECT t.seq, o.code
		  FROM peoplecall.task AS t
		  JOIN peoplecall.org AS o ON o.id = t.org
		 WHERE t.complaint_id = complaint AND t.state IN ('sent', 'accepted')
		 ORDER BY t.role DESC, t.seq
	LOOP
		PERFORM peoplecall.act_for(pg_temp.officer(share.code));
		PERFORM peoplecall.complete(complaint, result, share.seq);
		done := done + 1;
	END LOOP;
	RETURN done;
END
$$;

-- Moves the clock to the next alarm of a complaint; the sweep then finds it due.
CREATE FUNCTION pg_temp.to_next_alarm(complaint bigint) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.at(coalesce(min(k.next_alarm_at), peoplecall.as_of()))
	  FROM peoplecall.clock AS k
	 WHERE k.complaint_id = complaint
$$;

-- act.sql ends the act before it
BEGIN;
