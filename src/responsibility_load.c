/*
 * responsibility_load.c
 *	  Compiles the table responsibility: rules sorted in the order in which
 *	  they are asked, found by category and area.
 *
 * Orgs are compiled along with them, so that one look-up uses one copy. Memory
 * is about 150 bytes a rule and 300 bytes an org.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "responsibility.h"
#include "rulebook.h"

static const char query[] =
"SELECT r.id, r.category, r.area, r.grade, r.org, r.kind, r.at_level,"
"       r.role = 'lead', r.ruling, lower(r.valid), lower_inc(r.valid),"
"       upper(r.valid), upper_inc(r.valid)"
"  FROM peoplecall.responsibility AS r";

enum Column
{
	COLUMN_ID = 1,
	COLUMN_CATEGORY,
	COLUMN_AREA,
	COLUMN_GRADE,
	COLUMN_ORG,
	COLUMN_KIND,
	COLUMN_AT_LEVEL,
	COLUMN_LEADS,
	COLUMN_RULING,
	COLUMN_LOWER,
	COLUMN_LOWER_INC,
	COLUMN_UPPER,
	COLUMN_UPPER_INC,
	COLUMNS = COLUMN_UPPER_INC
};

typedef struct Row
{
	Datum		values[COLUMNS + 1];
	bool		isnull[COLUMNS + 1];
} Row;

static void
deform(Row *row, uint64 number)
{
	heap_deform_tuple(SPI_tuptable->vals[number], SPI_tuptable->tupdesc,
					  row->values + 1, row->isnull + 1);
}

/* A period as from <= at < to, in whole microseconds. */
static void
read_period(PcRule *rule, const Row *row)
{
	rule->from = DT_NOBEGIN;
	rule->to = DT_NOEND;
	if (!row->isnull[COLUMN_LOWER])
		rule->from = DatumGetTimestampTz(row->values[COLUMN_LOWER]);
	if (!row->isnull[COLUMN_UPPER])
		rule->to = DatumGetTimestampTz(row->values[COLUMN_UPPER]);
	if (!DatumGetBool(row->values[COLUMN_LOWER_INC]) &&
		!TIMESTAMP_NOT_FINITE(rule->from))
		rule->from++;
	if (DatumGetBool(row->values[COLUMN_UPPER_INC]) &&
		!TIMESTAMP_NOT_FINITE(rule->to))
		rule->to++;
}

/* Who leads or assists: an org, or a kind at a level. */
static void
read_body(PcRule *rule, const Row *row, const PcOrgs *orgs)
{
	rule->org_place = -1;
	rule->kind = -1;
	rule->at_level = -1;
	if (!row->isnull[COLUMN_ORG])
	{
		rule->org = DatumGetInt64(row->values[COLUMN_ORG]);
		rule->org_place = pc_pairmap_find(&orgs->by_id, 0, rule->org);
		return;
	}
	if (!row->isnull[COLUMN_KIND])
	{
		char	   *kind = TextDatumGetCString(row->values[COLUMN_KIND]);

		rule->kind = pc_org_kind(orgs, kind);
		pfree(kind);
	}
	if (!row->isnull[COLUMN_AT_LEVEL])
		rule->at_level = pc_enum_ordinal(PC_ENUM_AREA_LEVEL,
										 row->values[COLUMN_AT_LEVEL]);
}

static void
read_rule(PcRules *rules, PcRule *rule, const Row *row)
{
	struct varlena *path;

	path = pg_detoast_datum_packed((struct varlena *)
								   DatumGetPointer(row->values[COLUMN_CATEGORY]));
	rule->id = DatumGetInt64(row->values[COLUMN_ID]);
	rule->category = pc_category_add(rules->categories, path);
	rule->area = DatumGetAreaCode(row->values[COLUMN_AREA]);
	if (!row->isnull[COLUMN_GRADE])
		rule->grade = DatumGetGrade(row->values[COLUMN_GRADE]);
	if (!row->isnull[COLUMN_RULING])
		rule->ruling = DatumGetInt64(row->values[COLUMN_RULING]);
	rule->lead = DatumGetBool(row->values[COLUMN_LEADS]);
	read_body(rule, row, rules->orgs);
	read_period(rule, row);
}

/* Within a category and area: the order in which rules are asked. */
static int
compare_rules(const void *a, const void *b)
{
	const PcRule *x = a;
	const PcRule *y = b;

	if (x->category != y->category)
		return x->category < y->category ? -1 : 1;
	if (x->area != y->area)
		return x->area < y->area ? -1 : 1;
	if (x->lead != y->lead)
		return x->lead ? -1 : 1;
	if ((x->grade == 0) != (y->grade == 0))
		return x->grade != 0 ? -1 : 1;
	if (x->from != y->from)
		return x->from > y->from ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return 0;
}

static void
read_rules(PcRules *rules, MemoryContext context)
{
	Row			row;

	pc_rulebook_query(query);
	rules->nrules = (int) SPI_processed;
	rules->rules =
		MemoryContextAllocExtended(context,
								   sizeof(PcRule) * Max(rules->nrules, 1),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < rules->nrules; i++)
	{
		CHECK_FOR_INTERRUPTS();
		deform(&row, i);
		read_rule(rules, &rules->rules[i], &row);
	}
	SPI_freetuptable(SPI_tuptable);
	qsort(rules->rules, rules->nrules, sizeof(PcRule), compare_rules);
}

static void
index_rules(PcRules *rules, MemoryContext context)
{
	rules->levels = MemoryContextAllocZero(context,
										   rules->categories->nnodes);
	rules->lists =
		MemoryContextAllocExtended(context,
								   sizeof(PcRuleList) * Max(rules->nrules, 1),
								   MCXT_ALLOC_HUGE);
	pc_pairmap_init(&rules->by_place, context);
	for (int i = 0; i < rules->nrules; i++)
	{
		const PcRule *rule = &rules->rules[i];
		PcRuleList *list;

		CHECK_FOR_INTERRUPTS();
		if (i == 0 || rule->category != rule[-1].category ||
			rule->area != rule[-1].area)
		{
			list = &rules->lists[rules->nlists];
			list->first = i;
			list->leading = list->count = 0;
			pc_pairmap_put(&rules->by_place, rule->category, rule->area,
						   rules->nlists++);
			rules->levels[rule->category] |= 1 << pc_area_level(rule->area);
		}
		list = &rules->lists[rules->nlists - 1];
		list->count++;
		if (rule->lead)
			list->leading++;
	}
}

PcRules *
pc_load_rules(MemoryContext context)
{
	PcRules    *rules = MemoryContextAllocZero(context, sizeof(PcRules));

	rules->orgs = pc_load_orgs(context);
	rules->categories = pc_category_tree(context);
	read_rules(rules, context);
	index_rules(rules, context);
	return rules;
}
