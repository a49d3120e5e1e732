/*
 * text_grams.c
 *	  Grams in SQL: of a text, and as keys of the index that finds texts.
 *
 * A key is a gram in one district and sixteen days. So what the index holds of
 * a common gram is short however long the history and however large the city,
 * and a search reads nothing of other districts and times.
 *
 * Row policies stand before an index condition unless it is leakproof: the
 * keys and their comparison must raise nothing, whatever they are given.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "mb/pg_wchar.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "bigram.h"
#include "grams.h"

#define DAYS_OF_PERIOD	16
#define USECS_OF_PERIOD	(DAYS_OF_PERIOD * USECS_PER_DAY)
#define PERIODS			4096	/* 12 bits: 179 years, then it starts again */

/* The text's bytes as UTF-8, or as they are where nobody knows what they are. */
static const char *
as_utf8(const text *value, size_t *length)
{
	char	   *data = VARDATA_ANY(value);
	int			encoding = GetDatabaseEncoding();
	char	   *converted;

	*length = VARSIZE_ANY_EXHDR(value);
	if (encoding == PG_UTF8 || encoding == PG_SQL_ASCII || *length == 0)
		return data;
	converted = (char *) pg_do_encoding_conversion((unsigned char *) data,
												   (int) *length, encoding,
												   PG_UTF8);
	if (converted != data)
		*length = strlen(converted);
	return converted;
}

/* ARR_DATA_PTR() mixes signed and unsigned, which we are warned of */
static char *
array_data(ArrayType *array)
{
	Size		offset = ARR_OVERHEAD_NONULLS(ARR_NDIM(array));

	if (ARR_HASNULL(array))
		offset = array->dataoffset;
	return (char *) array + offset;
}

/* An array of a fixed-length type without nulls, not yet filled. */
static ArrayType *
new_array(Oid element, Size width, int count)
{
	Size		size = ARR_OVERHEAD_NONULLS(1) + width * count;
	ArrayType  *array;

	if (count == 0)
		return construct_empty_array(element);
	array = palloc0(size);
	SET_VARSIZE(array, size);
	array->ndim = 1;
	array->dataoffset = 0;
	array->elemtype = element;
	ARR_DIMS(array)[0] = count;
	ARR_LBOUND(array)[0] = 1;
	return array;
}

ArrayType *
pc_grams_array(const int32 *grams, int count)
{
	ArrayType  *array = new_array(INT4OID, sizeof(int32), count);

	if (count > 0)
		memcpy(array_data(array), grams, sizeof(int32) * count);
	return array;
}

/* The elements of an array that has none of width but those; nulls skipped. */
static void *
elements(ArrayType *array, Size width, int *count)
{
	int			items = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
	const bits8 *bitmap = ARR_NULLBITMAP(array);
	char	   *data = array_data(array);
	int			present = 0;

	*count = items;
	if (bitmap != NULL)
	{
		for (int i = 0; i < items; i++)
			present += (bitmap[i / 8] >> (i % 8)) & 1;
		*count = present;
	}
	return data;
}

const int32 *
pc_grams_of(ArrayType *array, int *count)
{
	return elements(array, sizeof(int32), count);
}

static inline int64
key_prefix(int32 district, int64 period)
{
	return (int64) (((uint64) (uint32) district & 0xFFFFF) << 44 |
					((uint64) period & (PERIODS - 1)) << 32);
}

static inline int64
key_of(int64 prefix, int32 gram)
{
	return (int64) ((uint64) prefix | (uint32) gram);
}

static int64
period_of(TimestampTz at)
{
	int64		period = at / USECS_OF_PERIOD;

	return at < 0 && at % USECS_OF_PERIOD != 0 ? period - 1 : period;
}

static int
compare_keys(const void *a, const void *b)
{
	int64		x = *(const int64 *) a;
	int64		y = *(const int64 *) b;

	return x < y ? -1 : x > y ? 1 : 0;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_text_grams);
