-- Categories, responsibilities, grade rules, limits and channels of the demo
-- city; included by city.sql, inside its transaction.

-- 1. The city's list (责任清单): each kind of matter, its grade to begin with,
-- who leads it at grade A, B and C, and who assists from B on. Simple things
-- are the community's or a stationed unit's, general ones the street's with
-- the people stationed there, complex ones the district department's.
CREATE TEMP TABLE kind_of_matter (
	path ltree PRIMARY KEY,
	name text NOT NULL,
	grade grade NOT NULL,
	lead_a text,
	lead_b text,
	lead_c text,
	assist text[] NOT NULL DEFAULT '{}'
) ON COMMIT DROP;

INSERT INTO kind_of_matter (path, name, grade, lead_a, lead_b, lead_c, assist)
VALUES
	('urban.vendor', '占道经营', 'A', 'team', 'team', 'dept_urban', '{}'),
	('urban.advert', '户外广告与招牌', 'A', 'team', 'team', 'dept_urban', '{}'),
	('urban.illegal_building', '违法建设', 'B', NULL, 'team', 'dept_planning', '{dept_planning}'),
	('urban.light', '路灯与照明', 'A', 'team', 'street', 'dept_urban', '{}'),
	('urban.manhole', '井盖与路面破损', 'A', 'team', 'street', 'dept_urban', '{}'),
	('urban.dust', '渣土运输与工地扬尘', 'B', NULL, 'team', 'dept_construction', '{dept_construction}'),
	('urban.dog', '养犬管理', 'A', 'community', 'station_police', 'dept_police', '{community}'),

	('sanitation.garbage', '垃圾清运', 'A', 'community', 'team', 'dept_urban', '{}'),
	('sanitation.sorting', '垃圾分类', 'A', 'community', 'team', 'dept_urban', '{}'),
	('sanitation.poster', '小广告清理', 'A', 'community', 'team', 'dept_urban', '{}'),
	('sanitation.toilet', '公共厕所', 'A', 'team', 'team', 'dept_urban', '{}'),
	('sanitation.sewage', '污水外溢', 'A', 'team', 'street', 'dept_water', '{dept_water}'),

	('noise.dance', '广场舞噪音', 'A', 'community', 'station_police', 'dept_police', '{community}'),
	('noise.neighbour', '邻里噪音', 'A', 'community', 'station_police', 'dept_police', '{community}'),
	('noise.construction', '夜间施工噪音', 'A', 'team', 'team', 'dept_environment', '{}'),
	('noise.business', '商业娱乐噪音', 'B', NULL, 'team', 'dept_environment', '{station_police}'),

	('parking.estate', '小区停车', 'A', 'community', 'street', 'dept_housing', '{}'),
	('parking.road', '路面违停', 'A', 'team', 'team', 'dept_traffic', '{dept_traffic}'),
	('parking.bike', '共享单车乱停', 'A', 'team', 'team', 'dept_urban', '{}'),
	('parking.charger', '充电桩设置', 'B', NULL, 'street', 'dept_housing', '{station_utility}'),

	('traffic.signal', '信号灯与标线', 'A', 'dept_traffic', 'dept_traffic', 'dept_traffic', '{}'),
	('traffic.congestion', '交通拥堵', 'B', NULL, 'street', 'dept_traffic', '{dept_traffic}'),
	('traffic.bus', '公交线路与服务', 'A', 'dept_transport', 'dept_transport', 'dept_transport', '{}'),
	('traffic.taxi', '出租车与网约车', 'A', 'dept_transport', 'dept_transport', 'dept_transport', '{}'),

	('utilities.water.outage', '停水', 'A', 'station_utility', 'station_utility', 'dept_utility', '{}'),
	('utilities.water.quality', '水质与水压', 'A', 'station_utility', 'station_utility', 'dept_water', '{}'),
	('utilities.power.outage', '停电', 'A', 'station_utility', 'station_utility', 'dept_utility', '{}'),
	('utilities.power.meter', '电表与电费', 'A', 'station_utility', 'station_utility', 'dept_utility', '{}'),
	('utilities.gas.outage', '停气', 'A', 'station_utility', 'station_utility', 'dept_utility', '{}'),
	('utilities.gas.leak', '燃气泄漏', 'A', 'station_utility', 'station_utility', 'dept_emergency', '{}'),
	('utilities.telecom', '通信与宽带', 'A', 'community', 'street', 'dept_utility', '{}'),

	('property.service', '物业服务', 'A', 'community', 'street', 'dept_housing', '{}'),
	('property.fee', '物业收费', 'A', 'community', 'street', 'dept_housing', '{station_market}'),
	('property.committee', '业主委员会', 'B', NULL, 'street', 'dept_housing', '{community}'),
	('property.lift', '电梯故障', 'A', 'community', 'station_market', 'dept_market', '{community}'),
	('property.leak', '房屋渗漏', 'A', 'community', 'street', 'dept_housing', '{}'),
	-- several faults of one estate in one report need seven bodies, so the
	-- district judges from the start, and sends it to the street as lead
	('property.estate', '小区综合整治', 'C', NULL, 'street', 'street',
	 '{community,team,dept_environment,dept_housing,dept_urban,dept_planning,dept_traffic}'),

	('housing.quality', '房屋质量', 'B', NULL, 'street', 'dept_construction', '{dept_construction}'),
	('housing.delivery', '延期交房', 'B', NULL, 'street', 'dept_housing', '{dept_housing}'),
	('housing.rent', '房屋租赁纠纷', 'A', 'community', 'street', 'dept_housing', '{}'),
	('housing.public', '公租房', 'A', 'street', 'street', 'dept_housing', '{}'),
	('housing.demolition', '征收与补偿', 'B', NULL, 'street', 'dept_housing', '{dept_housing}'),

	('consumer.refund', '退换货纠纷', 'A', 'station_market', 'station_market', 'dept_market', '{}'),
	('consumer.price', '价格与收费', 'A', 'station_market', 'station_market', 'dept_market', '{}'),
	('consumer.food', '食品安全', 'B', NULL, 'station_market', 'dept_market', '{}'),
	('consumer.fake', '假冒伪劣', 'B', NULL, 'station_market', 'dept_market', '{}'),

	('labour.wage', '拖欠工资', 'B', NULL, 'street', 'dept_labour', '{dept_labour}'),
	('labour.contract', '劳动合同纠纷', 'A', 'street', 'street', 'dept_labour', '{}'),
	('labour.insurance', '社会保险', 'A', 'street', 'dept_labour', 'dept_labour', '{}'),
	('labour.pension', '养老待遇', 'A', 'street', 'dept_labour', 'dept_labour', '{}'),

	('education.enrolment', '入学与转学', 'A', 'dept_education', 'dept_education', 'dept_education', '{}'),
	('education.fee', '学校收费', 'B', NULL, 'dept_education', 'dept_education', '{}'),
	('education.canteen', '校园食堂', 'B', NULL, 'station_market', 'dept_education', '{dept_education}'),
	('education.teacher', '师德师风', 'B', NULL, 'dept_education', 'dept_education', '{}'),

	('health.service', '医疗服务', 'A', 'dept_health', 'dept_health', 'dept_health', '{}'),
	('health.vaccine', '疫苗接种', 'A', 'community', 'dept_health', 'dept_health', '{}'),
	('health.insurance', '医保待遇', 'A', 'street', 'dept_insurance', 'dept_insurance', '{}'),

	('civil.canteen', '老年助餐', 'A', 'community', 'street', 'dept_civil', '{}'),
	('civil.nursing', '养老机构', 'A', 'street', 'street', 'dept_civil', '{dept_civil}'),
	('civil.allowance', '低保与临时救助', 'A', 'community', 'street', 'dept_civil', '{}'),
	('civil.disabled', '残疾人服务', 'A', 'community', 'street', 'dept_civil', '{}'),

	('safety.falling', '高空坠物隐患', 'A', 'community', 'team', 'dept_urban', '{community}'),
	('safety.order', '治安与盗窃', 'A', 'station_police', 'station_police', 'dept_police', '{}'),
	('safety.fraud', '诈骗线索', 'A', 'station_police', 'station_police', 'dept_police', '{}'),
	('safety.flood', '道路积水', 'A', 'team', 'street', 'dept_water', '{dept_water}'),
	('safety.collapse', '路面塌陷', 'B', NULL, 'street', 'dept_urban', '{dept_urban}'),

	('fire.lane', '消防通道堵塞', 'A', 'community', 'street', 'dept_fire', '{dept_fire}'),
	('fire.ebike', '电动车上楼充电', 'A', 'community', 'station_police', 'dept_fire', '{community}'),
	('fire.facility', '消防设施损坏', 'B', NULL, 'street', 'dept_fire', '{dept_fire}'),

	('environment.fume', '餐饮油烟', 'B', NULL, 'team', 'dept_environment', '{dept_environment}'),
	('environment.smell', '异味扰民', 'B', NULL, 'street', 'dept_environment', '{dept_environment}'),
	('environment.burning', '露天焚烧', 'A', 'team', 'team', 'dept_environment', '{}'),

	('river.lake', '湖泊填占', 'B', NULL, 'street', 'dept_water', '{dept_water}'),
	('river.pollution', '水体黑臭', 'B', NULL, 'street', 'dept_water', '{dept_environment}'),
	('river.bank', '堤岸与护栏', 'A', 'street', 'street', 'dept_water', '{}'),

	('garden.tree', '树木修剪', 'A', 'community', 'street', 'dept_garden', '{}'),
	('garden.green', '毁绿占绿', 'B', NULL, 'team', 'dept_garden', '{dept_garden}'),
	('garden.park', '公园管理', 'A', 'street', 'dept_garden', 'dept_garden', '{}'),

	('culture.travel', '旅游服务', 'A', 'dept_culture', 'dept_culture', 'dept_culture', '{}'),
	('culture.venue', '文体场馆', 'A', 'street', 'street', 'dept_culture', '{}'),

	('rural.land', '土地承包', 'B', NULL, 'street', 'dept_agriculture', '{dept_agriculture}'),
	('rural.road', '村道维护', 'A', 'community', 'street', 'dept_transport', '{}'),
	('rural.irrigation', '农田水利', 'A', 'community', 'street', 'dept_water', '{}'),
	('rural.affairs', '村务公开', 'A', 'street', 'street', 'dept_agriculture', '{}'),

	('service.window', '窗口办事', 'A', 'street', 'dept_service', 'dept_service', '{}'),
	('service.attitude', '服务态度', 'A', 'street', 'dept_service', 'dept_service', '{}'),
	('service.permit', '证照办理', 'A', 'street', 'dept_service', 'dept_service', '{}'),

	('consult.social', '社保咨询', 'A', 'street', 'dept_labour', 'dept_labour', '{}'),
	('consult.household', '户籍证件咨询', 'A', 'station_police', 'dept_police', 'dept_police', '{}'),
	('consult.housing', '住房与公积金咨询', 'A', 'street', 'dept_housing', 'dept_housing', '{}'),
	('consult.education', '入学政策咨询', 'A', 'street', 'dept_education', 'dept_education', '{}'),
	('consult.health', '医保就医咨询', 'A', 'street', 'dept_insurance', 'dept_insurance', '{}'),
	('consult.traffic', '交通出行咨询', 'A', 'street', 'dept_traffic', 'dept_traffic', '{}'),
	('consult.utility', '水电气咨询', 'A', 'station_utility', 'dept_utility', 'dept_utility', '{}'),
	('consult.business', '企业开办咨询', 'A', 'station_market', 'dept_service', 'dept_service', '{}'),
	('consult.other', '其他咨询', 'A', 'community', 'street', 'dept_service', '{}'),
	('praise.community', '表扬社区', 'A', 'community', 'street', 'dept_civil', '{}'),
	('praise.department', '表扬部门', 'A', 'street', 'street', 'dept_service', '{}'),
	('suggestion.city', '城市建设建议', 'A', 'street', 'street', 'dept_construction', '{}'),
	('suggestion.service', '公共服务建议', 'A', 'community', 'street', 'dept_service', '{}'),

	-- 2. Many may, nobody does: the reform's 8 major and 13 minor kinds. Of
	-- most, no meeting has said yet who answers, and the columns stay empty.
	('shared.prepaid.group', '预付卡群体性消费投诉', 'A', NULL, 'station_market', 'dept_market', '{team}'),
	('shared.training.refund', '校外培训机构退费', 'B', NULL, NULL, NULL, '{}'),
	('shared.training.unlicensed', '无证校外培训点', 'B', NULL, NULL, NULL, '{}'),
	('shared.labour.student', '学生兼职欠薪', 'B', NULL, 'street', 'dept_labour', '{dept_labour}'),
	('shared.labour.overage', '超龄务工人员退休', 'B', NULL, 'dept_labour', 'dept_labour', '{}'),
	('shared.dwelling.shop', '住宅改商用', 'B', NULL, NULL, NULL, '{}'),
	('shared.dwelling.garage', '小区车库改住人', 'B', NULL, 'street', 'dept_housing', '{team}'),
	('shared.dwelling.shortstay', '网约房扰民', 'B', NULL, NULL, NULL, '{}'),
	('shared.dwelling.dormitory', '务工人员群租宿舍', 'B', NULL, NULL, NULL, '{}'),
	('shared.childcare.unlicensed', '无证幼托', 'B', NULL, NULL, NULL, '{}'),
	('shared.road.outside', '围墙外道路失管', 'B', NULL, NULL, NULL, '{}'),
	('shared.vehicle.abandoned', '废旧车辆长期占道', 'B', NULL, 'team', 'dept_urban', '{station_police}'),
	('shared.cable.overhead', '废弃线缆垂落', 'B', NULL, NULL, NULL, '{}');

