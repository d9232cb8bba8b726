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
        unsafe signal(SIGPIPE, SIG_IGN)
        exit(TufaTool.run(Array(CommandLine.arguments.dropFirst())))
    }
}
