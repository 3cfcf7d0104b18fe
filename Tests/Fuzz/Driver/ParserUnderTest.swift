import FuzzProperties

/// What libFuzzer's inputs go to; a function that C calls can hold nothing of its own. Set once, before the first input.
nonisolated(unsafe) var parserUnderTest = Parser.json
