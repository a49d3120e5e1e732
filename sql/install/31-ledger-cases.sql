-- Case records: written by verbs only. district_id leads every key, so that
-- the same tables can be distributed; foreign keys stay inside one complaint
-- or point to the rulebook. area repeats the complaint's, so that a row policy
-- needs no second table.
CREATE FUNCTION peoplecall.ledger_cases() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	PERFORM peoplecall.ledger_ddl($ddl$
CREATE SEQUENCE IF NOT EXISTS peoplecall.complaint_serial AS bigint MAXVALUE 999999999999;
COMMENT ON SEQUENCE peoplecall.complaint_serial IS 'the last 12 digits of complaint ids';

CREATE TABLE IF NOT EXISTS peoplecall.complaint (
	district_id int NOT NULL,
	id bigint NOT NULL,
	channel text NOT NULL REFERENCES peoplecall.channel,
	external_id text,
	nature text NOT NULL CHECK (nature IN
		('consult', 'help', 'complaint', 'tip_off', 'suggestion', 'praise')),
	title text NOT NULL CHECK (title <> ''),
	body text NOT NULL DEFAULT '',
	area peoplecall.areacode NOT NULL REFERENCES peoplecall.area,
	address text,
	category @ltree@.ltree REFERENCES peoplecall.category,
	grade peoplecall.grade NOT NULL,
	urgency peoplecall.urgency NOT NULL DEFAULT 'normal',
	privacy peoplecall.privacy NOT NULL DEFAULT 'open',
	subject text,
	subject_org bigint REFERENCES peoplecall.org,
	state peoplecall.complaint_state NOT NULL DEFAULT 'received',
	command_level peoplecall.area_level NOT NULL,
	command_org bigint REFERENCES peoplecall.org,
	lead_org bigint REFERENCES peoplecall.org,
	people int NOT NULL DEFAULT 1 CHECK (people > 0),
	orgs int NOT NULL DEFAULT 1 CHECK (orgs > 0),
	reach peoplecall.area_level,
	principal_id bigint,
	origin_id bigint,
	received_at timestamptz NOT NULL,
	completed_at timestamptz,
	closed_at timestamptz,
	closed_by bigint REFERENCES peoplecall.org,
	result text,
	epoch int NOT NULL DEFAULT 0,
	reopened int NOT NULL DEFAULT 0 CHECK (reopened >= 0),
	returned int NOT NULL DEFAULT 0 CHECK (returned >= 0),
	urged int NOT NULL DEFAULT 0 CHECK (urged >= 0),
	excluded boolean NOT NULL DEFAULT false,
	withdrawn_at timestamptz,
	warn_at timestamptz,
	due_at timestamptz,
	paused_at timestamptz,
	event_count int NOT NULL DEFAULT 0,
	last_event_at timestamptz NOT NULL,
	digest bytea,
	moved_to bigint,
	principals bigint[],
	merged_clocks int[],
	PRIMARY KEY (district_id, id),
	CHECK (id / 1000000000000 = district_id),
	CHECK (completed_at >= received_at),
	CHECK (closed_at >= received_at)
) WITH (fillfactor = 80);
-- paused_at is there for the view lights, which reads nothing else
CREATE INDEX IF NOT EXISTS complaint_open ON peoplecall.complaint
	(area, due_at, warn_at) INCLUDE (paused_at)
	WHERE state IN ('received', 'dispatched', 'completed');
CREATE INDEX IF NOT EXISTS complaint_shelved ON peoplecall.complaint (area)
	WHERE state = 'shelved';
CREATE INDEX IF NOT EXISTS complaint_received ON peoplecall.complaint (received_at);
CREATE INDEX IF NOT EXISTS complaint_id ON peoplecall.complaint (id);
COMMENT ON TABLE peoplecall.complaint IS 'one citizen''s matter (诉求); warn_at, due_at, paused_at are those of its tightest open clock';
COMMENT ON COLUMN peoplecall.complaint.district_id IS 'registering district: the first six digits of the area''s code; never changes';
COMMENT ON COLUMN peoplecall.complaint.closed_by IS 'the org whose post closed or answered it, which does not decide on its citizen''s no; the history, where it stands too, may be kept elsewhere; NULL for the ledger''s owner, and for a merged one';
COMMENT ON COLUMN peoplecall.complaint.principal_id IS 'the complaint that this one was merged into';
COMMENT ON COLUMN peoplecall.complaint.digest IS 'digest of the last event';
COMMENT ON COLUMN peoplecall.complaint.withdrawn_at IS 'when its citizen withdrew; one that carries others goes on for them in its state';
COMMENT ON COLUMN peoplecall.complaint.origin_id IS 'the first of the complaints that this one continues, in another district: its number is the citizen''s';
COMMENT ON COLUMN peoplecall.complaint.moved_to IS 'the complaint as which this one goes on, in another district; the other way round than origin_id, so that neither is looked for in every district';
COMMENT ON COLUMN peoplecall.complaint.principals IS 'every complaint that this one was ever merged into, by itself or going along, also after a split; itself where others were merged into it; NULL for one that was always alone';
COMMENT ON COLUMN peoplecall.complaint.merged_clocks IS 'of a merged one, its clocks that ran until then: a split lets them go on';

CREATE TABLE IF NOT EXISTS peoplecall.intake_key (
	channel text NOT NULL,
	external_id text NOT NULL,
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	PRIMARY KEY (channel, external_id)
);
COMMENT ON TABLE peoplecall.intake_key IS 'which complaint a channel''s own number became, so that a repeated submit finds it';

CREATE TABLE IF NOT EXISTS peoplecall.track_key (
	code text PRIMARY KEY,
	district_id int NOT NULL,
	complaint_id bigint NOT NULL
);
CREATE INDEX IF NOT EXISTS track_key_complaint ON peoplecall.track_key (district_id, complaint_id);
COMMENT ON TABLE peoplecall.track_key IS 'the code by which a citizen follows his matter; who holds it needs no other proof, so no post reads this';

CREATE TABLE IF NOT EXISTS peoplecall.reporter (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL DEFAULT 1,
	name text,
	phone text,
	forgotten_at timestamptz,
	barred bigint[] NOT NULL DEFAULT '{}',
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint
);
COMMENT ON TABLE peoplecall.reporter IS 'who called: personal data, kept here and nowhere else';
COMMENT ON COLUMN peoplecall.reporter.barred IS 'of a confidential or anonymous citizen: the orgs that had a share, and the one that the matter is about; none of theirs reads this';

CREATE TABLE IF NOT EXISTS peoplecall.supplement (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	kind text NOT NULL CHECK (kind IN ('supplement', 'urge', 'withdraw')),
	body text NOT NULL CHECK (body <> ''),
	added_at timestamptz NOT NULL,
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint
);
COMMENT ON TABLE peoplecall.supplement IS 'what the citizen said after the first time: more of the matter (补充), on urging (催办), on withdrawing (撤回)';

CREATE TABLE IF NOT EXISTS peoplecall.task (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	org bigint NOT NULL REFERENCES peoplecall.org,
	role peoplecall.task_role NOT NULL,
	matter text,
	state peoplecall.task_state NOT NULL DEFAULT 'sent',
	officer bigint REFERENCES peoplecall.officer,
	responsibility bigint,
	ruling bigint REFERENCES peoplecall.ruling,
	epoch int NOT NULL DEFAULT 0,
	sent_by bigint REFERENCES peoplecall.org,
	sent_at timestamptz NOT NULL,
	accepted_at timestamptz,
	contacted_at timestamptz,
	done_at timestamptz,
	result text,
	mark smallint CHECK (mark BETWEEN 1 AND 5),
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS task_open ON peoplecall.task (org, sent_at)
	WHERE state IN ('sent', 'accepted');
CREATE INDEX IF NOT EXISTS task_officer ON peoplecall.task (officer)
	WHERE state IN ('sent', 'accepted');
COMMENT ON TABLE peoplecall.task IS 'one org''s share of a complaint (工单)';

CREATE TABLE IF NOT EXISTS peoplecall.clock (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	task_seq int,
	kind peoplecall.clock_kind NOT NULL,
	epoch int NOT NULL DEFAULT 0,
	policy bigint,
	calendar text REFERENCES peoplecall.calendar ON UPDATE CASCADE,
	allowed peoplecall.timelimit NOT NULL,
	extensions peoplecall.timelimit[] NOT NULL DEFAULT '{}',
	pauses tstzmultirange NOT NULL DEFAULT '{}',
	started_at timestamptz NOT NULL,
	warn_at timestamptz,
	due_at timestamptz,
	paused_at timestamptz,
	stopped_at timestamptz,
	verdict peoplecall.sla_state CHECK (verdict IN ('met', 'missed', 'void', 'overturned')),
	fired bigint[] NOT NULL DEFAULT '{}',
	next_alarm_at timestamptz,
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint,
	CHECK (stopped_at >= started_at),
	CHECK ((stopped_at IS NULL) = (verdict IS NULL)),
	CHECK (next_alarm_at IS NULL OR (stopped_at IS NULL AND paused_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS clock_alarm ON peoplecall.clock (district_id, next_alarm_at)
	WHERE next_alarm_at IS NOT NULL;
COMMENT ON TABLE peoplecall.clock IS 'one promise of a task (accept, contact, resolve) or of the complaint (dispatch, verify, total) (时限)';
COMMENT ON COLUMN peoplecall.clock.fired IS 'ids of the ladder''s steps that were taken';
COMMENT ON COLUMN peoplecall.clock.next_alarm_at IS 'when the next step of the ladder is due; NULL while paused, when stopped, or when none is left';

CREATE TABLE IF NOT EXISTS peoplecall.event (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	at timestamptz NOT NULL,
	verb text NOT NULL,
	actor name NOT NULL,
	officer bigint,
	org bigint,
	task_seq int,
	detail jsonb NOT NULL DEFAULT '{}',
	digest bytea,
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint
);
-- events come in the order of their time, so this is small and quick to keep
CREATE INDEX IF NOT EXISTS event_at ON peoplecall.event USING brin (at);
COMMENT ON COLUMN peoplecall.event.digest IS 'event_digest() of the event before and this one; complaint.digest is the last one''s';
COMMENT ON TABLE peoplecall.event IS 'the history (流转记录): what was done, when, by whom, with old and new values, never personal data';

CREATE TABLE IF NOT EXISTS peoplecall.notice (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	to_officer bigint REFERENCES peoplecall.officer,
	to_reporter boolean NOT NULL DEFAULT false,
	reporter_seq int,
	to_org bigint REFERENCES peoplecall.org,
	phone text,
	template text NOT NULL,
	body text NOT NULL,
	state text NOT NULL DEFAULT 'waiting'
		CHECK (state IN ('waiting', 'taken', 'sent', 'failed')),
	attempts int NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL,
	not_before timestamptz NOT NULL,
	leased_until timestamptz,
	sent_at timestamptz,
	error text,
	key text NOT NULL,
	clocks int[],
	PRIMARY KEY (district_id, complaint_id, seq)
);
CREATE INDEX IF NOT EXISTS notice_waiting ON peoplecall.notice (district_id, not_before)
	WHERE state IN ('waiting', 'taken');
COMMENT ON TABLE peoplecall.notice IS 'the outbox (短信): each line a message to one person, with a stable key for the gateway';
COMMENT ON COLUMN peoplecall.notice.clocks IS 'the clocks that a reminder is about; NULL for any other message';

CREATE TABLE IF NOT EXISTS peoplecall.request (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	task_seq int,
	kind peoplecall.request_kind NOT NULL,
	reason text NOT NULL,
	evidence text,
	asked_by bigint REFERENCES peoplecall.org,
	asked_at timestamptz NOT NULL,
	until timestamptz,
	amount peoplecall.timelimit,
	plan text,
	review_at timestamptz,
	decided_by bigint REFERENCES peoplecall.org,
	decided_at timestamptz,
	granted boolean,
	decision text,
	ended_at timestamptz,
	-- when its share was done or taken away first, while nobody had decided
	share_ended_at timestamptz,
	objects_to int,
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint,
	CHECK ((decided_at IS NULL) = (granted IS NULL)),
	CHECK (ended_at >= asked_at)
);
CREATE INDEX IF NOT EXISTS request_open ON peoplecall.request (district_id, asked_at)
	WHERE decided_at IS NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX IF NOT EXISTS request_once ON peoplecall.request
	(district_id, complaint_id, task_seq, kind)
	WHERE decided_at IS NULL AND ended_at IS NULL;
-- what is in force, by when the sweep must look at it: only suspensions and
-- shelvings have a time
CREATE INDEX IF NOT EXISTS request_wake ON peoplecall.request
	(district_id, (least(until, review_at)))
	WHERE granted AND ended_at IS NULL;
COMMENT ON TABLE peoplecall.request IS 'asking to suspend, extend, return, lower, shelve or exclude (申请)';
COMMENT ON COLUMN peoplecall.request.asked_by IS 'the org of the task; NULL where the citizen objects';
COMMENT ON COLUMN peoplecall.request.ended_at IS 'when what was granted came to its end, or an undecided request lapsed';
COMMENT ON COLUMN peoplecall.request.objects_to IS 'the granted exclusion to which the citizen objects';

CREATE TABLE IF NOT EXISTS peoplecall.attachment (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	uri text NOT NULL,
	sha256 bytea NOT NULL CHECK (octet_length(sha256) = 32),
	stage text NOT NULL CHECK (stage IN ('report', 'before', 'during', 'after')),
	task_seq int,
	org bigint REFERENCES peoplecall.org,
	epoch int NOT NULL DEFAULT 0,
	attached_at timestamptz NOT NULL,
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint
);
COMMENT ON TABLE peoplecall.attachment IS 'evidence kept elsewhere, by address and digest';
COMMENT ON COLUMN peoplecall.attachment.stage IS 'report: the citizen''s; before, during and after: of the org that handles';

CREATE TABLE IF NOT EXISTS peoplecall.rating (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	epoch int NOT NULL,
	closing_of bigint NOT NULL,
	closing_epoch int NOT NULL,
	closed_by bigint REFERENCES peoplecall.org,
	reporter_seq int NOT NULL DEFAULT 1,
	solved boolean NOT NULL,
	satisfaction smallint CHECK (satisfaction BETWEEN 1 AND 5),
	comment text,
	rated_at timestamptz NOT NULL,
	upheld boolean,
	decided_by bigint REFERENCES peoplecall.org,
	decided_at timestamptz,
	CHECK ((upheld IS NULL) = (decided_at IS NULL)),
	PRIMARY KEY (district_id, complaint_id, closing_of, closing_epoch, reporter_seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint
);
CREATE INDEX IF NOT EXISTS rating_undecided ON peoplecall.rating (district_id, rated_at)
	WHERE NOT solved AND decided_at IS NULL;
CREATE INDEX IF NOT EXISTS rating_upheld ON peoplecall.rating (closing_of)
	WHERE upheld;
COMMENT ON TABLE peoplecall.rating IS 'what the citizen says of a closing, once for each (评价)';
COMMENT ON COLUMN peoplecall.rating.closing_of IS 'the complaint whose closing it judges: the principal''s of that time for a merged one; with closing_epoch, the epoch there, it stays so whatever is merged, split or moved since';
COMMENT ON COLUMN peoplecall.rating.closed_by IS 'complaint.closed_by of that closing';
COMMENT ON COLUMN peoplecall.rating.upheld IS 'whether his no was found right; NULL while nobody decided, and for a yes';

CREATE TABLE IF NOT EXISTS peoplecall.revisit (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	epoch int NOT NULL,
	outcome text NOT NULL CHECK (outcome IN ('reached', 'unreached', 'refused')),
	contacted boolean,
	solved boolean,
	satisfaction smallint CHECK (satisfaction BETWEEN 1 AND 5),
	visited_at timestamptz NOT NULL,
	org bigint REFERENCES peoplecall.org,
	given_up boolean NOT NULL DEFAULT false,
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint,
	CHECK (NOT given_up OR outcome = 'unreached'),
	CHECK (outcome = 'reached' OR (contacted IS NULL AND solved IS NULL AND satisfaction IS NULL))
);
COMMENT ON TABLE peoplecall.revisit IS 'calls back to the citizen from outside the handling org (回访)';
COMMENT ON COLUMN peoplecall.revisit.given_up IS 'the last try of as many as setting revisit_tries asks: the citizen counts as unreached, outside the rates';
	$ddl$);
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_cases() IS 'the case records of complaints, tasks, clocks, events, notices';

CREATE FUNCTION peoplecall.ledger_joint_work() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	PERFORM peoplecall.ledger_ddl($ddl$
CREATE TABLE IF NOT EXISTS peoplecall.coordination (
	district_id int NOT NULL,
	id bigint NOT NULL,
	complaint_id bigint,
	convened_by bigint NOT NULL REFERENCES peoplecall.org,
	area peoplecall.areacode NOT NULL REFERENCES peoplecall.area,
	title text NOT NULL,
	agenda text,
	place text,
	convened_at timestamptz NOT NULL,
	meets_at timestamptz,
	closed_at timestamptz,
	result text,
	ruling bigint REFERENCES peoplecall.ruling,
	PRIMARY KEY (district_id, id)
);
CREATE INDEX IF NOT EXISTS coordination_complaint ON peoplecall.coordination (district_id, complaint_id);
CREATE INDEX IF NOT EXISTS coordination_convened ON peoplecall.coordination (convened_at);
COMMENT ON TABLE peoplecall.coordination IS 'a meeting that a territorial org convenes (吹哨报到, 协调会)';
COMMENT ON COLUMN peoplecall.coordination.id IS 'numbered with the complaints, so that one number never names two things and the outbox serves both';

CREATE TABLE IF NOT EXISTS peoplecall.coordination_party (
	district_id int NOT NULL,
	coordination_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	org bigint REFERENCES peoplecall.org,
	outsider text,
	sign_by timestamptz,
	signed_at timestamptz,
	attended_at timestamptz,
	absent boolean,
	mark smallint CHECK (mark BETWEEN 1 AND 5),
	remark text,
	PRIMARY KEY (district_id, coordination_id, seq),
	FOREIGN KEY (district_id, coordination_id) REFERENCES peoplecall.coordination,
	CHECK ((org IS NULL) <> (outsider IS NULL))
);
CREATE INDEX IF NOT EXISTS coordination_party_org ON peoplecall.coordination_party (org)
	WHERE signed_at IS NULL;
COMMENT ON TABLE peoplecall.coordination_party IS 'who was called to a meeting, who signed, came and how the convenor marked it';

CREATE TABLE IF NOT EXISTS peoplecall.supervision (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	kind text NOT NULL CHECK (kind IN ('supervision', 'instruction')),
	ordered_by bigint REFERENCES peoplecall.org,
	leader bigint REFERENCES peoplecall.officer,
	org bigint REFERENCES peoplecall.org,
	reason text NOT NULL,
	ordered_at timestamptz NOT NULL,
	clock_seq int,
	answer text,
	answered_at timestamptz,
	conclusion text,
	closed_at timestamptz,
	pushed boolean NOT NULL DEFAULT false,
	refused int NOT NULL DEFAULT 0 CHECK (refused >= 0),
	PRIMARY KEY (district_id, complaint_id, seq),
	FOREIGN KEY (district_id, complaint_id) REFERENCES peoplecall.complaint,
	CHECK ((answer IS NULL) = (answered_at IS NULL)),
	CHECK ((conclusion IS NULL) = (closed_at IS NULL))
);
CREATE INDEX IF NOT EXISTS supervision_closed ON peoplecall.supervision (closed_at)
	WHERE closed_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS supervision_open ON peoplecall.supervision (district_id, ordered_at)
	WHERE closed_at IS NULL;
COMMENT ON TABLE peoplecall.supervision IS 'orders of the inspection body (督办) and of leaders (批示)';
COMMENT ON COLUMN peoplecall.supervision.clock_seq IS 'its clock answer; NULL where no limit was set';
COMMENT ON COLUMN peoplecall.supervision.pushed IS 'ordered by the ladder, not by hand';
COMMENT ON COLUMN peoplecall.supervision.refused IS 'how many answers were not accepted';

CREATE TABLE IF NOT EXISTS peoplecall.sweep_status (
	district_id int NOT NULL,
	complaint_id bigint NOT NULL,
	attempts int NOT NULL DEFAULT 1,
	failed_at timestamptz NOT NULL,
	retry_at timestamptz NOT NULL,
	sqlstate text NOT NULL,
	message text NOT NULL,
	PRIMARY KEY (district_id, complaint_id)
);
COMMENT ON TABLE peoplecall.sweep_status IS 'complaints whose alarms could not be handled: the error, and when the sweep tries again';
	$ddl$);
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_joint_work() IS 'the tables of meetings, supervision and the sweep';

CREATE FUNCTION peoplecall.ledger_lists() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	PERFORM peoplecall.ledger_ddl($ddl$
CREATE TABLE IF NOT EXISTS peoplecall.alliance_member (
	district_id int NOT NULL,
	area peoplecall.areacode NOT NULL REFERENCES peoplecall.area,
	org bigint NOT NULL REFERENCES peoplecall.org,
	seq int NOT NULL CHECK (seq > 0),
	joined_at timestamptz NOT NULL,
	joined_by name NOT NULL,
	left_at timestamptz,
	left_by name,
	PRIMARY KEY (district_id, area, org, seq),
	CHECK (left_at >= joined_at),
	CHECK ((left_at IS NULL) = (left_by IS NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS alliance_member_now ON peoplecall.alliance_member
	(district_id, area, org) WHERE left_at IS NULL;
CREATE INDEX IF NOT EXISTS alliance_member_org ON peoplecall.alliance_member (org)
	WHERE left_at IS NULL;
COMMENT ON TABLE peoplecall.alliance_member IS 'members of the party alliance of a district, street or community; one that left and came back has a row for each time';

CREATE TABLE IF NOT EXISTS peoplecall.listing (
	district_id int NOT NULL,
	id bigint NOT NULL,
	kind text NOT NULL CHECK (kind IN ('need', 'resource', 'project', 'post', 'wish')),
	org bigint NOT NULL REFERENCES peoplecall.org,
	area peoplecall.areacode NOT NULL REFERENCES peoplecall.area,
	title text NOT NULL CHECK (title <> ''),
	body text NOT NULL DEFAULT '',
	category @ltree@.ltree REFERENCES peoplecall.category,
	quantity int NOT NULL DEFAULT 1 CHECK (quantity > 0),
	claimed int NOT NULL DEFAULT 0 CHECK (claimed <= quantity),
	fulfilled int NOT NULL DEFAULT 0 CHECK (fulfilled >= 0 AND fulfilled <= claimed),
	published_at timestamptz NOT NULL,
	expires_at timestamptz,
	closed_at timestamptz,
	closed text CHECK (closed IN ('fulfilled', 'expired', 'withdrawn')),
	close_reason text,
	need_id bigint,
	resource_id bigint,
	coordination_id bigint,
	next_alarm_at timestamptz,
	event_count int NOT NULL DEFAULT 0,
	last_event_at timestamptz NOT NULL,
	PRIMARY KEY (district_id, id),
	CHECK (id / 1000000000000 = district_id),
	CHECK (expires_at > published_at),
	CHECK ((closed_at IS NULL) = (closed IS NULL)),
	CHECK (kind = 'project' OR num_nonnulls(need_id, resource_id, coordination_id) = 0)
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS listing_open ON peoplecall.listing (kind, area) WHERE closed_at IS NULL;
CREATE INDEX IF NOT EXISTS listing_area ON peoplecall.listing (area);
CREATE INDEX IF NOT EXISTS listing_alarm ON peoplecall.listing (district_id, next_alarm_at)
	WHERE next_alarm_at IS NOT NULL;
COMMENT ON TABLE peoplecall.listing IS 'needs, resources, projects, shared posts and wishes (三张清单, 微心愿)';
COMMENT ON COLUMN peoplecall.listing.id IS 'numbered with the complaints, so that one number never names two things and the outbox serves both';
COMMENT ON COLUMN peoplecall.listing.claimed IS 'how much of the quantity open claims hold and ended ones fulfilled';
COMMENT ON COLUMN peoplecall.listing.next_alarm_at IS 'when it, or one of its claims, expires next; NULL for never';
COMMENT ON COLUMN peoplecall.listing.need_id IS 'the need that a project of a meeting serves, by the resource resource_id';

CREATE TABLE IF NOT EXISTS peoplecall.listing_resident (
	district_id int NOT NULL,
	listing_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	name text,
	phone text,
	PRIMARY KEY (district_id, listing_id),
	FOREIGN KEY (district_id, listing_id) REFERENCES peoplecall.listing
);
COMMENT ON TABLE peoplecall.listing_resident IS 'whose wish it is: personal data, kept here and nowhere else';

CREATE TABLE IF NOT EXISTS peoplecall.claim (
	district_id int NOT NULL,
	listing_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	volunteer_id bigint,
	org bigint REFERENCES peoplecall.org,
	home_org bigint REFERENCES peoplecall.org,
	claimer_area peoplecall.areacode NOT NULL,
	project_id bigint,
	quantity int NOT NULL DEFAULT 1 CHECK (quantity > 0),
	fulfilled int NOT NULL DEFAULT 0 CHECK (fulfilled >= 0 AND fulfilled <= quantity),
	claimed_at timestamptz NOT NULL,
	expires_at timestamptz,
	fulfilled_at timestamptz,
	ended_at timestamptz,
	ended text CHECK (ended IN ('fulfilled', 'lapsed', 'released', 'closed')),
	reason text,
	PRIMARY KEY (district_id, listing_id, seq),
	FOREIGN KEY (district_id, listing_id) REFERENCES peoplecall.listing,
	CHECK ((volunteer_id IS NULL) <> (org IS NULL)),
	CHECK (expires_at > claimed_at),
	CHECK ((ended_at IS NULL) = (ended IS NULL)),
	CHECK ((fulfilled = quantity) = (coalesce(ended, '') = 'fulfilled')),
	CHECK ((fulfilled = 0) = (fulfilled_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX IF NOT EXISTS claim_volunteer ON peoplecall.claim (volunteer_id) WHERE volunteer_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS claim_home ON peoplecall.claim (home_org) WHERE home_org IS NOT NULL;
CREATE INDEX IF NOT EXISTS claim_org ON peoplecall.claim (org) WHERE org IS NOT NULL;
COMMENT ON TABLE peoplecall.claim IS 'who took up how much of a listing, and what became of it (认领)';
COMMENT ON COLUMN peoplecall.claim.home_org IS 'the volunteer''s home unit, to which the claim counts back';
COMMENT ON COLUMN peoplecall.claim.claimer_area IS 'the volunteer''s community, or the org''s area: who answers there may read the claim and release it';
COMMENT ON COLUMN peoplecall.claim.project_id IS 'the project for which a need or a resource is held';

CREATE TABLE IF NOT EXISTS peoplecall.listing_event (
	district_id int NOT NULL,
	listing_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	seq int NOT NULL CHECK (seq > 0),
	at timestamptz NOT NULL,
	verb text NOT NULL,
	actor name NOT NULL,
	officer bigint,
	org bigint,
	claim_seq int,
	detail jsonb NOT NULL DEFAULT '{}',
	PRIMARY KEY (district_id, listing_id, seq),
	FOREIGN KEY (district_id, listing_id) REFERENCES peoplecall.listing
);
COMMENT ON TABLE peoplecall.listing_event IS 'the history of a listing: what was done, when, by whom, never personal data';

CREATE TABLE IF NOT EXISTS peoplecall.volunteer (
	district_id int NOT NULL,
	id bigint NOT NULL,
	kind text NOT NULL CHECK (kind IN ('branch', 'member', 'resident')),
	name text NOT NULL CHECK (name <> ''),
	community peoplecall.areacode NOT NULL REFERENCES peoplecall.area,
	home_org bigint REFERENCES peoplecall.org,
	registered_at timestamptz NOT NULL,
	registered_by name NOT NULL,
	left_at timestamptz,
	left_by name,
	left_reason text,
	PRIMARY KEY (district_id, id),
	CHECK (id / 1000000000000 = district_id),
	CHECK (left_at >= registered_at),
	CHECK ((left_at IS NULL) = (left_by IS NULL))
);
CREATE UNIQUE INDEX IF NOT EXISTS volunteer_branch ON peoplecall.volunteer
	(district_id, community, (coalesce(home_org, 0)), name)
	WHERE kind = 'branch' AND left_at IS NULL;
CREATE INDEX IF NOT EXISTS volunteer_community ON peoplecall.volunteer (community);
CREATE INDEX IF NOT EXISTS volunteer_home ON peoplecall.volunteer (home_org);
COMMENT ON TABLE peoplecall.volunteer IS 'branches at the community they serve, members and residents at home (双报到)';
COMMENT ON COLUMN peoplecall.volunteer.name IS 'a branch''s name; of a person the first character alone';

CREATE TABLE IF NOT EXISTS peoplecall.volunteer_person (
	district_id int NOT NULL,
	volunteer_id bigint NOT NULL,
	area peoplecall.areacode NOT NULL,
	kind text NOT NULL CHECK (kind IN ('member', 'resident')),
	home_org bigint,
	name text NOT NULL CHECK (name <> ''),
	phone text,
	phone_key text NOT NULL DEFAULT '',
	PRIMARY KEY (district_id, volunteer_id),
	FOREIGN KEY (district_id, volunteer_id) REFERENCES peoplecall.volunteer
);
CREATE UNIQUE INDEX IF NOT EXISTS volunteer_person_once ON peoplecall.volunteer_person
	(district_id, area, kind, (coalesce(home_org, 0)), name, phone_key);
COMMENT ON TABLE peoplecall.volunteer_person IS 'who a registered member or resident is: personal data, kept here and nowhere else, and deleted when he leaves';
COMMENT ON COLUMN peoplecall.volunteer_person.phone_key IS 'the phone''s digits, by which two people of one name are told apart';
	$ddl$);
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_lists() IS 'the tables of the three lists, volunteers and claims';
