-- Verbs of handling: accept, contact, report, complete.

CREATE FUNCTION peoplecall.accept(complaint bigint, task int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.contact(complaint bigint, note text DEFAULT NULL, task int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.report(complaint bigint, note text, task int DEFAULT NULL, to_level peoplecall.area_level DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.complete(complaint bigint, result text, task int DEFAULT NULL) RETURNS peoplecall.receipt
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.accept(bigint, int) IS
	'an org takes its share; the accept clock stops; task sent to accepted; PC001, PC005, 42501';
COMMENT ON FUNCTION peoplecall.contact(bigint, text, int) IS
	'the citizen was called; the contact clock stops the first time; task sent or accepted; PC001, PC005, 42501';
COMMENT ON FUNCTION peoplecall.report(bigint, text, int, peoplecall.area_level) IS
	'a line on how it goes; with to_level also tells the chief of the org that commands there, without handing over; PC001, PC005 where nobody is there to be told, 22004, 22023 for a level below the one that commands';
COMMENT ON FUNCTION peoplecall.complete(bigint, text, int) IS
	'an org claims its share done; its clocks stop; the complaint is completed when no share is open; task sent or accepted to done; PC008 where the category needs evidence and the org attached none of stage after, PC001, PC005, 22004, 42501';

CREATE FUNCTION peoplecall.accept_body(complaint bigint, task int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share record;
	at timestamptz;
	digest bytea;
	acting bigint := peoplecall.gate_officer();
BEGIN
	c := peoplecall.lock_complaint(complaint);
	share := peoplecall.gate_share(c.district_id, c.id, c.area, c.state, task, '{sent}');
	at := peoplecall.act_time(c.last_event_at);
	UPDATE peoplecall.task AS t
	   SET state = 'accepted', accepted_at = at, officer = coalesce(acting, t.officer)
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id AND t.seq = share.seq;
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, share.seq, '{accept}', at);
	digest := peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'accept', share.post_org, share.seq, jsonb_build_object('task_org', share.org), c.digest);
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, share.seq, share.org, digest);
END
$$;
COMMENT ON FUNCTION peoplecall.accept_body(bigint, int) IS 'body of accept()';

CREATE FUNCTION peoplecall.contact_body(complaint bigint, note text, task int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share record;
	at timestamptz;
	digest bytea;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	share := peoplecall.gate_share(c.district_id, c.id, c.area, c.state, task, '{sent,accepted}');
	at := peoplecall.act_time(c.last_event_at);
	UPDATE peoplecall.task AS t
	   SET contacted_at = coalesce(t.contacted_at, at)
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id AND t.seq = share.seq;
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, share.seq, '{contact}', at);
	digest := peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'contact', share.post_org, share.seq,
		jsonb_build_object('task_org', share.org, 'note', note), c.digest);
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, share.seq, share.org, digest);
END
$$;
COMMENT ON FUNCTION peoplecall.contact_body(bigint, text, int) IS 'body of contact()';

CREATE FUNCTION peoplecall.report_body(complaint bigint, note text, task int, to_level peoplecall.area_level) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	task_org bigint;
	at timestamptz;
	digest bytea;
	post_org bigint;
	told bigint;
