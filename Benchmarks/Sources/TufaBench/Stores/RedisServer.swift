import Foundation

/// A Redis of our own: its folder, its socket, and nothing on the network.
final class RedisServer {
    /// How a server keeps what it is told.
    enum Keeping {
        case everyCommand, everySecond
        /// Only snapshots, written when they are asked for.
        case snapshots
    }

    /// The path of the program; nil where it is not installed.
    static let program = executable("redis-server")

    let socket: String
    private let process = Process()

    /// Starts a server in a folder and returns when it has loaded what is there.
    init(_ program: String, in folder: String, _ keeping: Keeping) throws {
        // A socket's path may have some hundred bytes, fewer than a folder's.
        socket = NSTemporaryDirectory() + "tufa-redis-\(UUID().uuidString.prefix(8)).socket"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let appends = keeping != .snapshots
        let settings = """
            port 0
            unixsocket "\(socket)"
            unixsocketperm 700
            dir "\(folder)"
            logfile "\(folder)/redis.log"
            daemonize no
            save ""
            appendonly \(appends ? "yes" : "no")
            appendfsync \(keeping == .everyCommand ? "always" : "everysec")
            aof-use-rdb-preamble no
            auto-aof-rewrite-percentage 0
            client-output-buffer-limit normal 0 0 0
            """
        let path = folder + "/redis.conf"
        try settings.write(toFile: path, atomically: true, encoding: .utf8)
        // Where the system can do it, the server does not outlive the benchmark.
        if let setpriv = executable("setpriv") {
            process.executableURL = URL(filePath: setpriv)
            process.arguments = ["--pdeathsig", "KILL", program, path]
        } else {
            process.executableURL = URL(filePath: program)
            process.arguments = [path]
        }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        signal(SIGPIPE, SIG_IGN)
        try process.run()
        try waitUntilReady()
    }

    private func waitUntilReady() throws {
        while process.isRunning {
            if let connection = try? RedisConnection(socket) {
                // While it loads, it answers with an error.
                if (try? connection.ask("PING")) != nil { return }
            }
            usleep(500)
        }
        throw PeerError(message: "Redis did not start.")
    }

    /// Asks the server to end, which writes out what it holds, and waits for it.
    ///
    /// A signal to end does not do: threads of ours block it, and a child inherits that.
    func stop() {
        guard process.isRunning else { return }
        if let connection = try? RedisConnection(socket) {
            // It answers by ending.
            _ = try? connection.ask("SHUTDOWN", .text("NOSAVE"))
        } else {
            kill(process.processIdentifier, SIGKILL)
        }
        process.waitUntilExit()
        unlink(socket)
    }

    deinit { stop() }
}

/// The path of a program that is installed; nil where it is not.
func executable(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
}
