-- Enums. The order of the labels is that of the enums in src/peoplecall.h.
CREATE TYPE peoplecall.area_level AS ENUM
	('nation', 'province', 'city', 'district', 'street', 'community', 'grid');
CREATE TYPE peoplecall.sla_state AS ENUM
	('green', 'yellow', 'red', 'paused', 'met', 'missed', 'void', 'overturned');
CREATE TYPE peoplecall.complaint_state AS ENUM
	('received', 'dispatched', 'completed', 'closed', 'merged', 'rejected',
	 'referred', 'withdrawn', 'shelved', 'moved');
CREATE TYPE peoplecall.task_state AS ENUM
	('sent', 'accepted', 'done', 'returned', 'withdrawn', 'superseded');
CREATE TYPE peoplecall.task_role AS ENUM ('lead', 'assist');
CREATE TYPE peoplecall.clock_kind AS ENUM
	('dispatch', 'total', 'verify', 'accept', 'contact', 'resolve', 'answer');
CREATE TYPE peoplecall.request_kind AS ENUM
	('suspend', 'extend', 'return', 'lower', 'shelve', 'exclude');
CREATE TYPE peoplecall.officer_role AS ENUM
	('handler', 'leader_in_charge', 'chief', 'duty_officer');
CREATE TYPE peoplecall.urgency AS ENUM ('normal', 'urgent', 'emergency');
CREATE TYPE peoplecall.privacy AS ENUM ('open', 'confidential', 'anonymous');
CREATE TYPE peoplecall.duty AS ENUM
	('intake', 'dispatch', 'handle', 'verify', 'supervise', 'configure', 'read',
	 'personal', 'delegate');

COMMENT ON TYPE peoplecall.area_level IS 'level of an area, from the nation down to a grid (区域层级)';
COMMENT ON TYPE peoplecall.sla_state IS 'light of an open clock (green, yellow, red, paused) or verdict of a stopped one (met, missed, void, overturned)';
COMMENT ON TYPE peoplecall.complaint_state IS 'state of a complaint (诉求)';
COMMENT ON TYPE peoplecall.task_state IS 'state of a task, one org''s share of a complaint (工单)';
COMMENT ON TYPE peoplecall.task_role IS 'a task''s org leads or assists (主办, 协办)';
COMMENT ON TYPE peoplecall.clock_kind IS 'what a clock promises (时限)';
COMMENT ON TYPE peoplecall.request_kind IS 'what a handling org may ask for (申请)';
COMMENT ON TYPE peoplecall.officer_role IS 'role of an officer in an org';
COMMENT ON TYPE peoplecall.urgency IS 'urgency of a complaint';
COMMENT ON TYPE peoplecall.privacy IS 'who may see the reporter';
COMMENT ON TYPE peoplecall.duty IS 'what a post entitles to';
