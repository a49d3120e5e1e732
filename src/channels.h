/*
 * channels.h
 *	  Channels, what each counts as, and which intake posts are bound to which.
 */
#ifndef PEOPLECALL_CHANNELS_H
#define PEOPLECALL_CHANNELS_H

#include "postgres.h"

#include "datatype/timestamp.h"

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

/* is the post, or the role that uses it, bound to channels? */
extern bool pc_post_is_bound(const PcChannels *channels, Oid role,
							 const PcPost *post);

/*
 * May the role use the post for what came by that channel? A matter is one
 * that is there already; else it is one that comes in.
 */
extern bool pc_post_serves(const PcChannels *channels, Oid role,
						   const PcPost *post, const char *channel,
						   bool matter, TimestampTz at);

#endif							/* PEOPLECALL_CHANNELS_H */
