/*
 * ladder.c
 *	  When a clock warns, is due and takes each step of the ladder.
 *
 * A step lies at a fraction of the clock's counted time, which leaves pauses
 * out and, for limits in working time, closed hours; fraction 1 is exactly
 * the deadline. Or it lies a limit after the deadline: a pause after the
 * deadline then moves it as it would move the deadline itself.
 *
 * Everything here follows from the arguments and the rulebook, never from the
 * time of day: asked again it answers the same. Whether a step was taken is
 * the caller's to keep.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "deadline_args.h"
#include "ladder.h"
#include "ledger.h"
#include "rulebook.h"

/* where setting warn_fraction is missing */
#define DEFAULT_WARN_FRACTION	0.5

static void *load_ladder(MemoryContext context);

static const char *const ladder_tables[] = {
	"escalation_step", "setting", NULL
};

static PcRuleset ladder_rules = {
	.name = "ladder",
	.tables = ladder_tables,
	.load = load_ladder
};

const PcLadder *
pc_ladder(FmgrInfo *flinfo)
{
	const PcLadder *ladder = pc_rules(&ladder_rules, flinfo);

	if (ladder == NULL)
		pc_no_ledger();
	return ladder;
}

static void
check_fraction(double fraction, const char *what)
{
	if (isnan(fraction) || fraction < 0 || fraction > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be between 0 and 1", what),
				 errdetail("It is %g.", fraction),
				 errhint("Correct the row in schema peoplecall.")));
}

static double
read_warn_fraction(void)
{
	double		fraction = DEFAULT_WARN_FRACTION;
	bool		isnull = true;
	Datum		value = (Datum) 0;

	pc_rulebook_query("SELECT (value #>> '{}')::pg_catalog.float8 "
					  "FROM peoplecall.setting WHERE name = 'warn_fraction'");
	if (SPI_processed > 0)
		value = pc_row_value(0, 1, FLOAT8OID, &isnull);
	if (!isnull)
		fraction = DatumGetFloat8(value);
	check_fraction(fraction, "setting \"warn_fraction\"");
	SPI_freetuptable(SPI_tuptable);
	return fraction;
}

static void
read_step(PcStep *step, uint64 i, Oid tell, MemoryContext context)
{
	bool		isnull;
	Datum		value;

	pc_row_not_null(i, 2);
	pc_row_not_null(i, 7);
	pc_row_not_null(i, 8);
	step->id = pc_row_int64(i, 1);
	step->clock = pc_row_enum(i, 2, PC_ENUM_CLOCK_KIND);
	step->grade = pc_row_grade(i, 3);
	step->seq = DatumGetInt16(pc_row_value(i, 4, INT2OID, &isnull));
	value = pc_row_value(i, 5, FLOAT8OID, &isnull);
	step->by_fraction = !isnull;
	if (step->by_fraction)
	{
		step->fraction = DatumGetFloat8(value);
		check_fraction(step->fraction, "column \"fraction\" of the ladder");
	}
	pc_row_timelimit(i, 6, &step->after);
	step->tell = (ArrayType *) pc_row_copy(i, 7, tell, context);
	step->act = (text *) pc_row_copy(i, 8, TEXTOID, context);
}

static int
compare_steps(const void *a, const void *b)
{
	const PcStep *x = a;
	const PcStep *y = b;

	if (x->clock != y->clock)
		return x->clock < y->clock ? -1 : 1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void *
load_ladder(MemoryContext context)
{
	PcLadder   *ladder = MemoryContextAllocZero(context, sizeof(PcLadder));
	Oid			tell = get_array_type(pc_enum_type(PC_ENUM_OFFICER_ROLE));
	int			count;
	int			i;

	ladder->warn_fraction = read_warn_fraction();
	pc_rulebook_query("SELECT id, clock, grade, seq, fraction, after, tell, "
					  "act FROM peoplecall.escalation_step");
	count = SPI_processed;
	ladder->steps =
		MemoryContextAllocExtended(context, (count + 1) * sizeof(PcStep),
								   MCXT_ALLOC_ZERO | MCXT_ALLOC_HUGE);
	for (i = 0; i < count; i++)
		read_step(&ladder->steps[i], i, tell, context);
	SPI_freetuptable(SPI_tuptable);
	qsort(ladder->steps, count, sizeof(PcStep), compare_steps);

	i = 0;
	for (int clock = 0; clock < PC_CLOCK_KINDS; clock++)
	{
		ladder->first[clock] = i;
		while (i < count && ladder->steps[i].clock == clock)
			i++;
	}
	ladder->first[PC_CLOCK_KINDS] = i;
	return ladder;
}

TimestampTz
pc_step_at(const PcStep *step, const PcClockTime *clock)
{
	if (TIMESTAMP_NOT_FINITE(clock->due))
		return clock->due;
	if (!step->by_fraction)
		return pc_deadline_step(clock->calendar, clock->due, step->after,
								true, clock->pauses, clock->npauses);
	if (step->fraction >= 1)
		return clock->due;
	return pc_warn_at(clock->calendar, clock->start, clock->due,
					  step->fraction, clock->unit, clock->pauses,
					  clock->npauses);
}

static inline bool
step_concerns(const PcStep *step, PcGrade grade)
{
	return step->grade == 0 || step->grade == grade;
}

static void
check_start(TimestampTz start)
{
	if (TIMESTAMP_NOT_FINITE(start))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a clock cannot start at an infinite timestamp")));
}

/* Ids of the steps that were taken. */
typedef struct FiredSteps
{
	const int64 *ids;
	int			count;
} FiredSteps;

static void
read_fired(FiredSteps *fired, ArrayType *array)
{
	fired->count = 0;
	if (array == NULL)
		return;
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("a step that was fired must not be null")));
	fired->ids = (const int64 *) pc_array_data(array);
	fired->count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
}

