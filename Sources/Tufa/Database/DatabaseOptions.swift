public import Logging
internal import TufaStorage

/// How a database is opened.
public struct DatabaseOptions: Sendable {
    /// Whether only reads are allowed; no lock is taken then and nothing is written.
    public var isReadOnly = false
    /// Whether a damaged database is opened all the same, for reading, up to the damage.
    ///
    /// It implies ``isReadOnly``. Where nothing is damaged it makes no difference. Else views end
    /// with the last whole commit before the damage that opening meets, and the first sentence of
    /// ``Database/recovery`` says so and names that position, as does an error in the log.
    public var opensUpToDamage = false
    /// When the parts of the newest snapshot are read.
    public var loading = Loading.whenNeeded
    /// Whether a missing database is made.
    public var createsIfMissing = true
    /// Whether a processor may be kept from halting while a short sync is waited for.
    ///
    /// On Linux, on a machine of two processors or more, the waiting thread stays awake for up to
    /// 32 microseconds, or a thread of the lowest class (`SCHED_IDLE`), one for the whole program,
    /// uses its processor for about the time of a sync, and gives way to whatever else runs in
    /// its session or control group. But for a trial now and then, that is done only where it is
    /// measured to make syncs quicker, as it is on virtual machines; and the latter never where a
    /// control group limits the processor time, or a filter (seccomp) the calls to the system. A
    /// program that commits without a pause is then seen to use up to one processor more. Off, no
    /// processor is used for waiting.
    public var staysAwakeForSyncs = true
    /// How many bytes old views may pin before the oldest gives way (`view_expired`).
    public var retainedByteBudget = 1 << 30
    /// How many events may lie behind the newest snapshot when the database is closed.
    ///
    /// With more, closing writes a snapshot, so that the next open replays little; nil leaves
    /// snapshots to the program.
    public var snapshotEventInterval: UInt64? = 250_000
    /// How many snapshots are kept.
    public var keptSnapshotCount = 2
    /// The program's own analyzers, for text indexes whose schemas name them.
    ///
    /// An index whose analyzer is neither here nor comes with Tufa is left out: everything else is
    /// opened, a sentence of ``Database/recovery`` says so, searching it and writing a text that is
    /// in it throw `unsupported`, and nothing of it is lost for a program that has the analyzer. An
    /// index made by another version of its analyzer is built again from the rows, which takes as
    /// long as analyzing all its texts, and is noted there too.
    public var analyzers: [any TextAnalyzer] = []
    /// Where the database reports what it found and did.
    public var logger = Logger(label: "tufa")
    /// Is told how far opening has come: events replayed and events to replay.
    ///
    /// It answers whether to go on; when not, opening throws `cancelled`.
    public var progress: (@Sendable (_ done: UInt64, _ total: UInt64) -> Bool)?

    /// When the parts of a snapshot are read and checked.
    public enum Loading: Sendable {
        /// A part is read when somebody needs it, and the others meanwhile, in the background: the
        /// first read comes in milliseconds at any size.
        ///
        /// A snapshot that turns out to be damaged is set aside, and what reads or writes then
        /// throws `damaged`; the next opening does without it.
        case whenNeeded
        /// Everything is read on opening, on all processors; a damaged snapshot is not used.
        case atOnce
    }

    /// The usual options.
    public init() {}

    /// What the log is told of them.
    var logOptions: LogOptions {
        var options = LogOptions()
        options.staysAwake = staysAwakeForSyncs
        return options
    }

    /// Whether nothing may be written.
    var onlyReads: Bool { isReadOnly || opensUpToDamage }

    /// The usual options with a logger that says nothing.
    package static var quiet: DatabaseOptions {
        var options = DatabaseOptions()
        options.logger = Logger(label: "tufa") { _ in SwiftLogNoOpLogHandler() }
        return options
    }
}
