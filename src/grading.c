/*
 * grading.c
 *	  How difficult and how urgent a matter is, and why.
 *
 * A grade starts at the category's base grade and is only ever lifted: by how
 * far the matter reaches and by every rule whose filled columns all hold. The
 * highest wins, so the order of rules means nothing. A rule with words is a
 * proposal to whoever judges; it must never change a grade or an urgency.
 */
#include "postgres.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/tuplestore.h"

#include "errcodes.h"
#include "grading.h"

/* What is being graded. */
typedef struct Matter
{
	int			node;			/* of its category, or PC_CATEGORY_NONE */
	int			nature;
	int			channel;
	int32		people;
	int32		orgs;
	int			reach;
	int32		reopened;
	text	   *words;			/* NULL if none are given */
} Matter;

/* One line of an explanation. */
typedef struct Reason
{
	int64		rule;			/* 0 for what is no rule */
	PcGrade		grade;			/* 0 if it says nothing on the grade */
	int			urgency;		/* PC_ANY if it says nothing on the urgency */
	bool		proposes;
	char	   *text;
} Reason;

typedef struct Reasons
{
	int			count;
	Reason	   *items;
} Reasons;

static void
check_number(int32 value, int32 least, const char *what)
{
	if (value < least)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be less than %d", what, least),
				 errdetail("The value given is %d.", value)));
}

/* The category's node; a category that is no row of the table is refused. */
static int
category_node(const PcGrading *grading, const struct varlena *path)
{
	int			node = pc_category_find(grading->tree, path);

	if (!pc_category_is(grading->tree, node, path) ||
		!grading->bases[node].known)
	{
		char	   *name = pc_category_text(path);

		ereport(ERROR,
				(errcode(ERRCODE_PC_NO_RULE),
				 errmsg("category \"%s\" does not exist",
						pc_shown(name, (int) strlen(name))),
				 errhint("Add it to peoplecall.category, or leave the category out.")));
	}
	return node;
}

/* The arguments, which all the functions have in common. */
static void
read_matter(const PcGrading *grading, FunctionCallInfo fcinfo, Matter *matter)
{
	matter->node = PG_ARGISNULL(0) ? PC_CATEGORY_NONE :
		category_node(grading, PG_GETARG_CATEGORY(0));
	matter->nature = pc_name_find(&grading->natures, PG_ARGISNULL(1) ? NULL :
								  PG_GETARG_TEXT_PP(1));
	matter->channel = pc_name_find(&grading->channels, PG_ARGISNULL(2) ? NULL :
								   PG_GETARG_TEXT_PP(2));
	matter->people = PG_ARGISNULL(3) ? 1 : PG_GETARG_INT32(3);
	matter->orgs = PG_ARGISNULL(4) ? 1 : PG_GETARG_INT32(4);
	matter->reach = PG_ARGISNULL(5) ? PC_REACH_NONE :
		pc_enum_ordinal(PC_ENUM_AREA_LEVEL, PG_GETARG_DATUM(5));
	matter->reopened = PG_ARGISNULL(6) ? 0 : PG_GETARG_INT32(6);
	matter->words = NULL;

	check_number(matter->people, 1, "number of people");
	check_number(matter->orgs, 1, "number of orgs");
	check_number(matter->reopened, 0, "number of reopenings");
}

/* All but the category, by which rules are laid out, and the words. */
static inline bool
rule_holds(const PcGradeRule *rule, const Matter *matter)
{
	return matter->people >= rule->min_people &&
		matter->orgs >= rule->min_orgs &&
		matter->reopened >= rule->min_reopened &&
		matter->reach <= rule->reach &&
		(rule->nature == PC_ANY || rule->nature == matter->nature) &&
		(rule->channel == PC_ANY || rule->channel == matter->channel);
}

/* The next slot upwards: the category above, at last that of any category. */
static inline int
slot_above(const PcGrading *grading, int slot)
{
	return slot == 0 ? -1 :
		grading->tree->nodes[slot - 1].parent + 1;
}

static inline PcGrade
base_grade(const PcGrading *grading, const Matter *matter)
{
	PcGrade		grade = (PcGrade) 0;

	if (matter->node != PC_CATEGORY_NONE)
		grade = grading->bases[matter->node].grade;
	return grade != 0 ? grade : grading->default_grade;
}

/* What the reach alone asks for; 0 for nothing. */
static inline PcGrade
reach_grade(const Matter *matter)
{
	if (matter->reach <= PC_LEVEL_CITY)
		return PC_GRADE_D;
	if (matter->reach == PC_LEVEL_DISTRICT)
		return PC_GRADE_C;
	return (PcGrade) 0;
}

