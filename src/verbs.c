/*
 * verbs.c
 *	  The table of verbs: who may call each, and from which states it leads on.
 *
 * One line here, a body of the same name in the install script, a row in the
 * reference. The gate refuses what is not in this table.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "gate.h"
#include "peoplecall.h"

#define PC_HANDLING_OR_COMMAND (PC_DUTY_HANDLE | PC_DUTY_DISPATCH)
#define PC_DECIDING (PC_DUTY_DISPATCH | PC_DUTY_SUPERVISE)
#define PC_SUPERVISED \
	(PC_RECEIVED | PC_DISPATCHED | PC_COMPLETED | PC_CLOSED | PC_SHELVED)
/* every state but moved: the matter goes on elsewhere */
#define PC_ANY_STATE (((PcStates) PC_MOVED - 1))
#define PC_OPEN (PC_RECEIVED | PC_DISPATCHED | PC_COMPLETED | PC_SHELVED)

/* whoever works with complaints may see how they are done, where he may read */
#define PC_APPRAISING \
	(PC_DUTY_READ | PC_DUTY_DISPATCH | PC_DUTY_HANDLE | PC_DUTY_VERIFY | \
	 PC_DUTY_SUPERVISE | PC_DUTY_CONFIGURE)

const PcVerb pc_verbs[] = {
	/* intake, citizen */
	{"submit", PC_DUTY_INTAKE, 0},
	{"answer", PC_DUTY_INTAKE | PC_DUTY_DISPATCH, PC_RECEIVED},
	{"reject", PC_DUTY_INTAKE | PC_DUTY_DISPATCH, PC_RECEIVED},
	{"refer", PC_DUTY_INTAKE | PC_DUTY_DISPATCH, PC_RECEIVED},
	{"rate", PC_DUTY_INTAKE | PC_DUTY_VERIFY, PC_CLOSED | PC_MERGED},
	{"urge", PC_DUTY_INTAKE, PC_OPEN | PC_MERGED},
	{"supplement", PC_DUTY_INTAKE, PC_OPEN | PC_MERGED},
	{"withdraw", PC_DUTY_INTAKE, PC_OPEN | PC_MERGED},
	{"attach", PC_DUTY_INTAKE | PC_DUTY_HANDLE, PC_OPEN | PC_MERGED | PC_CLOSED},
	{"track_code", PC_DUTY_INTAKE, 0},
	{"track", PC_DUTY_INTAKE | PC_DUTY_DELEGATE, 0},
	/* command */
	{"reclassify", PC_DUTY_DISPATCH, PC_RECEIVED | PC_DISPATCHED},
	{"dispatch", PC_DUTY_DISPATCH, PC_RECEIVED | PC_DISPATCHED},
	{"withdraw_task", PC_DUTY_DISPATCH, PC_DISPATCHED},
	{"escalate", PC_DUTY_DISPATCH, PC_RECEIVED | PC_DISPATCHED},
	{"transfer", PC_DUTY_DISPATCH, PC_RECEIVED | PC_DISPATCHED},
	{"merge", PC_DUTY_DISPATCH, PC_RECEIVED | PC_DISPATCHED},
	{"split", PC_DUTY_DISPATCH, PC_MERGED},
	{"raise_hot", PC_DUTY_DISPATCH | PC_DUTY_SUPERVISE, 0},
	/* requests */
	{"request", PC_DUTY_HANDLE, PC_DISPATCHED | PC_COMPLETED | PC_CLOSED},
	{"decide", PC_DECIDING, PC_RECEIVED | PC_DISPATCHED | PC_COMPLETED | PC_CLOSED | PC_SHELVED},
	{"resume", PC_DECIDING | PC_DUTY_HANDLE, PC_DISPATCHED | PC_SHELVED},
	{"object_exclusion", PC_DUTY_INTAKE | PC_DUTY_VERIFY,
	PC_RECEIVED | PC_DISPATCHED | PC_COMPLETED | PC_CLOSED | PC_SHELVED},
	/* meetings */
	{"convene", PC_DUTY_DISPATCH, PC_RECEIVED | PC_DISPATCHED | PC_SHELVED},
	{"sign", PC_HANDLING_OR_COMMAND, 0},
	{"attend", PC_HANDLING_OR_COMMAND, 0},
	{"rule", PC_DUTY_DISPATCH, PC_RECEIVED | PC_DISPATCHED},
	{"end_coordination", PC_DUTY_DISPATCH, 0},
	{"mark", PC_DUTY_DISPATCH, 0},
	/* supervision */
	{"supervise", PC_DUTY_SUPERVISE, PC_SUPERVISED},
	{"instruct", PC_DECIDING, PC_SUPERVISED},
	{"answer_supervision", PC_HANDLING_OR_COMMAND, 0},
	{"close_supervision", PC_DUTY_SUPERVISE, 0},
	/* handling */
	{"assign", PC_HANDLING_OR_COMMAND, PC_DISPATCHED | PC_SHELVED},
	{"hand_over", PC_DUTY_HANDLE, PC_DISPATCHED | PC_SHELVED},
	{"hand_over_all", PC_HANDLING_OR_COMMAND, 0},
	{"accept", PC_DUTY_HANDLE, PC_DISPATCHED},
	{"contact", PC_DUTY_HANDLE, PC_DISPATCHED},
	{"report", PC_HANDLING_OR_COMMAND, PC_RECEIVED | PC_DISPATCHED | PC_COMPLETED},
	{"complete", PC_DUTY_HANDLE, PC_DISPATCHED},
	/* verifying */
	{"send_back", PC_DUTY_VERIFY, PC_DISPATCHED | PC_COMPLETED},
	{"revisit", PC_DUTY_VERIFY, PC_COMPLETED | PC_CLOSED},
	{"close", PC_DUTY_VERIFY, PC_COMPLETED},
	{"reopen", PC_DUTY_VERIFY, PC_CLOSED},
	/* a word waits until it is decided, whatever became of the matter */
	{"decide_unsolved", PC_DUTY_SUPERVISE, PC_ANY_STATE | PC_MOVED},
	/* lists */
	{"join_alliance", PC_DUTY_DISPATCH, 0},
	{"leave_alliance", PC_DUTY_DISPATCH, 0},
	{"publish", PC_HANDLING_OR_COMMAND, 0},
	{"close_listing", PC_HANDLING_OR_COMMAND, 0},
	{"claim", PC_DUTY_INTAKE | PC_HANDLING_OR_COMMAND, 0},
	{"fulfil", PC_HANDLING_OR_COMMAND, 0},
	{"release", PC_DUTY_INTAKE | PC_HANDLING_OR_COMMAND, 0},
	{"register_volunteer", PC_DUTY_INTAKE | PC_HANDLING_OR_COMMAND, 0},
	{"unregister_volunteer", PC_DUTY_INTAKE | PC_HANDLING_OR_COMMAND, 0},
	{"home_counts", PC_DUTY_READ | PC_HANDLING_OR_COMMAND, 0},
	{"convene_needs", PC_DUTY_DISPATCH, 0},
	{"publish_project", PC_DUTY_DISPATCH, 0},
	{"due_list_districts", PC_DUTY_CONFIGURE, 0},
	{"tick_lists", PC_DUTY_CONFIGURE, 0},
	/* appraisal */
	{"appraise", PC_APPRAISING, 0},
	{"appraised_shares", PC_APPRAISING, 0},
	{"trend", PC_APPRAISING, 0},
	{"freeze_appraisal", PC_DUTY_CONFIGURE | PC_DUTY_SUPERVISE, 0},
	{"refresh_appraisal", PC_DUTY_CONFIGURE, 0},
	{"recount_appraisal", PC_DUTY_CONFIGURE, 0},
	{"check_appraisal", PC_DUTY_CONFIGURE | PC_DUTY_SUPERVISE, 0},
	{"marked_districts", PC_DUTY_CONFIGURE, 0},
	/* running it */
	{"take_notices", PC_DUTY_DELEGATE | PC_DUTY_CONFIGURE, 0},
	{"confirm_notice", PC_DUTY_DELEGATE | PC_DUTY_CONFIGURE, 0},
	{"fail_notice", PC_DUTY_DELEGATE | PC_DUTY_CONFIGURE, 0},
	{"due_districts", PC_DUTY_CONFIGURE, 0},
	{"tick", PC_DUTY_CONFIGURE, 0},
	{"recompute", PC_DUTY_CONFIGURE, 0},
	{"open_districts", PC_DUTY_CONFIGURE, 0},
	{"changes", PC_DUTY_INTAKE | PC_DUTY_READ | PC_DUTY_CONFIGURE, 0},
	{"forget_changes", 0, 0},
	{"partition_ledger", 0, 0},
	{"keep_partitions", 0, 0},
	{"detach_history", 0, 0},
	{"distribute", 0, 0},
	{"refresh_reading", 0, 0},
	{"import_batch", PC_DUTY_CONFIGURE, 0},
	{"replay", PC_DUTY_READ | PC_DUTY_CONFIGURE, 0},
	{"replay_detail", PC_DUTY_READ | PC_DUTY_CONFIGURE, 0},
	{"forget_reporter", PC_DUTY_PERSONAL, PC_ANY_STATE},
	{"forget_resident", PC_DUTY_PERSONAL, 0},
	{"appoint", PC_DUTY_CONFIGURE, 0},
	{"dismiss", PC_DUTY_CONFIGURE, 0},
	{"refresh_likeness", 0, 0},
	{"install_defaults", 0, 0},
};
const int	pc_nverbs = lengthof(pc_verbs);

/* An array of an enum's labels whose bits are set. */
static Datum
labels_of(PcEnum type, uint32 set)
{
	Datum		values[32];
	int			count = 0;
	int16		length;
	bool		by_value;
	char		align;
	Oid			element = pc_enum_type(type);

	for (int i = 0; i < 32; i++)
		if (set & ((uint32) 1 << i))
			values[count++] = pc_enum_datum(type, i);
	get_typlenbyvalalign(element, &length, &by_value, &align);
	return PointerGetDatum(construct_array(values, count, element, length,
										   by_value, align));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_verb_table);

Datum
pc_verb_table(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; i < pc_nverbs; i++)
	{
		Datum		values[3];
		bool		nulls[3] = {false, false, false};

		values[0] = CStringGetTextDatum(pc_verbs[i].name);
		values[1] = labels_of(PC_ENUM_DUTY, pc_verbs[i].duties);
		values[2] = labels_of(PC_ENUM_COMPLAINT_STATE, pc_verbs[i].states);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	return (Datum) 0;
}
