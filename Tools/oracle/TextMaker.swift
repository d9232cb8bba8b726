import Foundation

/// Makes up texts that tempt a parser: pieces of markup, hosts, paths, numbers and words, joined
/// with and without blanks.
struct TextMaker {
    private static let pieces =
        """
        cat running THE of state-of-the-art x-1a a1-b2 1a-2b o'brien 3.14 -7.5e3 +5 1.2.3 1e5 1e+5 \
        1E 1.e5 5. .5 007 foo_bar a@example.com a.b+c@d-e.org example.com www.example.com/a?b=c#d \
        example.com:80/x 127.0.0.1 /usr/lib/x.so ../up ./here ~me/x ~/y a/b/c https://x.org/y \
        http:// mailto:a@b.de <b> </b> <br/> <a_href='x'> <!-- --> <script> </script> <style> \
        </style> <?xml ?> <!DOCTYPE &amp; &#65; &#x41; &lt &; café Straße ÉCOLE Ωmega naïve-té \
        день 日本語 한국 привет-мир é1 1é 2é-x ½ x² ™ … – a–b “q” a:b:c a=b 1,000 50% #tag C++ b2b \
        foo-10-bar 10-foo foo- -foo --foo foo--bar a-b-c-d1 1-2-3 x.y.z x..y x._y _x x_ x_-y a@b \
        a@ @a //x /~x /.x /../x x/~y x/.y a.b.c.d-e_f.g1 e-mail.com 1.example.com a-.com a.-b \
        v1.2.3-4 0x1F 1st 2nd-3rd <b\u{3000}x ..\u{2003} <a <a/ </ <!x <? &#; &#x; &_a.b; &x \
        <a\u{A0}b= <i\tx="y <i\tx='a\\'b'> <p\tx=y> <p\ty
        """.split(separator: " ").map(String.init)
    /// Words that are folded here and not by PostgreSQL; within hosts and paths it cuts them.
    private static let folded = """
        e\u{301}te\u{301} A\u{30A}ngstro\u{308}m été οδος ΟΔΟΣ ſo Graſs hy\u{AD}phen co\u{200D}-op \
        state-of-the-\u{E4}rt running the cat
        """.split(separator: " ").map(String.init)
    private static let joints =
        ["", "", " ", " ", " ", "\n", "\t", "\u{A0}", "\u{3000}", "e", "1"]
        + ".-_/@:<>&;'\"~+?=,!#%*\\|()".map(String.init)

    private var dice: Dice

    init(seed: UInt64) { dice = Dice(seed: seed) }

    /// What PostgreSQL is asked for a text, where Docs/Decisions/0009 intends something else than
    /// what it makes of the text itself: the scalars that the folding makes of others.
    static func reworded(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "\u{AD}", "\u{200D}": break
            case "ς": scalars.append("σ")
            case "ſ": scalars.append("s")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// The next text.
    mutating func next() -> String {
        if dice.chance(5) {
            return (0...5).map { _ in dice.pick(Self.folded) }.joined(separator: " ")
        }
        var text = ""
        for _ in 0...Int.random(in: 0...15, using: &dice) {
            text += dice.pick(Self.pieces) + dice.pick(Self.joints)
        }
        return text
    }
}
