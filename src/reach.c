/*
 * reach.c
 *	  Whose posts reach what: an area, a level that commands, an org.
 *
 * The questions that a body asks once it knows what the verb is about. Every
 * answer names the org of the post that gave it; a refusal is an error, so
 * that a body cannot go on without an answer.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"

#include "channels.h"
#include "gate.h"
#include "orgs.h"
#include "peoplecall.h"
#include "posts.h"

/*
 * Does a post of the caller with one of the duties satisfy the test? It gets
 * those duties that the post holds. Returns the org of that post, 0 for one
 * who may do everything, -1 for a refusal.
 */
typedef bool (*OrgTest) (const PcOrgs *orgs, const PcOrg *org,
						 PcDuties duties, void *arg);

static int64
find_post(PcCaller *caller, PcDuties duties, OrgTest test, void *arg)
{
	const PcChannels *channels;
	PcPosts    *posts;
	PcOrgs	   *orgs;
	const PcPost *post;
	int			position = 0;

	if (caller->everything)
		return 0;
	caller->wrong_channel = false;
	channels = pc_channels_that_bind(caller, duties);
	posts = pc_posts(NULL);
	orgs = pc_orgs(NULL);
	while ((post = pc_next_post(posts, caller->role, caller->officer,
								&position)) != NULL)
	{
		const PcOrg *org = pc_org(orgs, post->org);
		PcDuties	here = pc_duties_here(caller, channels, post, duties);

		if (here != 0 && org != NULL && org->active &&
			test(orgs, org, here, arg))
			return post->org;
	}
	return -1;
}

static void
refuse(const PcCaller *caller, const char *what)
{
	if (caller->wrong_channel)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for verb %s", caller->verb->name),
				 errdetail("A post of the caller with the duty intake is bound to other channels than \"%s\".",
						   caller->channel != NULL ? caller->channel : ""),
				 errhint("Send it through a channel of the caller's, or add a row to peoplecall.channel_role.")));
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for verb %s", caller->verb->name),
			 errdetail("No post of the caller with a duty for it reaches %s.",
					   what)));
}

typedef struct AreaTest
{
	const PcCaller *caller;
	AreaCode	area;
	int			level;			/* the org's level may not be below it; -1 any */
	bool		judging;		/* nobody judges what is about himself */
	int64		not_org;		/* an org that is excluded; 0 none */
	int			nhandling;		/* orgs that are excluded with those below */
	const int64 *handling;
	TimestampTz at;
} AreaTest;

/*
 * At which level an org has a say: its own where it is territorial. A body that
 * inspects has one at its area's level where the post is one of supervision or
 * verifying, and any where the matter is about an org.
 */
static int
say_at_level(const PcCaller *caller, const PcOrg *org, PcDuties duties)
{
	if (org->territorial)
		return org->level;
	if (org->inspects && (caller->nrecused > 0 ||
						  (duties & (PC_DUTY_SUPERVISE | PC_DUTY_VERIFY))))
		return pc_area_level(org->area);
	return -1;
}

static bool
area_reached(const PcOrgs *orgs, const PcOrg *org, PcDuties duties, void *arg)
{
	AreaTest   *test = arg;

	if (test->not_org != 0 && org->id == test->not_org)
		return false;
	if (pc_org_answers_to(orgs, org, test->handling, test->nhandling))
		return false;
	if (test->judging &&
		pc_org_answers_to(orgs, org, test->caller->recused,
						  test->caller->nrecused))
		return false;
	if (test->level >= 0)
	{
		int			level = say_at_level(test->caller, org, duties);

		if (level < 0 || level > test->level)
			return false;
	}
	return pc_org_covers_area(orgs, org, test->area, test->at);
}

static bool
org_reached(const PcOrgs *orgs, const PcOrg *org, PcDuties duties, void *arg)
{
	return pc_org_is_below(orgs, *(int64 *) arg, org->id);
}