BEGIN
	PERFORM peoplecall.require_text('note', note);
	c := peoplecall.lock_complaint(complaint);
	IF task IS NULL THEN
		SELECT t.seq INTO task
		  FROM peoplecall.task AS t
		 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
		   AND t.org = ANY (peoplecall.gate_orgs()) AND t.state IN ('sent', 'accepted', 'done')
		 ORDER BY t.seq DESC LIMIT 1;
	END IF;
	IF task IS NULL THEN
		post_org := peoplecall.gate_area(c.area, c.command_level, NULL);
		PERFORM peoplecall.gate_state(c.id, c.state);
	ELSE
		SELECT g.post_org, g.org INTO post_org, task_org
		  FROM peoplecall.gate_share(c.district_id, c.id, c.area, c.state, task, '{sent,accepted,done}') AS g;
	END IF;
	at := peoplecall.act_time(c.last_event_at);

	IF to_level > c.command_level THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('a report goes up, not to level %s', to_level),
			DETAIL = format('The complaint is commanded at level %s.', c.command_level);
	ELSIF to_level IS NOT NULL THEN
		told := peoplecall.officer_for(peoplecall.commanding_org(c.area, to_level, at), 'chief', at);
		IF told IS NULL THEN
			RAISE SQLSTATE 'PC005' USING
				MESSAGE = format('there is nobody to report to at level %s', to_level),
				HINT = 'Add a chief of the territorial org of that level or of one above it.';
		END IF;
		PERFORM peoplecall.send_notice(c.district_id, c.id, c.area, told, 'report',
			peoplecall.notice_fields(c.district_id, c.id) || jsonb_build_object('note', note), at);
	END IF;
	digest := peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'report', post_org, task,
		jsonb_build_object('note', note, 'to_level', to_level::text, 'told', told), c.digest);
	RETURN peoplecall.settle(c.district_id, c.id, c.state, at, 1, task, coalesce(task_org, c.lead_org), digest);
END
$$;
COMMENT ON FUNCTION peoplecall.report_body(bigint, text, int, peoplecall.area_level) IS 'body of report()';

