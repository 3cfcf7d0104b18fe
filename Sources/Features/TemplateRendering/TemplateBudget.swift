import SystemSupport
import SystemPackage

/// What a template has taken of ``TemplateLimits`` while it is filled.
struct TemplateBudget {
  private var entries = 0
  private var bytes = 0
  private var tags = 0
  private var filled = 0

  mutating func takeEntry() throws(FillingError) {
    entries += 1
    if entries > TemplateLimits.entries {
      throw .tooManyFiles(limit: TemplateLimits.entries)
    }
  }

  mutating func take(bytes more: Int, for file: FilePath) throws(FillingError) {
    bytes += more
    if bytes > TemplateLimits.bytes {
      throw .tooLarge(file, limit: TemplateLimits.bytes)
    }
  }

  mutating func take(tags more: Int, text: Int, for place: FillingError.Place) throws(FillingError) {
    tags += more
    filled += text
    if tags > TemplateLimits.allTags {
      throw .unusableText(place, .tagsOfTemplate(limit: TemplateLimits.allTags))
    }
    if filled > TemplateLimits.filled {
      throw .unusableText(place, .textOfTemplate(limit: TemplateLimits.filled))
    }
  }
}
