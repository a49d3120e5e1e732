/*
 * orgs_load.c
 *	  Compiles orgs: reads org_kind, org and jurisdiction, and lays out who
 *	  holds which area.
 *
 * Days of a jurisdiction begin at midnight in the time zone that the setting
 * "timezone" names (Asia/Shanghai where it is not set), never in the session's
 * own; the bounds are turned into moments here, once.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "orgs.h"
#include "rulebook.h"
#include "rulerow.h"

static const char kinds_query[] =
"SELECT k.kind, k.level, k.territorial, k.inspects, k.outside"
"  FROM peoplecall.org_kind AS k";

static const char orgs_query[] =
"SELECT o.id, o.kind, o.area, o.superior, o.commanded_by, o.active"
"  FROM peoplecall.org AS o"
" ORDER BY o.id";

/* A date may lie where no timestamp does; the nearest that does stands in. */
static const char jurisdictions_query[] =
"SELECT j.org, j.area,"
"       CASE WHEN NOT lower_inf(j.valid) THEN"
"            least(greatest(lower(j.valid), date '4000-01-01 BC'),"
"                  date '200000-01-01')::timestamp AT TIME ZONE z.zone END,"
"       CASE WHEN NOT upper_inf(j.valid) THEN"
"            least(greatest(upper(j.valid), date '4000-01-01 BC'),"
"                  date '200000-01-01')::timestamp AT TIME ZONE z.zone END"
"  FROM peoplecall.jurisdiction AS j"
" CROSS JOIN (SELECT coalesce((SELECT s.value #>> '{}'"
"                                FROM peoplecall.setting AS s"
"                               WHERE s.name = 'timezone'),"
"                             'Asia/Shanghai')) AS z (zone)"
" ORDER BY j.org, j.area, lower(j.valid) NULLS FIRST";

static int
compare_kinds(const void *a, const void *b)
{
	return strcmp(((const PcOrgKind *) a)->name,
				  ((const PcOrgKind *) b)->name);
}

static void
load_kinds(PcOrgs *orgs, MemoryContext context)
{
	pc_rulebook_query(kinds_query);
	orgs->nkinds = (int) SPI_processed;
	orgs->kinds = MemoryContextAllocZero(context,
										 sizeof(PcOrgKind) *
										 Max(orgs->nkinds, 1));
	for (int i = 0; i < orgs->nkinds; i++)
	{
		PcOrgKind  *kind = &orgs->kinds[i];

		pc_row_not_null(i, 1);
		kind->name = pc_row_string(i, 1, context);
		kind->level = pc_row_enum(i, 2, PC_ENUM_AREA_LEVEL);
		kind->territorial = pc_row_bool(i, 3);
		kind->inspects = pc_row_bool(i, 4);
		kind->outside = pc_row_bool(i, 5);
	}
	SPI_freetuptable(SPI_tuptable);
	qsort(orgs->kinds, orgs->nkinds, sizeof(PcOrgKind), compare_kinds);
}

static void
read_org(PcOrgs *orgs, PcOrg *org, uint64 row)
{
	char	   *kind_name = pc_row_string(row, 2, CurrentMemoryContext);
	int			kind = kind_name == NULL ? -1 : pc_org_kind(orgs, kind_name);

	org->id = pc_row_int64(row, 1);
	org->area = pc_row_area(row, 3);
	org->superior = pc_row_int64(row, 4);
	org->commanded_by = pc_row_int64(row, 5);
	org->active = pc_row_bool(row, 6);
	org->kind = kind;
	org->level = -1;
	org->superior_place = -1;
	if (kind >= 0)
	{
		org->level = orgs->kinds[kind].level;
		org->territorial = orgs->kinds[kind].territorial;
		org->inspects = orgs->kinds[kind].inspects;
		org->outside = orgs->kinds[kind].outside;
	}
	org->holds_own = (int) pc_area_level(org->area) >= org->level;
	if (kind_name != NULL)
		pfree(kind_name);
}

