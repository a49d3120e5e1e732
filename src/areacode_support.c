/*
 * areacode_support.c
 *	  What the planner is told about "lies within" and "contains".
 *
 *	  code <@ area     an index on code is scanned from area to
 *					   subtree_last(area); if code is the partition key, the
 *					   range is added to the clause, so that partitions are
 *					   pruned
 *	  area @> code     the same with an index on code; with an index on area,
 *					   the code's lineage is looked up: at most seven values
 *
 * The clause itself always stays: partial indexes are proven by it. Never
 * duplicates an operand that is volatile or costs a subquery.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_am.h"
#include "catalog/pg_class.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/supportnodes.h"
#include "optimizer/clauses.h"
#include "optimizer/optimizer.h"
#include "parser/parsetree.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/partcache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/*
 * Marks the column in a clause that has its range beside it. The planner
 * simplifies the arms of an AND again when simplifying one of them has made an
 * AND, for ever if we gave the same answer each time. Locations take no part
 * in comparing nodes, and all negative ones mean "unknown".
 */
#define HAS_RANGE_BESIDE (-1001)

/* a clause taken apart: inner lies in the subtree of outer */
typedef struct SubtreeClause
{
	Oid			function;
	Oid			schema;			/* of the extension */
	Oid			type;			/* areacode */
	Node	   *inner;
	Node	   *outer;
	int			inner_index;	/* which argument inner is */
} SubtreeClause;

static bool
take_apart(Oid function, List *args, SubtreeClause *clause)
{
	PcAreaFunction kind = pc_area_function(function);

	if (list_length(args) != 2 ||
		(kind != PC_AREA_WITHIN && kind != PC_AREA_CONTAINS))
		return false;
	clause->function = function;
	clause->schema = get_func_namespace(function);
	clause->inner_index = kind == PC_AREA_WITHIN ? 0 : 1;
	clause->inner = list_nth(args, clause->inner_index);
	clause->outer = list_nth(args, 1 - clause->inner_index);
	/* a domain's value may come with the domain as its type */
	clause->type = getBaseType(exprType(clause->inner));
	return clause->type == getBaseType(exprType(clause->outer));
}

/* No name goes through search_path, where it could be somebody else's. */
static Oid
find_function(const SubtreeClause *clause, const char *name)
{
	oidvector  *types = buildoidvector(&clause->type, 1);

	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum(name), PointerGetDatum(types),
						   ObjectIdGetDatum(clause->schema));
}

static Expr *
clause_of(Oid operator, Node *left, Node *right)
{
	Expr	   *clause = make_opclause(operator, BOOLOID, false,
									   copyObject((Expr *) left),
									   copyObject((Expr *) right),
									   InvalidOid, InvalidOid);

	set_opfuncid((OpExpr *) clause);
	return clause;
}

static Expr *
make_comparison(const SubtreeClause *clause, Oid opfamily, int strategy,
				Node *left, Node *right)
{
	Oid			operator = get_opfamily_member(opfamily, clause->type,
											   clause->type, strategy);

	if (!OidIsValid(operator) || right == NULL)
		return NULL;
	return clause_of(operator, left, right);
}

