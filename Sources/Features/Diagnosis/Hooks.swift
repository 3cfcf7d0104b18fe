import Git
import HookSetup
import RegistryIndex
import SystemSupport
import ByteStrings
import SystemPackage

extension Diagnosis {
  /// The hooks of every repository that has a checkout here, each looked at once.
  mutating func checkHooks(of view: View, _ git: GitVersion?) {
    let paths = view.rows.flatMap(\.paths).map { FilePath(text: $0) }
    let home = surroundings.home
    let surveys = Parallel.map(paths, silence: Examination.silence, threads: 8, progress: { _ in }) {
      path -> Result<HookSurvey, GitError>? in
      if Files.isMissing(path) { return nil }
      do throws(GitError) {
        return .success(try HookSurvey.read(at: path, home: home))
      } catch {
        return .failure(error)
      }
    }
    var seen: Set<FilePath> = []
    var (count, ours) = (0, 0)
    var managers: [String: Int] = [:]
    for (path, survey) in zip(paths, surveys) {
      switch survey {
      case .some(.some(.success(let survey))):
        guard seen.insert(survey.commonDirectory).inserted else { continue }
        count += 1
        if survey.isOurs { ours += 1 }
        for manager in survey.managers { managers[manager, default: 0] += 1 }
        judge(survey, git)
      // A project need not be a repository.
      case .some(.some(.failure(let error))) where error.kind != .notARepository:
        report.find(.note, .hooks, .hooksUnreadable(path, error))
      case .some(.some(.failure)), .some(nil): break
      case nil: report.find(.note, .hooks, .hooksUnreadable(path, Examination.unanswered(path)))
      }
    }
    report.state(.hooks, "repositories", "\(count)")
    report.state(.hooks, "with-our-hook", "\(ours)")
    for (manager, number) in managers.sorted(by: { $0.key < $1.key }) {
      report.state(.hooks, manager, "\(number)")
    }
  }

  private mutating func judge(_ survey: HookSurvey, _ git: GitVersion?) {
    let runsConfigured = git?.hasConfigurationHooks ?? false
    if !survey.configured.isEmpty, !runsConfigured {
      report.find(.warning, .hooks, .hookNotRun(survey.commonDirectory))
    }
    for (event, state) in survey.states {
      let hook = survey.folder.path.appending(event.rawValue)
      switch state {
      case .absent: continue
      case .edited: report.find(.note, .hooks, .hookEdited(hook))
      case .replaced: report.find(.warning, .hooks, .hookReplaced(hook))
      case .movedAside(let script, let name):
        judge(script, at: survey.folder.path.appending(name))
      case .installed(let script, _):
        judge(script, at: hook)
        if !Files.isExecutable(hook) { report.find(.warning, .hooks, .hookNotExecutable(hook)) }
      }
      if let path = survey.hooksPath {
        if !survey.lines.contains(event) {
          report.find(.warning, .hooks, .hookPassedOver(hook, hooksPath: path))
        }
      } else if case .installed = state, runsConfigured, survey.configured.contains(event) {
        report.find(.warning, .hooks, .hookTwice(hook, also: "hook.dev-infra"))
      }
      let previous = survey.folder.path.appending(HookScript.previousName(event))
      if let bytes = try? Files.read(previous, limit: 1 << 20),
        HookScript.isOurs(bytes) || HookScript.hasLine(bytes)
      {
        report.find(.warning, .hooks, .hookTwice(hook, also: previous.visible))
      }
    }
  }

  private mutating func judge(_ script: HookScript, at hook: FilePath) {
    let own = surroundings.executables?.appending("dev-infra-hook-register")
    if !Files.isExecutable(script.register) {
      report.find(.warning, .hooks, .hookWithoutProgram(hook, calls: script.register))
    } else if let own, script.register != own, !Files.isSame(script.register, own) {
      report.find(.warning, .hooks, .hookOfOtherInstallation(hook, calls: script.register))
    } else if let bytes = try? Files.read(hook, limit: 1 << 20), bytes != script.bytes {
      report.find(.note, .hooks, .hookOfEarlierVersion(hook))
    }
  }
}
