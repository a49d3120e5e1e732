/*
 * responsibility_load.c
 *	  Compiles the table responsibility: rules sorted in the order in which
 *	  they are asked, found by category and area.
 *
 * Orgs are compiled along with them, so that one look-up uses one copy. Memory
 * is about 150 bytes a rule and 300 bytes an org.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/timestamp.h"

#include "responsibility.h"
#include "rulebook.h"
#include "rulerow.h"

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
	COLUMN_UPPER_INC
};

/* One end of a period, moved on by a microsecond where it has to be. */
static TimestampTz
read_bound(uint64 row, int column, bool inclusive, TimestampTz otherwise)
{
	bool		isnull;
	Datum		value = pc_row_value(row, column, TIMESTAMPTZOID, &isnull);
	TimestampTz bound;
	bool		has_inclusive;

	if (isnull)
		return otherwise;
	bound = DatumGetTimestampTz(value);
	/* the flag stands in the next column */
	has_inclusive = pc_row_bool(row, column + 1);
	if (has_inclusive != inclusive && !TIMESTAMP_NOT_FINITE(bound))
		bound++;
	return bound;
}

/* Who leads or assists: an org, or a kind at a level. */
static void
read_body(PcRule *rule, uint64 row, const PcOrgs *orgs)
{
	char	   *kind = pc_row_string(row, COLUMN_KIND, CurrentMemoryContext);

	rule->org = pc_row_int64(row, COLUMN_ORG);
	rule->org_place = -1;
	rule->kind = -1;
	rule->at_level = (int8) pc_row_enum(row, COLUMN_AT_LEVEL,
										PC_ENUM_AREA_LEVEL);
	if (kind == NULL)
		rule->org_place = pc_pairmap_find(&orgs->by_id, 0, rule->org);
	else
	{
		rule->kind = pc_org_kind(orgs, kind);
		pfree(kind);
	}
}

/* A period becomes from <= at < to, in whole microseconds. */
static void
read_rule(PcRules *rules, PcRule *rule, uint64 row)
{
	pc_row_not_null(row, COLUMN_CATEGORY);
	rule->id = pc_row_int64(row, COLUMN_ID);
	rule->category = pc_row_category(row, COLUMN_CATEGORY, rules->categories);
	rule->area = pc_row_area(row, COLUMN_AREA);
	rule->grade = pc_row_grade(row, COLUMN_GRADE);
	rule->ruling = pc_row_int64(row, COLUMN_RULING);
	rule->lead = pc_row_bool(row, COLUMN_LEADS);
	rule->from = read_bound(row, COLUMN_LOWER, true, DT_NOBEGIN);
	rule->to = read_bound(row, COLUMN_UPPER, false, DT_NOEND);
	read_body(rule, row, rules->orgs);
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
	pc_rulebook_query(query);
	rules->nrules = (int) SPI_processed;
	rules->rules =
		MemoryContextAllocExtended(context,
								   sizeof(PcRule) * Max(rules->nrules, 1),
								   MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < rules->nrules; i++)
	{
		CHECK_FOR_INTERRUPTS();
		read_rule(rules, &rules->rules[i], i);
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
