/// What stands in the way of a row of the targets, as profiles show it; told where it is missed.
///
/// Shares are of instructions (`Tools/count-instructions`, callgrind), or of time (perf).
enum Obstacles {
    static let byTarget = [
        "durable commits, 1 client":
            "A commit is as fast as a bare write and sync or faster, for its thread or a companion "
            + "stays awake while the disk writes. SQLite, which writes its log over again, and "
            + "RocksDB, whose file has its blocks, do the same write and sync and reach 60 to 80 % "
            + "of the bare rate: 1.8 times that is 1.1 to 1.4 times the bare rate. Of a commit's "
            + "time nine tenths are the disk's. Direct and synchronous writes (O_DIRECT, O_DSYNC), "
            + "and syncs that are waited for later (io_submit), were measured and are no faster "
            + "here.",
        "durable commits, 64 writers, 200-byte rows":
            "The writers come in two halves: while one waits for its sync the other runs, 6 us of "
            + "processor time a commit, of which 2.5 are the commit and the rest is suspending, "
            + "resuming and waking. Between two syncs the disk rests for 40 us: half of that the "
            + "flush thread, just woken, waits for the writer's lock that a task has which it has "
            + "interrupted. Letting that one run first (sched_yield) and a lock that spins were "
            + "measured and are no faster. Redis has one thread that does nothing but that, and "
            + "its clients run beside it.",
        "durable batches of 1,000 rows, 3 B-trees":
            "7,700 instructions a row: a third in three trees, of which two get their keys "
            + "anywhere and wait for memory, a fifth asking for that memory ahead, a seventh in "
            + "the rules, a tenth in encoding typed fields.",
        "buffered single commits, 3 B-trees":
            "Each commit is a group that readers see: 11,800 instructions, of which a third "
            + "puts the row into three trees (half of that copies about nine nodes of 1 KiB, "
            + "path by path), an eighth publishes a state, a twelfth frees what nobody sees "
            + "any more, a tenth asks the rules. Sharing one state among several commits would "
            + "be faster, and a view would then wait for the transaction that is under way.",
        "the same with full text of 10 words":
            "As above, and ten words: parsed as PostgreSQL does, stemmed where they were "
            + "not met lately, found in a cache of terms or in their tree and appended to ten "
            + "lists, 12,000 instructions.",
        "lookup by unique text key":
            "Most of the time is waiting for memory that is in no cache, twice: for a hint "
            + "where the row is, then for slot and row at once, 100 to 200 ns each, by how busy "
            + "the processor's cache is with others. One row in twenty has no hint, and is found "
            + "down the tree: leaf, slot and row, one after the other. SQLite with all in its "
            + "cache, one connection and one transaction around all lookups takes 2.5 to 4 us.",
        "newest 20 of one user, newest 20 of all":
            "7,400 instructions for 20 rows that lie anywhere: 20 slots and 20 rows are "
            + "waited for together. The newest of all are in a cache, and take 4,000 "
            + "instructions.",
        "log replay, 3 B-trees":
            "One thread puts rows where they belong while another reads, checks and decodes; then "
            + "both build indexes, half of the work. What is left is waiting for memory: a hash "
            + "table of identifiers, new pages for rows, and each row's key once an index.",
        "replay from archives":
            "As the log's replay; LZ4, and putting columns back into rows, are on the thread "
            + "that reads ahead. What is left in the archives is words and random identifiers.",
        "snapshot while writing":
            "The 99th percentile of durable commits scatters by 100 us from run to run on this "
            + "disk without a snapshot too; a page that is written beside a sync delays it by as "
            + "much.",
        "memory beyond the data, 3 B-trees":
            "By table 70 bytes: 28 for header and rounding, 38 for three trees, 4 for the "
            + "slot. The process has a few MB more, whatever the number of rows: nodes of the last "
            + "groups, unused ends of chunks, what malloc keeps.",
        "full text, 138,000 documents, top 10, median":
            "The index alone is within most of these. What a user gets adds some 19,000 "
            + "instructions: what was typed becomes terms, and terms a plan. Of the 20.2 MB of "
            + "the index 6.2 are packed postings and places, 4.7 short lists, 5.0 the terms (a "
            + "text, a record and a signature each), 3.1 their tree, 1.3 the documents.",
    ]
}
