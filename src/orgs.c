/*
 * orgs.c
 *	  Which org commands an area, who is below whom, who covers what.
 *
 * Answers from the compiled form only; never reads a table, and a look-up
 * never allocates. Lines of superiors may hold a cycle that the tables did not
 * refuse: every walk along one is bounded.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/timestamp.h"

#include "errcodes.h"
#include "ledger.h"
#include "orgs.h"
#include "peoplecall.h"
#include "rulebook.h"

static const char *const tables[] =
{"org_kind", "org", "jurisdiction", "setting", NULL};

static void *
load(MemoryContext context)
{
	return pc_load_orgs(context);
}

static PcRuleset orgs_ruleset = {
	.name = "orgs",
	.tables = tables,
	.load = load
};

PcOrgs *
pc_orgs(FmgrInfo *flinfo)
{
	PcOrgs	   *orgs = pc_rules(&orgs_ruleset, flinfo);

	if (orgs == NULL)
		pc_no_ledger();
	return orgs;
}

/*
 * Every rule's look-up begins here, so the divisors are constants: the
 * compiler multiplies. A code without a segment (441900003 has no district)
 * is its own ancestor at that level and stands once.
 */
void
pc_area_chain(PcAreaChain *chain, AreaCode area)
{
	const AreaCode cut[] = {
		0,
		area - area % INT64CONST(10000000000000),
		area - area % INT64CONST(100000000000),
		area - area % INT64CONST(1000000000),
		area - area % INT64CONST(1000000),
		area - area % INT64CONST(1000),
		area
	};
	int			length = 0;

	for (int level = PC_LEVEL_GRID; level > PC_LEVEL_NATION; level--)
	{
		if (cut[level] == cut[level - 1])
			continue;
		chain->code[length] = cut[level];
		chain->level[length++] = (PcAreaLevel) level;
	}
	chain->code[length] = 0;
	chain->level[length++] = PC_LEVEL_NATION;
	chain->length = length;
}

const PcOrg *
pc_org(const PcOrgs *orgs, int64 id)
{
	int			place = pc_pairmap_find(&orgs->by_id, 0, id);

	return place < 0 ? NULL : &orgs->orgs[place];
}

