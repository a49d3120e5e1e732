/*
 * values.c
 *	  Fuzz targets: texts of citizens and what is made of them, arrays, the walk
 *	  through jsonb that digests an event and fills a template, a setting.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "fuzz.h"

extern Datum pc_text_grams(PG_FUNCTION_ARGS);
extern Datum pc_text_digest_of(PG_FUNCTION_ARGS);
extern Datum pc_gram_keys(PG_FUNCTION_ARGS);
extern Datum pc_search_keys(PG_FUNCTION_ARGS);
extern Datum pc_keys_overlap(PG_FUNCTION_ARGS);
extern Datum pc_event_digest(PG_FUNCTION_ARGS);
extern Datum pc_fill_template(PG_FUNCTION_ARGS);

/* Ascending and without doubles, as the index and the merges count on. */
static void
check_ascending(ArrayType *grams)
{
	int32	   *values = (int32 *) ARR_DATA_PTR(grams);
	int			count = ArrayGetNItems(ARR_NDIM(grams), ARR_DIMS(grams));

	fuzz_require(ARR_ELEMTYPE(grams) == INT4OID && !ARR_HASNULL(grams));
	for (int i = 1; i < count; i++)
		fuzz_require(values[i - 1] < values[i]);
}

static void
grams(const char *bytes, size_t size)
{
	Datum		given = PointerGetDatum(fuzz_text(bytes, size));
	Datum		again = PointerGetDatum(fuzz_text(bytes, size));
	ArrayType  *found = DatumGetArrayTypeP(DirectFunctionCall1(pc_text_grams, given));
	ArrayType  *twice = DatumGetArrayTypeP(DirectFunctionCall1(pc_text_grams, again));

	check_ascending(found);
	fuzz_require(VARSIZE(found) == VARSIZE(twice) && memcmp(found, twice, VARSIZE(found)) == 0);
	fuzz_require(DirectFunctionCall1(pc_text_digest_of, given) == DirectFunctionCall1(pc_text_digest_of, again));
}

static ArrayType *
int_array(const char *bytes, size_t size, Oid type, int width)
{
	int			count = size / width;
	Datum	   *values = palloc(sizeof(Datum) * (count + 1));

	for (int i = 0; i < count; i++)
	{
		int64		value = 0;

		memcpy(&value, bytes + (size_t) i * width, width);
		values[i] = type == INT4OID ? Int32GetDatum((int32) value) : Int64GetDatum(value);
	}
	return construct_array(values, count, type, width, true, width == 4 ? TYPALIGN_INT : TYPALIGN_DOUBLE);
}

/* Two arrays of any numbers, not only of those that text_grams() makes. */
static void
keys(const char *bytes, size_t size)
{
	size_t		half = size / 16 * 8;
	ArrayType  *a = int_array(bytes, half, INT8OID, 8);
	ArrayType  *b = int_array(bytes + half, half, INT8OID, 8);
	ArrayType  *some = int_array(bytes, Min(half, 64), INT4OID, 4);
	TimestampTz from = 0;
	TimestampTz to;

	memcpy(&from, bytes, Min(size, sizeof(from)));
	fuzz_require(DatumGetBool(DirectFunctionCall2(pc_keys_overlap, PointerGetDatum(a), PointerGetDatum(b))) ==
				 DatumGetBool(DirectFunctionCall2(pc_keys_overlap, PointerGetDatum(b), PointerGetDatum(a))));
	if (!IS_VALID_TIMESTAMP(from) && !TIMESTAMP_NOT_FINITE(from))
		return;
	to = from < END_TIMESTAMP - USECS_PER_DAY && !TIMESTAMP_NOT_FINITE(from) ? from + USECS_PER_DAY : from;
	DirectFunctionCall3(pc_gram_keys, Int32GetDatum(420102), TimestampTzGetDatum(from), PointerGetDatum(some));
	DirectFunctionCall4(pc_search_keys, PointerGetDatum(int_array(bytes + half, Min(half, 16), INT4OID, 4)),
						TimestampTzGetDatum(from), TimestampTzGetDatum(to), PointerGetDatum(some));
}

