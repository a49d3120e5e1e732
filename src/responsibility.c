/*
 * responsibility.c
 *	  Which org is responsible for a matter.
 *
 * Answers from the compiled form only; never reads a table. Finding the lead
 * allocates nothing: it is asked for every complaint, and for every row of a
 * report that wants to know.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/timestamp.h"

#include "errcodes.h"
#include "ledger.h"
#include "responsibility.h"
#include "rulebook.h"

static const char *const tables[] =
{"responsibility", "org_kind", "org", "jurisdiction", "setting", NULL};

static void *
load(MemoryContext context)
{
	return pc_load_rules(context);
}

static PcRuleset responsibility_ruleset = {
	.name = "responsibility",
	.tables = tables,
	.load = load
};

PcRules *
pc_responsibilities(FmgrInfo *flinfo)
{
	PcRules    *rules = pc_rules(&responsibility_ruleset, flinfo);

	if (rules == NULL)
		pc_no_ledger();
	return rules;
}

/* A matter without a category walks over nothing. */
void
pc_walk_rules(PcRuleWalk *walk, const PcRules *rules, const PcMatter *matter)
{
	walk->rules = rules;
	walk->chain = &matter->chain;
	walk->step = 0;
	walk->node = matter->category == NULL ? -1 :
		pc_category_find(rules->categories, matter->category);
}

const PcRuleList *
pc_next_rules(PcRuleWalk *walk)
{
	const PcRules *rules = walk->rules;
	const PcAreaChain *chain = walk->chain;

	while (walk->node >= 0)
	{
		uint8		levels = rules->levels[walk->node];

		while (levels != 0 && walk->step < chain->length)
		{
			int			step = walk->step++;
			int			list;

			if ((levels & (1 << chain->level[step])) == 0)
				continue;
			list = pc_pairmap_find(&rules->by_place, walk->node,
								   chain->code[step]);
			if (list >= 0)
				return &rules->lists[list];
		}
		walk->node = rules->categories->nodes[walk->node].parent;
		walk->step = 0;
	}
	return NULL;
}

static inline bool
is_recused(const PcRules *rules, const PcMatter *matter, const PcOrg *org)
{
	return matter->subject != NULL &&
		pc_org_is_below(rules->orgs, org->id, matter->subject->id);
}

PcVerdict
pc_try_rule(const PcRules *rules, const PcMatter *matter, const PcRule *rule,
			PcFound *found)
{
	memset(found, 0, sizeof(*found));
	if (rule->grade != 0 && rule->grade != (uint8) matter->grade)
		return PC_RULE_OTHER_GRADE;
	if (matter->at < rule->from ||
		(matter->at >= rule->to && rule->to != DT_NOEND))
		return PC_RULE_NOT_VALID;

	if (rule->org_place >= 0)
		found->org = &rules->orgs->orgs[rule->org_place];
	else
	{
		found->seat = pc_kind_seat(rules->orgs, &matter->chain, rule->kind,
								   rule->at_level, matter->at);
		if (found->seat == NULL)
			return PC_RULE_NO_ORG;
		found->org = &rules->orgs->orgs[found->seat->org];
	}
	if (!found->org->active)
		return PC_RULE_INACTIVE;
	if (is_recused(rules, matter, found->org))
		return PC_RULE_RECUSED;
	return PC_RULE_ANSWERS;
}

const PcRule *
pc_leading_rule(const PcRules *rules, const PcMatter *matter, PcFound *found)
{
	PcRuleWalk	walk;
	const PcRuleList *list;

	pc_walk_rules(&walk, rules, matter);
	while ((list = pc_next_rules(&walk)) != NULL)
	{
		for (int i = 0; i < list->leading; i++)
		{
			const PcRule *rule = &rules->rules[list->first + i];

			if (pc_try_rule(rules, matter, rule, found) == PC_RULE_ANSWERS)
				return rule;
		}
	}
	memset(found, 0, sizeof(*found));
	return NULL;
}

/* From an org that the matter is about, up its line to a territorial one. */
static void
find_superior(const PcRules *rules, const PcMatter *matter, PcFound *found)
{
	const PcOrg *org = matter->subject;

	for (int steps = 0; org != NULL && steps <= rules->orgs->norgs; steps++)
	{
		if (org->territorial && org->active &&
			!is_recused(rules, matter, org))
		{
			found->org = org;
			found->superior = true;
			return;
		}
		org = pc_org_superior(rules->orgs, org);
	}
}

void
pc_fall_back(const PcRules *rules, const PcMatter *matter, PcFound *found)
{
	memset(found, 0, sizeof(*found));
	for (int level = pc_grade_level(matter->grade);
		 level >= PC_LEVEL_NATION; level--)
	{
		const PcSeat *seat = pc_territorial_seat(rules->orgs, &matter->chain,
												 level, matter->at);

		if (seat == NULL ||
			is_recused(rules, matter, &rules->orgs->orgs[seat->org]))
			continue;
		found->org = &rules->orgs->orgs[seat->org];
		found->seat = seat;
		found->level = level;
		return;
	}
	if (matter->subject != NULL)
		find_superior(rules, matter, found);
}

