-- What the day came to, all of it from the ledger.
\set ON_ERROR_STOP on
\set QUIET on
\pset footer off
\pset linestyle unicode
SET client_min_messages = warning;
SET TimeZone = 'Asia/Shanghai';
ANALYZE;
SELECT set_config('peoplecall.as_of', '2019-11-29 18:00+08', false) \g /dev/null

\echo '2019 年 11 月 29 日（周五）18:00，各区的灯：'
SELECT l.area_name AS "区", l.open AS "在办", l.green AS "🟢", l.yellow AS "🟡", l.red AS "🔴"
  FROM peoplecall.lights AS l
 WHERE l.level = 'district'
 ORDER BY l.area;

\echo '社区和街道就地解决的比例：'
WITH closed AS (
	SELECT c.id, k.level
	  FROM peoplecall.complaint AS c
	  JOIN peoplecall.org AS o ON o.id = c.lead_org
	  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	 WHERE c.state = 'closed' AND c.external_id LIKE '20191127-%'
)
SELECT count(*) AS "办结",
       count(*) FILTER (WHERE level = 'community') AS "社区",
       count(*) FILTER (WHERE level = 'street') AS "街道",
       count(*) FILTER (WHERE level < 'street') AS "区、市",
       round(100.0 * count(*) FILTER (WHERE level >= 'street') / count(*), 2) || ' %' AS "社区和街道"
  FROM closed;

\echo '一天的事项：'
SELECT count(*) AS "受理",
       count(*) FILTER (WHERE c.nature = 'consult') AS "咨询",
       count(*) FILTER (WHERE c.state = 'closed') AS "结案",
       count(*) FILTER (WHERE c.state IN ('received', 'dispatched', 'completed')) AS "在办",
       count(*) FILTER (WHERE c.state = 'dispatched' AND v.sent_back > 0) AS "回访不满意退回"
  FROM peoplecall.complaint AS c
 CROSS JOIN LATERAL (
	SELECT count(*) AS sent_back
	  FROM peoplecall.event AS e
	 WHERE e.district_id = c.district_id AND e.complaint_id = c.id AND e.verb = 'send_back') AS v
 WHERE c.external_id LIKE '20191127-%';

\echo '办结时限（主办单位）：'
SELECT count(*) AS "应办结", count(*) FILTER (WHERE k.verdict = 'met') AS "按时",
       count(*) FILTER (WHERE k.verdict = 'missed') AS "超时办结",
       count(*) FILTER (WHERE k.verdict IS NULL AND k.due_at <= peoplecall.as_of()) AS "超时未结",
       round(100.0 * count(*) FILTER (WHERE k.verdict = 'met') / count(*), 2) || ' %' AS "按时率"
  FROM peoplecall.clock AS k
  JOIN peoplecall.task AS t
    ON t.district_id = k.district_id AND t.complaint_id = k.complaint_id AND t.seq = k.task_seq
  JOIN peoplecall.complaint AS c ON c.district_id = k.district_id AND c.id = k.complaint_id
 WHERE k.kind = 'resolve' AND t.role = 'lead' AND k.due_at <= peoplecall.as_of()
   AND c.external_id LIKE '20191127-%';

\echo '指挥上移的事项：'
SELECT count(DISTINCT e.complaint_id) AS "件数", count(*) AS "次数"
  FROM peoplecall.event AS e
 WHERE e.verb = 'command_up';
