/*
 * history_digest.c
 *	  The digest that chains a complaint's events: SHA-256 over the digest of
 *	  the event before and a canonical form of this one.
 *
 * The form is binary and in network order, so that no TimeZone, DateStyle,
 * bytea_output or extra_float_digits, no collation, byte order, server
 * encoding or release of PostgreSQL changes it. Each value has a length or a
 * width of its own, so that no two events have one form. What was released
 * never changes: another form needs another FORM_VERSION, and a reader for
 * both.
 *
 *	  form     = version, int4 district_id, int8 complaint_id, int4 seq, int8 at,
 *				 string verb, string actor, optional int8 officer, org,
 *				 optional int4 task_seq, value detail
 *	  at       = microseconds since 2000-01-01 00:00 UTC
 *	  string   = int4 length in bytes, UTF-8
 *	  optional = 0, or 1 and the value
 *	  value    = 'n' | 't' | 'f' | '#' string | '"' string
 *				 | '[' int4 count, values | '{' int4 count, (string key, value)s
 *
 * The area is not in it: it repeats the complaint's, for row policies, and
 * follows it.
 *
 * A number is written as jsonb prints it, its trailing zeros included; keys
 * stand in the order of their lengths, then bytes, which is jsonb's own in
 * UTF-8.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

#define FORM_VERSION 1
#define DIGEST_SIZE 32

/* a key or a value of an object, before it is put in order */
typedef struct Member
{
	char	   *key;
	int			length;
	JsonbValue	value;
} Member;

static void put_container(StringInfo form, JsonbContainer *container);

static void
put_bytes(StringInfo form, const char *bytes, int length)
{
	pq_sendint32(form, length);
	appendBinaryStringInfo(form, bytes, length);
}

static void
put_text(StringInfo form, char *text, int length)
{
	char	   *utf8 = pg_server_to_any(text, length, PG_UTF8);

	put_bytes(form, utf8, utf8 == text ? length : (int) strlen(utf8));
	if (utf8 != text)
		pfree(utf8);
}

static void
put_optional_int64(StringInfo form, bool isnull, int64 value)
{
	pq_sendbyte(form, isnull ? 0 : 1);
	if (!isnull)
		pq_sendint64(form, value);
}

static void
put_number(StringInfo form, Numeric number)
{
	char	   *digits = DatumGetCString(DirectFunctionCall1(numeric_out,
															 NumericGetDatum(number)));

	put_bytes(form, digits, strlen(digits));
	pfree(digits);
}

static void
put_value(StringInfo form, JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			pq_sendbyte(form, 'n');
			break;
		case jbvBool:
			pq_sendbyte(form, value->val.boolean ? 't' : 'f');
			break;
		case jbvNumeric:
			pq_sendbyte(form, '#');
			put_number(form, value->val.numeric);
			break;
		case jbvString:
			pq_sendbyte(form, '"');
			put_text(form, value->val.string.val, value->val.string.len);
			break;
		case jbvBinary:
			put_container(form, value->val.binary.data);
			break;
		default:
			elog(ERROR, "unexpected type of jsonb value: %d", (int) value->type);
	}
}

static int
compare_members(const void *a, const void *b)
{
	const Member *m = a;
	const Member *n = b;

	if (m->length != n->length)
		return m->length < n->length ? -1 : 1;
	return memcmp(m->key, n->key, m->length);
}

static void
put_object(StringInfo form, JsonbIterator *walk, int count)
{
	Member	   *members = palloc(sizeof(Member) * Max(count, 1));
	JsonbValue	key;
	bool		utf8 = GetDatabaseEncoding() == PG_UTF8;

	for (int i = 0; i < count; i++)
	{
		Member	   *m = &members[i];

		(void) JsonbIteratorNext(&walk, &key, true);
		m->key = pg_server_to_any(key.val.string.val, key.val.string.len, PG_UTF8);
		m->length = m->key == key.val.string.val ? key.val.string.len : (int) strlen(m->key);
		(void) JsonbIteratorNext(&walk, &m->value, true);
	}
	if (!utf8)
		qsort(members, count, sizeof(Member), compare_members);

	pq_sendbyte(form, '{');
	pq_sendint32(form, count);
	for (int i = 0; i < count; i++)
	{
		put_bytes(form, members[i].key, members[i].length);
		put_value(form, &members[i].value);
	}
	pfree(members);
}

