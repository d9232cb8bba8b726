extension Analyzer {
    /// The languages whose stems the package trait `Snowball` brings, by the names that PostgreSQL
    /// has for them.
    package static let snowballLanguages = [
        "arabic", "armenian", "basque", "catalan", "danish", "dutch", "finnish", "french", "german",
        "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali",
        "norwegian", "portuguese", "romanian", "russian", "serbian", "spanish", "swedish", "tamil",
        "turkish", "yiddish",
    ]
}