static PcGrade
grade_of(const PcGrading *grading, const Matter *matter)
{
	PcGrade		grade = Max(base_grade(grading, matter), reach_grade(matter));

	for (int slot = matter->node + 1; slot >= 0;
		 slot = slot_above(grading, slot))
	{
		const PcGradeSlot *place = &grading->slots[slot];

		for (int i = place->first; i < place->proposing; i++)
		{
			const PcGradeRule *rule = &grading->rules[i];

			/* strongest first: none after this one lifts any more */
			if ((PcGrade) rule->grade <= grade)
				break;
			if (rule_holds(rule, matter))
			{
				grade = rule->grade;
				break;
			}
		}
	}
	return grade;
}

/*
 * Whether a word is in the text. Steps by characters, so that no half of a
 * character is found in an encoding where halves look like characters.
 */
static bool
has_word(const text *where, const text *word)
{
	const char *place = VARDATA_ANY(where);
	const char *wanted = VARDATA_ANY(word);
	int			length = VARSIZE_ANY_EXHDR(word);
	const char *last = place + VARSIZE_ANY_EXHDR(where) - length;
	int			encoding = GetDatabaseEncoding();

	if (length == 0)
		return false;
	while (place <= last)
	{
		if (*place == *wanted && memcmp(place, wanted, length) == 0)
			return true;
		if (encoding == PG_UTF8)
			place++;
		else
			place += pg_encoding_mblen(encoding, place);
	}
	return false;
}

/* The first of a rule's words that is in the text; NULL if none is. */
static const text *
find_word(const PcGradeRule *rule, const Matter *matter)
{
	if (matter->words == NULL)
		return NULL;
	for (int i = 0; i < rule->nwords; i++)
		if (has_word(matter->words, rule->words[i]))
			return rule->words[i];
	return NULL;
}

static int
compare_by_id(const void *a, const void *b)
{
	const Reason *x = a;
	const Reason *y = b;

	return x->rule < y->rule ? -1 : x->rule > y->rule;
}

static void
add_reason(Reasons *reasons, int64 rule, PcGrade grade, int urgency,
		   bool proposes, char *text)
{
	Reason	   *reason = &reasons->items[reasons->count++];

	reason->rule = rule;
	reason->grade = grade;
	reason->urgency = urgency;
	reason->proposes = proposes;
	reason->text = text;
}

static char *
base_reason(const PcGrading *grading, const Matter *matter)
{
	const PcCategoryBase *base;

	if (matter->node == PC_CATEGORY_NONE)
		return pstrdup("no category: default grade");
	base = &grading->bases[matter->node];
	if (base->grade == 0)
		return psprintf("no base grade in category \"%s\" or above: default grade",
						pc_category_node_text(grading->tree, matter->node));
	return psprintf("base grade of category \"%s\"",
					pc_category_node_text(grading->tree, base->from));
}

/* What is no rule: the base and the reach. */
static void
add_intrinsic(const PcGrading *grading, const Matter *matter, Reasons *reasons)
{
	PcGrade		grade = reach_grade(matter);

	add_reason(reasons, 0, base_grade(grading, matter), 0, false,
			   base_reason(grading, matter));
	if (grade == PC_GRADE_C)
		add_reason(reasons, 0, grade, PC_ANY, false,
				   pstrdup("reaches over more than two streets: the district judges"));
	else if (grade == PC_GRADE_D)
		add_reason(reasons, 0, grade, PC_ANY, false,
				   pstrdup("reaches over more than two districts: the city judges"));
}

static void
add_rule(const PcGradeRule *rule, const Matter *matter, Reasons *reasons)
{
	char	   *reason;
	const text *word;

	if (!rule_holds(rule, matter))
		return;
	reason = text_to_cstring(rule->reason);
	if (rule->nwords > 0)
	{
		word = find_word(rule, matter);
		if (word == NULL)
			return;
		reason = psprintf("only proposed, by the word \"%s\": %s",
						  text_to_cstring(word), reason);
	}
	add_reason(reasons, rule->id, rule->grade, rule->urgency,
			   rule->nwords > 0, reason);
}

/* Everything that speaks for a grade: the base, the reach, rules by id. */
static void
explain(const PcGrading *grading, const Matter *matter, Reasons *reasons)
{
	int			most = 2;
	int			intrinsic;

	for (int slot = matter->node + 1; slot >= 0;
		 slot = slot_above(grading, slot))
		most += grading->slots[slot].end - grading->slots[slot].first;
	reasons->count = 0;
	reasons->items = palloc(most * sizeof(Reason));

	add_intrinsic(grading, matter, reasons);
	intrinsic = reasons->count;
	for (int slot = matter->node + 1; slot >= 0;
		 slot = slot_above(grading, slot))
		for (int i = grading->slots[slot].first;
			 i < grading->slots[slot].end; i++)
			add_rule(&grading->rules[i], matter, reasons);
	qsort(reasons->items + intrinsic, reasons->count - intrinsic,
		  sizeof(Reason), compare_by_id);
}

