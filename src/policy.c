/*
 * policy.c
 *	  Which limit and calendar a clock gets.
 *
 * Of the policies whose filled columns all fit, the one with most columns
 * filled wins, then the deepest category, then the lowest id. They are kept
 * in that order, so that the first that fits is the answer. A clock without a
 * policy does not exist: that is an answer and must never be an error.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/tuplestore.h"

#include "ledger.h"
#include "policy.h"
#include "rulebook.h"

static void *load_policies(MemoryContext context);

static const char *const policy_tables[] = {"sla_policy", NULL};

static PcRuleset policy_rules = {
	.name = "limits",
	.tables = policy_tables,
	.load = load_policies
};

const PcPolicies *
pc_policies(FmgrInfo *flinfo)
{
	const PcPolicies *policies = pc_rules(&policy_rules, flinfo);

	if (policies == NULL)
		pc_no_ledger();
	return policies;
}

static void
read_policy(PcPolicies *policies, PcPolicy *policy, uint64 i,
			MemoryContext context)
{
	pc_row_not_null(i, 6);
	pc_row_not_null(i, 7);
	policy->id = pc_row_int64(i, 1);
	policy->node = pc_row_category(i, 2, policies->tree);
	policy->grade = pc_row_grade(i, 3);
	policy->urgency = pc_row_enum(i, 4, PC_ENUM_URGENCY);
	policy->nature = pc_row_name(i, 5, &policies->natures);
	policy->clock = pc_row_enum(i, 6, PC_ENUM_CLOCK_KIND);
	pc_row_timelimit(i, 7, &policy->allowed);
	policy->calendar = (text *) pc_row_copy(i, 8, TEXTOID, context);
	policy->filled = (policy->node != PC_CATEGORY_NONE) +
		(policy->grade != 0) + (policy->urgency != PC_ANY) +
		(policy->nature != PC_ANY);
}

static inline int
category_depth(const PcPolicies *policies, const PcPolicy *policy)
{
	return policy->node == PC_CATEGORY_NONE ? -1 :
		policies->tree->nodes[policy->node].depth;
}

static int
compare_policies(const void *a, const void *b, void *arg)
{
	const PcPolicy *x = a;
	const PcPolicy *y = b;
	int			x_depth = category_depth(arg, x);
	int			y_depth = category_depth(arg, y);

	if (x->clock != y->clock)
		return x->clock < y->clock ? -1 : 1;
	if (x->filled != y->filled)
		return x->filled > y->filled ? -1 : 1;
	if (x_depth != y_depth)
		return x_depth > y_depth ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void *
load_policies(MemoryContext context)
{
	PcPolicies *policies = MemoryContextAllocZero(context, sizeof(PcPolicies));
	int			count;
	int			i = 0;

	policies->tree = pc_category_tree(context);
	pc_names_init(&policies->natures, context);
	pc_rulebook_query("SELECT id, category, grade, urgency, nature, clock, "
					  "allowed, calendar FROM peoplecall.sla_policy");
	count = SPI_processed;
	policies->policies =
		MemoryContextAllocExtended(context, (count + 1) * sizeof(PcPolicy),
								   MCXT_ALLOC_ZERO | MCXT_ALLOC_HUGE);
	for (i = 0; i < count; i++)
		read_policy(policies, &policies->policies[i], i, context);
	SPI_freetuptable(SPI_tuptable);
	qsort_arg(policies->policies, count, sizeof(PcPolicy), compare_policies,
			  policies);

	i = 0;
	for (int clock = 0; clock < PC_CLOCK_KINDS; clock++)
	{
		policies->first[clock] = i;
		while (i < count && policies->policies[i].clock == clock)
			i++;
	}
	policies->first[PC_CLOCK_KINDS] = i;
	return policies;
}

void
pc_read_limit_case(const PcPolicies *policies, FunctionCallInfo fcinfo,
				   PcLimitCase *limit)
{
	limit->clock = PG_ARGISNULL(0) ? PC_ANY :
		pc_enum_ordinal(PC_ENUM_CLOCK_KIND, PG_GETARG_DATUM(0));
	limit->node = PG_ARGISNULL(1) ? PC_CATEGORY_NONE :
		pc_category_find(policies->tree, PG_GETARG_CATEGORY(1));
	limit->grade = PG_ARGISNULL(2) ? (PcGrade) 0 : PG_GETARG_GRADE(2);
	limit->urgency = PG_ARGISNULL(3) ? PC_ANY :
		pc_enum_ordinal(PC_ENUM_URGENCY, PG_GETARG_DATUM(3));
	limit->nature = pc_name_find(&policies->natures, PG_ARGISNULL(4) ? NULL :
								 PG_GETARG_TEXT_PP(4));
}

static inline bool
policy_fits(const PcPolicies *policies, const PcPolicy *policy,
			const PcLimitCase *limit)
{
	return (policy->grade == 0 || policy->grade == limit->grade) &&
		(policy->urgency == PC_ANY || policy->urgency == limit->urgency) &&
		(policy->nature == PC_ANY || policy->nature == limit->nature) &&
		(policy->node == PC_CATEGORY_NONE ||
		 pc_category_above(policies->tree, policy->node, limit->node));
}

const PcPolicy *
pc_policy_for(const PcPolicies *policies, const PcLimitCase *limit)
{
	if (limit->clock == PC_ANY)
		return NULL;
	for (int i = policies->first[limit->clock];
		 i < policies->first[limit->clock + 1]; i++)
		if (policy_fits(policies, &policies->policies[i], limit))
			return &policies->policies[i];
	return NULL;
}

void
pc_policy_values(const PcPolicy *policy, Datum *values, bool *nulls)
{
	nulls[0] = nulls[1] = (policy == NULL);
	nulls[2] = (policy == NULL || policy->calendar == NULL);
	if (policy == NULL)
		return;
	values[0] = Int64GetDatum(policy->id);
	values[1] = pc_timelimit_to_datum(policy->allowed);
	values[2] = PointerGetDatum(policy->calendar);
}

/* The columns that a policy has filled, for people. */
static char *
filled_columns(const PcPolicies *policies, const PcPolicy *policy)
{
	StringInfoData text;

	if (policy->filled == 0)
		return pstrdup("none");
	initStringInfo(&text);
	if (policy->node != PC_CATEGORY_NONE)
		appendStringInfo(&text, ", category \"%s\"",
						 pc_category_node_text(policies->tree, policy->node));
	if (policy->grade != 0)
		appendStringInfoString(&text, ", grade");
	if (policy->urgency != PC_ANY)
		appendStringInfoString(&text, ", urgency");
	if (policy->nature != PC_ANY)
		appendStringInfoString(&text, ", nature");
	return text.data + strlen(", ");
}

