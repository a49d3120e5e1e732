-- The story of the demo, told with the clock moved by peoplecall.as_of. Run by
-- psql after city.sql, as a superuser; every act is an officer's, through the
-- gate. Each step prints what the ledger recorded since the step before.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\pset linestyle unicode
\pset border 1
SET client_min_messages = warning;
SET TimeZone = 'Asia/Shanghai';

-- What the telling needs; all of it is gone with the session.
CREATE TEMP TABLE told (complaint_id bigint PRIMARY KEY, events int NOT NULL);
CREATE TEMP TABLE word (term text PRIMARY KEY, chinese text NOT NULL);
INSERT INTO word (term, chinese) VALUES
	('submit', '受理'), ('dispatch', '派单'), ('accept', '接单'), ('contact', '联系群众'),
	('report', '报告'), ('complete', '办结'), ('send_back', '退回重办'), ('revisit', '回访'),
	('rate', '评价'), ('close', '结案'), ('reopen', '重办'), ('reclassify', '重新定级'),
	('escalate', '提级'), ('command_up', '指挥提级'), ('alarm', '亮灯'), ('supervise', '督办'),
	('withdraw_task', '撤单'), ('green', '🟢'), ('yellow', '🟡'), ('red', '🔴'),
	('paused', '⏸'), ('received', '待判'), ('dispatched', '办理中'), ('completed', '待核'),
	('closed', '已结案'), ('resolve', '办结时限'), ('accept_clock', '接单时限'),
	('contact_clock', '联系时限'), ('dispatch_clock', '派单时限'), ('total', '总时限'),
	('verify', '核实时限');

CREATE FUNCTION pg_temp.say(term text) RETURNS text LANGUAGE sql STABLE AS
	$$SELECT coalesce((SELECT w.chinese FROM pg_temp.word AS w WHERE w.term = $1), $1)$$;

CREATE FUNCTION pg_temp.officer(org text, role text DEFAULT 'handler') RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT min(f.id)
	  FROM peoplecall.officer AS f
	  JOIN peoplecall.org AS o ON o.id = f.org
	 WHERE o.code = $1 AND f.role::text = $2
$$;

CREATE FUNCTION pg_temp.org(code text) RETURNS bigint LANGUAGE sql STABLE AS
	$$SELECT o.id FROM peoplecall.org AS o WHERE o.code = $1$$;

-- The clock stands at the time given until the next call.
CREATE FUNCTION pg_temp.at(moment timestamptz) RETURNS void LANGUAGE sql AS
	$$SELECT set_config('peoplecall.as_of', $1::text, false)$$;

