-- What a day brings: invented matters, and a random model of the day. For
-- each leaf of the category tree a weight and a few texts of our own; no
-- citizen wrote them. psql includes this file once, after city.sql, in the
-- session that plays the day:
--     \ir matters.sql
--     SELECT * FROM pg_temp.draw_matters(20000, '2019-11-27');
-- The same count, day and seed draw the same matters, row by row.
--
-- The model, one line per column of the answer; its numbers are assumptions:
--   area            a community by weight: residents' communities 1, villages'
--                   and other rural ones 0.2
--   category, title by the weights below: about 35 % are consultations
--   nature          the category's
--   received_at     by the hour: most from 9 to 12 and 14 to 18, few at night
--   channel         hotline 62 %, mini_program 20 %, board 8 %, patrol 6 %,
--                   visit 4 %; consultations and praise are never a patrol's
--   people          1 in 92 %, 2-9 in 5.5 %, 10-49 in 2.2 %, 50-299 in 0.3 %;
--                   always 1 for consultations and praise
--   on_the_spot     answered at intake and closed: consultations 88 %, praise
--                   always, suggestions 35 %, requests for help 5 %
--   accept_after    exponential, 8 minutes in the mean
--   share_of_limit  time from dispatch to completion as a share of the time
--                   that the resolve clock allows: log-normal, median 0.30,
--                   sigma 0.75; above 1 in about 5.5 %: those go overdue
--   untouched       1 %: accepted by nobody, left to the ladder
--   contacted       97 % were called by the handler
--   solved          94 % of those on time, 85 % of those overdue
--   satisfaction    5 to 1: 56, 30, 8, 4, 2 % on time; 35, 30, 15, 12, 8 % late
SELECT quote_ident(n.nspname) AS ltree_schema
  FROM pg_extension AS e
  JOIN pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname = 'ltree'
\gset

