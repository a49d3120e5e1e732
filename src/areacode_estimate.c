/*
 * areacode_estimate.c
 *	  Estimators of areacode's operators.
 *
 * The server multiplies the estimates of clauses and pairs only its own range
 * operators. A subtree is two bounds, one of which makes the other likely, so
 * here an upper bound looks for the lower one beside it and answers for the
 * rows that already pass that: the product is the range.
 *
 * Never throws for a clause that it does not understand: a default is the
 * answer then. Loads a column's statistics only when nothing is evaluated any
 * more: a stable function in the clause may plan queries of its own, and what
 * was loaded before it may be gone then.
 */
#include "postgres.h"

#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/* one subtree of unknown root: about a street of a city */
#define DEFAULT_SUBTREE_SEL 0.005

/* How likely a row that passes the lower bound passes the upper as well. */
static double
upper_bound_sel(PlannerInfo *root, Oid function, VariableStatData *variable,
				AreaCode high)
{
	Node	   *column = pc_area_strip(variable->var);
	PcAreaStats stats;
	AreaCode	low = 0;
	AreaCode	tightest_low;
	AreaCode	tightest_high;
	bool		bounded;
	double		above;

	pc_area_tightest_bounds(root, variable->rel, column, -1, &tightest_low,
							&tightest_high);
	if (tightest_high < high)
		return 1;
	bounded = variable->rel != NULL &&
		pc_area_find_lower_bound(root, variable->rel->baserestrictinfo,
								 column, high, &low) &&
		low <= high;

	pc_area_stats_load(variable, function, &stats);
	if (!stats.known)
		return DEFAULT_INEQ_SEL;
	if (!bounded)
		return pc_area_range_fraction(&stats, 0, high);
	if (tightest_low <= high)
		low = Max(low, tightest_low);
	above = pc_area_range_fraction(&stats, low, PC_AREA_MAX);
	if (above <= 0)
		return 0;
	if (pc_area_last(low) == high)
		return pc_area_subtree_fraction(&stats, low) / above;
	return pc_area_range_fraction(&stats, low, high) / above;
}

/* A bound that another one implies leaves the estimate to that. */
static double
lower_bound_sel(PlannerInfo *root, Oid function, VariableStatData *variable,
				AreaCode low)
{
	PcAreaStats stats;
	AreaCode	tightest_low;
	AreaCode	tightest_high;

	pc_area_tightest_bounds(root, variable->rel,
							pc_area_strip(variable->var), -1,
							&tightest_low, &tightest_high);
	if (tightest_low > low)
		return 1;
	pc_area_stats_load(variable, function, &stats);
	if (!stats.known)
		return DEFAULT_INEQ_SEL;
	return pc_area_range_fraction(&stats, low, PC_AREA_MAX);
}

/* The mean subtree of a value that is not known yet, such as a join's. */
static double
unknown_subtree_sel(PlannerInfo *root, Oid function, Node *outer,
					const PcAreaStats *inner_stats)
{
	VariableStatData variable;
	PcAreaStats outer_stats;

	examine_variable(root, outer, 0, &variable);
	pc_area_stats_load(&variable, function, &outer_stats);
	ReleaseVariableStats(variable);
	if (!outer_stats.known)
		return DEFAULT_SUBTREE_SEL;
	return pc_area_join_fraction(inner_stats, &outer_stats);
}

static double
range_sel(PlannerInfo *root, Oid function, VariableStatData *variable,
		  bool variable_on_left, Node *other)
{
	PcAreaFunction kind = pc_area_function(function);
	Node	   *outer = pc_area_last_argument(other);
	PcAreaStats stats;
	AreaCode	bound;

	if (IsA(other, Const) && ((Const *) other)->constisnull)
		return 0;
	if (!variable_on_left)
		kind = pc_area_commuted(kind);

	/* the other bound of this one is an unknown value and costs the default */
	if (kind == PC_AREA_LE && outer != NULL)
	{
		pc_area_stats_load(variable, function, &stats);
		return unknown_subtree_sel(root, function, outer, &stats) /
			DEFAULT_INEQ_SEL;
	}
	if (!pc_area_is_known(other, &bound))
		return DEFAULT_INEQ_SEL;
	switch (kind)
	{
		case PC_AREA_LT:
			return upper_bound_sel(root, function, variable, bound - 1);
		case PC_AREA_LE:
			return upper_bound_sel(root, function, variable, bound);
		case PC_AREA_GE:
			return lower_bound_sel(root, function, variable, bound);
		case PC_AREA_GT:
			return lower_bound_sel(root, function, variable, bound + 1);
		default:
			return DEFAULT_INEQ_SEL;
	}
}

