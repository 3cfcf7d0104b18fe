"""What the figures were measured on."""

import os
import platform
import re
import subprocess


def output(*words):
    """The first line that a program prints; nothing where it is not there."""
    try:
        result = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return (result.stdout or result.stderr).strip().split("\n")[0]


def version(*words):
    """The version number in the first line that a program prints."""
    found = re.search(r"\d+(\.\d+)+", output(*words))
    return found.group() if found else "?"


def load():
    return f"{os.getloadavg()[0]:.1f}"


def build():
    """Which build is measured, by its own word."""
    told = subprocess.run(["dev-infra", "version", "--verbose"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"^build: (.*)$", told, re.M)
    return found.group(1) if found else "?"


def description(directory):
    """For people: which build, processor, cores, memory, kernel, file system, versions, and how busy it is."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    with open("/proc/meminfo", encoding="utf-8") as file:
        memory = int(file.readline().split()[1]) / (1 << 20)
    filesystem = output("findmnt", "-n", "-o", "FSTYPE", "-T", directory) or "?"
    versions = [
        ("git", version("git", "--version")),
        ("libgit2", version("pkg-config", "--modversion", "libgit2")),
        ("Swift", os.environ.get("SWIFT_VERSION") or "?"),
        ("fd", version("fdfind", "--version") if output("fdfind", "--version") else version("fd", "--version")),
        ("gita", version("gita", "--version")),
        ("zoxide", version("zoxide", "--version")),
    ]
    return [
        f"dev-infra {build()}",
        f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB",
        f"{platform.system()} {platform.release()}, {filesystem}",
        ", ".join(f"{name} {number}" for name, number in versions),
        f"load {load()} before the run",
    ]