/* Answers what gate_area() and gate_outside() ask. */
static Datum
ask_area(FunctionCallInfo fcinfo, AreaTest *test)
{
	PcCaller   *caller = pc_inside_gate();
	int64		org;

	pc_require_argument(fcinfo, 0, "area");
	test->caller = caller;
	test->area = PG_GETARG_AREACODE(0);
	test->level = PG_ARGISNULL(1) ? -1
		: pc_enum_ordinal(PC_ENUM_AREA_LEVEL, PG_GETARG_DATUM(1));
	test->judging = test->judging || test->level >= 0;
	test->at = pc_as_of();
	org = find_post(caller, caller->duties, area_reached, test);
	if (org < 0)
		refuse(caller, "that area at the level that commands");
	if (org == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(org);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_gate_area);
PG_FUNCTION_INFO_V1(pc_gate_outside);
PG_FUNCTION_INFO_V1(pc_gate_reaches);
PG_FUNCTION_INFO_V1(pc_gate_org);
PG_FUNCTION_INFO_V1(pc_gate_orgs);

/*
 * Raises 42501 unless a post with one of the verb's duties reaches the area,
 * at or above the level where one is given, and is not of the org given; where
 * a level is given, nor of one that the matter is about.
 * Returns that post's org; NULL for the owner.
 */
Datum
pc_gate_area(PG_FUNCTION_ARGS)
{
	AreaTest	test = {.not_org = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT64(2)};

	return ask_area(fcinfo, &test);
}

/*
 * As gate_area(), for whoever judges: not of these orgs, nor of one that the
 * matter is about, nor of one below any of them.
 */
Datum
pc_gate_outside(PG_FUNCTION_ARGS)
{
	AreaTest	test = {.judging = true};

	if (!PG_ARGISNULL(2))
	{
		Datum	   *orgs;
		bool	   *nulls;
		int64	   *handling;

		deconstruct_array(PG_GETARG_ARRAYTYPE_P(2), INT8OID, sizeof(int64),
						  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, &orgs, &nulls,
						  &test.nhandling);
		handling = palloc(sizeof(int64) * Max(test.nhandling, 1));
		for (int i = 0; i < test.nhandling; i++)
			handling[i] = nulls[i] ? 0 : DatumGetInt64(orgs[i]);
		test.handling = handling;
	}
	return ask_area(fcinfo, &test);
}

/* Whether a post with one of the verb's duties reaches the area. */
Datum
pc_gate_reaches(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	AreaTest	test = {.caller = caller,.level = -1};

	pc_require_argument(fcinfo, 0, "area");
	test.area = PG_GETARG_AREACODE(0);
	test.at = pc_as_of();
	PG_RETURN_BOOL(find_post(caller, caller->duties, area_reached,
							 &test) >= 0);
}

/*
 * As gate_area(), for a task's org: a post of that org or of one above it in
 * the line. Returns that post's org; NULL for the owner.
 */
Datum
pc_gate_org(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	int64		of;
	int64		org;

	pc_require_argument(fcinfo, 0, "org");
	of = PG_GETARG_INT64(0);
	org = find_post(caller, caller->duties, org_reached, &of);
	if (org < 0)
		refuse(caller, "that org");
	if (org == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT64(org);
}

/* The orgs for which the caller himself holds a post with the verb's duties. */
Datum
pc_gate_orgs(PG_FUNCTION_ARGS)
{
	PcCaller   *caller = pc_inside_gate();
	PcPosts    *posts = pc_posts(NULL);
	const PcPost *post;
	int			position = 0;
	ArrayBuildState *orgs = initArrayResult(INT8OID, CurrentMemoryContext, false);

	while ((post = pc_next_post(posts, caller->role, caller->officer,
								&position)) != NULL)
		if (post->duties & caller->duties)
			orgs = accumArrayResult(orgs, Int64GetDatum(post->org), false,
									INT8OID, CurrentMemoryContext);
	PG_RETURN_DATUM(makeArrayResult(orgs, CurrentMemoryContext));
}