static void
load_bodies(PcOrgs *orgs, MemoryContext context)
{
	pc_rulebook_query(orgs_query);
	orgs->norgs = (int) SPI_processed;
	orgs->orgs = MemoryContextAllocExtended(context,
											sizeof(PcOrg) *
											Max(orgs->norgs, 1),
											MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	pc_pairmap_init(&orgs->by_id, context);
	for (int i = 0; i < orgs->norgs; i++)
	{
		CHECK_FOR_INTERRUPTS();
		read_org(orgs, &orgs->orgs[i], i);
		pc_pairmap_put(&orgs->by_id, 0, orgs->orgs[i].id, i);
	}
	SPI_freetuptable(SPI_tuptable);
	for (int i = 0; i < orgs->norgs; i++)
	{
		PcOrg	   *org = &orgs->orgs[i];

		if (org->superior != 0)
			org->superior_place = pc_pairmap_find(&orgs->by_id, 0,
												  org->superior);
	}
}

static void
load_jurisdictions(PcOrgs *orgs, MemoryContext context)
{
	pc_rulebook_query(jurisdictions_query);
	orgs->jurisdictions =
		MemoryContextAllocExtended(context,
								   sizeof(PcSeat) * Max(SPI_processed, 1),
								   MCXT_ALLOC_HUGE);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		PcSeat	   *seat = &orgs->jurisdictions[orgs->njurisdictions];
		PcOrg	   *org;

		CHECK_FOR_INTERRUPTS();
		seat->org = pc_pairmap_find(&orgs->by_id, 0, pc_row_int64(i, 1));
		if (seat->org < 0)
			continue;			/* entered after the orgs were read */
		org = &orgs->orgs[seat->org];
		seat->holder = org->kind;
		seat->area = pc_row_area(i, 2);
		seat->from = pc_row_timestamptz(i, 3, DT_NOBEGIN);
		seat->to = pc_row_timestamptz(i, 4, DT_NOEND);
		seat->by_jurisdiction = true;
		if (org->njurisdictions++ == 0)
			org->first_jurisdiction = orgs->njurisdictions;
		orgs->njurisdictions++;
	}
	SPI_freetuptable(SPI_tuptable);
}

/* A seat for the org's kind and, where it is territorial, for its level. */
static void
add_seat(PcOrgs *orgs, const PcSeat *model)
{
	const PcOrg *org = &orgs->orgs[model->org];
	int			holders[2] = {org->kind, orgs->nkinds + org->level};

	if (!org->active || org->kind < 0)
		return;
	for (int i = 0; i < (org->territorial ? 2 : 1); i++)
	{
		PcSeat	   *seat = &orgs->seats[orgs->nseats++];
		PcHolder   *holder = &orgs->holders[holders[i]];
		uint8		bit = 1 << pc_area_level(model->area);

		*seat = *model;
		seat->holder = holders[i];
		if (seat->by_jurisdiction)
			holder->by_jurisdiction |= bit;
		else
			holder->by_own_area |= bit;
	}
}

static int
compare_seats(const void *a, const void *b)
{
	const PcSeat *x = a;
	const PcSeat *y = b;

	if (x->holder != y->holder)
		return x->holder < y->holder ? -1 : 1;
	if (x->area != y->area)
		return x->area < y->area ? -1 : 1;
	if (x->by_jurisdiction != y->by_jurisdiction)
		return x->by_jurisdiction ? -1 : 1;
	if (x->org != y->org)
		return x->org < y->org ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return 0;
}

static void
fill_seats(PcOrgs *orgs, MemoryContext context)
{
	Size		room = 2 * ((Size) orgs->norgs + orgs->njurisdictions) + 1;

	orgs->seats = MemoryContextAllocExtended(context, sizeof(PcSeat) * room,
											 MCXT_ALLOC_HUGE);
	orgs->holders =
		MemoryContextAllocZero(context, sizeof(PcHolder) *
							   (orgs->nkinds + PC_LEVEL_GRID + 1));
	for (int i = 0; i < orgs->norgs; i++)
	{
		PcSeat		own = {.org = i, .area = orgs->orgs[i].area,
		.from = DT_NOBEGIN, .to = DT_NOEND};

		if (orgs->orgs[i].holds_own)
			add_seat(orgs, &own);
	}
	for (int i = 0; i < orgs->njurisdictions; i++)
		add_seat(orgs, &orgs->jurisdictions[i]);
	CHECK_FOR_INTERRUPTS();
	qsort(orgs->seats, orgs->nseats, sizeof(PcSeat), compare_seats);
}

static void
index_seats(PcOrgs *orgs, MemoryContext context)
{
	orgs->lists = MemoryContextAllocExtended(context,
											 sizeof(PcSeatList) *
											 Max(orgs->nseats, 1),
											 MCXT_ALLOC_HUGE);
	pc_pairmap_init(&orgs->by_area, context);
	for (int i = 0; i < orgs->nseats; i++)
	{
		const PcSeat *seat = &orgs->seats[i];

		if (i == 0 || seat->holder != seat[-1].holder ||
			seat->area != seat[-1].area)
		{
			orgs->lists[orgs->nlists].first = i;
			orgs->lists[orgs->nlists].count = 0;
			pc_pairmap_put(&orgs->by_area, seat->holder, seat->area,
						   orgs->nlists++);
		}
		orgs->lists[orgs->nlists - 1].count++;
	}
}

PcOrgs *
pc_load_orgs(MemoryContext context)
{
	PcOrgs	   *orgs = MemoryContextAllocZero(context, sizeof(PcOrgs));

	load_kinds(orgs, context);
	load_bodies(orgs, context);
	load_jurisdictions(orgs, context);
	fill_seats(orgs, context);
	index_seats(orgs, context);
	return orgs;
}
