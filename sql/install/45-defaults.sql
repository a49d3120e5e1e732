-- What a new ledger starts with. All of it is the city's to change.
CREATE FUNCTION peoplecall.default_orgs() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO peoplecall.channel (code, name) VALUES
		('hotline', '12345热线'),
		('board', '城市留言板'),
		('mini_program', '小程序'),
		('web', '政府网站'),
		('visit', '来访'),
		('letter', '来信'),
		('patrol', '网格巡查'),
		('transfer', '上级转办')
	ON CONFLICT DO NOTHING;

	INSERT INTO peoplecall.org_kind
		(kind, name, level, territorial, inspects, outside) VALUES
		('city', '市民呼我应指挥中心', 'city', true, false, false),
		('district', '区民呼我应指挥中心', 'district', true, false, false),
		('street', '街道办事处', 'street', true, false, false),
		('community', '社区居委会', 'community', true, false, false),
		('city_department', '市直部门', 'city', false, false, false),
		('department', '区直部门', 'district', false, false, false),
		('station', '派驻站所', 'street', false, false, false),
		('team', '街道综合执法队', 'street', false, false, false),
		('inspection', '督查室', NULL, false, true, false),
		('outside', '外部单位', NULL, false, false, true)
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION peoplecall.default_orgs() IS
	'default channels and kinds of org, those whose code or kind is missing; used by default_rules()';

-- Opening hours are those that most offices keep; days off are published
-- every autumn, so none are known and known_until stays null.
CREATE FUNCTION peoplecall.default_calendar() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO peoplecall.calendar (name, timezone)
	VALUES ('office', 'Asia/Shanghai')
	ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	INSERT INTO peoplecall.calendar_window (calendar, weekday, opens, closes)
	SELECT 'office', w.weekday, h.opens, h.closes
	  FROM generate_series(1, 5) AS w (weekday)
	 CROSS JOIN (VALUES (time '08:30', time '12:00'),
	                    (time '14:00', time '17:30')) AS h (opens, closes);
END
$$;
COMMENT ON FUNCTION peoplecall.default_calendar() IS
	'default calendar office, if there is none of that name; used by default_rules()';

-- Limits in minutes and hours elapse, but name the calendar all the same: the
-- ladder's working days after their deadline are counted by it.
CREATE FUNCTION peoplecall.default_limits() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM peoplecall.sla_policy) THEN
		RETURN;
	END IF;

	INSERT INTO peoplecall.sla_policy (clock, grade, allowed, calendar)
	SELECT v.clock::peoplecall.clock_kind, v.grade::peoplecall.grade,
	       v.allowed::peoplecall.timelimit, 'office'
	  FROM (VALUES
		('dispatch', 'A', '30min'),
		('dispatch', 'B', '30min'),
		('dispatch', 'C', '2wh'),
		('dispatch', 'D', '4wh'),
		('accept', 'A', '30min'),
		('accept', 'B', '2wh'),
		('accept', 'C', '4wh'),
		('accept', 'D', '1wd'),
		('contact', NULL, '1wd'),
		('resolve', 'A', '1wd'),
		('resolve', 'B', '3wd'),
		('resolve', 'C', '5wd'),
		('resolve', 'D', '15wd'),
		('verify', 'A', '1wd'),
		('verify', NULL, '2wd'),
		('total', 'A', '2wd'),
		('total', 'B', '5wd'),
		('total', 'C', '10wd'),
		('total', 'D', '20wd'),
		('answer', NULL, '3wd')) AS v (clock, grade, allowed);

	-- with the grade filled too, so that they win over the rows above
	INSERT INTO peoplecall.sla_policy
		(clock, grade, urgency, allowed, calendar)
	SELECT v.clock::peoplecall.clock_kind, g.grade::peoplecall.grade,
	       v.urgency::peoplecall.urgency, v.allowed::peoplecall.timelimit,
	       'office'
	  FROM (VALUES
		('dispatch', 'urgent', '30min'),
		('accept', 'urgent', '30min'),
		('contact', 'urgent', '1h'),
		('dispatch', 'emergency', '10min'),
		('accept', 'emergency', '10min'),
		('contact', 'emergency', '30min'),
		('resolve', 'emergency', '24h'),
		('verify', 'emergency', '24h'),
		('total', 'emergency', '72h')) AS v (clock, urgency, allowed)
	 CROSS JOIN (VALUES ('A'), ('B'), ('C'), ('D')) AS g (grade);
