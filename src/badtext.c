/*
 * badtext.c
 *	  The one way in which the types refuse a text that they cannot read.
 *
 * Never echoes more than a line of what it was given: a text may be a
 * gigabyte long.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "compat.h"
#include "peoplecall.h"

/* bytes of the text that a message repeats */
#define SHOWN_BYTES 64

/*
 * Reports a bad text, softly where the caller gave a context that can take
 * it; returns the null Datum then. The detail is a whole sentence.
 */
Datum
pc_bad_text(struct Node *escontext, const char *type_name, const char *text,
			const char *detail)
{
	int			len = (int) strlen(text);
	int			shown = pg_mbcliplen(text, len, SHOWN_BYTES);

	ereturn(escontext, (Datum) 0,
			(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
			 errmsg("invalid input syntax for type %s: \"%.*s%s\"",
					type_name, shown, text, shown < len ? "..." : ""),
			 errdetail("%s", detail)));
}
