import Cloning
import Registry
import SystemPackage
import Testing

@Suite struct WorkTreeLayoutTests {
  private func laidOut(_ places: [(CheckoutPath.Kind, String)]) -> WorkTreeLayout? {
    let paths = places.map { CheckoutPath(path: FilePath($1), kind: $0) }
    return WorkTreeLayout(Checkout(paths: paths).ranked) {
      $0.string.utf8.suffix(4).elementsEqual("main".utf8) ? .branch("main") : .unknown
    }
  }

  private func places(_ layout: WorkTreeLayout?) -> [String] { layout?.trees.map(\.place.string) ?? [] }

  @Test func worktreesOfAMainWorkTreeAreInItOrBesideIt() throws {
    let layout = try #require(
      laidOut([
        (.main, "/h/src/shop"), (.worktree, "/h/src/shop-main"), (.worktree, "/h/src/shop/.trees/a/b"),
        (.worktree, "/h/elsewhere"), (.worktree, "/h/src/.hidden"), (.worktree, "/h/src/shop/.git/x"),
        (.worktree, "/h/src/shop/-x"),
      ]))
    #expect(layout.bare == nil && layout.directory == "/h/src/shop")
    #expect(places(layout) == ["../shop-main", ".trees/a/b"])
    #expect(layout.trees.map(\.head) == [.branch("main"), .unknown])
    #expect(layout.elsewhere.count == 4)
  }

  @Test func aBareRepositoryIsInTheDirectoryOfItsWorktrees() {
    // As it is registered where the directory around stands for it, where it does not, and where nobody has named it.
    for places in [
      [(.bare, "/h/shop"), (.worktree, "/h/shop/main"), (.worktree, "/h/shop/next")],
      [(.worktree, "/h/shop/main"), (.worktree, "/h/shop/next")],
    ] as [[(CheckoutPath.Kind, String)]] {
      let layout = laidOut(places)
      #expect(layout?.bare == ".bare" && layout?.isLinked == true && layout?.directory == "/h/shop")
      #expect(self.places(layout) == ["main", "next"])
    }
    let beside = laidOut([
      (.bare, "/h/shop/it.git"), (.worktree, "/h/shop/main"), (.worktree, "/h/shop-next"),
      (.worktree, "/k/other"),
    ])
    #expect(beside?.bare == "it.git" && beside?.isLinked == false && beside?.directory == "/h/shop")
    #expect(places(beside) == ["../shop-next", "main"])
    #expect(beside?.elsewhere == ["/k/other"])
    // What could be a program's, or an option, is not what it is called here.
    #expect(laidOut([(.bare, "/h/shop/-x"), (.worktree, "/h/shop/main")])?.bare == ".bare")
  }

  @Test func withoutWorktreesThereIsNothingToLayOut() {
    #expect(laidOut([(.main, "/h/shop")]) == nil)
    #expect(laidOut([(.bare, "/h/shop.git")]) == nil)
    #expect(laidOut([(.worktree, "/h/shop/main")]) == nil)
    #expect(laidOut([(.worktree, "/h/shop/main"), (.worktree, "/h/next")]) == nil)
  }
}
