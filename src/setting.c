/*
 * setting.c
 *	  Numbers of the table setting, for functions that run as their reader.
 *
 * A reader has no right on the table, and need not read it row by row: its
 * numbers are compiled like any rule. Texts and lists of it are not told.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/memutils.h"

#include "ledger.h"
#include "rulebook.h"
#include "rulerow.h"

typedef struct Settings
{
	PcNames		names;
	double	   *values;			/* by number of the name */
} Settings;

static void *load_settings(MemoryContext context);

static const char *const setting_tables[] = {"setting", NULL};

static PcRuleset setting_rules = {
	.name = "settings",
	.tables = setting_tables,
	.load = load_settings
};

static void *
load_settings(MemoryContext context)
{
	Settings   *settings = MemoryContextAllocZero(context, sizeof(Settings));
	int			count;

	pc_names_init(&settings->names, context);
	pc_rulebook_query("SELECT name, (value #>> '{}')::pg_catalog.float8 "
					  "FROM peoplecall.setting "
					  "WHERE pg_catalog.jsonb_typeof(value) = 'number'");
	count = SPI_processed;
	settings->values = MemoryContextAllocZero(context,
											  sizeof(double) * (count + 1));
	for (int i = 0; i < count; i++)
	{
		bool		isnull;
		int			name;

		pc_row_not_null(i, 1);
		pc_row_not_null(i, 2);
		name = pc_row_name(i, 1, &settings->names);
		settings->values[name] =
			DatumGetFloat8(pc_row_value(i, 2, FLOAT8OID, &isnull));
	}
	SPI_freetuptable(SPI_tuptable);
	return settings;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_setting_number);

Datum
pc_setting_number(PG_FUNCTION_ARGS)
{
	const Settings *settings = pc_rules(&setting_rules, fcinfo->flinfo);
	int			name;

	if (settings == NULL)
		pc_no_ledger();
	name = pc_name_find(&settings->names, PG_GETARG_TEXT_PP(0));
	if (name < 0)
		PG_RETURN_DATUM(PG_GETARG_DATUM(1));
	PG_RETURN_FLOAT8(settings->values[name]);
}
