# shellcheck shell=bash
# A copy of the extension in which a checker of memory sees what the extension
# does wrong, for tools/test-sanitized and tools/test-valgrind. Source it after
# tools/lib.sh and tools/work.sh. It must never change the clone, nor what is
# installed.

# The allocations that test/sanitize/palloc.c makes in the server's place.
wrapped="palloc palloc0 palloc_extended pstrdup pnstrdup MemoryContextAlloc
MemoryContextAllocZero MemoryContextAllocZeroAligned MemoryContextAllocExtended
MemoryContextAllocHuge MemoryContextStrdup pg_detoast_datum pg_detoast_datum_copy
pg_detoast_datum_packed text_to_cstring"

# Exits with 77 on a PostgreSQL for which test/sanitize/palloc.c is not made.
require_checkable()
{
	local major
	major=$("$pg_config" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
	if [ "$major" -gt 15 ]; then
		say "$1: works with PostgreSQL 15, not with $major"
		exit 77
	fi
}

# build_checked COMPILER FLAGS LINKED: a copy in $work/tree, staged in $work/stage.
build_checked()
{
	local name links=$3
	for name in $wrapped; do
		links+=" -Wl,--wrap=$name"
	done
	copy_tree
	(
		cd "$work/tree"
		# it is no source of the extension: whoever reads those does not find it
		cp test/sanitize/palloc.c src/checked_palloc.c
		make -s -j"$(nproc)" with_llvm=no CC="$1" COPT="-g -fno-omit-frame-pointer -U_FORTIFY_SOURCE $2" \
			SHLIB_LINK="$links" PG_CONFIG="$pg_config" >/dev/null
		make -s install with_llvm=no CC="$1" SHLIB_LINK="$links" DESTDIR="$work/stage" PG_CONFIG="$pg_config" >/dev/null
		rm src/checked_palloc.*
	)
	chmod -R go+rX "$work/stage"
}

# checked_server COMMAND...: a program in $work/postgres that runs the server by
# way of the command; its words hold no spaces. Code that the server compiles
# at run time is no matter of ours.
checked_server()
{
	say '#!/bin/sh' "exec $* $pg_bin/postgres \"\$@\" -c jit=off" >"$work/postgres"
	chmod 755 "$work/postgres"
}