/* subtree_last(outer), worked out if it can be; NULL if there is none. */
static Node *
make_subtree_last(const SubtreeClause *clause)
{
	Oid			function;

	if (IsA(clause->outer, Const))
	{
		Const	   *outer = (Const *) clause->outer;
		AreaCode	last;

		if (outer->constisnull)
			return NULL;
		last = pc_area_last(DatumGetAreaCode(outer->constvalue));
		return (Node *) makeConst(clause->type, -1, InvalidOid,
								  sizeof(AreaCode), AreaCodeGetDatum(last),
								  false, FLOAT8PASSBYVAL);
	}
	function = find_function(clause, "subtree_last");
	if (!OidIsValid(function))
		return NULL;
	return (Node *) makeFuncExpr(function, clause->type,
								 list_make1(copyObject(clause->outer)),
								 InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/* The subtree as a range of the inner operand, or NIL. */
static List *
make_range(const SubtreeClause *clause, Oid opfamily)
{
	Expr	   *first;
	Expr	   *last;

	first = make_comparison(clause, opfamily, BTGreaterEqualStrategyNumber,
							clause->inner, clause->outer);
	last = make_comparison(clause, opfamily, BTLessEqualStrategyNumber,
						   clause->inner, make_subtree_last(clause));
	if (first == NULL || last == NULL)
		return NIL;
	return lappend(list_make1(first), last);
}

/* The outer operand as one of the areas that contain the inner one, or NIL. */
static List *
make_lineage(PlannerInfo *root, const SubtreeClause *clause, Oid opfamily)
{
	Oid			equality = get_opfamily_member(opfamily, clause->type,
											   clause->type,
											   BTEqualStrategyNumber);
	Oid			function = find_function(clause, "lineage");
	Oid			array_type = get_array_type(clause->type);
	ScalarArrayOpExpr *result;
	Node	   *lineage;

	if (!OidIsValid(equality) || !OidIsValid(function) ||
		!OidIsValid(array_type))
		return NIL;
	lineage = (Node *) makeFuncExpr(function, array_type,
									list_make1(copyObject(clause->inner)),
									InvalidOid, InvalidOid,
									COERCE_EXPLICIT_CALL);
	result = makeNode(ScalarArrayOpExpr);
	result->opno = equality;
	result->useOr = true;
	result->args = lappend(list_make1(copyObject(clause->outer)),
						   eval_const_expressions(root, lineage));
	result->location = -1;
	set_sa_opfuncid(result);
	return list_make1(result);
}

static List *
index_condition(SupportRequestIndexCondition *request)
{
	SubtreeClause clause;
	List	   *args;
	Node	   *operand;

	if (is_opclause(request->node))
		args = ((OpExpr *) request->node)->args;
	else if (is_funcclause(request->node))
		args = ((FuncExpr *) request->node)->args;
	else
		return NIL;
	if (request->index->relam != BTREE_AM_OID ||
		!take_apart(request->funcid, args, &clause))
		return NIL;
	operand = list_nth(args, 1 - request->indexarg);
	if (!is_pseudo_constant_for_index(request->root, operand,
									  request->index) ||
		contain_subplans(operand))
		return NIL;

	request->lossy = false;
	if (request->indexarg == clause.inner_index)
	{
		if (pc_area_range_beside(request->index->rel, clause.inner,
								 clause.outer))
			return NIL;
		return make_range(&clause, request->opfamily);
	}

	/*
	 * The server takes the rows of an index for ordered unless it sees an
	 * array below the leading column, and it does not see ours.
	 */
	if (request->indexcol > 0)
		return NIL;
	return make_lineage(request->root, &clause, request->opfamily);
}

/* Can a range on the table's column rule partitions out? */
static bool
is_leading_key(Oid relation, AttrNumber column, Oid opfamily)
{
	Relation	rel = table_open(relation, NoLock);
	PartitionKey key = RelationGetPartitionKey(rel);
	bool		result;

	result = key != NULL &&
		(key->strategy == PARTITION_STRATEGY_RANGE ||
		 key->strategy == PARTITION_STRATEGY_LIST) &&
		key->partattrs[0] == column && key->partopfamily[0] == opfamily;
	table_close(rel, NoLock);
	return result;
}

/*
 * Is the column the leading partition key of its table? A partition's clauses
 * are its parent's and come through here again: if a table above was split by
 * the same column, the range is there already.
 */
static bool
prunes_partitions(PlannerInfo *root, int varno, AttrNumber column,
				  Oid opfamily)
{
	RangeTblEntry *table;
	AppendRelInfo *appended = NULL;

	if (varno <= 0 || varno > list_length(root->parse->rtable) || column <= 0)
		return false;
	table = rt_fetch(varno, root->parse->rtable);
	if (table->rtekind != RTE_RELATION || !table->inh ||
		table->relkind != RELKIND_PARTITIONED_TABLE ||
		!is_leading_key(table->relid, column, opfamily))
		return false;

	if (root->append_rel_array != NULL && varno < root->simple_rel_array_size)
		appended = root->append_rel_array[varno];
	while (appended != NULL && column <= appended->num_child_cols)
	{
		varno = appended->parent_relid;
		column = appended->parent_colnos[column - 1];
		if (column <= 0)
			break;
		table = rt_fetch(varno, root->parse->rtable);
		if (table->rtekind == RTE_RELATION &&
			table->relkind == RELKIND_PARTITIONED_TABLE &&
			is_leading_key(table->relid, column, opfamily))
			return false;
		appended = root->append_rel_array[varno];
	}
	return true;
}

/* The clause as an operator, the form that partial indexes are declared in. */
static Expr *
make_subtree_operator(const SubtreeClause *clause)
{
	bool		within = clause->inner_index == 0;
	const char *name = within ? "<@" : "@>";
	Node	   *left = within ? clause->inner : clause->outer;
	Node	   *right = within ? clause->outer : clause->inner;
	Oid			operator;

	operator = GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid,
							   CStringGetDatum(name),
							   ObjectIdGetDatum(clause->type),
							   ObjectIdGetDatum(clause->type),
							   ObjectIdGetDatum(clause->schema));
	if (!OidIsValid(operator))
		return NULL;
	return clause_of(operator, left, right);
}

/*
 * Adds the range where it prunes partitions. The operand is repeated, so it
 * must neither be volatile nor hold a subquery; and it must not depend on
 * this query's other tables, where pruning would come too late to help.
 */
static Node *
simplify(SupportRequestSimplify *request)
{
	SubtreeClause clause;
	Var		   *column;
	TypeCacheEntry *type;
	Expr	   *subtree;
	List	   *range;

	if (request->root == NULL ||
		!take_apart(request->fcall->funcid, request->fcall->args, &clause) ||
		!IsA(clause.inner, Var))
		return NULL;
	column = (Var *) clause.inner;
	type = lookup_type_cache(clause.type, TYPECACHE_BTREE_OPFAMILY);
	if (column->location == HAS_RANGE_BESIDE ||
		column->varlevelsup != 0 ||
		contain_vars_of_level(clause.outer, 0) ||
		contain_volatile_functions(clause.outer) ||
		contain_subplans(clause.outer) ||
		!prunes_partitions(request->root, column->varno, column->varattno,
						   type->btree_opf))
		return NULL;

	range = make_range(&clause, type->btree_opf);
	column = copyObject(column);
	column->location = HAS_RANGE_BESIDE;
	clause.inner = (Node *) column;
	subtree = make_subtree_operator(&clause);
	if (subtree == NULL || range == NIL)
		return NULL;
	return (Node *) make_andclause(lappend(range, subtree));
}

static bool
estimate(SupportRequestSelectivity *request)
{
	SubtreeClause clause;

	if (!take_apart(request->funcid, request->args, &clause))
		return false;
	if (request->is_join)
		request->selectivity =
			pc_area_subtree_joinsel(request->root, request->funcid,
									request->args, request->jointype,
									request->sjinfo);
	else
		request->selectivity =
			pc_area_subtree_sel(request->root, request->funcid,
								request->args, request->varRelid);
	return true;
}

/*
 * SQL-callable function
 */

PG_FUNCTION_INFO_V1(pc_areacode_support);

Datum
pc_areacode_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);
	void	   *answer = NULL;

	if (IsA(request, SupportRequestSimplify))
		answer = simplify((SupportRequestSimplify *) request);
	else if (IsA(request, SupportRequestIndexCondition))
		answer = index_condition((SupportRequestIndexCondition *) request);
	else if (IsA(request, SupportRequestSelectivity) &&
			 estimate((SupportRequestSelectivity *) request))
		answer = request;
	PG_RETURN_POINTER(answer);
}