static inline bool
is_fired(const FiredSteps *fired, int64 id)
{
	for (int i = 0; i < fired->count; i++)
		if (fired->ids[i] == id)
			return true;
	return false;
}

/* When the next step that was not taken is due; infinity if none is left. */
static TimestampTz
next_alarm(const PcLadder *ladder, int kind, PcGrade grade,
		   const PcClockTime *clock, const FiredSteps *fired)
{
	TimestampTz next = DT_NOEND;

	if (kind == PC_ANY)
		return next;
	for (int i = ladder->first[kind]; i < ladder->first[kind + 1]; i++)
	{
		const PcStep *step = &ladder->steps[i];

		if (step_concerns(step, grade) && !is_fired(fired, step->id))
			next = Min(next, pc_step_at(step, clock));
	}
	return next;
}

/* The columns due_at, warn_at and next_alarm_at. */
static void
time_values(const PcLadder *ladder, int kind, PcGrade grade,
			const PcClockTime *clock, const FiredSteps *fired,
			Datum *values, bool *nulls)
{
	TimestampTz warn;
	TimestampTz alarm;

	warn = pc_warn_at(clock->calendar, clock->start, clock->due,
					  ladder->warn_fraction, clock->unit, clock->pauses,
					  clock->npauses);
	alarm = next_alarm(ladder, kind, grade, clock, fired);
	values[0] = TimestampTzGetDatum(clock->due);
	values[1] = TimestampTzGetDatum(warn);
	values[2] = TimestampTzGetDatum(alarm);
	nulls[0] = nulls[1] = false;
	nulls[2] = TIMESTAMP_IS_NOEND(alarm);
}

/* A step and its time, to be put in order. */
typedef struct TimedStep
{
	TimestampTz at;
	const PcStep *step;
} TimedStep;

static int
compare_timed(const void *a, const void *b)
{
	const TimedStep *x = a;
	const TimedStep *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return compare_steps(x->step, y->step);
}

static void
put_step(ReturnSetInfo *result, const TimedStep *timed)
{
	Datum		values[5];
	bool		nulls[5] = {false};

	values[0] = Int64GetDatum(timed->step->id);
	values[1] = Int16GetDatum(timed->step->seq);
	values[2] = TimestampTzGetDatum(timed->at);
	values[3] = PointerGetDatum(timed->step->tell);
	values[4] = PointerGetDatum(timed->step->act);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static inline int
clock_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? PC_ANY :
		pc_enum_ordinal(PC_ENUM_CLOCK_KIND, PG_GETARG_DATUM(number));
}

static inline PcGrade
grade_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? (PcGrade) 0 : PG_GETARG_GRADE(number);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_clock_times);
PG_FUNCTION_INFO_V1(pc_clock_plan);
PG_FUNCTION_INFO_V1(pc_ladder_steps);