INSERT INTO category (path, name)
VALUES ('urban', '城市管理'), ('sanitation', '市容环卫'), ('noise', '噪音扰民'),
       ('parking', '停车'), ('traffic', '交通出行'), ('utilities', '水电气与通信'),
       ('utilities.water', '供水'), ('utilities.power', '供电'), ('utilities.gas', '供气'),
       ('property', '物业管理'), ('housing', '住房'), ('consumer', '消费维权'),
       ('labour', '劳动社保'), ('education', '教育'), ('health', '医疗卫生'),
       ('civil', '养老与民政'), ('safety', '公共安全'), ('fire', '消防'),
       ('environment', '环境保护'), ('river', '河湖'), ('garden', '园林'),
       ('culture', '文旅体育'), ('rural', '农业农村'), ('service', '政务服务'),
       ('consult', '咨询'), ('praise', '表扬'), ('suggestion', '建议'),
       ('shared', '多头管理事项'),
       ('shared.prepaid', '预付式消费'), ('shared.training', '校外培训'),
       ('shared.labour', '灵活就业'), ('shared.dwelling', '住房改变用途与群租'),
       ('shared.childcare', '婴幼儿照护'),
       ('shared.road', '失管道路'), ('shared.vehicle', '废旧车辆'),
       ('shared.cable', '空中线缆');

