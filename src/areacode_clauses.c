/*
 * areacode_clauses.c
 *	  What the clauses of a query say about a column of area codes.
 *
 * The estimators ask here which function a clause calls, and which bounds
 * stand beside it. Never throws for a clause that it does not understand:
 * that clause says nothing.
 */
#include "postgres.h"

#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/lsyscache.h"

#include "areacode_core.h"
#include "areacode_planner.h"

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

PcAreaFunction
pc_area_commuted(PcAreaFunction function)
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

Node *
pc_area_strip(Node *node)
{
	while (node != NULL && IsA(node, RelabelType))
		node = (Node *) ((RelabelType *) node)->arg;
	return node;
}

bool
pc_area_is_known(Node *node, AreaCode *code)
{
	if (node == NULL || !IsA(node, Const) || ((Const *) node)->constisnull)
		return false;
	*code = DatumGetAreaCode(((Const *) node)->constvalue);
	return true;
}

/* The argument of subtree_last(), or NULL if the node is no such call. */
Node *
pc_area_last_argument(Node *node)
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
	left = pc_area_strip(linitial(op->args));
	right = pc_area_strip(lsecond(op->args));
	if (equal(left, variable))
	{
		*other = right;
		return pc_area_function(get_opcode(op->opno));
	}
	if (equal(right, variable))
	{
		*other = left;
		return pc_area_commuted(pc_area_function(get_opcode(op->opno)));
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
				if (pc_area_is_known(outer, &root) &&
					pc_area_is_known(other, &bound))
					has_last |= bound == pc_area_last(root);
				else if (equal(pc_area_last_argument(other), outer))
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
		range_among(rel->baserestrictinfo, pc_area_strip(inner),
					pc_area_strip(outer));
}

/*
 * The lower bound that some clause sets beside an upper one: by itself, where
 * both hold together, or as the subtree from which an index condition took
 * both.
 */
bool
pc_area_find_lower_bound(PlannerInfo *root, List *clauses, Node *variable,
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
				if (pc_area_find_lower_bound(root, conjunction(lfirst(arm)),
											 variable, high, low))
					return true;
			continue;
		}
		kind = clause_on_variable(clause, variable, &other);
		if (kind == PC_AREA_OTHER ||
			!pc_area_is_known(estimate_expression_value(root, other), &bound))
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

/*
 * The tightest bounds that the relation's clauses set to the variable, as far
 * as they are known; those of one subtree, its root in "except", left out.
 */
void
pc_area_tightest_bounds(PlannerInfo *root, RelOptInfo *rel, Node *variable,
				AreaCode except, AreaCode *low, AreaCode *high)
{
	ListCell   *cell;

	*low = 0;
	*high = PC_AREA_MAX;
	if (rel == NULL)
		return;
	foreach(cell, rel->baserestrictinfo)
	{
		Node	   *other;
		PcAreaFunction kind = clause_on_variable(bare_clause(cell),
												 variable, &other);
		AreaCode	bound;

		if (kind == PC_AREA_OTHER ||
			!pc_area_is_known(estimate_expression_value(root, other), &bound))
			continue;
		if (kind == PC_AREA_GE || kind == PC_AREA_GT)
			*low = Max(*low, kind == PC_AREA_GE ? bound : bound + 1);
		else if (kind == PC_AREA_LE || kind == PC_AREA_LT)
			*high = Min(*high, kind == PC_AREA_LE ? bound : bound - 1);
		else if (kind == PC_AREA_WITHIN && bound != except)
		{
			*low = Max(*low, bound);
			*high = Min(*high, pc_area_last(bound));
		}
	}
}
