/*
 * rulebook.c
 *	  Compiled rules: when they are built, how long they live, what drops them.
 *
 * A trigger on every table of the rulebook sends a relcache invalidation of
 * that table; it reaches every session with the commit, on a standby with the
 * replay of it, and this session at the end of the command. The callback only
 * marks what is out of date: it may run at almost any place, so it must never
 * read a table, allocate, or free a copy that somebody still uses.
 *
 * Compiling runs the owner's queries, and where he put a view in a table's
 * place, his code; that may ask for rules itself and change them meanwhile. So
 * nothing is freed while anything is being compiled: what is replaced then
 * waits for the end of the transaction, since a caller further up may hold it
 * without a pin.
 *
 * Rules are read under the newest snapshot even inside REPEATABLE READ: a
 * deadline follows the rules in force when the verb acts, not those of an old
 * report's snapshot.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "compat.h"
#include "cursors.h"
#include "errcodes.h"
#include "ledger.h"
#include "peoplecall.h"
#include "release.h"
#include "rulebook.h"

/*
 * What tells one moment from another at which the rules may differ. Between
 * two snapshots, a commit of somebody else moves xmax up or takes a
 * transaction out of the list of running ones; a change of our own moves
 * curcid; a rollback to a savepoint moves neither and is counted apart.
 */
typedef struct Moment
{
	TransactionId xmax;
	uint32		xcnt;
	int32		subxcnt;
	CommandId	curcid;
	uint32		rollbacks;
	TimestampTz statement;
} Moment;

struct PcCompiled
{
	MemoryContext context;
	void	   *rules;
	int			pins;
	bool		valid;			/* no invalidation since it was built */
	bool		provisional;	/* built under a parallel query's snapshot */
	Moment		moment;			/* of a provisional copy: it holds for no other */
	int			ntables;
	Oid			tables[PC_RULESET_MAX_TABLES];
	PcCompiled *next_retired;
};

typedef struct Pin
{
	MemoryContextCallback callback;
	PcCompiled *compiled;
	Moment		moment;
} Pin;

static PcRuleset *rulesets = NULL;
static uint32 rollbacks = 0;

/* counts invalidations, so that a build knows when it was overtaken */
static uint64 invalidations = 0;

/* counts what outdates: what is derived from compiled rules holds meanwhile */
static uint64 changes = 0;

/* how many compilations run, one inside the other */
static int	compiling = 0;

/* replaced while something was being compiled; freed with the transaction */
static PcCompiled *retired = NULL;

static void
invalidate_compiled(Datum arg, Oid relation)
{
	invalidations++;
	for (PcRuleset *set = rulesets; set != NULL; set = set->next)
	{
		PcCompiled *compiled = set->current;

		if (compiled == NULL || !compiled->valid)
			continue;
		if (!OidIsValid(relation))
			compiled->valid = false;
		for (int i = 0; i < compiled->ntables; i++)
			if (compiled->tables[i] == relation)
				compiled->valid = false;
		if (!compiled->valid)
			changes++;
	}
}

static void
count_rollback(SubXactEvent event, SubTransactionId subxact,
			   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		rollbacks++;
}

/* Nobody has pinned these since: nobody could find them any more. */
static void
drop_retired(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE ||
		event == XACT_EVENT_PARALLEL_PRE_COMMIT)
		return;
	while (retired != NULL)
	{
		PcCompiled *compiled = retired;

		retired = compiled->next_retired;
		MemoryContextDelete(compiled->context);
	}
}

static void
register_ruleset(PcRuleset *set)
{
	if (rulesets == NULL)
	{
		/* a second try finds room, should memory run out at the first two */
		RegisterSubXactCallback(count_rollback, NULL);
		RegisterXactCallback(drop_retired, NULL);
		CacheRegisterRelcacheCallback(invalidate_compiled, (Datum) 0);
	}
	set->next = rulesets;
	rulesets = set;
	set->registered = true;
}

