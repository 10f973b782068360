#!/usr/bin/env python3
"""The Dockerfile's runtime stage holds the libraries that its programs need, and no others. No image is made; what is installed on the
machine that built them says which package a library is from, and what packages bring with them."""

import functools
import os
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end"))
from whole import PROGRAMS, ROOT  # noqa: E402

DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
TARGETS = re.search(r"^# Targets: (.*)\.$", DOCKERFILE, re.M)[1].split()
# What no program is linked with: the CAs of the world, for the issuers of tokens and certificates.
OTHERS = {"ca-certificates"}


def run(*words) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def installed_by_the_runtime_stage() -> set:
    runtime = DOCKERFILE[DOCKERFILE.rindex("\nFROM "):]
    return set(re.search(r"--no-install-recommends install(.*?)&&", runtime, re.S)[1].replace("\\", " ").split())


def with_what_they_bring(packages: set) -> set:
    """Also all that they depend on; recommendations are not installed."""
    lines = run("apt-cache", "depends", "--recurse", "--installed", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks",
                "--no-replaces", "--no-enhances", *sorted(packages)).splitlines()
    return {line for line in lines if not line.startswith((" ", "<"))}


@functools.cache
def package_of(library: str) -> str:
    # Packages name some files as they were before /lib became a link to /usr/lib.
    real = os.path.realpath(library)
    for path in (real, real.removeprefix("/usr")):
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(":")[0]
    raise AssertionError(f"{library} is of no package")


def packages_needed_by(program: str) -> set:
    """The packages of the libraries that the program itself is linked with."""
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", PROGRAMS / program))
    paths = dict(re.findall(r"(\S+) => (/\S+)", run("ldd", PROGRAMS / program)))
    return {package_of(paths[library]) for library in needed if not library.startswith("ld-linux")}


class DockerfileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.needed = {program: packages_needed_by(program) for program in TARGETS}
        cls.installed = installed_by_the_runtime_stage()

    def test_every_program_that_is_built_to_run_is_a_target(self):
        services = re.search(r"^services=\((.*)\)$", (ROOT / "deploy/up").read_text(encoding="utf-8"), re.M)[1].split()
        self.assertEqual(set(TARGETS), {*services, "gateway", "anjuctl"})

    def test_what_a_program_needs_is_there(self):
        there = with_what_they_bring(self.installed)
        for program, needed in self.needed.items():
            with self.subTest(program):
                self.assertEqual(needed - there, set())

    def test_what_no_program_needs_is_not(self):
        self.assertEqual(self.installed - OTHERS - set().union(*self.needed.values()), set())

    def test_a_library_that_is_left_out_is_seen(self):
        self.assertIn("libnghttp2-14", self.needed["gateway"] - with_what_they_bring(self.installed - {"libnghttp2-14"}))


if __name__ == "__main__":
    unittest.main()
