/*
 * channels.h
 *	  Channels, what each counts as, and which intake posts are bound to which.
 */
#ifndef PEOPLECALL_CHANNELS_H
#define PEOPLECALL_CHANNELS_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "gate.h"
#include "posts.h"

typedef struct PcChannel
{
	char	   *code;
	char	   *merged_into;	/* NULL: stands by itself */
	TimestampTz since;			/* from when it counts as the other */
} PcChannel;

/* A row of channel_role: a role or an officer does intake for a channel. */
typedef struct PcBinding
{
	int64		officer;		/* 0 where a role is bound */
	char	   *role;			/* NULL where an officer is */
	char	   *channel;
	bool		every_matter;	/* also what came by other channels */
} PcBinding;

typedef struct PcChannels
{
	int			nchannels;
	PcChannel  *channels;
	int			nbindings;
	PcBinding  *bindings;
} PcChannels;

/* NULL where no ledger stands */
extern const PcChannels *pc_channels(FmgrInfo *flinfo);

/* what a channel counts as at that time; itself where it is not known */
extern const char *pc_channel_counts_as(const PcChannels *channels,
										const char *code, TimestampTz at);

/* what pc_duties_here() must ask; NULL where no binding concerns the call */
extern const PcChannels *pc_channels_that_bind(PcCaller *caller,
											   PcDuties duties);

/* those of the duties that a post has for what the caller's verb is about */
extern PcDuties pc_duties_here(PcCaller *caller, const PcChannels *channels,
							   const PcPost *post, PcDuties duties);

#endif							/* PEOPLECALL_CHANNELS_H */