-- A matter that is filed under a branch begins at A; under a shared one at B,
-- because a community can settle none of them alone.
UPDATE category
   SET base_grade = CASE WHEN path <@ 'shared' THEN 'B'::grade ELSE 'A'::grade END;

INSERT INTO category (path, name, base_grade)
SELECT path, name, grade
  FROM kind_of_matter
 ORDER BY path;

-- What the city's meetings have settled of the shared kinds
INSERT INTO ruling (title, minutes, document_no, decided_on, decided_by, precedent, category, area)
SELECT r.title, r.minutes, r.document_no, r.decided_on::date, o.id, true, r.category::ltree, '4201'
  FROM (VALUES
	('预付卡群体性消费投诉的责任划分',
	 '由街道市场监督管理所牵头，街道综合执法中心协助；涉及全区的由区市场监督管理局牵头。',
	 '民呼我应纪要〔2019〕1号', '2019-06-18', 'shared.prepaid.group'),
	('学生兼职欠薪的责任划分',
	 '由用工所在地街道牵头，区人力资源和社会保障局协助。',
	 '民呼我应纪要〔2019〕2号', '2019-06-18', 'shared.labour.student'),
	('超龄务工人员退休的责任划分',
	 '由区人力资源和社会保障局牵头办理并告知本人。',
	 '民呼我应纪要〔2019〕3号', '2019-08-27', 'shared.labour.overage'),
	('小区车库改住人的责任划分',
	 '由街道牵头，街道综合执法中心协助；需鉴定的由区住房保障和房屋管理局牵头。',
	 '民呼我应纪要〔2019〕4号', '2019-08-27', 'shared.dwelling.garage'),
	('废旧车辆长期占道的责任划分',
	 '由街道综合执法中心牵头清理，派出所协助查找车主。',
	 '民呼我应纪要〔2019〕5号', '2019-08-27', 'shared.vehicle.abandoned')
       ) AS r (title, minutes, document_no, decided_on, category)
 CROSS JOIN org AS o
 WHERE o.code = '4201'
 ORDER BY r.document_no;

