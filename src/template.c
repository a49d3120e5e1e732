/*
 * template.c
 *	  The text of a notice: a template with each {field} replaced.
 *
 * One pass over the template, so that braces in a value, say in a title, stay
 * the value's own. It must never look a field up anywhere but in what it is
 * given.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

#include "compat.h"

/* a value as ->> gives it; nothing for null and for what is missing */
static void
append_value(StringInfo text, JsonbValue *value)
{
	if (value == NULL)
		return;
	switch (value->type)
	{
		case jbvString:
			appendBinaryStringInfo(text, value->val.string.val,
								   value->val.string.len);
			break;
		case jbvNumeric:
			appendStringInfoString(text,
								   DatumGetCString(DirectFunctionCall1(numeric_out,
																	   NumericGetDatum(value->val.numeric))));
			break;
		case jbvBool:
			appendStringInfoString(text, value->val.boolean ? "true" : "false");
			break;
		case jbvBinary:
			JsonbToCString(text, value->val.binary.data,
						   value->val.binary.len);
			break;
		default:
			break;
	}
}

/* where a field's name ends that begins here: at its brace, or NULL */
static const char *
end_of_name(const char *name, const char *end)
{
	const char *at = name;

	while (at < end && ((*at >= 'a' && *at <= 'z') || *at == '_'))
		at++;
	return at > name && at < end && *at == '}' ? at : NULL;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_fill_template);

/* fill_template(pattern text, fields jsonb): a brace that opens no field stays. */
Datum
pc_fill_template(PG_FUNCTION_ARGS)
{
	text	   *pattern = PG_GETARG_TEXT_PP(0);
	Jsonb	   *fields = PG_GETARG_JSONB_P(1);
	const char *at = VARDATA_ANY(pattern);
	const char *end = at + VARSIZE_ANY_EXHDR(pattern);
	StringInfoData filled;

	initStringInfo(&filled);
	while (at < end)
	{
		const char *brace = memchr(at, '{', end - at);
		const char *close;

		if (brace == NULL)
			brace = end;
		appendBinaryStringInfo(&filled, at, brace - at);
		at = brace;
		if (at == end)
			break;
		close = end_of_name(at + 1, end);
		if (close == NULL)
		{
			appendStringInfoChar(&filled, '{');
			at++;
			continue;
		}
		if (JB_ROOT_IS_OBJECT(fields))
		{
			JsonbValue	value;

			append_value(&filled,
						 getKeyJsonValueFromContainer(&fields->root, at + 1,
													  close - at - 1, &value));
		}
		at = close + 1;
	}
	PG_RETURN_TEXT_P(cstring_to_text_with_len(filled.data, filled.len));
}
