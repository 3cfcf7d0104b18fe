"""Take the pictures of the pages that docs/ has, of projects made for them.

    PATH=PREFIX/bin:$PATH .build/browser/bin/python Tests/Browser/pictures.py docs

.ci/browser makes .build/browser.
"""

import os
import pathlib
import shutil
import sys
import tempfile
import time

import browser
from world import World

DAY = 86400
# Name, owner, fields, days since the last commit, and what each machine has of it: nothing, what is pushed, a change, a commit.
PROJECTS = [
    ("billing-api", "globex", "organization=Globex tags=api,go project_type=Work classification=primary", 2, "changed", "saved", "saved"),
    ("dashboards", "globex", "organization=Globex tags=ops", 11, "changed", "saved", "saved"),
    ("dotfiles", "ann", "tags=shell", 5, "changed", "saved", "saved"),
    ("infra", "globex", "organization=Globex tags=ops", 40, "saved", "", "unpushed"),
    ("parser", "initech", "organization=Initech tags=swift status=paused", 200, "unpushed", "", "saved"),
    ("thesis", "", "tags=latex", 90, "", "unpushed", ""),
    ("tide-tables", "ann", "tags=js status=completed", 700, "saved", "saved", ""),
    ("old-shop", "initech", "organization=Initech status=cancelled", 1300, "saved", "", ""),
]
DESCRIPTIONS = {
    "billing-api": "Invoices and payments over HTTP", "dashboards": "Grafana dashboards as code",
    "dotfiles": "My shell, editor and git settings", "infra": "Terraform for all environments",
    "parser": "A parser of the old report format", "tide-tables": "Tide tables for sailors",
}
MACHINES = ["laptop", "desk", "server"]


def commit(world, machine, path, days, subject):
    when = f"{int(time.time() - days * DAY)} +0000"
    world.run(machine, "env", f"GIT_AUTHOR_DATE={when}", f"GIT_COMMITTER_DATE={when}", "git", "-C", path, "commit", "-q",
              "--allow-empty", "-m", subject)


def make(world, machine, project, kind):
    name, owner, _, days, *_ = project
    path = world.project(machine, name, remote=False)
    shutil.rmtree(os.path.join(path, ".git"))
    world.run(machine, "git", "init", "-q", path)
    commit(world, machine, path, days + 500, f"Start {name}")
    commit(world, machine, path, days, "Mend what the review found")
    if owner:
        world.run(machine, "git", "-C", path, "remote", "add", "origin", f"https://github.com/{owner}/{name}")
        world.run(machine, "git", "-C", path, "update-ref", "refs/remotes/origin/main", "HEAD")
        world.run(machine, "git", "-C", path, "branch", "-q", "--set-upstream-to=origin/main")
    if kind == "unpushed" and owner:
        commit(world, machine, path, days - 1, "Try another way")
    if kind == "changed":
        pathlib.Path(path, "notes").write_text("half done\n", encoding="utf-8")
    return path


def fill(world):
    for index, machine in enumerate(MACHINES):
        world.machine(machine)
        world.run(machine, "dev-infra", "pull")
        paths = [make(world, machine, project, project[4 + index]) for project in PROJECTS if project[4 + index]]
        world.run(machine, "dev-infra", "register", "--quiet", *paths)
        for name, _, fields, _, *kinds in PROJECTS:
            if kinds.index(next(kind for kind in kinds if kind)) == index:
                described = DESCRIPTIONS.get(name)
                world.run(machine, "dev-infra", "set", "--quiet", name, *fields.split(),
                          *([f"description={described}"] if described else []))
        world.run(machine, "dev-infra", "sync")
    world.run("laptop", "dev-infra", "pull")


def main():
    directory = sys.argv[1]
    os.environ["BROWSER_PICTURES"] = directory
    # Its name is in the pictures.
    scratch = os.path.join(tempfile.gettempdir(), "home")
    os.mkdir(scratch, 0o700)
    try:
        world = World(scratch)
        fill(world)
        driver = browser.start()
        try:
            with world.serving("laptop", "dev-infra", "daemon", "--listen", "127.0.0.1:0", "--log-level", "warning") as base:
                browser.appear(driver, 1100)
                for name, path in {
                    "web": "/", "web-project": f"/projects/{world.id('laptop', 'billing-api')}", "web-machines": "/machines",
                    "web-pictures": "/pictures",
                }.items():
                    driver.get(base + path)
                    browser.picture(driver, name)
                browser.appear(driver, 420, "dark")
                driver.get(base + "/?only=unsaved")
                browser.picture(driver, "web-phone")
        finally:
            driver.quit()
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
