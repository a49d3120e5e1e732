/*
 * reading.c
 *	  Which rows a caller may read: his posts as ranges of area codes.
 *
 * Row policies call may_read() for every row, so it must not look anything up
 * there: the ranges are derived once and held while role, officer and
 * compiled rules stand. It answers from the code alone and raises nothing, so
 * that it may be LEAKPROOF and the planner may keep the indexes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"

#include "gate.h"
#include "ledger.h"
#include "orgs.h"
#include "peoplecall.h"
#include "posts.h"
#include "rulebook.h"

typedef struct Range
{
	AreaCode	first;
	AreaCode	last;
} Range;

/* what one caller may read, for one set of duties */
typedef struct Scope
{
	bool		known;
	Oid			role;
	int64		officer;
	uint64		builds;
	bool		everything;
	int			nranges;
	int			capacity;
	Range	   *ranges;			/* in TopMemoryContext */
} Scope;

static Scope reading;
static Scope reading_personal;

static void
add_area(Scope *scope, AreaCode area)
{
	if (scope->nranges == scope->capacity)
	{
		int			capacity = Max(8, scope->capacity * 2);

		if (scope->ranges == NULL)
			scope->ranges = MemoryContextAlloc(TopMemoryContext,
											   sizeof(Range) * capacity);
		else
			scope->ranges = repalloc(scope->ranges, sizeof(Range) * capacity);
		scope->capacity = capacity;
	}
	scope->ranges[scope->nranges].first = pc_area_first(area);
	scope->ranges[scope->nranges].last = pc_area_last(area);
	scope->nranges++;
}

/* All areas of an org: its own where its kind answers for it, and those given. */
static void
add_org(Scope *scope, const PcOrgs *orgs, const PcOrg *org)
{
	AreaCode   *areas;
	int			count = pc_org_areas(orgs, org, pc_as_of(), &areas);

	for (int i = 0; i < count; i++)
		add_area(scope, areas[i]);
	pfree(areas);
}

static void
derive(Scope *scope, PcDuties duties, PcPosts *posts)
{
	PcOrgs	   *orgs = pc_orgs(NULL);
	const PcPost *post;
	int			position = 0;

	scope->known = false;
	scope->role = GetUserId();
	scope->officer = pc_acting_officer(scope->role);
	scope->nranges = 0;
	scope->everything = scope->officer == 0 &&
		has_privs_of_role(scope->role, pc_ledger_owner());
	while (!scope->everything && orgs != NULL &&
		   (post = pc_next_post(posts, scope->role, scope->officer,
								&position)) != NULL)
	{
		const PcOrg *org = pc_org(orgs, post->org);

		if ((post->duties & duties) && org != NULL && org->active)
			add_org(scope, orgs, org);
	}
	scope->builds = pc_rules_builds();
	scope->known = true;
}

static bool
may_read(Scope *scope, PcDuties duties, AreaCode area)
{
	PcPosts    *posts = pc_posts(NULL);

	if (posts == NULL)
		return false;
	if (!scope->known || scope->builds != pc_rules_builds() ||
		scope->role != GetUserId() ||
		scope->officer != pc_acting_officer(scope->role))
		derive(scope, duties, posts);
	if (scope->everything)
		return true;
	for (int i = 0; i < scope->nranges; i++)
		if (area >= scope->ranges[i].first && area <= scope->ranges[i].last)
			return true;
	return false;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_may_read);
PG_FUNCTION_INFO_V1(pc_may_read_personal);
PG_FUNCTION_INFO_V1(pc_my_orgs);

Datum
pc_may_read(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(may_read(&reading, PC_DUTY_ANY & ~PC_DUTY_PERSONAL,
							PG_GETARG_AREACODE(0)));
}

Datum
pc_may_read_personal(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(may_read(&reading_personal, PC_DUTY_PERSONAL,
							PG_GETARG_AREACODE(0)));
}

/* Orgs whose tasks are the caller's to handle; all of them for the owner. */
Datum
pc_my_orgs(PG_FUNCTION_ARGS)
{
	PcPosts    *posts = pc_posts(NULL);
	Oid			role = GetUserId();
	int64		officer = pc_acting_officer(role);
	ArrayBuildState *mine;
	const PcPost *post;
	int			position = 0;

	if (posts == NULL)
		PG_RETURN_NULL();
	mine = initArrayResult(INT8OID, CurrentMemoryContext, false);
	if (officer == 0 && has_privs_of_role(role, pc_ledger_owner()))
	{
		PcOrgs	   *orgs = pc_orgs(NULL);

		for (int i = 0; i < orgs->norgs; i++)
			mine = accumArrayResult(mine, Int64GetDatum(orgs->orgs[i].id),
									false, INT8OID, CurrentMemoryContext);
	}
	while ((post = pc_next_post(posts, role, officer, &position)) != NULL)
		if (post->duties & PC_DUTY_HANDLE)
			mine = accumArrayResult(mine, Int64GetDatum(post->org), false,
									INT8OID, CurrentMemoryContext);
	PG_RETURN_DATUM(makeArrayResult(mine, CurrentMemoryContext));
}