-- 3. Responsibilities. Lines with a grade come before the one without: what
-- is said of C also holds where no street is known. Naming the grade keeps a
-- community's simple matters free of assistants.
INSERT INTO responsibility (category, area, grade, kind, at_level, role, valid, ruling)
SELECT m.path, '4201', g.grade, k.kind, k.level, 'lead', v.valid, r.id
  FROM kind_of_matter AS m
 CROSS JOIN LATERAL (VALUES ('A'::grade, coalesce(m.lead_a, m.lead_b)),
                            ('B'::grade, m.lead_b),
                            (NULL, m.lead_c)) AS g (grade, lead)
  JOIN org_kind AS k ON k.kind = g.lead
  LEFT JOIN ruling AS r ON r.category = m.path
 CROSS JOIN LATERAL (
	SELECT tstzrange(coalesce(r.decided_on, date '2019-01-01')::timestamp AT TIME ZONE 'Asia/Shanghai',
	                 NULL)) AS v (valid)
 WHERE g.grade IS NULL
    OR g.lead <> m.lead_c
 ORDER BY m.path, g.grade;

-- Difficult matters of a line are the city's department's.
INSERT INTO responsibility (category, area, grade, org, role, valid)
SELECT m.path, '4201', 'D', o.id, 'lead', tstzrange('2019-01-01 00:00+08', NULL)
  FROM kind_of_matter AS m
  JOIN org AS o ON o.code = '4201.' || substr(m.lead_c, length('dept_') + 1)
 WHERE m.lead_c LIKE 'dept\_%'
   AND m.path <@ 'shared' IS FALSE
 ORDER BY m.path;

