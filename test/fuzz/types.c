/*
 * types.c
 *	  Fuzz targets: texts and messages of the types, numbers of complaints.
 *
 * Beyond not failing, each must say the same again: what is printed reads back
 * as the same value, and what is sent too.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "areacode_core.h"
#include "fuzz.h"
#include "peoplecall.h"
#include "timelimit_core.h"

extern Datum pc_areacode_in(PG_FUNCTION_ARGS);
extern Datum pc_areacode_out(PG_FUNCTION_ARGS);
extern Datum pc_areacode_recv(PG_FUNCTION_ARGS);
extern Datum pc_areacode_send(PG_FUNCTION_ARGS);
extern Datum pc_areacode_from_int8(PG_FUNCTION_ARGS);
extern Datum pc_areacode_cmp(PG_FUNCTION_ARGS);
extern Datum pc_areacode_hash(PG_FUNCTION_ARGS);
extern Datum pc_grade_in(PG_FUNCTION_ARGS);
extern Datum pc_grade_out(PG_FUNCTION_ARGS);
extern Datum pc_grade_recv(PG_FUNCTION_ARGS);
extern Datum pc_grade_send(PG_FUNCTION_ARGS);
extern Datum pc_timelimit_in(PG_FUNCTION_ARGS);
extern Datum pc_timelimit_out(PG_FUNCTION_ARGS);
extern Datum pc_timelimit_recv(PG_FUNCTION_ARGS);
extern Datum pc_timelimit_send(PG_FUNCTION_ARGS);
extern Datum pc_timelimit_cmp(PG_FUNCTION_ARGS);
extern Datum pc_timelimit_hash(PG_FUNCTION_ARGS);
extern Datum pc_timelimit_scale(PG_FUNCTION_ARGS);
extern Datum pc_complaint_id(PG_FUNCTION_ARGS);
extern Datum pc_complaint_no(PG_FUNCTION_ARGS);
extern Datum pc_district_of(PG_FUNCTION_ARGS);

static Datum
read_text(PGFunction in, const char *bytes, size_t size)
{
	return DirectFunctionCall1(in, CStringGetDatum(fuzz_cstring(bytes, size)));
}

/* A message of which the function has to read everything, as the server asks. */
static Datum
read_message(PGFunction recv, const char *bytes, size_t size)
{
	StringInfoData message;
	Datum		value;

	message.data = palloc(size + 1);
	memcpy(message.data, bytes, size);
	message.data[size] = '\0';
	message.len = message.maxlen = size;
	message.cursor = 0;
	value = DirectFunctionCall1(recv, PointerGetDatum(&message));
	fuzz_require(message.cursor <= message.len);
	return value;
}

/* The value itself out of its text and out of its message. */
static void
same_again(Datum value, PGFunction in, PGFunction out, PGFunction recv, PGFunction send)
{
	char	   *printed = DatumGetCString(DirectFunctionCall1(out, value));
	bytea	   *sent = DatumGetByteaPP(DirectFunctionCall1(send, value));
	Datum		again = read_text(in, printed, strlen(printed));
	Datum		received = read_message(recv, VARDATA_ANY(sent), VARSIZE_ANY_EXHDR(sent));

	fuzz_require(again == value);
	fuzz_require(received == value);
	fuzz_require(strcmp(printed, DatumGetCString(DirectFunctionCall1(out, again))) == 0);
}

/* The arithmetic on a code, which every reader of the type may count on. */
static void
check_area(Datum value)
{
	AreaCode	code = DatumGetAreaCode(value);
	PcAreaLevel level = pc_area_level(code);
	AreaCode	parent = pc_area_parent(code);

	same_again(value, pc_areacode_in, pc_areacode_out, pc_areacode_recv, pc_areacode_send);
	fuzz_require(pc_area_is_valid(code));
	fuzz_require(pc_area_contains(code, code));
	fuzz_require(pc_area_contains(parent, code) || code == 0);
	fuzz_require(pc_area_level(parent) < level || code == 0);
	fuzz_require(pc_area_first(code) <= code && code <= pc_area_last(code));
	fuzz_require(pc_area_common(code, parent) == parent);
	for (PcAreaLevel up = PC_LEVEL_NATION; up <= PC_LEVEL_GRID; up++)
		fuzz_require(pc_area_contains(pc_area_ancestor(code, up), code));
	fuzz_require(DatumGetInt64(DirectFunctionCall1(pc_areacode_from_int8, Int64GetDatum(code))) == code);
}

static void
areacode_text(const char *bytes, size_t size)
{
	check_area(read_text(pc_areacode_in, bytes, size));
}

static void
areacode_message(const char *bytes, size_t size)
{
	check_area(read_message(pc_areacode_recv, bytes, size));
}