CREATE TEMP TABLE matter_weight (
	category :ltree_schema.ltree PRIMARY KEY,
	nature text NOT NULL,
	town float8 NOT NULL,
	village float8 NOT NULL
);
INSERT INTO matter_weight
VALUES
	('urban.vendor', 'complaint', 14, 2),
	('urban.advert', 'complaint', 4, 1),
	('urban.illegal_building', 'complaint', 6, 3),
	('urban.light', 'help', 8, 3),
	('urban.manhole', 'help', 8, 2),
	('urban.dust', 'complaint', 5, 2),
	('urban.dog', 'complaint', 5, 3),
	('sanitation.garbage', 'complaint', 16, 8),
	('sanitation.sorting', 'suggestion', 3, 1),
	('sanitation.poster', 'complaint', 4, 1),
	('sanitation.toilet', 'complaint', 3, 1),
	('sanitation.sewage', 'complaint', 7, 2),
	('noise.dance', 'complaint', 7, 2),
	('noise.neighbour', 'complaint', 6, 1),
	('noise.construction', 'complaint', 8, 1),
	('noise.business', 'complaint', 5, 0),
	('parking.estate', 'complaint', 10, 2),
	('parking.road', 'complaint', 9, 1),
	('parking.bike', 'complaint', 5, 0),
	('parking.charger', 'help', 4, 1),
	('traffic.signal', 'help', 3, 1),
	('traffic.congestion', 'complaint', 3, 0),
	('traffic.bus', 'complaint', 3, 1),
	('traffic.taxi', 'complaint', 1, 0),
	('utilities.water.outage', 'help', 6, 2),
	('utilities.water.quality', 'complaint', 4, 1),
	('utilities.power.outage', 'help', 5, 2),
	('utilities.power.meter', 'complaint', 2, 1),
	('utilities.gas.outage', 'help', 3, 0),
	('utilities.gas.leak', 'help', 1, 0),
	('utilities.telecom', 'complaint', 4, 2),
	('property.service', 'complaint', 13, 0),
	('property.fee', 'complaint', 5, 0),
	('property.committee', 'complaint', 3, 0),
	('property.lift', 'help', 5, 0),
	('property.leak', 'help', 5, 1),
	('property.estate', 'complaint', 0.3, 0),
	('housing.quality', 'complaint', 3, 1),
	('housing.delivery', 'complaint', 2, 0),
	('housing.rent', 'complaint', 4, 0),
	('housing.public', 'help', 2, 0),
	('housing.demolition', 'complaint', 2, 3),
	('consumer.refund', 'complaint', 8, 1),
	('consumer.price', 'complaint', 4, 1),
	('consumer.food', 'complaint', 5, 1),
	('consumer.fake', 'tip_off', 2, 0),
	('labour.wage', 'complaint', 5, 2),
	('labour.contract', 'complaint', 3, 0),
	('labour.insurance', 'complaint', 3, 1),
	('labour.pension', 'help', 2, 1),
	('education.enrolment', 'help', 2, 1),
	('education.fee', 'complaint', 0.5, 0),
	('education.canteen', 'complaint', 1, 0),
	('education.teacher', 'complaint', 0.5, 0),
	('health.service', 'complaint', 2, 1),
	('health.vaccine', 'help', 2, 1),
	('health.insurance', 'complaint', 2, 1),
	('civil.canteen', 'suggestion', 2, 1),
	('civil.nursing', 'complaint', 1, 1),
	('civil.allowance', 'help', 3, 4),
	('civil.disabled', 'help', 2, 1),
	('safety.falling', 'complaint', 4, 0),
	('safety.order', 'help', 4, 2),
	('safety.fraud', 'tip_off', 2, 1),
	('safety.flood', 'help', 3, 1),
	('safety.collapse', 'help', 1, 0),
	('fire.lane', 'complaint', 5, 0),
	('fire.ebike', 'complaint', 6, 1),
	('fire.facility', 'complaint', 2, 0),
	('environment.fume', 'complaint', 7, 0),
	('environment.smell', 'complaint', 3, 2),
	('environment.burning', 'complaint', 1, 6),
	('river.lake', 'complaint', 1, 1),
	('river.pollution', 'complaint', 2, 2),
	('river.bank', 'help', 1, 1),
	('garden.tree', 'help', 6, 2),
	('garden.green', 'complaint', 2, 0),
	('garden.park', 'complaint', 2, 0),
	('culture.travel', 'complaint', 0.5, 0),
	('culture.venue', 'suggestion', 1, 1),
	('rural.land', 'complaint', 0, 5),
	('rural.road', 'help', 0, 9),
	('rural.irrigation', 'help', 0, 6),
	('rural.affairs', 'complaint', 0, 3),
	('service.window', 'complaint', 3, 1),
	('service.attitude', 'complaint', 2, 1),
	('service.permit', 'complaint', 2, 1),
	('consult.social', 'consult', 30, 11),
	('consult.household', 'consult', 30, 11),
	('consult.housing', 'consult', 25, 3),
	('consult.education', 'consult', 20, 5),
	('consult.health', 'consult', 25, 14),
	('consult.traffic', 'consult', 20, 5),
	('consult.utility', 'consult', 15, 5),
	('consult.business', 'consult', 10, 1),
	('consult.other', 'consult', 25, 12),
	('praise.community', 'praise', 6, 4),
	('praise.department', 'praise', 3, 1),
	('suggestion.city', 'suggestion', 5, 2),
	('suggestion.service', 'suggestion', 4, 2),
	('shared.prepaid.group', 'complaint', 1, 0),
	('shared.training.refund', 'complaint', 1, 0),
	('shared.training.unlicensed', 'complaint', 0.6, 0),
	('shared.labour.student', 'complaint', 0.6, 0),
	('shared.labour.overage', 'help', 0.5, 0.3),
	('shared.dwelling.shop', 'complaint', 1.2, 0),
	('shared.dwelling.garage', 'complaint', 0.8, 0),
	('shared.dwelling.shortstay', 'complaint', 0.8, 0),
	('shared.dwelling.dormitory', 'complaint', 0.8, 0),
	('shared.childcare.unlicensed', 'complaint', 0.4, 0),
	('shared.road.outside', 'complaint', 0.8, 0.3),
	('shared.vehicle.abandoned', 'complaint', 1.2, 0.2),
	('shared.cable.overhead', 'complaint', 1, 0.5);

