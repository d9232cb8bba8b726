import ArgumentParser
import Testing

@testable import TufaCommand

/// What people paste from the help must work, so an example is never wrapped.
struct HelpTests {
    /// The commands that do something, in all groups.
    private static var commands: [any ParsableCommand.Type] {
        TufaTool.configuration.groupedSubcommands.flatMap(\.subcommands)
    }

    @Test
    func everyExampleStandsOnOneLine() {
        #expect(HelpTests.commands.count == 22)
        for command in HelpTests.commands + [TufaTool.self] {
            let name = command.configuration.commandName ?? ""
            let discussion = command.configuration.discussion.split(separator: "\n")
            let examples = discussion.filter { $0.hasPrefix("  ") }
            #expect(!examples.isEmpty, "\(name) has no example")
            let help = TufaTool.helpMessage(for: command, columns: 80).split(separator: "\n")
            for example in examples {
                #expect(example.count <= 80, "\(name) has a line of \(example.count): \(example)")
                #expect(help.contains(example), "\(name) does not show: \(example)")
            }
        }
    }

    @Test(arguments: [
        ("12", "position(12)"), ("label:12", #"label("12")"#), ("position:12", "position(12)"),
        ("before import", #"label("before import")"#), ("label:label:x", #"label("label:x")"#),
        ("release: 2", #"label("release: 2")"#), ("label:", #"label("")"#),
    ])
    func readsMoments(_ text: String, _ moment: String) throws {
        #expect("\(try MomentOptions.moment(text))".hasSuffix(moment))
    }

    @Test(arguments: ["position:", "position:-1", "position:x", "time:12", "time:yesterday"])
    func refusesAMomentThatItsPrefixBelies(_ text: String) {
        #expect(throws: (any Error).self) { try MomentOptions.moment(text) }
    }
}
