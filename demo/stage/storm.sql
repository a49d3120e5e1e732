-- Forty-four calls of one morning about one burst main, for story-6-storm.sql:
-- when, by which channel, from which phone, in whose words. Two of them call a
-- second time with the same words. All of it is invented.
CREATE TEMP TABLE call (
	n int GENERATED ALWAYS AS IDENTITY,
	at time NOT NULL,
	channel text NOT NULL,
	phone text NOT NULL,
	title text NOT NULL,
	body text NOT NULL,
	people int NOT NULL DEFAULT 1,
	complaint_id bigint,
	no text
);
INSERT INTO call (at, channel, phone, title, body, people)
VALUES
	('06:41', 'hotline',      '00000000601', '晴川苑小区停水', '早上六点起全小区没有水，物业说不知道原因。', 30),
	('06:44', 'hotline',      '00000000602', '晴川苑停水了', '一点水都没有，孩子要上学。', 1),
	('06:46', 'mini_program', '00000000603', '晴川苑小区停水没有通知', '没有看到任何停水通知。', 1),
	('06:48', 'hotline',      '00000000604', '晴川苑3栋停水', '三栋从一楼到顶楼都没水。', 1),
	('06:49', 'hotline',      '00000000605', '小区停水，水龙头没有一滴水', '我住晴川苑。', 1),
	('06:51', 'board',        '00000000606', '晴川苑小区今早突然停水', '请问什么时候来水？', 1),
	('06:52', 'mini_program', '00000000607', '晴川苑停水', '家里有老人，没有水做不了饭。', 1),
	('06:54', 'hotline',      '00000000608', '反映晴川苑小区停水问题', '已经停了快一个小时。', 1),
	('06:55', 'hotline',      '00000000609', '晴川苑全小区停水', '几栋楼都停了。', 2),
	('06:57', 'mini_program', '00000000610', '晴川苑7栋没水了', '洗脸洗到一半没水。', 1),
	('06:58', 'hotline',      '00000000602', '晴川苑停水了', '一点水都没有，孩子要上学。', 1),
	('06:59', 'hotline',      '00000000611', '晴川苑小区停水何时恢复', '请告知恢复时间。', 1),
	('07:01', 'board',        '00000000612', '晴川苑小区停水，物业电话打不通', '物业一直占线。', 1),
	('07:03', 'hotline',      '00000000613', '晴川苑停水，请尽快恢复', '上班要迟到了。', 1),
	('07:04', 'mini_program', '00000000614', '家里没水，晴川苑5栋', '五栋二单元。', 1),
	('07:06', 'hotline',      '00000000615', '晴川苑小区大面积停水', '听说路上水管爆了。', 1),
	('07:08', 'hotline',      '00000000616', '晴川苑停水了，早餐店没法开门', '小区门口的早餐店。', 1),
	('07:09', 'mini_program', '00000000617', '晴川苑小区停水', '没有水。', 1),
	('07:11', 'hotline',      '00000000618', '晴川苑门口水管爆裂，小区停水', '路面在冒水。', 1),
	('07:12', 'hotline',      '00000000619', '晴川苑小区停水没人管', '打了两次电话。', 1),
	('07:13', 'board',        '00000000620', '晴川苑停水，要求说明原因', '希望有个说法。', 1),
	('07:15', 'mini_program', '00000000621', '晴川苑2栋停水', '二栋没水。', 1),
	('07:16', 'hotline',      '00000000622', '晴川苑小区停水送水车在哪里', '老人下不了楼，能不能送水。', 1),
	('07:17', 'hotline',      '00000000623', '停水了，晴川苑小区', '刚起来发现没水。', 1),
	('07:18', 'mini_program', '00000000624', '晴川苑小区自来水停了', '拧开没有反应。', 1),
	('07:20', 'hotline',      '00000000625', '晴川苑9栋停水', '九栋全停。', 1),
	('07:21', 'hotline',      '00000000626', '晴川苑小区停水一个多小时', '一个多小时了。', 1),
	('07:22', 'mini_program', '00000000627', '没水冲奶粉，孩子在哭', '晴川苑一早就没水。', 1),
	('07:23', 'board',        '00000000628', '自来水突然断了', '晴川苑，上班族都没法洗漱。', 1),
	('07:25', 'hotline',      '00000000629', '晴川苑停水停到什么时候', '请答复。', 1),
	('07:26', 'mini_program', '00000000607', '晴川苑停水', '家里有老人，没有水做不了饭。', 1),
	('07:27', 'hotline',      '00000000630', '晴川苑小区全部停水', '周围小区都有水。', 1),
	('07:28', 'hotline',      '00000000631', '晴川苑小区停水影响出行', '门口积水，车出不去。', 1),
	('07:29', 'mini_program', '00000000632', '晴川苑12栋断水，没法做饭', '十二栋没有水。', 1),
	('07:30', 'hotline',      '00000000633', '晴川苑小区停水问题', '希望尽快处理。', 1),
	('07:31', 'hotline',      '00000000634', '晴川苑停水，水厂电话没人接', '水厂电话没人接。', 1),
	('07:33', 'board',        '00000000635', '晴川苑小区停水，小学食堂也没水', '小学就在小区里。', 200),
	('07:34', 'mini_program', '00000000636', '晴川苑这边没有自来水', '和邻居一样没有水。', 1),
	('07:35', 'hotline',      '00000000637', '晴川苑小区今早停水', '请派人抢修。', 1),
	('07:36', 'hotline',      '00000000638', '家里水龙头不出水', '晴川苑六栋，顶楼。', 1),
	('07:37', 'mini_program', '00000000639', '家有透析病人，急需用水', '晴川苑小区停水，等不了。', 1),
	('07:38', 'hotline',      '00000000640', '晴川苑停水无通知', '事先没有通知。', 1),
	('07:39', 'hotline',      '00000000641', '晴川苑小区停水还没修好', '看到有人在挖路。', 1),
	('07:40', 'mini_program', '00000000642', '晴川苑小区停水快两小时', '还要等多久。', 1);

-- Takes in the calls of a time, each at its minute; returns how many.
CREATE FUNCTION pg_temp.take_calls(from_at time, to_at time) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	c pg_temp.call;
	taken int := 0;
BEGIN
	FOR c IN SELECT x.* FROM pg_temp.call AS x WHERE x.at >= from_at AND x.at < to_at ORDER BY x.n LOOP
		PERFORM pg_temp.at('2019-12-30 Asia/Shanghai'::timestamptz + c.at::interval);
		UPDATE pg_temp.call AS x
		   SET (complaint_id, no) = (
			SELECT s.complaint_id, s.no
			  FROM peoplecall.submit(c.channel, c.title, c.body, '420105004003', 'utilities.water.outage',
				reporter_phone => c.phone, people => c.people) AS s)
		 WHERE x.n = c.n;
		taken := taken + 1;
	END LOOP;
	RETURN taken;
END
$$;