\ir texts.sql

CREATE OR REPLACE FUNCTION pg_temp.draw_matters(count int, day date, seed float8 DEFAULT 0.12345)
RETURNS TABLE (
	n int,
	received_at timestamptz,
	channel text,
	external_id text,
	nature text,
	category :ltree_schema.ltree,
	title text,
	body text,
	area peoplecall.areacode,
	address text,
	people int,
	on_the_spot boolean,
	accept_after interval,
	share_of_limit float8,
	untouched boolean,
	contacted boolean,
	solved boolean,
	satisfaction smallint
)
LANGUAGE sql VOLATILE
AS $$
	SELECT setseed(seed);

	-- Categories are compared as text, because ltree may live in a schema
	-- outside the search path. A choice by weight is a binary search: width_bucket() finds the last
	-- lower bound at or below a number between 0 and 1.
	WITH text_choice AS (
		SELECT array_agg(town_from ORDER BY id) AS town,
		       array_agg(village_from ORDER BY id) AS village
		  FROM (SELECT id,
		               (sum(town) OVER before - town) / sum(town) OVER () AS town_from,
		               (sum(village) OVER before - village) / sum(village) OVER () AS village_from
		          FROM (SELECT t.id,
		                       w.town / count(*) OVER (PARTITION BY w.category) AS town,
		                       w.village / count(*) OVER (PARTITION BY w.category) AS village
		                  FROM pg_temp.matter_text AS t
		                  JOIN pg_temp.matter_weight AS w ON w.category::text = t.category::text) AS weighed
		        WINDOW before AS (ORDER BY id)) AS bounds
	),
	place AS MATERIALIZED (
		SELECT row_number() OVER by_code AS k,
		       code, rural,
		       regexp_replace(name, '(居民委员会|居民居委会|居委会|村民委员会|委员会|委会)$', '') AS name,
		       sum(weight) OVER by_code - weight AS weight_from,
		       sum(weight) OVER () AS weight_all
		  FROM (SELECT a.code, a.name, r.rural,
		               CASE WHEN r.rural THEN 0.2 ELSE 1.0 END::float8 AS weight
		          FROM peoplecall.area AS a
		         CROSS JOIN LATERAL (
			-- the tenth digit says what a community is: 2, 3 and 5 villages
			SELECT substr(a.code::text, 10, 1) IN ('2', '3', '5')) AS r (rural)
		         WHERE peoplecall.level(a.code) = 'community') AS weighed
		WINDOW by_code AS (ORDER BY code)
	),
	place_choice AS (
		SELECT array_agg(weight_from / weight_all ORDER BY k) AS bounds
		  FROM place
	),
	draw AS MATERIALIZED (
		SELECT i AS n,
		       random() AS u_place, random() AS u_text, random() AS u_hour, random() AS u_second,
		       random() AS u_channel, random() AS u_people, random() AS u_crowd,
		       random() AS u_spot, random() AS u_accept, random() AS u_one, random() AS u_two,
		       random() AS u_untouched, random() AS u_contacted, random() AS u_solved,
		       random() AS u_satisfied, random() AS u_house, random() AS u_entrance,
		       random() AS u_days, random() AS u_many
		  FROM generate_series(1, count) AS i
	),
	matter AS (
		SELECT d.*, p.code, p.rural, p.name AS place, t.title, t.body, w.category, w.nature,
		       -- Box and Muller's normal number
		       exp(-1.2 + 0.75 * sqrt(-2 * ln(1 - d.u_one)) * cos(2 * pi() * d.u_two)) AS share_of_limit,
		       1 + floor(d.u_house * 30)::int AS house,
		       1 + floor(d.u_entrance * 4)::int AS entrance
		  FROM draw AS d
		  JOIN place AS p
		    ON p.k = width_bucket(d.u_place, (SELECT bounds FROM place_choice))
		  JOIN pg_temp.matter_text AS t
		    ON t.id = CASE
		              WHEN p.rural
		              THEN width_bucket(d.u_text, (SELECT village FROM text_choice))
		              ELSE width_bucket(d.u_text, (SELECT town FROM text_choice))
		              END
		  JOIN pg_temp.matter_weight AS w ON w.category::text = t.category::text
	)
	SELECT m.n,
	       (day + make_interval(
		       hours => width_bucket(m.u_hour, ARRAY[0, 0.006, 0.010, 0.016, 0.020, 0.024, 0.029, 0.040,
			       0.065, 0.125, 0.220, 0.325, 0.420, 0.470, 0.510, 0.590, 0.680, 0.765,
			       0.835, 0.875, 0.910, 0.940, 0.963, 0.981]) - 1,
		       secs => floor(m.u_second * 3600))) AT TIME ZONE 'Asia/Shanghai',
	       CASE
	       WHEN m.u_channel < 0.62 THEN 'hotline'
	       WHEN m.u_channel < 0.82 THEN 'mini_program'
	       WHEN m.u_channel < 0.90 THEN 'board'
	       WHEN m.u_channel < 0.94 THEN 'visit'
	       WHEN m.nature IN ('complaint', 'help') THEN 'patrol'
	       ELSE 'hotline'
	       END,
	       to_char(day, 'YYYYMMDD') || '-' || to_char(m.n, 'FM00000000'),
	       m.nature, m.category, m.title,
	       replace(replace(replace(replace(replace(replace(m.body,
		       '{p}', m.place),
		       '{n}', m.house::text),
		       '{u}', m.entrance::text),
		       '{d}', (2 + floor(m.u_days * 12)::int)::text),
		       '{m}', (2 + floor(m.u_many * 7)::int)::text),
		       '{t}', (15 + floor(m.u_many * 40)::int)::text),
	       m.code,
	       m.place || m.house || '号' || CASE WHEN m.rural THEN '' ELSE m.entrance || '单元' END,
	       CASE
	       WHEN m.nature IN ('consult', 'praise') OR m.u_people < 0.920 THEN 1
	       WHEN m.u_people < 0.975 THEN 2 + floor(m.u_crowd * 8)::int
	       WHEN m.u_people < 0.997 THEN 10 + floor(m.u_crowd * 40)::int
	       ELSE 50 + floor(m.u_crowd * 250)::int
	       END,
	       m.u_spot < CASE m.nature
	                  WHEN 'consult' THEN 0.88
	                  WHEN 'praise' THEN 1
	                  WHEN 'suggestion' THEN 0.35
	                  WHEN 'help' THEN 0.05
	                  ELSE 0
	                  END,
	       make_interval(secs => ceil(-480 * ln(1 - m.u_accept))),
	       m.share_of_limit,
	       m.u_untouched < 0.01,
	       m.u_contacted < 0.97,
	       m.u_solved < CASE WHEN m.share_of_limit <= 1 THEN 0.94 ELSE 0.85 END,
	       (6 - width_bucket(m.u_satisfied,
		       CASE
		       WHEN m.share_of_limit <= 1 THEN ARRAY[0, 0.56, 0.86, 0.94, 0.98]
		       ELSE ARRAY[0, 0.35, 0.65, 0.80, 0.92]
		       END))::smallint
	  FROM matter AS m
	 ORDER BY m.n;
$$;