static void
push_text(JsonbParseState **state, JsonbIteratorToken token,
		  const char *string)
{
	JsonbValue	value;

	value.type = jbvString;
	value.val.string.val = unconstify(char *, string);
	value.val.string.len = strlen(string);
	pushJsonbValue(state, token, &value);
}

static void
push_null(JsonbParseState **state)
{
	JsonbValue	value;

	value.type = jbvNull;
	pushJsonbValue(state, WJB_VALUE, &value);
}

static void
push_reason(JsonbParseState **state, const Reason *reason)
{
	static const char *const grades[] = {"A", "B", "C", "D"};
	JsonbValue	value;

	pushJsonbValue(state, WJB_BEGIN_OBJECT, NULL);
	push_text(state, WJB_KEY, "rule");
	if (reason->rule == 0)
		push_null(state);
	else
	{
		value.type = jbvNumeric;
		value.val.numeric = int64_to_numeric(reason->rule);
		pushJsonbValue(state, WJB_VALUE, &value);
	}
	push_text(state, WJB_KEY, "grade");
	if (reason->grade == 0)
		push_null(state);
	else
		push_text(state, WJB_VALUE, grades[reason->grade - PC_GRADE_A]);
	push_text(state, WJB_KEY, "urgency");
	if (reason->urgency == PC_ANY)
		push_null(state);
	else
		push_text(state, WJB_VALUE,
				  pc_enum_label(PC_ENUM_URGENCY, reason->urgency));
	push_text(state, WJB_KEY, "reason");
	push_text(state, WJB_VALUE, reason->text);
	push_text(state, WJB_KEY, "proposes");
	value.type = jbvBool;
	value.val.boolean = reason->proposes;
	pushJsonbValue(state, WJB_VALUE, &value);
	pushJsonbValue(state, WJB_END_OBJECT, NULL);
}

static Jsonb *
reasons_to_jsonb(const Reasons *reasons)
{
	JsonbParseState *state = NULL;

	pushJsonbValue(&state, WJB_BEGIN_ARRAY, NULL);
	for (int i = 0; i < reasons->count; i++)
		push_reason(&state, &reasons->items[i]);
	return JsonbValueToJsonb(pushJsonbValue(&state, WJB_END_ARRAY, NULL));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_grade_complaint);
PG_FUNCTION_INFO_V1(pc_explain_grade);
PG_FUNCTION_INFO_V1(pc_grade_with_reasons);

Datum
pc_grade_complaint(PG_FUNCTION_ARGS)
{
	const PcGrading *grading = pc_grading(fcinfo->flinfo);
	Matter		matter;

	/* words only propose: they are not even looked at */
	read_matter(grading, fcinfo, &matter);
	PG_RETURN_GRADE(grade_of(grading, &matter));
}

Datum
pc_explain_grade(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const PcGrading *grading = pc_grading(fcinfo->flinfo);
	Matter		matter;
	Reasons		reasons;

	read_matter(grading, fcinfo, &matter);
	matter.words = PG_ARGISNULL(7) ? NULL : PG_GETARG_TEXT_PP(7);
	explain(grading, &matter, &reasons);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	for (int i = 0; i < reasons.count; i++)
	{
		const Reason *reason = &reasons.items[i];
		Datum		values[4] = {0};
		bool		nulls[4] = {false};

		values[0] = Int64GetDatum(reason->rule);
		nulls[0] = (reason->rule == 0);
		values[1] = GradeGetDatum(reason->grade);
		nulls[1] = (reason->grade == 0);
		nulls[2] = (reason->urgency == PC_ANY);
		if (!nulls[2])
			values[2] = pc_enum_datum(PC_ENUM_URGENCY, reason->urgency);
		values[3] = CStringGetTextDatum(reason->text);
		tuplestore_putvalues(result->setResult, result->setDesc, values,
							 nulls);
	}
	return (Datum) 0;
}

Datum
pc_grade_with_reasons(PG_FUNCTION_ARGS)
{
	PcCall	   *call = pc_call(fcinfo->flinfo);
	const PcGrading *grading = pc_grading(&call->pins[0]);
	TupleDesc	row = pc_call_row(fcinfo);
	Matter		matter;
	Reasons		reasons;
	int			urgency = 0;
	Datum		values[3];
	bool		nulls[3] = {false};

	read_matter(grading, fcinfo, &matter);
	matter.words = PG_ARGISNULL(7) ? NULL : PG_GETARG_TEXT_PP(7);
	explain(grading, &matter, &reasons);
	for (int i = 0; i < reasons.count; i++)
		if (!reasons.items[i].proposes)
			urgency = Max(urgency, reasons.items[i].urgency);

	values[0] = GradeGetDatum(grade_of(grading, &matter));
	values[1] = pc_enum_datum(PC_ENUM_URGENCY, urgency);
	values[2] = JsonbPGetDatum(reasons_to_jsonb(&reasons));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row, values, nulls)));
}