-- Assistants at B; the estate's also at C, where the district coordinates.
INSERT INTO responsibility (category, area, grade, kind, at_level, role, valid)
SELECT m.path, '4201', g.grade, k.kind, k.level, 'assist', tstzrange('2019-01-01 00:00+08', NULL)
  FROM kind_of_matter AS m
 CROSS JOIN unnest(m.assist) AS a (kind)
  JOIN org_kind AS k ON k.kind = a.kind
 CROSS JOIN unnest(CASE WHEN m.lead_c = 'street' THEN '{B,C}' ELSE '{B}' END::grade[]) AS g (grade)
 ORDER BY m.path, g.grade, a.kind;

-- What a branch's own kinds leave open is the district department's.
INSERT INTO responsibility (category, area, kind, at_level, role, valid)
SELECT b.path::ltree, '4201', 'dept_' || b.line, 'district', 'lead',
       tstzrange('2019-01-01 00:00+08', NULL)
  FROM (VALUES ('urban', 'urban'), ('sanitation', 'urban'), ('noise', 'environment'),
               ('parking', 'traffic'), ('traffic', 'traffic'), ('utilities', 'utility'),
               ('property', 'housing'), ('housing', 'housing'), ('consumer', 'market'),
               ('labour', 'labour'), ('education', 'education'), ('health', 'health'),
               ('civil', 'civil'), ('safety', 'emergency'), ('fire', 'fire'),
               ('environment', 'environment'), ('river', 'water'), ('garden', 'garden'),
               ('culture', 'culture'), ('rural', 'agriculture'), ('service', 'service'),
               ('consult', 'service'), ('praise', 'service'), ('suggestion', 'service')
       ) AS b (path, line)
 ORDER BY b.path;