int
pc_org_kind(const PcOrgs *orgs, const char *name)
{
	int			low = 0;
	int			high = orgs->nkinds;

	while (low < high)
	{
		int			middle = (low + high) / 2;
		int			order = strcmp(name, orgs->kinds[middle].name);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return -1;
}

const PcOrg *
pc_org_superior(const PcOrgs *orgs, const PcOrg *org)
{
	return org->superior_place < 0 ? NULL : &orgs->orgs[org->superior_place];
}

bool
pc_org_is_below(const PcOrgs *orgs, int64 id, int64 above)
{
	const PcOrg *org = pc_org(orgs, id);

	for (int steps = 0; org != NULL && steps <= orgs->norgs; steps++)
	{
		if (org->id == above)
			return true;
		org = pc_org_superior(orgs, org);
	}
	return false;
}

static inline bool
seat_is_held(const PcSeat *seat, TimestampTz at)
{
	return at >= seat->from && (at < seat->to || seat->to == DT_NOEND);
}

static inline int
effective_level(const PcOrg *org)
{
	return org->level >= 0 ? org->level : (int) pc_area_level(org->area);
}

/* The first seat that is held, of an org at the level where one is asked. */
static const PcSeat *
search_list(const PcOrgs *orgs, const PcSeatList *list, bool by_jurisdiction,
			int at_level, TimestampTz at)
{
	for (int i = 0; i < list->count; i++)
	{
		const PcSeat *seat = &orgs->seats[list->first + i];

		if (seat->by_jurisdiction == by_jurisdiction &&
			seat_is_held(seat, at) &&
			(at_level < 0 ||
			 effective_level(&orgs->orgs[seat->org]) == at_level))
			return seat;
	}
	return NULL;
}

/* By jurisdiction before by own area, then the deepest area. */
static const PcSeat *
find_seat(const PcOrgs *orgs, const PcAreaChain *chain, int holder,
		  int at_level, TimestampTz at)
{
	const PcHolder *held = &orgs->holders[holder];

	for (int pass = 0; pass < 2; pass++)
	{
		uint8		levels = pass == 0 ? held->by_jurisdiction :
			held->by_own_area;

		if (levels == 0)
			continue;
		for (int i = 0; i < chain->length; i++)
		{
			const PcSeat *seat;
			int			list;

			if ((levels & (1 << chain->level[i])) == 0)
				continue;
			list = pc_pairmap_find(&orgs->by_area, holder, chain->code[i]);
			if (list < 0)
				continue;
			seat = search_list(orgs, &orgs->lists[list], pass == 0, at_level,
							   at);
			if (seat != NULL)
				return seat;
		}
	}
	return NULL;
}

const PcSeat *
pc_territorial_seat(const PcOrgs *orgs, const PcAreaChain *chain,
					PcAreaLevel level, TimestampTz at)
{
	return find_seat(orgs, chain, orgs->nkinds + level, -1, at);
}

const PcSeat *
pc_kind_seat(const PcOrgs *orgs, const PcAreaChain *chain, int kind,
			 int at_level, TimestampTz at)
{
	return kind < 0 ? NULL : find_seat(orgs, chain, kind, at_level, at);
}

const PcOrg *
pc_commanding_org(const PcOrgs *orgs, AreaCode area, PcAreaLevel level,
				  TimestampTz at)
{
	PcAreaChain chain;

	pc_area_chain(&chain, area);
	for (int l = level; l >= PC_LEVEL_NATION; l--)
	{
		const PcSeat *seat = pc_territorial_seat(orgs, &chain, l, at);

		if (seat != NULL)
			return &orgs->orgs[seat->org];
	}
	return NULL;
}

bool
pc_org_covers_area(const PcOrgs *orgs, const PcOrg *org, AreaCode area,
				   TimestampTz at)
{
	if (org->holds_own && pc_area_contains(org->area, area))
		return true;
	for (int i = 0; i < org->njurisdictions; i++)
	{
		const PcSeat *seat = &orgs->jurisdictions[org->first_jurisdiction + i];

		if (pc_area_contains(seat->area, area) && seat_is_held(seat, at))
			return true;
	}
	return false;
}

int
pc_org_areas(const PcOrgs *orgs, const PcOrg *org, TimestampTz at,
			 AreaCode **areas)
{
	int			count = 0;

	*areas = palloc(sizeof(AreaCode) * (org->njurisdictions + 1));
	if (org->holds_own)
		(*areas)[count++] = org->area;
	for (int i = 0; i < org->njurisdictions; i++)
	{
		const PcSeat *seat = &orgs->jurisdictions[org->first_jurisdiction + i];

		if (seat_is_held(seat, at))
			(*areas)[count++] = seat->area;
	}
	return count;
}

static const PcOrg *
existing_org(const PcOrgs *orgs, int64 id)
{
	const PcOrg *org = pc_org(orgs, id);

	if (org == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PC_NOT_FOUND),
				 errmsg("org %lld does not exist", (long long) id)));
	return org;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_commanding_org_sql);
PG_FUNCTION_INFO_V1(pc_org_is_below_sql);
PG_FUNCTION_INFO_V1(pc_org_covers_sql);

Datum
pc_commanding_org_sql(PG_FUNCTION_ARGS)
{
	AreaCode	area = PG_GETARG_AREACODE(0);
	int			level = pc_enum_ordinal(PC_ENUM_AREA_LEVEL,
										PG_GETARG_DATUM(1));
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);
	const PcOrg *org;

	org = pc_commanding_org(pc_orgs(fcinfo->flinfo), area, level, at);
	if (org == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INT64(org->id);
}

Datum
pc_org_is_below_sql(PG_FUNCTION_ARGS)
{
	const PcOrgs *orgs = pc_orgs(fcinfo->flinfo);
	int64		id = existing_org(orgs, PG_GETARG_INT64(0))->id;
	int64		above = existing_org(orgs, PG_GETARG_INT64(1))->id;

	PG_RETURN_BOOL(pc_org_is_below(orgs, id, above));
}

Datum
pc_org_covers_sql(PG_FUNCTION_ARGS)
{
	const PcOrgs *orgs = pc_orgs(fcinfo->flinfo);
	const PcOrg *org = existing_org(orgs, PG_GETARG_INT64(0));
	AreaCode	area = PG_GETARG_AREACODE(1);
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(2);

	PG_RETURN_BOOL(pc_org_covers_area(orgs, org, area, at));
}
