/*
 * responsibility_explain.c
 *	  Why an org is responsible: the answer, who assists, and every rule that
 *	  lost with the reason.
 *
 * Asks each rule with the same functions that give the answer, so that the
 * proof cannot differ from it; never decides anything itself.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "areacode_core.h"
#include "responsibility.h"

enum Column
{
	COLUMN_RANK,
	COLUMN_ORG,
	COLUMN_ROLE,
	COLUMN_RESPONSIBILITY,
	COLUMN_CATEGORY,
	COLUMN_AREA,
	COLUMN_RULING,
	COLUMN_WHY,
	COLUMNS
};

#define ROLE_LEAD 0
#define ROLE_ASSIST 1

/* an org that has a share, and the rule that gave it; NULL the fallback */
typedef struct Share
{
	const PcOrg *org;
	const PcRule *rule;
} Share;

typedef struct Explanation
{
	ReturnSetInfo *result;
	const PcRules *rules;
	const PcMatter *matter;
	const PcRule *winner;		/* NULL where no rule answers */
	int			nshares;		/* the lead's is the first */
	int			room;
	Share	   *shares;
	int			rank;
	StringInfoData why;
} Explanation;

static void
emit(Explanation *x, const PcOrg *org, int role, const PcRule *rule)
{
	Datum		values[COLUMNS] = {0};
	bool		isnull[COLUMNS] = {false};

	values[COLUMN_RANK] = Int32GetDatum(++x->rank);
	values[COLUMN_ROLE] = pc_enum_datum(PC_ENUM_TASK_ROLE, role);
	values[COLUMN_WHY] = PointerGetDatum(cstring_to_text_with_len(x->why.data,
																  x->why.len));
	isnull[COLUMN_ORG] = org == NULL;
	if (org != NULL)
		values[COLUMN_ORG] = Int64GetDatum(org->id);
	isnull[COLUMN_RESPONSIBILITY] = rule == NULL;
	isnull[COLUMN_CATEGORY] = rule == NULL;
	isnull[COLUMN_AREA] = rule == NULL;
	isnull[COLUMN_RULING] = rule == NULL || rule->ruling == 0;
	if (rule != NULL)
	{
		const PcCategoryNode *node =
			&x->rules->categories->nodes[rule->category];

		values[COLUMN_RESPONSIBILITY] = Int64GetDatum(rule->id);
		values[COLUMN_CATEGORY] = PointerGetDatum(node->path);
		values[COLUMN_AREA] = AreaCodeGetDatum(rule->area);
		values[COLUMN_RULING] = Int64GetDatum(rule->ruling);
	}
	tuplestore_putvalues(x->result->setResult, x->result->setDesc, values,
						 isnull);
	pfree(DatumGetPointer(values[COLUMN_WHY]));
	resetStringInfo(&x->why);
}

static void
add_jurisdiction(Explanation *x, const PcSeat *seat)
{
	char		area[PC_AREA_TEXT_SIZE];

	if (seat == NULL || !seat->by_jurisdiction)
		return;
	(void) pc_area_print(seat->area, area);
	appendStringInfo(&x->why, " by its jurisdiction over %s", area);
}

/* How a rule comes to its org. */
static void
add_naming(Explanation *x, const PcRule *rule, const PcFound *found)
{
	appendStringInfo(&x->why, "rule %lld names ", (long long) rule->id);
	if (rule->kind < 0)
	{
		appendStringInfo(&x->why, "org %lld", (long long) rule->org);
		return;
	}
	appendStringInfo(&x->why, "kind %s",
					 x->rules->orgs->kinds[rule->kind].name);
	if (rule->at_level >= 0)
		appendStringInfo(&x->why, " at level %s",
						 pc_enum_label(PC_ENUM_AREA_LEVEL, rule->at_level));
	else
		appendStringInfoString(&x->why, " nearest above the area");
	if (found->org != NULL)
		appendStringInfo(&x->why, ": org %lld", (long long) found->org->id);
	add_jurisdiction(x, found->seat);
}

