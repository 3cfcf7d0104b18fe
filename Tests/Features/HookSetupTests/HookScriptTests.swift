import HookSetup
import SystemPackage
import Testing

@Suite("The hook file")
struct HookScriptTests {
  @Test(
    "is read back as it was written",
    arguments: [FilePath("/usr/bin/r"), "/with space/it's/r", "/new\nline/$(x)/r"], HookEvent.allCases)
  func roundTrip(register: FilePath, event: HookEvent) {
    for (sources, owns) in [(false, false), (true, false), (false, true), (true, true)] {
      let script = HookScript(register: register, event: event, sourcesPrevious: sources, ownsFolder: owns)
      #expect(HookScript.isOurs(script.bytes))
      let linking = HookScript(
        register: register, event: event, sourcesPrevious: false, linksPrevious: true, ownsFolder: owns)
      #expect(HookScript(bytes: linking.bytes) == linking)
      #expect(HookScript(bytes: script.bytes) == script)
    }
  }

  @Test("as an earlier version wrote it, it is ours and unchanged")
  func former() {
    let text = """
      #!/bin/sh
      # dev-infra-hooks(1): registers this repository with dev-infra, then becomes the hook that was here before.
      # 'dev-infra hooks uninstall' puts that one back.
      dev_infra_register='/r'
      if [ -x "$dev_infra_register" ]; then "$dev_infra_register" "$@" </dev/null >/dev/null || :; fi
      if [ -x "${0%/*}/pre-push.before-dev-infra" ]; then exec "${0%/*}/pre-push.before-dev-infra" "$@"; fi

      """
    let script = HookScript(bytes: Array(text.utf8))
    #expect(
      script == HookScript(register: "/r", event: .prePush, sourcesPrevious: false, ownsFolder: false))
    #expect(script?.bytes != Array(text.utf8))
  }

  @Test("with lines of others it is ours, and known as changed")
  func edited() {
    let script = HookScript(register: "/r", event: .prePush, sourcesPrevious: false, ownsFolder: false)
    let edited = script.bytes + Array("make check\n".utf8)
    #expect(HookScript.isOurs(edited))
    #expect(HookScript(bytes: edited) == nil)
  }

  @Test("another's is not ours", arguments: ["", "#!/bin/sh\n", "#!/bin/sh\nlefthook run pre-push \"$@\"\n"])
  func others(text: String) { #expect(!HookScript.isOurs(Array(text.utf8))) }

  @Test(
    "a hook that asks for its own name is told by its text",
    arguments: [
      ("#!/bin/sh\n. \"$(dirname \"$0\")/husky.sh\"\n", true),
      ("#!/bin/sh\nname=$(basename \"$0\")\n", true),
      ("#!/usr/bin/env sh\ncase ${0##*/} in x) ;; esac\n", true),
      ("#!/bin/sh\nmake check\n", false), ("#!/usr/bin/env bash\nname=$(basename \"$0\")\n", false),
      ("\u{7F}ELF", false),
    ])
  func asksForItsName(text: String, expected: Bool) {
    #expect(HookScript.asksForItsName(Array(text.utf8)) == expected)
  }

  @Test(
    "and so is one that is not this shell's",
    arguments: [
      ("#!/usr/bin/env ruby\nhook = File.basename($0)\n", true),
      ("#!/usr/bin/python3\nprint(sys.argv[0])\n", true),
      ("#!/usr/bin/env bash\nname=$(basename \"$0\")\n", true),
      ("#!/bin/sh\nname=$(basename \"$0\")\n", false),
      ("#!/usr/bin/env node\nrun(process.argv[1])\n", true), ("#!/usr/bin/env bash\nmake check\n", false),
      ("\u{7F}ELF $0", false),
    ])
  func asksForItsNameElsewhere(text: String, expected: Bool) {
    #expect(HookScript.asksForItsNameElsewhere(Array(text.utf8)) == expected)
  }
}