Datum
pc_clock_times(PG_FUNCTION_ARGS)
{
	PcCall	   *call = pc_call(fcinfo->flinfo);
	const PcLadder *ladder = pc_ladder(&call->pins[0]);
	TupleDesc	row = pc_call_row(fcinfo);
	PcClockTime clock = {0};
	PcLimits	limits;
	PcPauses	pauses;
	FiredSteps	fired;
	Datum		values[3] = {0};
	bool		nulls[3] = {true, true, true};

	if (!PG_ARGISNULL(2) && !PG_ARGISNULL(3))
	{
		pc_read_limits(&limits, pc_timelimit_from_datum(PG_GETARG_DATUM(3)),
					   PG_ARGISNULL(4) ? NULL : PG_GETARG_ARRAYTYPE_P(4));
		pc_read_pauses(&pauses, PG_ARGISNULL(5) ? NULL :
					   PG_GETARG_MULTIRANGE_P(5));
		read_fired(&fired, PG_ARGISNULL(7) ? NULL : PG_GETARG_ARRAYTYPE_P(7));
		clock.calendar = PG_ARGISNULL(6) ? NULL :
			pc_calendar(PG_GETARG_TEXT_PP(6), &call->pins[1]);
		clock.start = PG_GETARG_TIMESTAMPTZ(2);
		check_start(clock.start);
		clock.unit = limits.list[0].unit;
		clock.pauses = pauses.list;
		clock.npauses = pauses.count;
		clock.due = pc_due_at(clock.calendar, clock.start, limits.list,
							  limits.count, pauses.list, pauses.count);
		time_values(ladder, clock_argument(fcinfo, 0),
					grade_argument(fcinfo, 1), &clock, &fired, values,
					nulls);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row, values, nulls)));
}

Datum
pc_clock_plan(PG_FUNCTION_ARGS)
{
	PcCall	   *call = pc_call(fcinfo->flinfo);
	const PcPolicies *policies = pc_policies(&call->pins[0]);
	const PcLadder *ladder = pc_ladder(&call->pins[1]);
	TupleDesc	row = pc_call_row(fcinfo);
	const PcPolicy *policy;
	const FiredSteps none = {NULL, 0};
	PcLimitCase limit;
	PcClockTime clock = {0};
	Datum		values[6] = {0};
	bool		nulls[6] = {true, true, true, true, true, true};

	pc_read_limit_case(policies, fcinfo, &limit);
	policy = pc_policy_for(policies, &limit);
	pc_policy_values(policy, values, nulls);
	if (policy != NULL && !PG_ARGISNULL(5))
	{
		clock.calendar = pc_calendar(policy->calendar, &call->pins[2]);
		clock.start = PG_GETARG_TIMESTAMPTZ(5);
		check_start(clock.start);
		clock.unit = policy->allowed.unit;
		clock.due = pc_due_at(clock.calendar, clock.start, &policy->allowed,
							  1, NULL, 0);
		time_values(ladder, limit.clock, limit.grade, &clock, &none,
					values + 3, nulls + 3);
	}
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(row, values, nulls)));
}

Datum
pc_ladder_steps(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	PcCall	   *call = pc_call(fcinfo->flinfo);
	const PcLadder *ladder = pc_ladder(&call->pins[0]);
	int			kind = clock_argument(fcinfo, 0);
	PcGrade		grade = grade_argument(fcinfo, 1);
	PcClockTime clock = {0};
	PcPauses	pauses;
	TimedStep  *timed;
	int			count = 0;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (kind == PC_ANY || PG_ARGISNULL(2) || PG_ARGISNULL(3) ||
		PG_ARGISNULL(4))
		return (Datum) 0;

	pc_read_pauses(&pauses, PG_ARGISNULL(5) ? NULL :
				   PG_GETARG_MULTIRANGE_P(5));
	clock.calendar = PG_ARGISNULL(6) ? NULL :
		pc_calendar(PG_GETARG_TEXT_PP(6), &call->pins[1]);
	clock.start = PG_GETARG_TIMESTAMPTZ(2);
	check_start(clock.start);
	clock.due = PG_GETARG_TIMESTAMPTZ(3);
	clock.unit = pc_timelimit_from_datum(PG_GETARG_DATUM(4)).unit;
	clock.pauses = pauses.list;
	clock.npauses = pauses.count;

	timed = palloc((ladder->first[kind + 1] - ladder->first[kind] + 1) *
				   sizeof(TimedStep));
	for (int i = ladder->first[kind]; i < ladder->first[kind + 1]; i++)
	{
		const PcStep *step = &ladder->steps[i];

		if (!step_concerns(step, grade))
			continue;
		timed[count].at = pc_step_at(step, &clock);
		timed[count++].step = step;
	}
	qsort(timed, count, sizeof(TimedStep), compare_timed);
	for (int i = 0; i < count; i++)
		put_step(result, &timed[i]);
	return (Datum) 0;
}