static void
add_recusal(Explanation *x, const PcOrg *org)
{
	const PcOrg *subject = x->matter->subject;

	appendStringInfo(&x->why, "org %lld is recused: ", (long long) org->id);
	if (org == subject)
		appendStringInfoString(&x->why, "the matter is about it");
	else
		appendStringInfo(&x->why,
						 "the matter is about org %lld, which is above it",
						 (long long) subject->id);
}

static void
add_period(Explanation *x, const PcRule *rule)
{
	if (x->matter->at < rule->from)
		appendStringInfo(&x->why, "not valid at that time: from %s on",
						 timestamptz_to_str(rule->from));
	else
		appendStringInfo(&x->why, "not valid at that time: until %s",
						 timestamptz_to_str(rule->to));
}

/* Why the rule gives no org that may have a share. */
static void
add_verdict(Explanation *x, PcVerdict verdict, const PcRule *rule,
			const PcFound *found)
{
	switch (verdict)
	{
		case PC_RULE_NOT_VALID:
			add_period(x, rule);
			break;
		case PC_RULE_OTHER_GRADE:
			appendStringInfo(&x->why, "for grade %c only",
							 'A' + rule->grade - PC_GRADE_A);
			break;
		case PC_RULE_NO_ORG:
			add_naming(x, rule, found);
			appendStringInfoString(&x->why,
								   ": no active one holds the area");
			break;
		case PC_RULE_INACTIVE:
			appendStringInfo(&x->why, "org %lld is not active",
							 (long long) found->org->id);
			break;
		case PC_RULE_RECUSED:
			add_recusal(x, found->org);
			break;
		case PC_RULE_ANSWERS:
			break;
	}
}

/* What puts the winner before a rule that would answer as well. */
static void
add_comparison(Explanation *x, const PcRule *loser)
{
	const PcRule *winner = x->winner;
	const PcCategoryNode *nodes = x->rules->categories->nodes;
	const char *how;

	if (nodes[winner->category].depth != nodes[loser->category].depth)
		how = "is for a deeper category";
	else if (winner->area != loser->area)
		how = "is for a deeper area";
	else if ((winner->grade == 0) != (loser->grade == 0))
		how = "is for this grade alone";
	else if (winner->from != loser->from)
		how = "began later";
	else
		how = "has the smaller id";
	appendStringInfo(&x->why, "rule %lld %s", (long long) winner->id, how);
}

/* The rule by which the org has a share; false where it has none. */
static bool
find_share(const Explanation *x, const PcOrg *org, const PcRule **rule)
{
	for (int i = 0; i < x->nshares; i++)
	{
		if (x->shares[i].org != org)
			continue;
		*rule = x->shares[i].rule;
		return true;
	}
	return false;
}

static void
add_share(Explanation *x, const PcOrg *org, const PcRule *rule)
{
	if (x->nshares == x->room)
	{
		x->room *= 2;
		x->shares = repalloc(x->shares, sizeof(Share) * x->room);
	}
	x->shares[x->nshares].org = org;
	x->shares[x->nshares++].rule = rule;
}

static void
explain_fallback(Explanation *x, PcFound *found)
{
	bool		answers = x->winner == NULL;

	pc_fall_back(x->rules, x->matter, found);
	if (answers)
		appendStringInfo(&x->why, "%s: %s; ",
						 found->org != NULL ? "leads" : "nobody leads",
						 x->matter->category == NULL ?
						 "the matter has no category" : "no rule answers");
	else
		appendStringInfoString(&x->why, "would lead if no rule answered: ");

	if (found->org == NULL)
		appendStringInfoString(&x->why,
							   "no territorial org that may lead holds the area");
	else if (found->superior)
		appendStringInfo(&x->why,
						 "next territorial org above org %lld, which is recused",
						 (long long) x->matter->subject->id);
	else
	{
		int			wanted = pc_grade_level(x->matter->grade);

		appendStringInfo(&x->why, "territorial org at level %s",
						 pc_enum_label(PC_ENUM_AREA_LEVEL, found->level));
		add_jurisdiction(x, found->seat);
		if (found->level != wanted)
			appendStringInfo(&x->why, ", none at level %s may lead",
							 pc_enum_label(PC_ENUM_AREA_LEVEL, wanted));
	}
	emit(x, found->org, ROLE_LEAD, NULL);
}