/* The variable is what lies in the subtree of the other. */
static double
inner_sel(PlannerInfo *root, Oid function, VariableStatData *variable,
		  Node *outer)
{
	PcAreaStats stats;
	AreaCode	code;
	AreaCode	low;
	AreaCode	high;

	if (pc_area_is_known(outer, &code))
	{
		/* inside a narrower one, such as a query below a policy's area? */
		pc_area_tightest_bounds(root, variable->rel,
								pc_area_strip(variable->var), code,
								&low, &high);
		if (low >= code && high <= pc_area_last(code) && code != 0)
			return 1;
		pc_area_stats_load(variable, function, &stats);
		return pc_area_subtree_fraction(&stats, code);
	}
	pc_area_stats_load(variable, function, &stats);
	return unknown_subtree_sel(root, function, outer, &stats);
}

/* The variable is what contains the other. */
static double
outer_sel(PlannerInfo *root, Oid function, VariableStatData *variable,
		  Node *inner)
{
	VariableStatData inner_variable;
	PcAreaStats stats;
	PcAreaStats inner_stats;
	AreaCode	code;
	bool		known;

	known = pc_area_is_known(inner, &code);
	pc_area_stats_load(variable, function, &stats);
	if (known)
		return pc_area_lineage_fraction(&stats, code);
	examine_variable(root, inner, 0, &inner_variable);
	pc_area_stats_load(&inner_variable, function, &inner_stats);
	ReleaseVariableStats(inner_variable);
	if (!inner_stats.known)
		return DEFAULT_SUBTREE_SEL;
	return pc_area_join_fraction(&inner_stats, &stats);
}

double
pc_area_subtree_sel(PlannerInfo *root, Oid function, List *args, int varRelid)
{
	bool		within = pc_area_function(function) == PC_AREA_WITHIN;
	VariableStatData variable;
	Node	   *other;
	bool		on_left;
	double		result;

	if (list_length(args) != 2 ||
		!get_restriction_variable(root, args, varRelid, &variable, &other,
								  &on_left))
		return DEFAULT_SUBTREE_SEL;

	if (IsA(other, Const) && ((Const *) other)->constisnull)
		result = 0;
	else if (within != on_left)
		result = outer_sel(root, function, &variable, other);
	else if (pc_area_range_beside(variable.rel, variable.var,
								  on_left ? lsecond(args) : linitial(args)))
		result = 1;
	else
		result = inner_sel(root, function, &variable, other);
	ReleaseVariableStats(variable);
	CLAMP_PROBABILITY(result);
	return result;
}

/* A row matches once at most in a semijoin, however many rows are there. */
static double
semijoin_sel(double fraction, const VariableStatData *right)
{
	double		rows = right->rel != NULL ? right->rel->rows : 1000;

	return Min(fraction * Max(rows, 1.0), 1.0);
}

double
pc_area_subtree_joinsel(PlannerInfo *root, Oid function, List *args,
						JoinType jointype, SpecialJoinInfo *sjinfo)
{
	bool		within = pc_area_function(function) == PC_AREA_WITHIN;
	VariableStatData left;
	VariableStatData right;
	PcAreaStats left_stats;
	PcAreaStats right_stats;
	bool		reversed;
	double		result;

	if (list_length(args) != 2)
		return DEFAULT_SUBTREE_SEL;
	get_join_variables(root, args, sjinfo, &left, &right, &reversed);
	pc_area_stats_load(&left, function, &left_stats);
	pc_area_stats_load(&right, function, &right_stats);
	if (within)
		result = pc_area_join_fraction(&left_stats, &right_stats);
	else
		result = pc_area_join_fraction(&right_stats, &left_stats);
	if (jointype == JOIN_SEMI || jointype == JOIN_ANTI)
		result = semijoin_sel(result, reversed ? &left : &right);
	ReleaseVariableStats(left);
	ReleaseVariableStats(right);
	CLAMP_PROBABILITY(result);
	return result;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_areacode_rangesel);
PG_FUNCTION_INFO_V1(pc_areacode_subtree_sel);
PG_FUNCTION_INFO_V1(pc_areacode_subtree_joinsel);

Datum
pc_areacode_rangesel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData variable;
	Node	   *other;
	bool		on_left;
	double		result;

	if (!get_restriction_variable(root, args, varRelid, &variable, &other,
								  &on_left))
		PG_RETURN_FLOAT8(DEFAULT_INEQ_SEL);
	result = range_sel(root, get_opcode(operator), &variable, on_left, other);
	ReleaseVariableStats(variable);
	CLAMP_PROBABILITY(result);
	PG_RETURN_FLOAT8(result);
}

Datum
pc_areacode_subtree_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);

	PG_RETURN_FLOAT8(pc_area_subtree_sel(root, get_opcode(operator), args,
										 varRelid));
}

Datum
pc_areacode_subtree_joinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	Oid			operator = PG_GETARG_OID(1);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	JoinType	jointype = (JoinType) PG_GETARG_INT16(3);
	SpecialJoinInfo *sjinfo = (SpecialJoinInfo *) PG_GETARG_POINTER(4);

	PG_RETURN_FLOAT8(pc_area_subtree_joinsel(root, get_opcode(operator), args,
											 jointype, sjinfo));
}
