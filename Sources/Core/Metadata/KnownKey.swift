import Registry

/// A key that has a meaning here. Any other is left alone.
enum KnownKey: String, CaseIterable {
  case template, version, created, migrated, id, name, description, status, classification, organization,
    tags, sync
  case expectedSkills = "expected_skills"
  case lastSync = "last_sync"
  case projectType = "project_type"

  /// What a value of the key is.
  enum Kind {
    /// One line of text of at most so many scalars.
    case line(Int)
    /// Text of any form, of at most so many bytes.
    case prose(Int)
    /// `YYYY-MM-DD`, or a timestamp that begins so.
    case date
    /// One of these.
    case choice([String])
    /// A list of texts, or texts with commas between.
    case tags
    /// A list of texts.
    case list
    /// A mapping of lists of texts.
    case lists
  }

  /// The values that work-prod's API takes are the ones that are taken here.
  var kind: Kind {
    switch self {
    case .id, .lastSync: .line(Limits.text)
    case .name: .line(ProjectLimits.name)
    case .template, .version, .organization: .line(ProjectLimits.text)
    case .description: .prose(ProjectLimits.description)
    case .created, .migrated: .date
    case .status: .choice(["active", "paused", "completed", "cancelled"])
    case .classification: .choice(["primary", "secondary", "archive", "maintenance"])
    case .projectType: .choice(["Work", "Personal", "Learning", "Inactive"])
    case .tags: .tags
    case .expectedSkills: .list
    case .sync: .lists
    }
  }

  /// Whether a value of the key is a list of texts.
  var isList: Bool {
    switch kind {
    case .tags, .list: true
    default: false
    }
  }
}
