import Logging

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@main
struct Main {
    static func main() {
        // A reader that goes away shows as an error of the write, so that the database is closed.
        _ = signal(SIGPIPE, SIG_IGN)
        // The library's log would mix with the results; what matters of it comes as reports.
        LoggingSystem.bootstrap { _ in SwiftLogNoOpLogHandler() }
        exit(TufaTool.run(Array(CommandLine.arguments.dropFirst())))
    }
}
