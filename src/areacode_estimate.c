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
 * answer then.
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "optimizer/restrictinfo.h"
#include "utils/lsyscache.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/* one subtree of unknown root: about a street of a city */
#define DEFAULT_SUBTREE_SEL 0.005

extern Datum pc_areacode_lt(PG_FUNCTION_ARGS);
extern Datum pc_areacode_le(PG_FUNCTION_ARGS);
extern Datum pc_areacode_ge(PG_FUNCTION_ARGS);
extern Datum pc_areacode_gt(PG_FUNCTION_ARGS);
extern Datum pc_areacode_within(PG_FUNCTION_ARGS);
extern Datum pc_areacode_contains(PG_FUNCTION_ARGS);
extern Datum pc_areacode_subtree_last(PG_FUNCTION_ARGS);

/* By its address in this library: a name could be anybody's. */
PcAreaFunction
pc_area_function(Oid function)
{
	FmgrInfo	info;

	if (!OidIsValid(function))
		return PC_AREA_OTHER;
	fmgr_info(function, &info);
	if (info.fn_addr == pc_areacode_lt)
		return PC_AREA_LT;
	if (info.fn_addr == pc_areacode_le)
		return PC_AREA_LE;
	if (info.fn_addr == pc_areacode_ge)
		return PC_AREA_GE;
	if (info.fn_addr == pc_areacode_gt)
		return PC_AREA_GT;
	if (info.fn_addr == pc_areacode_within)
		return PC_AREA_WITHIN;
	if (info.fn_addr == pc_areacode_contains)
		return PC_AREA_CONTAINS;
	if (info.fn_addr == pc_areacode_subtree_last)
		return PC_AREA_SUBTREE_LAST;
	return PC_AREA_OTHER;
}

static PcAreaFunction
commuted(PcAreaFunction function)
{
	switch (function)
	{
		case PC_AREA_LT:
			return PC_AREA_GT;
		case PC_AREA_LE:
			return PC_AREA_GE;
		case PC_AREA_GE:
			return PC_AREA_LE;
		case PC_AREA_GT:
			return PC_AREA_LT;
		case PC_AREA_WITHIN:
			return PC_AREA_CONTAINS;
		case PC_AREA_CONTAINS:
			return PC_AREA_WITHIN;
		default:
			return PC_AREA_OTHER;
	}
}

