/*
 * grade.c
 *	  The SQL type grade: how difficult a matter is, 甲乙丙丁 or A to D.
 *
 * One byte by value. Never compares as text: A < B < C < D is the order of
 * the levels that judge, in every collation.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

#include "chars.h"
#include "compat.h"
#include "peoplecall.h"

/* the longest text of a single Chinese character in any server encoding */
#define MAX_CHARACTER_BYTES 4
/* what its conversion to UTF-8 may take */
#define CONVERSION_SIZE (MAX_CHARACTER_BYTES * MAX_CONVERSION_GROWTH + 1)

static const char *const chinese_grades[] = {
	"\xe7\x94\xb2",				/* 甲 */
	"\xe4\xb9\x99",				/* 乙 */
	"\xe4\xb8\x99",				/* 丙 */
	"\xe4\xb8\x81"				/* 丁 */
};

/*
 * Copies a text in the server's encoding into the buffer as UTF-8. False if
 * it has no form there; never throws, so that a soft error stays soft.
 */
static bool
convert_to_utf8(const char *text, int len, char *buffer)
{
	int			encoding = GetDatabaseEncoding();
	unsigned char *source = (unsigned char *) unconstify(char *, text);
	Oid			conversion;
	int			converted;

	/* SQL_ASCII says nothing about bytes: take them for UTF-8 */
	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII)
	{
		memcpy(buffer, text, len);
		buffer[len] = '\0';
		return true;
	}
	conversion = FindDefaultConversionProc(encoding, PG_UTF8);
	if (!OidIsValid(conversion))
		return false;
	converted = pg_do_encoding_conversion_buf(conversion, encoding, PG_UTF8,
											  source, len,
											  (unsigned char *) buffer,
											  CONVERSION_SIZE, true);
	return converted == len;
}

/* 0 if the text, without surrounding space, is no grade */
static int
parse_grade(const char *text, int len)
{
	char		utf8[CONVERSION_SIZE];

	if (len == 1 && text[0] >= 'A' && text[0] <= 'D')
		return text[0] - 'A' + PC_GRADE_A;
	if (len == 1 && text[0] >= 'a' && text[0] <= 'd')
		return text[0] - 'a' + PC_GRADE_A;
	if (len < 2 || len > MAX_CHARACTER_BYTES || !IS_HIGHBIT_SET(text[0]) ||
		!convert_to_utf8(text, len, utf8))
		return 0;
	for (int i = 0; i < (int) lengthof(chinese_grades); i++)
		if (strcmp(utf8, chinese_grades[i]) == 0)
			return PC_GRADE_A + i;
	return 0;
}

static int
grade_fast_cmp(Datum x, Datum y, SortSupport ssup)
{
	return (int) DatumGetGrade(x) - (int) DatumGetGrade(y);
}

PcAreaLevel
pc_grade_level(PcGrade grade)
{
	switch (grade)
	{
		case PC_GRADE_A:
			return PC_LEVEL_COMMUNITY;
		case PC_GRADE_B:
			return PC_LEVEL_STREET;
		case PC_GRADE_C:
			return PC_LEVEL_DISTRICT;
		case PC_GRADE_D:
			break;
	}
	return PC_LEVEL_CITY;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_grade_in);
PG_FUNCTION_INFO_V1(pc_grade_out);
PG_FUNCTION_INFO_V1(pc_grade_recv);
PG_FUNCTION_INFO_V1(pc_grade_send);

Datum
pc_grade_in(PG_FUNCTION_ARGS)
{
	char	   *input = PG_GETARG_CSTRING(0);
	const char *text = input;
	size_t		len = strlen(text);
	int			grade = 0;

	pc_trim(&text, &len);
	if (len <= MAX_CHARACTER_BYTES)
		grade = parse_grade(text, (int) len);
	if (grade == 0)
		return pc_bad_text(PC_ESCONTEXT(fcinfo), "grade", input,
						   len == 0 ? "A grade is not empty." :
						   "A grade is one of A, B, C and D, in either case, or its Chinese name.");
	PG_RETURN_GRADE(grade);
}

Datum
pc_grade_out(PG_FUNCTION_ARGS)
{
	char	   *text = palloc(2);

	text[0] = 'A' + (PG_GETARG_GRADE(0) - PC_GRADE_A);
	text[1] = '\0';
	PG_RETURN_CSTRING(text);
}

Datum
pc_grade_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			value = pq_getmsgbyte(message);

	if (value < PC_GRADE_A || value > PC_GRADE_D)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type grade: %d", value),
				 errdetail("A grade is sent as one byte from 1 to 4.")));
	PG_RETURN_GRADE(value);
}

Datum
pc_grade_send(PG_FUNCTION_ARGS)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint8(&message, (uint8) PG_GETARG_GRADE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

PG_FUNCTION_INFO_V1(pc_grade_lt);
PG_FUNCTION_INFO_V1(pc_grade_le);
PG_FUNCTION_INFO_V1(pc_grade_eq);
PG_FUNCTION_INFO_V1(pc_grade_ne);
PG_FUNCTION_INFO_V1(pc_grade_ge);
PG_FUNCTION_INFO_V1(pc_grade_gt);
PG_FUNCTION_INFO_V1(pc_grade_cmp);
PG_FUNCTION_INFO_V1(pc_grade_sortsupport);
PG_FUNCTION_INFO_V1(pc_grade_hash);
PG_FUNCTION_INFO_V1(pc_grade_hash_extended);
PG_FUNCTION_INFO_V1(pc_grade_smaller);
PG_FUNCTION_INFO_V1(pc_grade_larger);
PG_FUNCTION_INFO_V1(pc_grade_command_level);
PG_FUNCTION_INFO_V1(pc_grade_raise);

Datum
pc_grade_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_GRADE(0) < PG_GETARG_GRADE(1));
}

Datum
pc_grade_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_GRADE(0) <= PG_GETARG_GRADE(1));
}

Datum
pc_grade_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_GRADE(0) == PG_GETARG_GRADE(1));
}

Datum
pc_grade_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_GRADE(0) != PG_GETARG_GRADE(1));
}

Datum
pc_grade_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_GRADE(0) >= PG_GETARG_GRADE(1));
}

Datum
pc_grade_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_GRADE(0) > PG_GETARG_GRADE(1));
}

Datum
pc_grade_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int) PG_GETARG_GRADE(0) - (int) PG_GETARG_GRADE(1));
}

Datum
pc_grade_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = grade_fast_cmp;
	PG_RETURN_VOID();
}

Datum
pc_grade_hash(PG_FUNCTION_ARGS)
{
	return hash_uint32((uint32) PG_GETARG_GRADE(0));
}

Datum
pc_grade_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_uint32_extended((uint32) PG_GETARG_GRADE(0),
								PG_GETARG_INT64(1));
}

Datum
pc_grade_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_GRADE(Min(PG_GETARG_GRADE(0), PG_GETARG_GRADE(1)));
}

Datum
pc_grade_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_GRADE(Max(PG_GETARG_GRADE(0), PG_GETARG_GRADE(1)));
}

Datum
pc_grade_command_level(PG_FUNCTION_ARGS)
{
	return pc_enum_datum(PC_ENUM_AREA_LEVEL,
						 pc_grade_level(PG_GETARG_GRADE(0)));
}

Datum
pc_grade_raise(PG_FUNCTION_ARGS)
{
	PG_RETURN_GRADE(Min(PG_GETARG_GRADE(0) + 1, PC_GRADE_D));
}