CREATE FUNCTION peoplecall.notice_values(district_id int, complaints bigint[])
	RETURNS TABLE (complaint_id bigint, fields jsonb)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE ROWS 500
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone text := peoplecall.city_zone();
BEGIN
	RETURN QUERY
	SELECT c.id, jsonb_build_object('no', peoplecall.complaint_no(c.id),
	       'title', c.title, 'area', a.name, 'grade', c.grade::text,
	       'org', o.name, 'due_at', to_char(c.due_at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'),
	       'category', g.name, 'command', m.name, 'people', c.people,
	       'received_at', to_char(c.received_at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'),
	       'urgency', coalesce(u.body, c.urgency::text))
	  FROM peoplecall.complaint AS c
	  JOIN peoplecall.area AS a ON a.code OPERATOR(peoplecall.=) c.area
	  LEFT JOIN peoplecall.org AS o ON o.id = coalesce(c.lead_org, c.command_org)
	  LEFT JOIN peoplecall.org AS m ON m.id = c.command_org
	  LEFT JOIN peoplecall.category AS g ON peoplecall.category_is(g.path, c.category)
	  LEFT JOIN peoplecall.template AS u ON u.code = 'urgency.' || c.urgency
	 WHERE c.district_id = notice_values.district_id
	   AND c.id = ANY (complaints);
END
$$;
COMMENT ON FUNCTION peoplecall.notice_values(int, bigint[]) IS
	'used by notice_fields() and the sweep: notice_fields() of each of several complaints of a district, times as local_time() and urgencies as urgency_name() write them';

CREATE FUNCTION peoplecall.notice_fields(district_id int, complaint_id bigint) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (SELECT v.fields
	          FROM peoplecall.notice_values(district_id, ARRAY[complaint_id]) AS v);
END
$$;
COMMENT ON FUNCTION peoplecall.notice_fields(int, bigint) IS
	'the values of a complaint that a template may name, see template_fields(); never an address, nor what a citizen said of himself';

CREATE FUNCTION peoplecall.urgency_name(urgency peoplecall.urgency) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce((SELECT t.body FROM peoplecall.template AS t
	                  WHERE t.code = 'urgency.' || urgency), urgency::text);
END
$$;
COMMENT ON FUNCTION peoplecall.urgency_name(peoplecall.urgency) IS
	'an urgency as notices write it: template urgency.NAME, else its name';

CREATE FUNCTION peoplecall.complete_if_done(
	district_id int, complaint_id bigint, area peoplecall.areacode, category ltree,
	grade peoplecall.grade, urgency peoplecall.urgency, nature text, epoch int,
	at timestamptz) RETURNS peoplecall.complaint_state
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (
		SELECT FROM peoplecall.task AS t
		 WHERE t.district_id = complete_if_done.district_id
		   AND t.complaint_id = complete_if_done.complaint_id
		   AND t.state IN ('sent', 'accepted'))
	THEN
		RETURN 'dispatched'::peoplecall.complaint_state;
	END IF;
	-- the last who led: one before it may be done, and was not enough
	IF (SELECT t.state
	      FROM peoplecall.task AS t
	     WHERE t.district_id = complete_if_done.district_id
	       AND t.complaint_id = complete_if_done.complaint_id
	       AND t.epoch = complete_if_done.epoch
	       AND t.role = 'lead'
	     ORDER BY t.seq DESC
	     LIMIT 1) IS DISTINCT FROM 'done'
	THEN
		RETURN 'received'::peoplecall.complaint_state;
	END IF;
	UPDATE peoplecall.complaint AS m
	   SET completed_at = at,
	       result = (SELECT t.result FROM peoplecall.task AS t
	                  WHERE t.district_id = m.district_id AND t.complaint_id = m.id
	                    AND t.role = 'lead' AND t.state = 'done'
	                  ORDER BY t.seq DESC LIMIT 1)
	 WHERE m.district_id = complete_if_done.district_id
	   AND m.id = complete_if_done.complaint_id;
	PERFORM peoplecall.start_clocks(district_id, complaint_id, area, NULL, '{verify}',
		category, grade, urgency, nature, at, epoch);
	PERFORM peoplecall.tell_citizens(district_id, complaint_id, 'result', '{}', at);
	RETURN 'completed'::peoplecall.complaint_state;
END
$$;
COMMENT ON FUNCTION peoplecall.complete_if_done(int, bigint, peoplecall.areacode, ltree, peoplecall.grade, peoplecall.urgency, text, int, timestamptz) IS
	'completes a complaint of which no share is open and the lead''s is done, starts the verify clock and tells the citizens the result; returns the state that follows: dispatched while a share is open, received where the lead''s was taken back';

CREATE FUNCTION peoplecall.complete_body(complaint bigint, result text, task int) RETURNS peoplecall.receipt
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share record;
	at timestamptz;
	digest bytea;
	next_state peoplecall.complaint_state;
	acting bigint := peoplecall.gate_officer();
BEGIN
	PERFORM peoplecall.require_text('result', result);
	c := peoplecall.lock_complaint(complaint);
	share := peoplecall.gate_share(c.district_id, c.id, c.area, c.state, task, '{sent,accepted}');
	PERFORM peoplecall.require_evidence(c.district_id, c.id, share.seq);
	at := peoplecall.act_time(c.last_event_at);
	UPDATE peoplecall.task AS t
	   SET state = 'done', done_at = at, accepted_at = coalesce(t.accepted_at, at),
	       officer = coalesce(acting, t.officer),
	       result = complete_body.result
	 WHERE t.district_id = c.district_id AND t.complaint_id = c.id AND t.seq = share.seq;
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, share.seq, '{accept,resolve}', at);
	-- nobody was called: that promise is broken or moot, and never met by silence
	PERFORM peoplecall.stop_clocks(c.district_id, c.id, share.seq, '{contact}', at, 'void');
	PERFORM peoplecall.end_requests(c.district_id, c.id, share.seq, at);
	next_state := peoplecall.complete_if_done(c.district_id, c.id, c.area, c.category,
		c.grade, c.urgency, c.nature, c.epoch, at);
	digest := peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'complete', share.post_org, share.seq,
		jsonb_build_object('task_org', share.org, 'result', result,
			'completed', next_state = 'completed'), c.digest);
	RETURN peoplecall.settle(c.district_id, c.id, next_state, at, 1, share.seq, share.org, digest);
END
$$;
COMMENT ON FUNCTION peoplecall.complete_body(bigint, text, int) IS 'body of complete()';