static void
drop_if_unused(PcCompiled *compiled)
{
	if (compiled->pins > 0)
		return;
	if (compiling == 0)
		MemoryContextDelete(compiled->context);
	else
	{
		compiled->next_retired = retired;
		retired = compiled;
	}
}

/* Look the tables up by name; false where one is missing. */
static bool
find_tables(PcRuleset *set, PcCompiled *compiled)
{
	compiled->ntables = 0;
	for (const char *const *name = set->tables; *name != NULL; name++)
	{
		Oid			relation = pc_ledger_relation(*name);

		if (!OidIsValid(relation))
			return false;
		Assert(compiled->ntables < PC_RULESET_MAX_TABLES);
		compiled->tables[compiled->ntables++] = relation;
	}
	return true;
}

static inline void
read_moment(Moment *moment)
{
	Snapshot	snapshot = GetActiveSnapshot();

	moment->xmax = snapshot->xmax;
	moment->xcnt = snapshot->xcnt;
	moment->subxcnt = snapshot->subxcnt;
	moment->curcid = snapshot->curcid;
	moment->rollbacks = rollbacks;
	moment->statement = GetCurrentStatementStartTimestamp();
}

static inline bool
same_moment(const Moment *a, const Moment *b)
{
	return a->xmax == b->xmax && a->xcnt == b->xcnt &&
		a->subxcnt == b->subxcnt && a->curcid == b->curcid &&
		a->rollbacks == b->rollbacks && a->statement == b->statement;
}

/*
 * Build a new copy. It lives under the caller's context until it is whole, so
 * that an error takes it along.
 */
static PcCompiled *
compile(PcRuleset *set)
{
	Oid			owner = pc_ledger_owner();
	MemoryContext context;
	PcCompiled *compiled;
	PcLedgerEntry entry;
	PcCursors	cursors;
	uint64		before;

	if (!OidIsValid(owner))
		return NULL;
	context = AllocSetContextCreate(CurrentMemoryContext,
									"peoplecall compiled rules",
									ALLOCSET_SMALL_SIZES);
	MemoryContextSetIdentifier(context, set->name);
	compiled = MemoryContextAllocZero(context, sizeof(PcCompiled));
	compiled->context = context;
	if (!find_tables(set, compiled))
	{
		MemoryContextDelete(context);
		return NULL;
	}

	before = invalidations;
	compiling++;
	pc_hide_cursors(&cursors);
	PG_TRY();
	{
		pc_enter_ledger(&entry, owner);
		SPI_connect();
		pc_check_ledger();
		compiled->rules = set->load(context);
		SPI_finish();
		pc_close_new_cursors(&cursors);
		pc_leave_ledger(&entry);
	}
	PG_FINALLY();
	{
		pc_show_cursors(&cursors);
		compiling--;
	}
	PG_END_TRY();

	/* told of a change while reading: good for this call, not for the next */
	compiled->valid = (before == invalidations);
	compiled->provisional = IsInParallelMode();
	if (compiled->provisional)
		read_moment(&compiled->moment);
	MemoryContextSetParent(context, CacheMemoryContext);
	return compiled;
}

static bool
holds_now(const PcCompiled *compiled)
{
	Moment		moment;

	if (!compiled->valid)
		return false;
	if (!compiled->provisional)
		return true;
	if (!IsInParallelMode() || !ActiveSnapshotSet())
		return false;
	read_moment(&moment);
	return same_moment(&compiled->moment, &moment);
}

/* The copy that holds now, built where needed. */
static PcCompiled *
refresh(PcRuleset *set)
{
	PcCompiled *compiled;

	if (!set->registered)
		register_ruleset(set);
	AcceptInvalidationMessages();
	pc_check_release();

	compiled = set->current;
	if (compiled != NULL && holds_now(compiled))
		return compiled;

	compiled = compile(set);
	changes++;
	if (set->current != NULL)
		drop_if_unused(set->current);
	set->current = compiled;
	return compiled;
}