END
$$;
COMMENT ON FUNCTION peoplecall.default_limits() IS
	'default limits of every clock, if there are none; used by default_rules()';

CREATE FUNCTION peoplecall.default_ladder() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM peoplecall.escalation_step) THEN
		RETURN;
	END IF;

	INSERT INTO peoplecall.escalation_step
		(clock, seq, fraction, after, tell)
	SELECT c.clock, s.seq, s.fraction, s.after::peoplecall.timelimit,
	       s.tell::peoplecall.officer_role[]
	  FROM unnest('{dispatch,verify,accept,contact,resolve,answer}'
	              ::peoplecall.clock_kind[]) AS c (clock)
	 CROSS JOIN (VALUES
		(1, 0.5, NULL, '{handler}'),
		(2, 1.0, NULL, '{leader_in_charge}'),
		(3, NULL, '1wd', '{chief}')) AS s (seq, fraction, after, tell)
	 ORDER BY c.clock, s.seq;

	INSERT INTO peoplecall.escalation_step (clock, seq, fraction, tell)
	VALUES ('total', 1, 1, '{leader_in_charge}');

	INSERT INTO peoplecall.escalation_step
		(clock, grade, seq, after, tell, act)
	SELECT 'resolve', v.grade::peoplecall.grade, 4, '2wd', '{chief}', v.act
	  FROM (VALUES ('A', 'command_up'), ('B', 'command_up'),
	               ('C', 'supervise'), ('D', 'supervise')) AS v (grade, act);
END
$$;
COMMENT ON FUNCTION peoplecall.default_ladder() IS
	'default ladder of every clock, if there is none; used by default_rules()';