/* JSON text, as the server reads it; raises what the server raises. */
static Datum
json(const char *bytes, size_t size)
{
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(fuzz_cstring(bytes, size)));
}

/* The digest of an event with that detail, the other columns being plain. */
static Datum
digest(Datum detail)
{
	static NameData actor = {"someone"};

	LOCAL_FCINFO(fcinfo, 11);
	Datum		arguments[11];

	arguments[0] = PointerGetDatum(fuzz_varlena("01234567890123456789012345678901", 32));
	arguments[1] = Int32GetDatum(420102);
	arguments[2] = Int64GetDatum(INT64CONST(420102000000000001));
	arguments[3] = Int32GetDatum(1);
	arguments[4] = TimestampTzGetDatum(0);
	arguments[5] = PointerGetDatum(fuzz_text("submit", 6));
	arguments[6] = NameGetDatum(&actor);
	arguments[7] = arguments[8] = arguments[9] = (Datum) 0;
	arguments[10] = detail;
	InitFunctionCallInfoData(*fcinfo, NULL, 11, InvalidOid, NULL, NULL);
	for (int i = 0; i < 11; i++)
	{
		fcinfo->args[i].value = arguments[i];
		fcinfo->args[i].isnull = i >= 7 && i < 10;
	}
	return pc_event_digest(fcinfo);
}

/* One value has one digest, by whatever text it came. */
static void
event_digest(const char *bytes, size_t size)
{
	Datum		detail = json(bytes, size);
	char	   *printed = JsonbToCString(NULL, &DatumGetJsonbP(detail)->root, size);
	bytea	   *one = DatumGetByteaPP(digest(detail));
	bytea	   *other = DatumGetByteaPP(digest(json(printed, strlen(printed))));

	fuzz_require(VARSIZE_ANY_EXHDR(one) == 32);
	fuzz_require(VARSIZE_ANY_EXHDR(other) == 32 && memcmp(VARDATA_ANY(one), VARDATA_ANY(other), 32) == 0);
}

/* Half a template, half its fields. */
static void
fill_template(const char *bytes, size_t size)
{
	const char *fields = memchr(bytes, '\n', size);
	size_t		length = fields != NULL ? (size_t) (fields - bytes) : size;
	text	   *template = fuzz_text(bytes, length);
	bool		plain = memchr(VARDATA(template), '{', VARSIZE(template) - VARHDRSZ) == NULL;
	text	   *filled;

	filled = DatumGetTextPP(DirectFunctionCall2(pc_fill_template, PointerGetDatum(template),
												fields != NULL ? json(fields + 1, size - length - 1) : json("{}", 2)));
	if (plain)
		fuzz_require(VARSIZE_ANY_EXHDR(filled) == VARSIZE(template) - VARHDRSZ &&
					 memcmp(VARDATA_ANY(filled), VARDATA(template), VARSIZE_ANY_EXHDR(filled)) == 0);
}

/* What is kept of the setting is a moment that is read again. */
static void
as_of(const char *bytes, size_t size)
{
	char	   *value = fuzz_cstring(bytes, size);
	char	   *kept;

	if (set_config_option("peoplecall.as_of", value, PGC_SUSET, PGC_S_SESSION, GUC_ACTION_SET, true, 0, false) <= 0)
		return;
	kept = pstrdup(GetConfigOption("peoplecall.as_of", false, false));
	SetConfigOption("peoplecall.as_of", kept, PGC_SUSET, PGC_S_SESSION);
	fuzz_require(strcmp(kept, GetConfigOption("peoplecall.as_of", false, false)) == 0);
}

const FuzzEntry fuzz_values[] = {
	{"text_grams", grams},
	{"gram_keys", keys},
	{"event_digest", event_digest},
	{"fill_template", fill_template},
	{"as_of", as_of},
	{NULL, NULL}
};
