import SystemSupport

/// What a template has taken of ``TemplateLimits`` while it is filled.
struct TemplateBudget {
  private var entries = 0
  private var bytes = 0
  private var tags = 0
  private var filled = 0

  mutating func takeEntry() throws(FillingError) {
    entries += 1
    if entries > TemplateLimits.entries {
      throw FillingError("the template has more than \(TemplateLimits.entries) files")
    }
  }

  mutating func take(bytes more: Int, for place: String) throws(FillingError) {
    bytes += more
    if bytes > TemplateLimits.bytes {
      throw FillingError(
        "copying \(place) failed: the template has more than \(TemplateLimits.bytes >> 20) MiB")
    }
  }

  mutating func take(tags more: Int, text: Int, for place: String) throws(FillingError) {
    tags += more
    filled += text
    if tags > TemplateLimits.allTags {
      throw FillingError("filling \(place) failed: the template has more than \(TemplateLimits.allTags) tags")
    }
    if filled > TemplateLimits.filled {
      throw FillingError(
        "filling \(place) failed: the template's text is larger than \(TemplateLimits.filled >> 20) MiB")
    }
  }
}