CREATE FUNCTION peoplecall.default_texts() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	INSERT INTO peoplecall.template (code, body) VALUES
		('half', '【黄灯提醒】诉求{no}“{title}”{promise}时限已过半，请{org}于{due_at}前{promise}。'),
		('due', '【红灯预警】诉求{no}“{title}”已到{promise}时限（{due_at}），{org}尚未{promise}，请督促办理。'),
		('overdue', '【超期通报】诉求{no}“{title}”已超过{promise}时限（{due_at}），{org}仍未{promise}，请主要负责人过问。'),
		('command_up', '【提级办理】诉求{no}“{title}”超期未决，已提级至{org}指挥，请于{due_at}前办结。'),
		('supervise', '【督办通知】诉求{no}“{title}”超期未决，已移送督查，请{org}于{due_at}前答复。'),
		('supervised', '【督办通知】{orderer}督办诉求{no}“{title}”：{reason}。请{org}于{due_at}前答复。'),
		('instruct', '【领导批示】{leader}对诉求{no}“{title}”批示：{reason}。请{org}于{due_at}前答复。'),
		('answered', '【督办答复】{org}已就诉求{no}“{title}”答复：{answer}，请审核。'),
		('answer_refused', '【答复退回】诉求{no}“{title}”的答复未获认可（{conclusion}），请{org}于{due_at}前重新答复。'),
		('order_closed', '【督办办结】诉求{no}“{title}”的督办（批示）已销号：{conclusion}。'),
		('order_moot', '【督办提示】督办（批示）的诉求{no}“{title}”已并入他件、移送或撤回，答复时限终止，请研究是否销号。'),
		('assign', '【工单指派】诉求{no}“{title}”已指派您办理，请于{due_at}前办结。'),
		('hand_over', '【工单移交】诉求{no}“{title}”由{from}移交您办理（{reason}），请于{due_at}前办结。'),
		('hand_over_all', '【工单移交】{from}名下在办工单{tasks}件移交您办理（{reason}），首件为诉求{no}“{title}”。'),
		('report', '【情况报告】诉求{no}“{title}”，{org}：{note}'),
		('hot', '【热点预警】“{title}”等同类诉求已达{complaints}件、涉及{people}人，牵头件{no}已提级，请主要负责人研究。'),
		('unsolved', '【群众不满意】诉求{no}“{title}”，群众表示未解决，请研究是否重办。'),
		('request', '【申请待审】诉求{no}“{title}”，{asker}申请{request}：{reason}，请审核。'),
		('granted', '【申请同意】诉求{no}“{title}”的{request}申请已获同意（{reason}），办理时限{due_at}。'),
		('refused', '【申请退回】诉求{no}“{title}”的{request}申请未获同意（{reason}），请按期办理，办理时限{due_at}。'),
		('resume', '【恢复计时】诉求{no}“{title}”{request}期满，请于{due_at}前办结。'),
		('review', '【挂账复核】诉求{no}“{title}”挂账事项已到复核期，计划：{plan}，请核查进展。'),
		('convene', '【吹哨报到】{convenor}召集协调“{title}”，时间{meets_at}，地点{place}，请{called}于{sign_by}前签收并派员参加。'),
		('returned', '【退单协调】诉求{no}“{title}”已被退回{returned}次，请召集相关单位协调确定责任。'),
		('called_off', '【会议取消】{convenor}召集的“{title}”协调会（{meets_at}，{place}）取消：诉求{no}已转其他区办理。'),
		('moved_in', '【移交派单】诉求{no}“{title}”由{from}移交，{reason}，请{org}于{due_at}前派单。'),
		('claimed', '【认领通知】{claimer}认领了“{title}”（{no}）{quantity}份，余{left}份，期限{expires_at}，请对接落实。'),
		('claim_fulfilled', '【认领完成】{claimer}认领的“{title}”（{no}）已经发布单位确认完成。'),
		('claim_released', '【认领取消】{claimer}认领的“{title}”（{no}）已取消：{reason}。'),
		('claim_lapsed', '【认领失效】{claimer}认领的“{title}”（{no}）期限（{expires_at}）已到，未见落实，已重新公开。'),
		('listing_closed', '【清单下架】“{title}”（{no}）已由发布单位下架，{claimer}的认领随之终止：{reason}。'),
		('claim.no_limit', '不限'),
		('project', '【项目立项】“{title}”（{no}）对接需求“{need}”与资源“{resource}”{quantity}份，由{org}实施，期限{expires_at}。'),
		('needs_meeting', '需求对接会'),
		('claimer.member', '一名报到党员'),
		('claimer.resident', '一名居民志愿者'),
		('request.suspend', '暂停计时'),
		('request.extend', '延期'),
		('request.return', '退单'),
		('request.lower', '降级'),
		('request.shelve', '挂账'),
		('request.exclude', '剔除'),
		('urgency.normal', '一般'),
		('urgency.urgent', '紧急'),
		('urgency.emergency', '特急'),
		('clock.dispatch', '派单'),
		('clock.accept', '接单'),
		('clock.contact', '联系群众'),
		('clock.resolve', '办结'),
		('clock.verify', '核实'),
		('clock.total', '办结'),
		('clock.answer', '答复'),
		('receipt', '您反映的“{title}”已受理，编号{no}，由{org}办理，预计{due_at}前答复，查询码{code}。'),
		('transfer', '您反映的“{title}”（编号{no}）已转由{org}办理，预计{due_at}前答复。'),
		('extension', '您反映的“{title}”（编号{no}）情况较复杂，经批准延期，{org}将于{due_at}前答复。'),
		('shelve', '您反映的“{title}”（编号{no}）暂不具备解决条件，已列入计划，{org}将定期复核并告知您进展。'),
		('excluded', '您反映的“{title}”（编号{no}）经审核不计入考核，不影响继续办理；如有异议，可提出一次。'),
		('result', '您反映的“{title}”（编号{no}）已由{org}办结，如未解决请告知我们。'),
		('urged', '【群众催办】诉求{no}“{title}”已被群众催办{urged}次，请{org}分管领导督促办理。'),
		('supplement', '【补充情况】诉求{no}“{title}”群众补充了情况，请{org}查看后办理。'),
		('withdrawn', '【群众撤回】诉求{no}“{title}”已由群众撤回，无须继续办理。'),
		('subject', '【涉及单位】诉求{no}“{title}”反映{org}的问题，该单位无上级单位，请督查部门受理。'),
		('redo', '【责令重办】诉求{no}“{title}”经上级核查确未解决（{reason}），请{org}重新办理。'),
		('rejected', '您反映的“{title}”（编号{no}）经研究不属于受理范围。'),
		('referred', '您反映的“{title}”（编号{no}）应由{destination}处理，请向其反映。'),
		('reopened', '您反映的“{title}”（编号{no}）已由{org}重新办理，预计{due_at}前答复。'),
		('upheld', '您反映的“{title}”（编号{no}）经上级复核，维持原办理结果。'),
		('rating', '您反映的“{title}”（编号{no}）已办结，请对{org}的办理作出评价。')
	ON CONFLICT DO NOTHING;

	INSERT INTO peoplecall.setting (name, value) VALUES
		('warn_fraction', '0.5'),
		('default_grade', '"B"'),
		('auto_dispatch', 'true'),
		('notify', 'false'),
		('timezone', '"Asia/Shanghai"'),
		('assist_share', '0.8'),
		('notice_attempts', '8'),
		('office_calendar', '"office"'),
		('quiet_hours', 'null'),
		('supervision_days', '30'),
		('reopen_limit', '1'),
		('request_suspend_times', '2'),
		('request_suspend_most', '"30d"'),
		('request_suspend_before', '"0min"'),
		('request_extend_times', '2'),
		('request_extend_most', '"10wd"'),
		('request_extend_before', '"0min"'),
		('request_return_times', '1'),
		('request_return_before', '"0min"'),
		('request_lower_times', '1'),
		('request_shelve_times', '1'),
		('request_exclude_times', '1'),
		('suspend_total', 'true'),
		('extend_total', 'false'),
		('shelve_review', '"30d"'),
		('return_limit', '3'),
		('sign_limit', '"2h"'),
		('attend_limit', '"30min"'),
		('revisit_tries', '3'),
		('revisit_apart', '"2h"'),
		('urge_tells', '3'),
		('notify_reporter', '["receipt", "transfer", "extension", "shelve", "excluded", "rejected", "referred", "result", "rating", "reopened", "upheld"]'),
		('similar_threshold', '0.2'),
		('similar_keep', '400'),
		('changes_keep', '30'),
		('hot_likeness', '0.4'),
		('hot_complaints', '5'),
		('hot_people', '50'),
		('claim_limit', '"7d"'),
		('claim_again', '["resource", "post"]'),
		('match_likeness', '0.1'),
		('patrol_channels', '["patrol"]'),
		('satisfied_from', '4'),
		('appraisal_answers', '5')
	ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION peoplecall.default_texts() IS
	'default texts of notices and settings, those whose code or name is missing; used by default_rules()';

CREATE FUNCTION peoplecall.default_rules() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.default_orgs();
	PERFORM peoplecall.default_calendar();
	PERFORM peoplecall.default_limits();
	PERFORM peoplecall.default_ladder();
	PERFORM peoplecall.default_texts();
END
$$;
COMMENT ON FUNCTION peoplecall.default_rules() IS
	'puts in the default channels, kinds of org, calendar office, limits, ladder, texts and settings; what is there stays as it is: limits and the ladder only come into empty tables, the rest only under names that are missing. Returns nothing. Errors: 42501 without rights on the tables, 42P01 no ledger';
