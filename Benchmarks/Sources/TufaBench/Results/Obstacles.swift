/// What stands in the way of a row of the targets, as profiles show it; told where it is missed.
///
/// Shares are of instructions (`Tools/count-instructions`, callgrind), or of time (perf).
enum Obstacles {
    static let byTarget = [
        "durable commits, 1 client":
            "The sync is four fifths of a commit, and what is left is one more system call, the "
            + "wake-ups, and 6 us of work. RocksDB syncs an append to a file that has its blocks "
            + "as well, and reaches 70 % of the bare rate by itself: 1.8 times that is more than "
            + "this disk can. Direct and synchronous writes (O_DIRECT, O_DSYNC) were measured and "
            + "are no faster here.",
        "durable commits, 64 writers, 200-byte rows":
            "Two processors are busy: a third with suspending and resuming 64 tasks, a third with "
            + "the commits themselves (encoding, rules, three trees), the rest with the sync that "
            + "they share. Redis has one thread that does nothing but that, and its clients run "
            + "beside it.",
        "durable batches of 1,000 rows, 3 B-trees":
            "7,700 instructions a row: a third in three trees, of which two get their keys "
            + "anywhere and wait for memory, a fifth asking for that memory ahead, a seventh in "
            + "the rules, a tenth in encoding typed fields.",
        "buffered single commits, 3 B-trees":
            "Each commit is a group that readers see: 12,500 instructions, of which a third puts "
            + "the row into three trees (half of that copies about nine nodes of 1 KiB, path by "
            + "path), an eighth publishes a state, a twelfth frees what nobody sees any more, a "
            + "tenth asks the rules. Sharing one state among several commits would be faster, and "
            + "a view would then wait for the transaction that is under way.",
        "the same with full text of 10 words":
            "As above, and ten words: parsed as PostgreSQL does, stemmed, found in the table of "
            + "terms and appended to ten lists, 10,000 instructions.",
        "lookup by unique text key":
            "1,700 instructions by a column that is at hand, half of them the descent and the "
            + "comparison with the row's text. At the pace of other paths these are a third of the "
            + "time; the rest is waiting for memory that is in no cache, one after the other: the "
            + "lines of two nodes, the slot, the row, and the pages of 4 KiB that they are in.",
        "newest 20 of one user, newest 20 of all":
            "10,000 instructions for 20 rows that lie anywhere: 20 slots and 20 rows are waited "
            + "for together, the query is made and freed once; SQLite, which reads neighbours "
            + "from a "
            + "page, waits for less than it computes.",
        "log replay, 3 B-trees":
            "One thread puts rows where they belong while another reads, checks and decodes; then "
            + "both build indexes, half of the work. What is left is waiting for memory: a hash "
            + "table of identifiers, new pages for rows, and each row's key once an index.",
        "replay from archives":
            "As the log's replay; LZ4 is on the thread that reads ahead. The ratio is LZ4HC's "
            + "on rows as they stand: written column by column they would come to 2.7, which is "
            + "another format, and slower to read. gzip makes 7 % less of them.",
        "snapshot while writing":
            "The 99th percentile of durable commits scatters by 100 us from run to run on this "
            + "disk without a snapshot too; a page that is written beside a sync delays it by as "
            + "much.",
        "memory beyond the data, 3 B-trees":
            "By table 75 to 78 bytes: 28 for header and rounding, 43 for three trees, 4 for the "
            + "slot. The process has a few MB more, whatever the number of rows: nodes of the last "
            + "groups, unused ends of chunks, what malloc keeps.",
        "full text, 138,000 documents, top 10, median":
            "The index alone stays within all of these but its size and phrases of frequent words. "
            + "What a user gets adds some 27,000 instructions: what was typed becomes terms, each "
            + "hit an entity with its strings, and a cursor says where the next page begins. A "
            + "phrase of two words "
            + "that are both in tens of thousands of documents has to look at the places of all "
            + "documents with both, a hundred nanoseconds each; Tantivy takes longer for "
            + "those. The index keeps "
            + "places in Rice codes of 1.3 bytes, half of its bytes.",
    ]
}