bool
pc_get_matter(FunctionCallInfo fcinfo, const PcRules *rules, PcMatter *matter)
{
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		return false;
	matter->category = PG_ARGISNULL(0) ? NULL : PG_GETARG_CATEGORY(0);
	pc_area_chain(&matter->chain, PG_GETARG_AREACODE(1));
	matter->grade = PG_GETARG_GRADE(2);
	matter->at = PG_GETARG_TIMESTAMPTZ(3);
	matter->subject = NULL;
	if (!PG_ARGISNULL(4))
	{
		matter->subject = pc_org(rules->orgs, PG_GETARG_INT64(4));
		if (matter->subject == NULL)
			ereport(ERROR,
					(errcode(ERRCODE_PC_NOT_FOUND),
					 errmsg("org %lld does not exist",
							(long long) PG_GETARG_INT64(4))));
	}
	return true;
}

/* Whether the first ids already hold it; the lists are short. */
static bool
holds(const Datum *ids, int count, int64 id)
{
	for (int i = 0; i < count; i++)
		if (DatumGetInt64(ids[i]) == id)
			return true;
	return false;
}

/* Every org that a rule makes assist, in the order of the rules, but one. */
static ArrayType *
collect_assisting(const PcRules *rules, const PcMatter *matter,
				  const PcOrg *lead)
{
	PcRuleWalk	walk;
	const PcRuleList *list;
	PcFound		found;
	Datum	   *ids = NULL;
	int			count = 0;
	int			room = 0;

	pc_walk_rules(&walk, rules, matter);
	while ((list = pc_next_rules(&walk)) != NULL)
	{
		for (int i = list->leading; i < list->count; i++)
		{
			const PcRule *rule = &rules->rules[list->first + i];

			if (pc_try_rule(rules, matter, rule, &found) != PC_RULE_ANSWERS ||
				found.org == lead || holds(ids, count, found.org->id))
				continue;
			if (count == room)
			{
				room = room == 0 ? 8 : room * 2;
				ids = ids == NULL ? palloc(sizeof(Datum) * room) :
					repalloc(ids, sizeof(Datum) * room);
			}
			ids[count++] = Int64GetDatum(found.org->id);
		}
	}
	if (count == 0)
		return construct_empty_array(INT8OID);
	return construct_array(ids, count, INT8OID, sizeof(int64),
						   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE);
}

/* What an argument was decompressed into is not left behind. */
static inline void
release_matter(FunctionCallInfo fcinfo, const PcMatter *matter)
{
	if (matter->category != NULL &&
		(const void *) matter->category != PG_GETARG_POINTER(0))
		pfree(unconstify(struct varlena *, matter->category));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_responsible_org);
PG_FUNCTION_INFO_V1(pc_responsible_rule);
PG_FUNCTION_INFO_V1(pc_assisting_orgs);

Datum
pc_responsible_org(PG_FUNCTION_ARGS)
{
	const PcRules *rules = pc_responsibilities(fcinfo->flinfo);
	PcMatter	matter;
	PcFound		found;

	if (!pc_get_matter(fcinfo, rules, &matter))
		PG_RETURN_NULL();
	if (pc_leading_rule(rules, &matter, &found) == NULL)
		pc_fall_back(rules, &matter, &found);
	release_matter(fcinfo, &matter);
	if (found.org == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INT64(found.org->id);
}

/*
 * Returns (org, responsibility, ruling). The descriptor is looked up at each
 * call: flinfo's place for such things is taken by the compiled rules.
 */
Datum
pc_responsible_rule(PG_FUNCTION_ARGS)
{
	const PcRules *rules = pc_responsibilities(fcinfo->flinfo);
	const PcRule *rule;
	PcMatter	matter;
	PcFound		found;
	TupleDesc	descriptor;
	Datum		values[3] = {0};
	bool		isnull[3] = {true, true, true};

	if (!pc_get_matter(fcinfo, rules, &matter))
		PG_RETURN_NULL();
	rule = pc_leading_rule(rules, &matter, &found);
	if (rule == NULL)
		pc_fall_back(rules, &matter, &found);
	release_matter(fcinfo, &matter);

	if (get_call_result_type(fcinfo, NULL, &descriptor) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returning record called in context that cannot accept type record")));
	if (found.org != NULL)
	{
		values[0] = Int64GetDatum(found.org->id);
		isnull[0] = false;
	}
	if (rule != NULL)
	{
		values[1] = Int64GetDatum(rule->id);
		isnull[1] = false;
		values[2] = Int64GetDatum(rule->ruling);
		isnull[2] = rule->ruling == 0;
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(descriptor, values,
													  isnull)));
}

Datum
pc_assisting_orgs(PG_FUNCTION_ARGS)
{
	const PcRules *rules = pc_responsibilities(fcinfo->flinfo);
	PcMatter	matter;
	PcFound		lead;

	if (!pc_get_matter(fcinfo, rules, &matter))
		PG_RETURN_NULL();
	if (pc_leading_rule(rules, &matter, &lead) == NULL)
		pc_fall_back(rules, &matter, &lead);
	PG_RETURN_ARRAYTYPE_P(collect_assisting(rules, &matter, lead.org));
}