static Node *
without_relabel(Node *node)
{
	while (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

static bool
is_known(Node *node, AreaCode *code)
{
	if (node == NULL || !IsA(node, Const) || ((Const *) node)->constisnull)
		return false;
	*code = DatumGetAreaCode(((Const *) node)->constvalue);
	return true;
}

/* The argument of subtree_last(), or NULL if the node is no such call. */
static Node *
subtree_last_argument(Node *node)
{
	FuncExpr   *call = (FuncExpr *) node;

	if (node == NULL || !IsA(node, FuncExpr) || list_length(call->args) != 1 ||
		pc_area_function(call->funcid) != PC_AREA_SUBTREE_LAST)
		return NULL;
	return linitial(call->args);
}

/*
 * Takes a clause that compares the variable with something apart, the
 * variable on the left; PC_AREA_OTHER if the clause is anything else.
 */
static PcAreaFunction
clause_on_variable(Node *clause, Node *variable, Node **other)
{
	OpExpr	   *op = (OpExpr *) clause;
	Node	   *left;
	Node	   *right;

	if (!IsA(clause, OpExpr) || list_length(op->args) != 2)
		return PC_AREA_OTHER;
	left = without_relabel(linitial(op->args));
	right = without_relabel(lsecond(op->args));
	if (equal(left, variable))
	{
		*other = right;
		return pc_area_function(get_opcode(op->opno));
	}
	if (equal(right, variable))
	{
		*other = left;
		return commuted(pc_area_function(get_opcode(op->opno)));
	}
	return PC_AREA_OTHER;
}

/* A clause of a list that may hold them bare or with their RestrictInfo. */
static Node *
bare_clause(const ListCell *cell)
{
	Node	   *node = (Node *) lfirst(cell);

	return IsA(node, RestrictInfo) ? (Node *) ((RestrictInfo *) node)->clause :
		node;
}

/* The clauses that hold together where the arm of an OR holds. */
static List *
conjunction(Node *arm)
{
	return is_andclause(arm) ? ((BoolExpr *) arm)->args : list_make1(arm);
}

static bool
range_among(List *clauses, Node *inner, Node *outer)
{
	bool		has_first = false;
	bool		has_last = false;
	ListCell   *cell;

	foreach(cell, clauses)
	{
		Node	   *clause = bare_clause(cell);
		Node	   *other;
		AreaCode	root;
		AreaCode	bound;

		if (is_orclause(clause))
		{
			ListCell   *arm;

			foreach(arm, ((BoolExpr *) clause)->args)
				if (range_among(conjunction(lfirst(arm)), inner, outer))
					return true;
			continue;
		}
		switch (clause_on_variable(clause, inner, &other))
		{
			case PC_AREA_GE:
				if (equal(other, outer))
					has_first = true;
				break;
			case PC_AREA_LE:
				if (is_known(outer, &root) && is_known(other, &bound))
					has_last |= bound == pc_area_last(root);
				else if (equal(subtree_last_argument(other), outer))
					has_last = true;
				break;
			default:
				break;
		}
	}
	return has_first && has_last;
}

/*
 * Does the relation carry the subtree's range itself, as the rewrite for
 * partition pruning leaves it? Then the range is the estimate, and the index
 * condition, and the subtree clause beside it adds nothing to either.
 */
bool
pc_area_range_beside(RelOptInfo *rel, Node *inner, Node *outer)
{
	return rel != NULL &&
		range_among(rel->baserestrictinfo, without_relabel(inner),
					without_relabel(outer));
}

/*
 * The lower bound that some clause sets beside an upper one: by itself, where
 * both hold together, or as the subtree from which an index condition took
 * both.
 */
static bool
find_lower_bound(PlannerInfo *root, List *clauses, Node *variable,
				 AreaCode high, AreaCode *low)
{
	AreaCode	lower = -1;
	bool		has_upper = false;
	ListCell   *cell;

	foreach(cell, clauses)
	{
		Node	   *clause = bare_clause(cell);
		PcAreaFunction kind;
		Node	   *other;
		AreaCode	bound;

		if (is_orclause(clause))
		{
			ListCell   *arm;

			foreach(arm, ((BoolExpr *) clause)->args)
				if (find_lower_bound(root, conjunction(lfirst(arm)), variable,
									 high, low))
					return true;
			continue;
		}
		kind = clause_on_variable(clause, variable, &other);
		if (kind == PC_AREA_OTHER ||
			!is_known(estimate_expression_value(root, other), &bound))
			continue;
		if (kind == PC_AREA_WITHIN && pc_area_last(bound) == high)
		{
			*low = bound;
			return true;
		}
		if (kind == PC_AREA_GE)
			lower = Max(lower, bound);
		else if (kind == PC_AREA_GT)
			lower = Max(lower, bound + 1);
		else if (kind == PC_AREA_LE)
			has_upper |= bound == high;
		else if (kind == PC_AREA_LT)
			has_upper |= bound - 1 == high;
	}
	*low = lower;
	return has_upper && lower >= 0;
}

/* How likely a row that passes the lower bound passes the upper as well. */
static double
upper_bound_sel(PlannerInfo *root, VariableStatData *variable,
				const PcAreaStats *stats, AreaCode high)
{
	AreaCode	low = 0;
	double		above;

	if (variable->rel == NULL ||
		!find_lower_bound(root, variable->rel->baserestrictinfo,
						  without_relabel(variable->var), high, &low) ||
		low > high)
		return pc_area_range_fraction(stats, 0, high);
	above = pc_area_range_fraction(stats, low, PC_AREA_MAX);
	if (above <= 0)
		return 0;
	if (pc_area_last(low) == high)
		return pc_area_subtree_fraction(stats, low) / above;
	return pc_area_range_fraction(stats, low, high) / above;
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
	Node	   *outer = subtree_last_argument(other);
	PcAreaStats stats;
	AreaCode	bound;

	if (IsA(other, Const) && ((Const *) other)->constisnull)
		return 0;
	if (!variable_on_left)
		kind = commuted(kind);
	pc_area_stats_load(variable, function, &stats);

	/* the other bound of this one is an unknown value and costs the default */
	if (kind == PC_AREA_LE && outer != NULL)
		return unknown_subtree_sel(root, function, outer, &stats) /
			DEFAULT_INEQ_SEL;
	if (!is_known(other, &bound) || !stats.known)
		return DEFAULT_INEQ_SEL;
	switch (kind)
	{
		case PC_AREA_LT:
			return upper_bound_sel(root, variable, &stats, bound - 1);
		case PC_AREA_LE:
			return upper_bound_sel(root, variable, &stats, bound);
		case PC_AREA_GE:
			return pc_area_range_fraction(&stats, bound, PC_AREA_MAX);
		case PC_AREA_GT:
			return pc_area_range_fraction(&stats, bound + 1, PC_AREA_MAX);
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

	pc_area_stats_load(variable, function, &stats);
	if (is_known(outer, &code))
		return pc_area_subtree_fraction(&stats, code);
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

	pc_area_stats_load(variable, function, &stats);
	if (is_known(inner, &code))
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
