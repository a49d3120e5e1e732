/*
 * reading.c
 *	  Which rows a caller may read: his posts as ranges of area codes.
 *
 * Row policies call may_read() for every row, so it must not look anything up
 * there: the ranges are derived once and held while role, officer, memberships
 * and compiled rules stand, and until a jurisdiction begins or ends. It answers from the code alone and raises nothing, so
 * that it may be LEAKPROOF and the planner may keep the indexes.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

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
	uint64		changes;		/* of rules */
	uint64		memberships;
	TimestampTz from;			/* no jurisdiction begins or ends from */
	TimestampTz until;			/* here to before here */
	bool		everything;
	int			nranges;		/* ascending, none touching another */
	int			capacity;
	Range	   *ranges;			/* in TopMemoryContext */
} Scope;

static Scope reading;
static Scope reading_personal;

/* counts changes of roles and of who belongs to which */
static uint64 memberships = 0;

static void
count_membership(Datum arg, int cacheid, uint32 hashvalue)
{
	memberships++;
}

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

/* Until when, and from when, the same jurisdictions of an org are valid. */
static void
narrow_time(Scope *scope, const PcOrgs *orgs, const PcOrg *org, TimestampTz at)
{
	for (int i = 0; i < org->njurisdictions; i++)
	{
		const PcSeat *seat = &orgs->jurisdictions[org->first_jurisdiction + i];
		const TimestampTz bounds[2] = {seat->from, seat->to};

		for (int b = 0; b < 2; b++)
		{
			if (bounds[b] <= at)
				scope->from = Max(scope->from, bounds[b]);
			else
				scope->until = Min(scope->until, bounds[b]);
		}
	}
}

/* All areas of an org: its own where its kind answers for it, and those given. */
static void
add_org(Scope *scope, const PcOrgs *orgs, const PcOrg *org, TimestampTz at)
{
	AreaCode   *areas;
	int			count = pc_org_areas(orgs, org, at, &areas);

	for (int i = 0; i < count; i++)
		add_area(scope, areas[i]);
	pfree(areas);
	narrow_time(scope, orgs, org, at);
}

static int
compare_ranges(const void *a, const void *b)
{
	AreaCode	x = ((const Range *) a)->first;
	AreaCode	y = ((const Range *) b)->first;

	return x < y ? -1 : x > y ? 1 : 0;
}

/* Sorts the ranges and joins those that lie in one another. */
static void
join_ranges(Scope *scope)
{
	int			kept = 0;

	if (scope->nranges == 0)
		return;
	qsort(scope->ranges, scope->nranges, sizeof(Range), compare_ranges);
	for (int i = 1; i < scope->nranges; i++)
	{
		Range	   *last = &scope->ranges[kept];

		if (scope->ranges[i].first <= last->last)
			last->last = Max(last->last, scope->ranges[i].last);
		else
			scope->ranges[++kept] = scope->ranges[i];
	}
	scope->nranges = kept + 1;
}

static void
derive(Scope *scope, PcDuties duties, PcPosts *posts)
{
	PcOrgs	   *orgs = pc_orgs(NULL);
	TimestampTz at = pc_statement_as_of();
	const PcPost *post;
	int			position = 0;
	bool		may_act;

	scope->known = false;
	scope->role = GetUserId();
	scope->officer = pc_acting_officer(scope->role);
	scope->changes = pc_rules_changes();
	scope->memberships = memberships;
	scope->from = DT_NOBEGIN;
	scope->until = DT_NOEND;
	scope->nranges = 0;
	scope->everything = scope->officer == 0 &&
		has_privs_of_role(scope->role, pc_ledger_owner());
	may_act = scope->officer == 0 ||
		pc_may_act_for(posts, scope->role, scope->officer);
	while (may_act && !scope->everything &&
		   (post = pc_next_post(posts, scope->role, scope->officer,
								&position)) != NULL)
	{
		const PcOrg *org = pc_org(orgs, post->org);

		if ((post->duties & duties) && org != NULL && org->active)
			add_org(scope, orgs, org, at);
	}
	join_ranges(scope);
	scope->known = true;
}

static bool
still_holds(const Scope *scope)
{
	TimestampTz at = pc_statement_as_of();
	Oid			role = GetUserId();

	return scope->known && scope->changes == pc_rules_changes() &&
		scope->memberships == memberships &&
		at >= scope->from && at < scope->until &&
		scope->role == role && scope->officer == pc_acting_officer(role);
}

static bool
in_ranges(const Scope *scope, AreaCode area)
{
	int			low = 0;
	int			high = scope->nranges;

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (area > scope->ranges[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < scope->nranges && area >= scope->ranges[low].first;
}

static bool
may_read(Scope *scope, PcDuties duties, AreaCode area)
{
	static bool registered = false;
	PcPosts    *posts = pc_posts(NULL);

	if (!registered)
	{
		CacheRegisterSyscacheCallback(AUTHOID, count_membership, (Datum) 0);
		CacheRegisterSyscacheCallback(AUTHMEMROLEMEM, count_membership,
									  (Datum) 0);
		registered = true;
	}
	if (posts == NULL)
		return false;
	if (!still_holds(scope))
		derive(scope, duties, posts);
	return scope->everything || in_ranges(scope, area);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_may_read);
PG_FUNCTION_INFO_V1(pc_may_read_personal);
PG_FUNCTION_INFO_V1(pc_may_read_reporter);
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

/*
 * As may_read_personal(), but nobody who handles for one of these orgs, or for
 * one below it, or has his personal duty there. They are named only where the
 * citizen asked not to be known to them, so few rows come this far.
 */
Datum
pc_may_read_reporter(PG_FUNCTION_ARGS)
{
	AreaCode	area = PG_GETARG_AREACODE(0);
	ArrayType  *barred = PG_GETARG_ARRAYTYPE_P(1);
	PcPosts    *posts;
	PcOrgs	   *orgs;
	const PcPost *post;
	int			position = 0;
	Datum	   *values;
	bool	   *nulls;
	int			count;

	if (!may_read(&reading_personal, PC_DUTY_PERSONAL, area))
		PG_RETURN_BOOL(false);
	if (ArrayGetNItems(ARR_NDIM(barred), ARR_DIMS(barred)) == 0 ||
		reading_personal.everything)
		PG_RETURN_BOOL(true);
	deconstruct_array(barred, INT8OID, sizeof(int64), FLOAT8PASSBYVAL,
					  TYPALIGN_DOUBLE, &values, &nulls, &count);
	posts = pc_posts(NULL);
	orgs = pc_orgs(NULL);
	while ((post = pc_next_post(posts, reading_personal.role,
								reading_personal.officer, &position)) != NULL)
	{
		if ((post->duties & (PC_DUTY_PERSONAL | PC_DUTY_HANDLE)) == 0)
			continue;
		for (int i = 0; i < count; i++)
			if (!nulls[i] &&
				pc_org_is_below(orgs, post->org, DatumGetInt64(values[i])))
				PG_RETURN_BOOL(false);
	}
	PG_RETURN_BOOL(true);
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
	bool		may_act;

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
	may_act = officer == 0 || pc_may_act_for(posts, role, officer);
	while (may_act &&
		   (post = pc_next_post(posts, role, officer, &position)) != NULL)
		if (post->duties & PC_DUTY_HANDLE)
			mine = accumArrayResult(mine, Int64GetDatum(post->org), false,
									INT8OID, CurrentMemoryContext);
	PG_RETURN_DATUM(makeArrayResult(mine, CurrentMemoryContext));
}
