/*
 * grading_load.c
 *	  Compiles categories and grading rules.
 *
 * Rules are laid out by category, so that a matter only meets those of its
 * own category, of the ones above it and of none. Within a category the
 * strongest come first: the first that holds settles what the category adds.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "grading.h"
#include "ledger.h"
#include "rulebook.h"

/* where setting default_grade is missing */
#define DEFAULT_GRADE	PC_GRADE_B

static void *load_grading(MemoryContext context);

static const char *const grading_tables[] = {
	"category", "grade_rule", "setting", NULL
};

static PcRuleset grading_rules = {
	.name = "grading",
	.tables = grading_tables,
	.load = load_grading
};

const PcGrading *
pc_grading(FmgrInfo *flinfo)
{
	const PcGrading *grading = pc_rules(&grading_rules, flinfo);

	if (grading == NULL)
		pc_no_ledger();
	return grading;
}

/* The categories' nodes and own grades, in the order of the query. */
static void
read_categories(PcGrading *grading, int **nodes, PcGrade **grades,
				uint64 *count)
{
	pc_rulebook_query("SELECT path, base_grade FROM peoplecall.category");
	*count = SPI_processed;
	*nodes = palloc((*count + 1) * sizeof(int));
	*grades = palloc((*count + 1) * sizeof(PcGrade));
	for (uint64 i = 0; i < *count; i++)
	{
		pc_row_not_null(i, 1);
		(*nodes)[i] = pc_row_category(i, 1, grading->tree);
		(*grades)[i] = pc_row_grade(i, 2);
	}
	SPI_freetuptable(SPI_tuptable);
}

static void
read_words(PcGradeRule *rule, uint64 i, int column, MemoryContext context)
{
	struct varlena *words = pc_row_copy(i, column, TEXTARRAYOID,
										CurrentMemoryContext);
	Datum	   *elements;

	if (words == NULL)
		return;
	deconstruct_array((ArrayType *) words, TEXTOID, -1, false, TYPALIGN_INT,
					  &elements, NULL, &rule->nwords);
	rule->words = MemoryContextAlloc(context,
									 rule->nwords * sizeof(text *) + 1);
	for (int w = 0; w < rule->nwords; w++)
	{
		Size		size = VARSIZE_ANY(DatumGetPointer(elements[w]));

		rule->words[w] = MemoryContextAlloc(context, size);
		memcpy(rule->words[w], DatumGetPointer(elements[w]), size);
	}
}

static void
read_rule(PcGrading *grading, PcGradeRule *rule, uint64 i,
		  MemoryContext context)
{
	int			reach = pc_row_enum(i, 7, PC_ENUM_AREA_LEVEL);

	rule->id = pc_row_int64(i, 1);
	rule->slot = pc_row_category(i, 2, grading->tree) + 1;
	rule->nature = pc_row_name(i, 3, &grading->natures);
	rule->channel = pc_row_name(i, 4, &grading->channels);
	rule->min_people = pc_row_int32(i, 5, 0);
	rule->min_orgs = pc_row_int32(i, 6, 0);
	rule->reach = reach == PC_ANY ? PC_REACH_NONE : reach;
	rule->min_reopened = pc_row_int32(i, 8, 0);
	read_words(rule, i, 9, context);
	rule->grade = pc_row_grade(i, 10);
	rule->urgency = pc_row_enum(i, 11, PC_ENUM_URGENCY);
	pc_row_not_null(i, 12);
	rule->reason = (text *) pc_row_copy(i, 12, TEXTOID, context);
}

static void
read_rules(PcGrading *grading, MemoryContext context)
{
	pc_rulebook_query("SELECT id, category, nature, channel, min_people, "
					  "min_orgs, reach, min_reopened, words, grade, "
					  "urgency, reason "
					  "FROM peoplecall.grade_rule WHERE active");
	grading->nrules = SPI_processed;
	grading->rules =
		MemoryContextAllocExtended(context,
								   (SPI_processed + 1) * sizeof(PcGradeRule),
								   MCXT_ALLOC_ZERO | MCXT_ALLOC_HUGE);
	for (uint64 i = 0; i < SPI_processed; i++)
		read_rule(grading, &grading->rules[i], i, context);
	SPI_freetuptable(SPI_tuptable);
}

/* A category without a grade of its own takes the one above it. */
static void
lay_out_bases(PcGrading *grading, const int *nodes, const PcGrade *grades,
			  uint64 count, MemoryContext context)
{
	int			total = grading->tree->nnodes;
	PcCategoryBase *bases;

	bases = MemoryContextAllocZero(context, total * sizeof(PcCategoryBase));
	for (uint64 i = 0; i < count; i++)
	{
		bases[nodes[i]].known = true;
		bases[nodes[i]].grade = grades[i];
	}
	for (int node = 0; node < total; node++)
	{
		int			parent = grading->tree->nodes[node].parent;

		bases[node].from = node;
		if (bases[node].grade != 0 || parent == PC_CATEGORY_NONE)
			continue;
		bases[node].grade = bases[parent].grade;
		bases[node].from = bases[parent].from;
	}
	grading->bases = bases;
}

static int
compare_rules(const void *a, const void *b)
{
	const PcGradeRule *x = a;
	const PcGradeRule *y = b;

	if (x->slot != y->slot)
		return x->slot < y->slot ? -1 : 1;
	if ((x->nwords > 0) != (y->nwords > 0))
		return x->nwords > 0 ? 1 : -1;
	if (x->grade != y->grade)
		return x->grade > y->grade ? -1 : 1;
	return x->id < y->id ? -1 : 1;
}

static void
lay_out_rules(PcGrading *grading, MemoryContext context)
{
	int			total = grading->tree->nnodes + 1;
	int			i = 0;

	qsort(grading->rules, grading->nrules, sizeof(PcGradeRule),
		  compare_rules);
	grading->slots = MemoryContextAllocZero(context,
											total * sizeof(PcGradeSlot));
	for (int slot = 0; slot < total; slot++)
	{
		PcGradeSlot *place = &grading->slots[slot];

		place->first = i;
		while (i < grading->nrules && grading->rules[i].slot == slot &&
			   grading->rules[i].nwords == 0)
			i++;
		place->proposing = i;
		while (i < grading->nrules && grading->rules[i].slot == slot)
			i++;
		place->end = i;
	}
	Assert(i == grading->nrules);
}

static PcGrade
read_default_grade(void)
{
	PcGrade		grade = DEFAULT_GRADE;

	pc_rulebook_query("SELECT (value #>> '{}')::peoplecall.grade "
					  "FROM peoplecall.setting WHERE name = 'default_grade'");
	if (SPI_processed > 0 && pc_row_grade(0, 1) != 0)
		grade = pc_row_grade(0, 1);
	SPI_freetuptable(SPI_tuptable);
	return grade;
}

static void *
load_grading(MemoryContext context)
{
	PcGrading  *grading = MemoryContextAllocZero(context, sizeof(PcGrading));
	int		   *nodes;
	PcGrade    *grades;
	uint64		count;

	grading->tree = pc_category_tree(context);
	pc_names_init(&grading->natures, context);
	pc_names_init(&grading->channels, context);
	read_categories(grading, &nodes, &grades, &count);
	read_rules(grading, context);
	lay_out_bases(grading, nodes, grades, count, context);
	lay_out_rules(grading, context);
	grading->default_grade = read_default_grade();
	return grading;
}