PG_FUNCTION_INFO_V1(pc_text_digest_of);
PG_FUNCTION_INFO_V1(pc_gram_keys);
PG_FUNCTION_INFO_V1(pc_search_keys);
PG_FUNCTION_INFO_V1(pc_keys_overlap);

Datum
pc_text_grams(PG_FUNCTION_ARGS)
{
	size_t		length;
	const char *data = as_utf8(PG_GETARG_TEXT_PP(0), &length);
	int32	   *grams = MemoryContextAllocHuge(CurrentMemoryContext,
											   sizeof(int32) * (length + 1));

	PG_RETURN_ARRAYTYPE_P(pc_grams_array(grams,
										 pc_bigrams(data, length, grams)));
}

Datum
pc_text_digest_of(PG_FUNCTION_ARGS)
{
	size_t		length;
	const char *data = as_utf8(PG_GETARG_TEXT_PP(0), &length);

	PG_RETURN_INT64(pc_text_digest(data, length));
}

/* The keys of a text's grams, for the index. */
Datum
pc_gram_keys(PG_FUNCTION_ARGS)
{
	int64		prefix = key_prefix(PG_GETARG_INT32(0),
									period_of(PG_GETARG_TIMESTAMPTZ(1)));
	int			count;
	const int32 *grams = pc_grams_of(PG_GETARG_ARRAYTYPE_P(2), &count);
	ArrayType  *keys = new_array(INT8OID, sizeof(int64), count);
	int64	   *key = (int64 *) array_data(keys);

	for (int i = 0; i < count; i++)
		key[i] = key_of(prefix, grams[i]);
	PG_RETURN_ARRAYTYPE_P(keys);
}

/* The keys to look for: the grams in each district and period. */
Datum
pc_search_keys(PG_FUNCTION_ARGS)
{
	int			ndistricts;
	int			ngrams;
	const int32 *districts = pc_grams_of(PG_GETARG_ARRAYTYPE_P(0), &ndistricts);
	int64		first = period_of(PG_GETARG_TIMESTAMPTZ(1));
	int64		last = period_of(PG_GETARG_TIMESTAMPTZ(2));
	const int32 *grams = pc_grams_of(PG_GETARG_ARRAYTYPE_P(3), &ngrams);
	int64		periods = last < first ? 0 : Min(last - first + 1, PERIODS);
	int64		wanted = (int64) ndistricts * periods * ngrams;
	ArrayType  *keys;
	int64	   *key;

	if (wanted > PC_SEARCH_KEYS_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the search is too wide"),
				 errdetail("%d districts over %lld days need %lld keys; the limit is %d.",
						   ndistricts, (long long) periods * DAYS_OF_PERIOD,
						   (long long) wanted, PC_SEARCH_KEYS_MAX),
				 errhint("Name a smaller area or a shorter time.")));
	keys = new_array(INT8OID, sizeof(int64), (int) wanted);
	key = (int64 *) array_data(keys);
	for (int d = 0; d < ndistricts; d++)
		for (int64 p = 0; p < periods; p++)
			for (int g = 0; g < ngrams; g++)
				*key++ = key_of(key_prefix(districts[d], first + p), grams[g]);
	qsort(array_data(keys), wanted, sizeof(int64), compare_keys);
	PG_RETURN_ARRAYTYPE_P(keys);
}

/*
 * Whether two arrays have a key in common. As core's && for bigint[], but
 * known to be leakproof, and for arrays that are short.
 */
Datum
pc_keys_overlap(PG_FUNCTION_ARGS)
{
	int			na;
	int			nb;
	const int64 *a = elements(PG_GETARG_ARRAYTYPE_P(0), sizeof(int64), &na);
	const int64 *b = elements(PG_GETARG_ARRAYTYPE_P(1), sizeof(int64), &nb);

	for (int i = 0; i < na; i++)
		for (int j = 0; j < nb; j++)
			if (a[i] == b[j])
				PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(false);
}