/* A leading rule other than the winner. */
static void
explain_lead_loser(Explanation *x, const PcRule *rule)
{
	PcFound		found;
	PcVerdict	verdict;

	if (rule == x->winner)
		return;
	verdict = pc_try_rule(x->rules, x->matter, rule, &found);
	appendStringInfoString(&x->why, "does not lead: ");
	if (verdict == PC_RULE_ANSWERS)
		add_comparison(x, rule);
	else
		add_verdict(x, verdict, rule, &found);
	emit(x, found.org, ROLE_LEAD, rule);
}

static void
explain_assistant(Explanation *x, const PcRule *rule)
{
	PcFound		found;
	const PcRule *by;

	if (pc_try_rule(x->rules, x->matter, rule, &found) != PC_RULE_ANSWERS ||
		find_share(x, found.org, &by))
		return;
	add_share(x, found.org, rule);
	appendStringInfoString(&x->why, "assists: ");
	add_naming(x, rule, &found);
	emit(x, found.org, ROLE_ASSIST, rule);
}

static void
explain_assistant_loser(Explanation *x, const PcRule *rule)
{
	PcFound		found;
	PcVerdict	verdict = pc_try_rule(x->rules, x->matter, rule, &found);
	const PcRule *by;

	if (verdict == PC_RULE_ANSWERS)
	{
		if (!find_share(x, found.org, &by) || by == rule)
			return;
		appendStringInfo(&x->why, "does not assist: org %lld ",
						 (long long) found.org->id);
		if (found.org == x->shares[0].org)
			appendStringInfoString(&x->why, "leads");
		else
			appendStringInfo(&x->why, "assists by rule %lld",
							 (long long) by->id);
	}
	else
	{
		appendStringInfoString(&x->why, "does not assist: ");
		add_verdict(x, verdict, rule, &found);
	}
	emit(x, found.org, ROLE_ASSIST, rule);
}

/* Every matching rule of one role, in the order in which they are asked. */
static void
explain_each(Explanation *x, int role,
			 void (*explain) (Explanation *, const PcRule *))
{
	PcRuleWalk	walk;
	const PcRuleList *list;

	pc_walk_rules(&walk, x->rules, x->matter);
	while ((list = pc_next_rules(&walk)) != NULL)
	{
		int			first = role == ROLE_LEAD ? 0 : list->leading;
		int			end = role == ROLE_LEAD ? list->leading : list->count;

		CHECK_FOR_INTERRUPTS();
		for (int i = first; i < end; i++)
			explain(x, &x->rules->rules[list->first + i]);
	}
}

static void
explain_matter(Explanation *x)
{
	PcFound		found;

	x->room = 16;
	x->shares = palloc(sizeof(Share) * x->room);
	initStringInfo(&x->why);
	x->winner = pc_leading_rule(x->rules, x->matter, &found);
	if (x->winner != NULL)
	{
		appendStringInfoString(&x->why, "leads: ");
		add_naming(x, x->winner, &found);
		emit(x, found.org, ROLE_LEAD, x->winner);
	}
	else
		explain_fallback(x, &found);
	add_share(x, found.org, x->winner);

	explain_each(x, ROLE_ASSIST, explain_assistant);
	explain_each(x, ROLE_LEAD, explain_lead_loser);
	explain_each(x, ROLE_ASSIST, explain_assistant_loser);
	if (x->winner != NULL)
		explain_fallback(x, &found);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_explain_responsibility);

/*
 * InitMaterializedSRF() takes nothing of flinfo, so the compiled rules may
 * stay pinned there.
 */
Datum
pc_explain_responsibility(PG_FUNCTION_ARGS)
{
	Explanation x = {0};
	PcMatter	matter;

	InitMaterializedSRF(fcinfo, 0);
	x.result = (ReturnSetInfo *) fcinfo->resultinfo;
	x.rules = pc_responsibilities(fcinfo->flinfo);
	x.matter = &matter;
	if (pc_get_matter(fcinfo, x.rules, &matter))
		explain_matter(&x);
	PG_RETURN_VOID();
}
