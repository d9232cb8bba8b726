// The types that the public face is made of live below; whoever imports Tufa sees them.
@_exported public import TufaBytes
@_exported public import TufaModel
@_exported public import TufaSearch
