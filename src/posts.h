/*
 * posts.h
 *	  Who holds which duty for which org: the compiled form of the table post.
 */
#ifndef PEOPLECALL_POSTS_H
#define PEOPLECALL_POSTS_H

#include "postgres.h"

/* duties as a set; the bit is the ordinal in the SQL enum duty */
typedef uint32 PcDuties;

#define PC_DUTY(ordinal)	((PcDuties) 1 << (ordinal))
#define PC_DUTY_INTAKE		PC_DUTY(0)
#define PC_DUTY_DISPATCH	PC_DUTY(1)
#define PC_DUTY_HANDLE		PC_DUTY(2)
#define PC_DUTY_VERIFY		PC_DUTY(3)
#define PC_DUTY_SUPERVISE	PC_DUTY(4)
#define PC_DUTY_CONFIGURE	PC_DUTY(5)
#define PC_DUTY_READ		PC_DUTY(6)
#define PC_DUTY_PERSONAL	PC_DUTY(7)
#define PC_DUTY_DELEGATE	PC_DUTY(8)
#define PC_DUTY_ANY			(PC_DUTY(9) - 1)

typedef struct PcPost
{
	int64		officer;		/* 0 where a role holds the post */
	int64		org;
	PcDuties	duties;
	NameData	role;
	Oid			role_id;		/* who had the name; 0: whoever has it */
	bool		first_of_role;	/* posts of one role stand together */
	int			next_role;		/* where those of the next role begin */
} PcPost;

typedef struct PcPosts
{
	int			nroles;			/* posts of roles come first */
	int			nposts;			/* then those of officers, ordered by officer */
	PcPost	   *posts;
	int			nofficers;
	int64	   *officers;		/* ascending ids of active officers */
	int64	   *officer_orgs;	/* the org of each */
} PcPosts;

/* NULL where no ledger stands */
extern PcPosts *pc_posts(FmgrInfo *flinfo);

/* the org of an active officer; 0 where there is none */
extern int64 pc_officer_org(const PcPosts *posts, int64 officer);

/*
 * Walks over the posts that count for a caller: those of the officer where he
 * acts for one, else those of the role and of the roles it belongs to. One who
 * is not active has none. position starts at 0; NULL at the end.
 */
extern const PcPost *pc_next_post(const PcPosts *posts, Oid role,
								  int64 officer, int *position);

#endif							/* PEOPLECALL_POSTS_H */