static void
put_container(StringInfo form, JsonbContainer *container)
{
	JsonbIterator *walk = JsonbIteratorInit(container);
	JsonbValue	value;
	JsonbIteratorToken token;

	check_stack_depth();
	token = JsonbIteratorNext(&walk, &value, true);
	if (token == WJB_BEGIN_OBJECT)
	{
		put_object(form, walk, value.val.object.nPairs);
		return;
	}
	/* a scalar is kept as an array of one */
	if (!value.val.array.rawScalar)
	{
		pq_sendbyte(form, '[');
		pq_sendint32(form, value.val.array.nElems);
	}
	while (JsonbIteratorNext(&walk, &value, true) == WJB_ELEM)
		put_value(form, &value);
}

/* The arguments from number first on are those of an event, in their order. */
static Datum
event_digest(FunctionCallInfo fcinfo, int first, bytea *previous)
{
	static const char *const needed[] = {"district_id", "complaint_id", "seq", "at", "verb", "actor"};
	static const char before_first[DIGEST_SIZE] = {0};
	StringInfoData form;
	text	   *verb;
	char	   *actor;
	Datum		digest;

	for (int i = 0; i < (int) lengthof(needed); i++)
		if (PG_ARGISNULL(first + i))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("%s of an event must not be null", needed[i])));
	if (PG_ARGISNULL(first + 9))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("detail of an event must not be null")));

	initStringInfo(&form);
	appendStringInfoSpaces(&form, VARHDRSZ);
	if (previous != NULL)
		appendBinaryStringInfo(&form, VARDATA_ANY(previous), VARSIZE_ANY_EXHDR(previous));
	else
		appendBinaryStringInfo(&form, before_first, DIGEST_SIZE);
	pq_sendbyte(&form, FORM_VERSION);
	pq_sendint32(&form, PG_GETARG_INT32(first));
	pq_sendint64(&form, PG_GETARG_INT64(first + 1));
	pq_sendint32(&form, PG_GETARG_INT32(first + 2));
	pq_sendint64(&form, PG_GETARG_TIMESTAMPTZ(first + 3));
	verb = PG_GETARG_TEXT_PP(first + 4);
	put_text(&form, VARDATA_ANY(verb), VARSIZE_ANY_EXHDR(verb));
	actor = NameStr(*PG_GETARG_NAME(first + 5));
	put_text(&form, actor, strlen(actor));
	put_optional_int64(&form, PG_ARGISNULL(first + 6), PG_GETARG_INT64(first + 6));
	put_optional_int64(&form, PG_ARGISNULL(first + 7), PG_GETARG_INT64(first + 7));
	pq_sendbyte(&form, PG_ARGISNULL(first + 8) ? 0 : 1);
	if (!PG_ARGISNULL(first + 8))
		pq_sendint32(&form, PG_GETARG_INT32(first + 8));
	put_container(&form, &PG_GETARG_JSONB_P(first + 9)->root);

	SET_VARSIZE(form.data, form.len);
	digest = DirectFunctionCall1(sha256_bytea, PointerGetDatum(form.data));
	pfree(form.data);
	return digest;
}

static void
check_digest(bytea *digest)
{
	if (VARSIZE_ANY_EXHDR(digest) != DIGEST_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the digest before an event must have %d bytes, not %d",
						DIGEST_SIZE, (int) VARSIZE_ANY_EXHDR(digest))));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_event_digest);
PG_FUNCTION_INFO_V1(pc_chain_step);

Datum
pc_event_digest(PG_FUNCTION_ARGS)
{
	bytea	   *previous = PG_ARGISNULL(0) ? NULL : PG_GETARG_BYTEA_PP(0);

	if (previous != NULL)
		check_digest(previous);
	PG_RETURN_DATUM(event_digest(fcinfo, 1, previous));
}

/*
 * Transition of chain_digest(): the state is the last digest; before the first
 * event of a batch it is what that event follows on.
 */
Datum
pc_chain_step(PG_FUNCTION_ARGS)
{
	bytea	   *previous = NULL;

	if (!PG_ARGISNULL(0))
		previous = PG_GETARG_BYTEA_PP(0);
	else if (!PG_ARGISNULL(1))
	{
		previous = PG_GETARG_BYTEA_PP(1);
		check_digest(previous);
	}
	PG_RETURN_DATUM(event_digest(fcinfo, 2, previous));
}