/* Two codes out of numbers: their order and their common ancestor. */
static void
areacode_number(const char *bytes, size_t size)
{
	int64		numbers[2] = {0, 0};
	Datum		a;
	Datum		b;
	AreaCode	common;

	memcpy(numbers, bytes, Min(size, sizeof(numbers)));
	a = DirectFunctionCall1(pc_areacode_from_int8, Int64GetDatum(numbers[0]));
	check_area(a);
	b = DirectFunctionCall1(pc_areacode_from_int8, Int64GetDatum(numbers[1]));
	common = pc_area_common(DatumGetAreaCode(a), DatumGetAreaCode(b));
	fuzz_require(pc_area_contains(common, DatumGetAreaCode(a)) &&
				 pc_area_contains(common, DatumGetAreaCode(b)));
	fuzz_require(DatumGetInt32(DirectFunctionCall2(pc_areacode_cmp, a, b)) ==
				 -DatumGetInt32(DirectFunctionCall2(pc_areacode_cmp, b, a)));
	fuzz_require(a != b || DirectFunctionCall1(pc_areacode_hash, a) == DirectFunctionCall1(pc_areacode_hash, b));
}

static void
check_grade(Datum value)
{
	PcGrade		grade = DatumGetGrade(value);

	fuzz_require(grade >= PC_GRADE_A && grade <= PC_GRADE_D);
	same_again(value, pc_grade_in, pc_grade_out, pc_grade_recv, pc_grade_send);
}

static void
grade_text(const char *bytes, size_t size)
{
	check_grade(read_text(pc_grade_in, bytes, size));
}

static void
grade_message(const char *bytes, size_t size)
{
	check_grade(read_message(pc_grade_recv, bytes, size));
}

static void
check_limit(Datum value)
{
	PcTimeLimit limit = pc_timelimit_from_datum(value);

	fuzz_require(pc_limit_is_valid(limit.unit, limit.amount));
	fuzz_require(limit.amount <= pc_limit_max(limit.unit));
	fuzz_require(pc_timelimit_to_datum(limit) == value);
	same_again(value, pc_timelimit_in, pc_timelimit_out, pc_timelimit_recv, pc_timelimit_send);
}

static void
timelimit_text(const char *bytes, size_t size)
{
	check_limit(read_text(pc_timelimit_in, bytes, size));
}

static void
timelimit_message(const char *bytes, size_t size)
{
	check_limit(read_message(pc_timelimit_recv, bytes, size));
}

/* A limit and a factor; and two limits, whose order is one. */
static void
timelimit_numbers(const char *bytes, size_t size)
{
	struct
	{
		double		factor;
		uint8		units[2];
		int32		amounts[2];
	}			given;
	Datum		limits[2];

	memset(&given, 0, sizeof(given));
	memcpy(&given, bytes, Min(size, sizeof(given)));
	for (int i = 0; i < 2; i++)
	{
		PcTimeLimit limit = {(PcLimitUnit) (given.units[i] % 5 + 1), given.amounts[i]};

		if (!pc_limit_is_valid(limit.unit, limit.amount))
			return;
		limits[i] = pc_timelimit_to_datum(limit);
		check_limit(limits[i]);
	}
	fuzz_require(DatumGetInt32(DirectFunctionCall2(pc_timelimit_cmp, limits[0], limits[1])) ==
				 -DatumGetInt32(DirectFunctionCall2(pc_timelimit_cmp, limits[1], limits[0])));
	if (DatumGetInt32(DirectFunctionCall2(pc_timelimit_cmp, limits[0], limits[1])) == 0)
		fuzz_require(DirectFunctionCall1(pc_timelimit_hash, limits[0]) == DirectFunctionCall1(pc_timelimit_hash, limits[1]));
	check_limit(DirectFunctionCall2(pc_timelimit_scale, limits[0], Float8GetDatum(given.factor)));
}

static void
complaint_number(const char *bytes, size_t size)
{
	Datum		id = DirectFunctionCall1(pc_complaint_id, PointerGetDatum(fuzz_text(bytes, size)));
	Datum		number = DirectFunctionCall1(pc_complaint_no, id);

	fuzz_require(DirectFunctionCall1(pc_complaint_id, number) == id);
	fuzz_require(DatumGetInt32(DirectFunctionCall1(pc_district_of, id)) == DatumGetInt64(id) / INT64CONST(1000000000000));
}

static void
complaint_id(const char *bytes, size_t size)
{
	int64		id = 0;
	Datum		number;

	memcpy(&id, bytes, Min(size, sizeof(id)));
	number = DirectFunctionCall1(pc_complaint_no, Int64GetDatum(id));
	fuzz_require(DatumGetInt64(DirectFunctionCall1(pc_complaint_id, number)) == id);
}

const FuzzEntry fuzz_types[] = {
	{"areacode_in", areacode_text},
	{"areacode_recv", areacode_message},
	{"areacode_numbers", areacode_number},
	{"grade_in", grade_text},
	{"grade_recv", grade_message},
	{"timelimit_in", timelimit_text},
	{"timelimit_recv", timelimit_message},
	{"timelimit_numbers", timelimit_numbers},
	{"complaint_id", complaint_number},
	{"complaint_no", complaint_id},
	{NULL, NULL}
};