/* Why a policy comes where it comes; winner is NULL for the winner itself. */
static char *
explain_policy(const PcPolicies *policies, const PcPolicy *policy,
			   const PcPolicy *winner)
{
	const char *because;
	char	   *filled = filled_columns(policies, policy);

	if (winner == NULL)
		return psprintf("applies; columns filled: %s", filled);
	if (winner->filled > policy->filled)
		because = "has more columns filled";
	else if (category_depth(policies, winner) >
			 category_depth(policies, policy))
		because = "has the deeper category";
	else
		because = "has the lower id";
	return psprintf("gives way to policy %lld, which %s; columns filled: %s",
					(long long) winner->id, because, filled);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_clock_limit);
PG_FUNCTION_INFO_V1(pc_explain_limit);

Datum
pc_clock_limit(PG_FUNCTION_ARGS)
{
	PcCall	   *call = pc_call(fcinfo->flinfo);
	const PcPolicies *policies = pc_policies(&call->pins[0]);
	TupleDesc	row = pc_call_row(fcinfo);
	PcLimitCase limit;
	Datum		values[3] = {0};
	bool		nulls[3];

	pc_read_limit_case(policies, fcinfo, &limit);
	pc_policy_values(pc_policy_for(policies, &limit), values, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row, values, nulls)));
}

Datum
pc_explain_limit(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const PcPolicies *policies = pc_policies(fcinfo->flinfo);
	const PcPolicy *winner = NULL;
	PcLimitCase limit;
	int			rank = 0;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	pc_read_limit_case(policies, fcinfo, &limit);
	if (limit.clock == PC_ANY)
		return (Datum) 0;
	for (int i = policies->first[limit.clock];
		 i < policies->first[limit.clock + 1]; i++)
	{
		const PcPolicy *policy = &policies->policies[i];
		Datum		values[5] = {0};
		bool		nulls[5] = {false};

		if (!policy_fits(policies, policy, &limit))
			continue;
		values[0] = Int32GetDatum(++rank);
		pc_policy_values(policy, values + 1, nulls + 1);
		values[4] = CStringGetTextDatum(explain_policy(policies, policy,
													   winner));
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
		if (winner == NULL)
			winner = policy;
	}
	return (Datum) 0;
}