-- 4. Channels: those of install_defaults() under the city's own names, and
-- the lines of departments that they took in.
INSERT INTO channel (code, name)
VALUES ('hotline', '12345市民热线'),
       ('board', '城市留言板'),
       ('mini_program', '武汉微邻里'),
       ('patrol', '网格巡查'),
       ('visit', '街道社区来访')
    ON CONFLICT (code) DO UPDATE
   SET name = EXCLUDED.name;
INSERT INTO channel (code, name, merged_into)
VALUES ('12315', '消费者投诉举报热线', 'hotline'),
       ('12316', '三农服务热线', 'hotline'),
       ('12318', '文化市场举报热线', 'hotline'),
       ('12319', '城管服务热线', 'hotline'),
       ('12320', '卫生热线', 'hotline'),
       ('12328', '交通运输服务监督热线', 'hotline'),
       ('12333', '人力资源社会保障热线', 'hotline'),
       ('12369', '环保举报热线', 'hotline'),
       ('mayor_mail', '市长信箱', 'board'),
       ('urban_app', '城管随手拍', 'mini_program')
    ON CONFLICT (code) DO NOTHING;

-- 5. What lifts a grade. A grade is the highest that any rule gives, so the
-- rules for crowds name their branches: many members of one prepaid shop are
-- the street's, and not at once the district's. A matter that reaches over
-- streets or districts is lifted without a rule.
INSERT INTO grade_rule (category, min_people, grade, reason)
VALUES (NULL, 10, 'B', '十人以上反映同一事项，由街道统筹'),
       ('shared.prepaid', 50, 'B', '预付卡涉及五十人以上，由街道指挥'),
       ('shared.prepaid', 1000, 'C', '预付卡涉及千人以上，由区统筹'),
       ('labour.wage', 30, 'C', '三十人以上欠薪，由区统筹'),
       ('housing', 100, 'C', '百人以上住房纠纷，由区统筹'),
       ('property', 200, 'C', '二百人以上物业纠纷，由区统筹'),
       ('environment', 100, 'C', '百人以上环境污染，由区统筹'),
       ('education', 100, 'C', '百人以上教育纠纷，由区统筹'),
       ('utilities', 1000, 'C', '千人以上停水停电停气，由区统筹');
INSERT INTO grade_rule (min_orgs, grade, reason)
VALUES (4, 'C', '需四个以上单位共同办理，由区研判协调');
INSERT INTO grade_rule (min_reopened, grade, reason)
VALUES (2, 'B', '两次重办仍未解决，由街道督办'),
       (3, 'C', '三次重办仍未解决，由区研判');
INSERT INTO grade_rule (nature, grade, reason)
VALUES ('tip_off', 'B', '举报不交被举报人所在社区，由街道核查');
INSERT INTO grade_rule (category, urgency, reason)
VALUES ('safety.falling', 'urgent', '高空坠物危及行人'),
       ('safety.collapse', 'emergency', '路面塌陷危及行人和车辆'),
       ('utilities.gas.leak', 'emergency', '燃气泄漏'),
       ('property.lift', 'urgent', '电梯故障可能困人');
INSERT INTO grade_rule (words, urgency, reason)
VALUES (ARRAY['坠落', '掉下来', '倒塌', '塌陷', '漏电'], 'urgent', '文字提示安全隐患，请核实'),
       (ARRAY['燃气泄漏', '起火', '爆炸', '被困', '有人受伤'], 'emergency', '文字提示紧急情况，请核实');

-- 6. Limits: those of install_defaults(), counted by the city's own calendar,
-- and what the city promises beside them.
UPDATE sla_policy
   SET calendar = 'wuhan';
INSERT INTO sla_policy (category, grade, clock, allowed, calendar)
SELECT v.category::ltree, v.grade::grade, v.clock::clock_kind, v.allowed::timelimit, 'wuhan'
  FROM (VALUES ('utilities.water.outage', 'A', 'resolve', '24h'),
               ('utilities.power.outage', 'A', 'resolve', '24h'),
               ('utilities.gas.outage', 'A', 'resolve', '24h'),
               -- every body's feedback within three days
               ('property.estate', 'C', 'resolve', '3wd'),
               ('property.estate', 'C', 'total', '5wd')
       ) AS v (category, grade, clock, allowed)
    ON CONFLICT DO NOTHING;