-- What an event says, for a reader.
CREATE FUNCTION pg_temp.gist(e peoplecall.history) RETURNS text LANGUAGE sql STABLE AS $$
	SELECT CASE e.verb
		WHEN 'submit' THEN format('定级 %s，建议承办：%s',
			translate(e.detail ->> 'grade', 'ABCD', '甲乙丙丁'),
			coalesce((SELECT o.name FROM peoplecall.org AS o
			           WHERE o.id = (e.detail ->> 'proposed_org')::bigint), '—'))
		WHEN 'dispatch' THEN concat_ws('；',
			'主办 ' || (SELECT o.name FROM peoplecall.org AS o
			             WHERE o.id = (e.detail ->> 'lead')::bigint),
			'协办 ' || (SELECT string_agg(o.name, '、' ORDER BY a.place)
			              FROM jsonb_array_elements_text(e.detail -> 'assist') WITH ORDINALITY AS a (id, place)
			              JOIN peoplecall.org AS o ON o.id = a.id::bigint))
		WHEN 'alarm' THEN format('%s 第 %s 级，%s 应亮灯%s',
			pg_temp.say(CASE WHEN e.detail ->> 'clock' IN ('accept', 'contact', 'dispatch')
			                 THEN e.detail ->> 'clock' || '_clock' ELSE e.detail ->> 'clock' END),
			e.detail ->> 'step_seq',
			to_char((e.detail ->> 'was_due')::timestamptz, 'MM-DD HH24:MI'),
			coalesce('；短信 → ' || (
				SELECT string_agg(f.name || '（' || o.name || '）', '、')
				  FROM jsonb_array_elements_text(e.detail -> 'told') AS t (id)
				  JOIN peoplecall.officer AS f ON f.id = t.id::bigint
				  JOIN peoplecall.org AS o ON o.id = f.org), ''))
		WHEN 'command_up' THEN format('指挥升至 %s，由其主办，时限重新起算',
			(SELECT o.name FROM peoplecall.org AS o
			  WHERE o.id = (e.detail #>> '{command_org,new}')::bigint))
		WHEN 'revisit' THEN CASE WHEN (e.detail ->> 'solved')::boolean
			THEN format('已解决，满意度 %s', e.detail ->> 'satisfaction') ELSE '未解决' END
		ELSE coalesce(e.detail ->> 'result', e.detail ->> 'note', e.detail ->> 'reason', '')
	END
$$;

CREATE FUNCTION pg_temp.tell(complaint bigint)
	RETURNS TABLE ("时间" text, "环节" text, "经办" text, "内容" text) LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY
	SELECT to_char(h.at, 'MM-DD HH24:MI'), pg_temp.say(h.verb),
	       coalesce(h.officer_name || '（' || o.name || '）', h.org_name,
		CASE h.verb WHEN 'alarm' THEN '系统' WHEN 'command_up' THEN '系统' ELSE h.actor::text END),
	       pg_temp.gist(h)
	  FROM peoplecall.history AS h
	  LEFT JOIN peoplecall.officer AS f ON f.id = h.officer
	  LEFT JOIN peoplecall.org AS o ON o.id = f.org
	 WHERE h.complaint_id = complaint
	   AND h.seq > coalesce((SELECT t.events FROM pg_temp.told AS t WHERE t.complaint_id = complaint), 0)
	 ORDER BY h.seq;
	INSERT INTO pg_temp.told AS t (complaint_id, events)
	SELECT c.id, c.event_count FROM peoplecall.complaint AS c WHERE c.id = complaint
	ON CONFLICT (complaint_id) DO UPDATE SET events = EXCLUDED.events;
END
$$;

-- The matter as it stands, on one line.
CREATE FUNCTION pg_temp.stands(complaint bigint)
	RETURNS TABLE ("编号" text, "事项" text, "等级" text, "状态" text, "灯" text, "时限" text, "指挥" text, "主办" text)
	LANGUAGE sql STABLE AS $$
	SELECT peoplecall.complaint_no(c.id), c.title, translate(c.grade::text, 'ABCD', '甲乙丙丁'),
	       pg_temp.say(c.state::text),
	       CASE WHEN c.state = 'closed' THEN (
			SELECT CASE WHEN bool_and(k.verdict <> 'missed') THEN '按时' ELSE '超时' END
			  FROM peoplecall.clock AS k
			 WHERE k.complaint_id = c.id AND k.kind IN ('resolve', 'total'))
	            ELSE pg_temp.say(peoplecall.sla_state(peoplecall.as_of(), c.warn_at, c.due_at, c.paused_at, NULL)::text) END,
	       coalesce(to_char(c.due_at, 'MM-DD HH24:MI'), '—'), k.name, coalesce(l.name, '—')
	  FROM peoplecall.complaint AS c
	  LEFT JOIN peoplecall.org AS k ON k.id = c.command_org
	  LEFT JOIN peoplecall.org AS l ON l.id = c.lead_org
	 WHERE c.id = complaint
$$;

-- Posts: every body's handler handles; the centres of city, districts and
-- streets judge and verify; the city's centre takes matters in.
-- Posts are a table of the rulebook: the owner may fill it at once, and
-- appoint() is for one at a time.
\echo '给经办人员授岗 …'
INSERT INTO peoplecall.post (officer, duty, org)
SELECT f.id, d.duty::peoplecall.duty, o.id
  FROM peoplecall.officer AS f
  JOIN peoplecall.org AS o ON o.id = f.org
  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
 CROSS JOIN LATERAL (
	SELECT 'handle' WHERE NOT k.outside
	UNION ALL
	SELECT unnest('{dispatch,verify}'::text[]) WHERE k.territorial AND k.level < 'community'
	UNION ALL
	SELECT 'intake' WHERE k.territorial AND k.level = 'city') AS d (duty)
 WHERE f.role = 'handler';
SELECT count(*) AS "岗位数" FROM peoplecall.post;

\set hotline '4201'

\echo
\echo '── 一 ── 2019 年 12 月 3 日，汉口城市广场一居民用微邻里上报：窗台花架要掉了'
BEGIN;
SELECT pg_temp.at('2019-12-03 10:12+08'), peoplecall.act_for(pg_temp.officer(:'hotline')) \g /dev/null
SELECT complaint_id AS rack FROM peoplecall.submit(
	channel => 'mini_program', title => '汉口城市广场窗台花架松动，随时会坠落',
	body => '三楼窗台外的铁花架一头已经脱开，下面是小区出入口。',
	area => '420102017020', category => 'safety.falling',
	reporter_name => '刘女士', reporter_phone => '00000000001', address => '汉口城市广场 2 栋 3 楼') \gset
SELECT * FROM pg_temp.stands(:rack);
SELECT pg_temp.at('2019-12-03 10:13+08'), peoplecall.act_for(pg_temp.officer('420102017020')) \g /dev/null
SELECT FROM peoplecall.accept(:rack) \g /dev/null
SELECT FROM peoplecall.contact(:rack, '告知居民已派人上门') \g /dev/null
SELECT pg_temp.at('2019-12-03 10:18+08') \g /dev/null
SELECT FROM peoplecall.complete(:rack, '花架已拆下，窗台已清理') \g /dev/null
SELECT pg_temp.at('2019-12-03 15:30+08'), peoplecall.act_for(pg_temp.officer('420102017')) \g /dev/null
SELECT FROM peoplecall.revisit(:rack, 'reached', true, true, 5) \g /dev/null
SELECT FROM peoplecall.close(:rack) \g /dev/null
COMMIT;
SELECT * FROM pg_temp.tell(:rack);
SELECT t.done_at - c.received_at AS "从上报到拆下", pg_temp.say(c.state::text) AS "状态"
  FROM peoplecall.complaint AS c
  JOIN peoplecall.task AS t ON t.district_id = c.district_id AND t.complaint_id = c.id
 WHERE c.id = :rack AND t.role = 'lead';

\echo
\echo '── 二 ── 网格员巡查发现商场里的儿童游泳馆要关门：300 名预付卡会员，还没有一人投诉'
BEGIN;
SELECT pg_temp.at('2019-12-04 14:20+08'), peoplecall.act_for(pg_temp.officer(:'hotline')) \g /dev/null
SELECT complaint_id AS pool FROM peoplecall.submit(
	channel => 'patrol', title => '商场儿童游泳馆贴出停业告示',
	body => '馆内设备正在搬走，约 300 名会员卡内有余额。',
	area => '420102017020', category => 'shared.prepaid.group', people => 300) \gset
COMMIT;
\echo '为什么是乙级：'
SELECT coalesce(g.rule::text, '—') AS "规则", translate(g.grade::text, 'ABCD', '甲乙丙丁') AS "等级", g.reason AS "理由"
  FROM peoplecall.complaint AS c
 CROSS JOIN LATERAL peoplecall.explain_grade(c.category, c.nature, c.channel, c.people) AS g
 WHERE c.id = :pool;
SELECT * FROM pg_temp.stands(:pool);
BEGIN;
SELECT pg_temp.at('2019-12-04 14:40+08'), peoplecall.act_for(pg_temp.officer('420102017')) \g /dev/null
\echo '街道指挥，增派执法中心和派出所协办：'
SELECT FROM peoplecall.dispatch(:pool, assist => ARRAY[pg_temp.org('420102017.team'), pg_temp.org('420102017.police')],
	matter => '封存设备，登记会员，约谈经营者') \g /dev/null
SELECT pg_temp.at('2019-12-05 17:00+08') \g /dev/null
SELECT peoplecall.act_for(pg_temp.officer(o.code)) IS NULL, peoplecall.complete(t.complaint_id, '会员逐一登记，余额按比例退回', t.seq) IS NULL
  FROM peoplecall.task AS t
  JOIN peoplecall.org AS o ON o.id = t.org
 WHERE t.complaint_id = :pool AND t.state IN ('sent', 'accepted') \g /dev/null
SELECT pg_temp.at('2019-12-06 09:00+08'), peoplecall.act_for(pg_temp.officer('420102')) \g /dev/null
SELECT FROM peoplecall.close(:pool) \g /dev/null
COMMIT;
SELECT * FROM pg_temp.tell(:pool);

\echo
\echo '── 三 ── 水果湖街道一培训学校：同一课程的投诉接连而来，这一类没有责任单位'
BEGIN;
SELECT pg_temp.at('2019-12-09 09:30+08'), peoplecall.act_for(pg_temp.officer(:'hotline')) \g /dev/null
SELECT complaint_id AS school FROM peoplecall.submit(channel => 'hotline',
	title => '培训学校课程停开不退费', body => '交了一年学费，英语课上了两个月就停了。',
	area => '420106012001', category => 'shared.training.refund', people => 12) \gset
SELECT FROM peoplecall.submit(channel => 'board', title => '同一培训学校拒绝退费',
	body => '说教育局不管、市场局也不管。', area => '420106012001', category => 'shared.training.refund', people => 3) \g /dev/null
SELECT FROM peoplecall.submit(channel => 'hotline', title => '培训学校换了招牌，原来的课不认了',
	body => '老师也走了。', area => '420106012002', category => 'shared.training.refund', people => 8) \g /dev/null
COMMIT;
\echo '谁该负责？只有兜底的属地单位：'
SELECT e.rank AS "次序", o.name AS "单位", coalesce(e.responsibility::text, '—') AS "责任", e.why AS "依据"
  FROM peoplecall.complaint AS c
 CROSS JOIN LATERAL peoplecall.explain_responsibility(c.category, c.area, c.grade, c.received_at) AS e
  LEFT JOIN peoplecall.org AS o ON o.id = e.org
 WHERE c.id = :school;
\echo '区里下一次协调会的议题（无人认领的事项）：'
SELECT u.category AS "分类", u.name AS "名称", u.complaints AS "件数", u.fell_back AS "兜底"
  FROM peoplecall.unowned('420106', '2019-12-01 00:00+08') AS u;
\echo '街道先把人劝住：'
BEGIN;
SELECT pg_temp.at('2019-12-10 16:00+08'), peoplecall.act_for(pg_temp.officer('420106012')) \g /dev/null
SELECT FROM peoplecall.complaint AS c CROSS JOIN LATERAL peoplecall.complete(c.id, '学校已登记学员，退费办法待区协调会明确责任后落实') AS r
 WHERE c.category = 'shared.training.refund' AND c.state = 'dispatched' \g /dev/null
SELECT peoplecall.act_for(pg_temp.officer('420106')) \g /dev/null
SELECT FROM peoplecall.complaint AS c CROSS JOIN LATERAL peoplecall.close(c.id) AS r
 WHERE c.category = 'shared.training.refund' AND c.state = 'completed' \g /dev/null
COMMIT;
SELECT * FROM pg_temp.tell(:school);

\echo
\echo '── 四 ── 2019 年 11 月 25 日（周一），宝安社区：油烟、车库、道路、大门，一次反映'
BEGIN;
SELECT pg_temp.at('2019-11-25 15:20+08'), peoplecall.act_for(pg_temp.officer(:'hotline')) \g /dev/null
SELECT complaint_id AS estate FROM peoplecall.submit(
	channel => 'board', title => '小区油烟扰民、车库改住人、道路破损、大门被占',
	body => '楼下餐馆油烟直排；车库住着人；主路坑洼；北门被围挡占了一半。',
	area => '420106015006', category => 'property.estate', people => 60) \gset
COMMIT;
SELECT * FROM pg_temp.stands(:estate);
\echo '丙级：由区里研判，交街道办事处主办，七个单位协办：'
BEGIN;
SELECT pg_temp.at('2019-11-25 16:05+08'), peoplecall.act_for(pg_temp.officer('420106')) \g /dev/null
SELECT FROM peoplecall.dispatch(:estate, lead => pg_temp.org('420106015'), matter => '油烟、车库、道路、大门') \g /dev/null
SELECT pg_temp.at('2019-11-25 16:30+08'), peoplecall.act_for(pg_temp.officer('420106015')) \g /dev/null
SELECT FROM peoplecall.accept(:estate) \g /dev/null
SELECT FROM peoplecall.contact(:estate, '明早九点现场会，请居民代表参加') \g /dev/null
SELECT pg_temp.at('2019-11-26 09:00+08') \g /dev/null
SELECT FROM peoplecall.report(:estate, '九点，街道与各单位在小区现场开会，逐项分工') \g /dev/null
COMMIT;
DO $$
DECLARE
	share record;
	hour int := 0;
BEGIN
	FOR share IN
		SELECT t.complaint_id, t.seq, o.code, t.role
		  FROM peoplecall.task AS t
		  JOIN peoplecall.org AS o ON o.id = t.org
		 WHERE t.complaint_id = (SELECT max(c.id) FROM peoplecall.complaint AS c
		                          WHERE c.category::text = 'property.estate')
		   AND t.state IN ('sent', 'accepted')
		 ORDER BY t.role DESC, t.seq
	LOOP
		PERFORM pg_temp.at('2019-11-27 09:00+08'::timestamptz + make_interval(hours => hour));
		PERFORM peoplecall.act_for(pg_temp.officer(share.code));
		PERFORM peoplecall.complete(share.complaint_id, '分工事项已办结', share.seq);
		hour := hour + 1;
	END LOOP;
	PERFORM pg_temp.at('2019-11-28 10:00+08');
	PERFORM peoplecall.act_for(pg_temp.officer('420106'));
	PERFORM peoplecall.close((SELECT max(c.id) FROM peoplecall.complaint AS c
	                           WHERE c.category::text = 'property.estate'));
END
$$;
SELECT * FROM pg_temp.tell(:estate);
SELECT k.kind AS "时钟", k.allowed AS "限时", to_char(k.due_at, 'MM-DD HH24:MI') AS "应于", to_char(k.stopped_at, 'MM-DD HH24:MI') AS "止于",
       k.stopped_at - k.started_at AS "用时", CASE k.verdict WHEN 'met' THEN '按时' ELSE k.verdict::text END AS "结果"
  FROM peoplecall.clock AS k
 WHERE k.complaint_id = :estate AND k.kind IN ('total', 'dispatch', 'verify')
 ORDER BY k.seq;

\echo
\echo '── 五 ── 一件没有人碰的事：灯自己亮，短信自己发，指挥自己上移'
BEGIN;
SELECT pg_temp.at('2019-12-11 09:00+08'), peoplecall.act_for(pg_temp.officer(:'hotline')) \g /dev/null
SELECT complaint_id AS fume FROM peoplecall.submit(
	channel => 'hotline', title => '餐馆油烟直排居民楼', body => '每天中午和晚上，窗户不敢开。',
	area => '420111001001', category => 'environment.fume', reporter_name => '周先生', reporter_phone => '00000000002') \gset
COMMIT;
SELECT * FROM pg_temp.tell(:fume);
SELECT * FROM pg_temp.stands(:fume);


-- The clock goes from alarm to alarm, and the sweep runs at each of them.
CREATE FUNCTION pg_temp.to_next_alarm(complaint bigint) RETURNS void LANGUAGE sql AS $$
	SELECT pg_temp.at(coalesce(min(k.next_alarm_at), peoplecall.as_of()))
	  FROM peoplecall.clock AS k
	 WHERE k.complaint_id = complaint
	   AND k.task_seq = (SELECT min(t.seq) FROM peoplecall.task AS t
	                      WHERE t.complaint_id = complaint)
$$;
\o /dev/null
SELECT s.statement
  FROM generate_series(1, 10) AS n
 CROSS JOIN unnest(ARRAY[format('SELECT pg_temp.to_next_alarm(%s)', :fume),
                         'CALL peoplecall.sweep()']) WITH ORDINALITY AS s (statement, place)
 ORDER BY n, s.place
\gexec
\o
SELECT * FROM pg_temp.tell(:fume);
SELECT * FROM pg_temp.stands(:fume);

\echo '发件箱里的短信：'
SELECT to_char(n.created_at, 'MM-DD HH24:MI') AS "时间", f.name || '（' || o.name || '）' AS "收件人", n.phone AS "号码", n.body AS "内容"
  FROM peoplecall.notice AS n
  JOIN peoplecall.officer AS f ON f.id = n.to_officer
  JOIN peoplecall.org AS o ON o.id = f.org
 WHERE n.complaint_id = :fume
 ORDER BY n.seq;

BEGIN;
SELECT peoplecall.act_for(pg_temp.officer(o.code)) IS NULL, peoplecall.complete(t.complaint_id, '店主已加装油烟净化器', t.seq) IS NULL
  FROM peoplecall.task AS t
  JOIN peoplecall.org AS o ON o.id = t.org
 WHERE t.complaint_id = :fume AND t.state IN ('sent', 'accepted') \g /dev/null
SELECT peoplecall.act_for(pg_temp.officer('4201')) \g /dev/null
SELECT FROM peoplecall.close(:fume) \g /dev/null
COMMIT;

\echo
\echo '同样的事再来一次，这一回不拨钟：真正的 pg_cron 每分钟跑一次'
BEGIN;
SELECT pg_temp.at(clock_timestamp() - interval '30 days'), peoplecall.act_for(pg_temp.officer(:'hotline')) \g /dev/null
SELECT complaint_id AS stuck FROM peoplecall.submit(
	channel => 'hotline', title => '又一家餐馆油烟直排', body => '说了一个月，没有人来。',
	area => '420111001002', category => 'environment.fume') \gset
COMMIT;
SELECT set_config('peoplecall.as_of', '', false) \g /dev/null
SELECT j.jobname AS "任务", j.schedule AS "周期", j.command AS "命令" FROM peoplecall.schedule_jobs() AS j;
\echo '等下一分钟 …'
DO $$
DECLARE
	stuck bigint := (SELECT max(c.id) FROM peoplecall.complaint AS c WHERE c.category::text = 'environment.fume');
	alarms int;
BEGIN
	FOR second IN 1..90 LOOP
		SELECT count(*) INTO alarms
		  FROM peoplecall.event AS e
		 WHERE e.complaint_id = stuck AND e.verb = 'alarm';
		EXIT WHEN alarms > 0;
		PERFORM pg_sleep(1);
	END LOOP;
	IF alarms = 0 THEN
		RAISE 'pg_cron did not run the sweep within 90 seconds';
	END IF;
END
$$;
SELECT * FROM pg_temp.tell(:stuck);
SELECT count(*) AS "短信", count(DISTINCT n.to_officer) AS "收件人"
  FROM peoplecall.notice AS n WHERE n.complaint_id = :stuck;
-- The day that follows is told in 2019: the real clock must not sweep it.
SELECT peoplecall.unschedule_jobs() AS "撤下的任务";
BEGIN;
SELECT peoplecall.act_for(pg_temp.officer(o.code)) IS NULL, peoplecall.complete(t.complaint_id, '店主已加装油烟净化器', t.seq) IS NULL
  FROM peoplecall.task AS t
  JOIN peoplecall.org AS o ON o.id = t.org
 WHERE t.complaint_id = :stuck AND t.state IN ('sent', 'accepted') \g /dev/null
SELECT peoplecall.act_for(pg_temp.officer('4201')) \g /dev/null
SELECT FROM peoplecall.close(:stuck) \g /dev/null
COMMIT;