static void
unpin(PcCompiled *compiled)
{
	PcRuleset  *set;

	Assert(compiled->pins > 0);
	compiled->pins--;
	for (set = rulesets; set != NULL; set = set->next)
		if (set->current == compiled)
			return;
	drop_if_unused(compiled);
}

static void
release_pin(void *arg)
{
	Pin		   *pin = arg;

	if (pin->compiled != NULL)
		unpin(pin->compiled);
	pin->compiled = NULL;
}

static Pin *
make_pin(FmgrInfo *flinfo)
{
	Pin		   *pin = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(Pin));

	pin->callback.func = release_pin;
	pin->callback.arg = pin;
	MemoryContextRegisterResetCallback(flinfo->fn_mcxt, &pin->callback);
	flinfo->fn_extra = pin;
	return pin;
}

void *
pc_rules(PcRuleset *set, FmgrInfo *flinfo)
{
	Moment		moment;
	Pin		   *pin;
	PcCompiled *compiled;

	if (flinfo == NULL || !ActiveSnapshotSet())
	{
		compiled = refresh(set);
		return compiled ? compiled->rules : NULL;
	}

	pin = flinfo->fn_extra;
	read_moment(&moment);
	if (pin != NULL && pin->compiled != NULL &&
		same_moment(&pin->moment, &moment))
		return pin->compiled->rules;

	if (pin == NULL)
		pin = make_pin(flinfo);
	compiled = refresh(set);
	if (compiled == NULL)
		return NULL;
	if (pin->compiled != compiled)
	{
		compiled->pins++;
		if (pin->compiled != NULL)
			unpin(pin->compiled);
		pin->compiled = compiled;
	}
	pin->moment = moment;
	return compiled->rules;
}

uint64
pc_rules_changes(void)
{
	return changes;
}

void
pc_rulebook_query(const char *sql)
{
	SPIPlanPtr	plan = SPI_prepare(sql, 0, NULL);
	Snapshot	snapshot;
	int			result;

	if (plan == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not prepare a query on the rulebook: %s",
						SPI_result_code_string(SPI_result))));

	/* GetLatestSnapshot() is refused during a parallel query */
	snapshot = IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot();
	snapshot = RegisterSnapshot(snapshot);
	result = SPI_execute_snapshot(plan, NULL, NULL, snapshot, InvalidSnapshot,
								  true, false, 0);
	UnregisterSnapshot(snapshot);
	if (result != SPI_OK_SELECT)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg("could not read the rulebook: %s",
						SPI_result_code_string(result))));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_rulebook_changed);

/*
 * Trigger on every table of the rulebook; the table's name is its argument.
 * The relation is found by that name and not by the trigger's own relation,
 * which may be a partition or a shard; but that must belong to the same role,
 * or anybody could have every session compile its rules again and again.
 */
Datum
pc_rulebook_changed(PG_FUNCTION_ARGS)
{
	TriggerData *data = (TriggerData *) fcinfo->context;
	Oid			relation;

	if (!CALLED_AS_TRIGGER(fcinfo) || data->tg_trigger->tgnargs != 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("rulebook_changed must be called as a trigger with the table's name as its argument")));

	relation = pc_ledger_relation(data->tg_trigger->tgargs[0]);
	if (!OidIsValid(relation))
		return PointerGetDatum(NULL);
	if (pc_relation_owner(relation) != data->tg_relation->rd_rel->relowner)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("rulebook_changed works only on tables of the ledger's owner"),
				 errdetail("Table \"%s\" and %s.%s belong to different roles.",
						   RelationGetRelationName(data->tg_relation),
						   PEOPLECALL_SCHEMA,
						   data->tg_trigger->tgargs[0])));
	CacheInvalidateRelcacheByRelid(relation);
	return PointerGetDatum(NULL);
}
