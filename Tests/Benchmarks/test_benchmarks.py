"""What the benchmarks say of times that are known: python3 -m unittest discover -s Tests/Benchmarks."""

import contextlib
import io
import json
import os
import pathlib
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from unittest import mock

import bench
import chart
import judge
import report
import scaling
from fixtures import Failed
from judge import LEAST, MISSED, OK, UNCLEAR, FAILED, Limit, Spread, spread, verdict
from measure import Command, Part, Probe, Result, Sample, compare, peak_memory, ratio, shown, take_turns
from rows import ROWS, Row


class Scripted:
    """A side whose times are given, and which notes in a common list that it was its turn."""

    def __init__(self, name, times, log):
        self.name = name
        self.times = iter(times)
        self.log = log
        self.prepare = ""

    def line(self):
        return self.name

    def ready(self):
        self.log.append(f"before {self.name}")

    def sample(self):
        self.log.append(self.name)
        return Sample(next(self.times))


def row(values, limit, key="row", unit="×", **more):
    return Row(key, "main", "`work`", "`other`", "nothing", lambda world: Result([Part(values, unit=unit)], {}), limit, **more)


class Judging(unittest.TestCase):
    def test_the_whole_middle_half_has_to_be_on_one_side(self):
        for low, high, expected in ((0.8, 0.9, OK), (0.8, 1.0, OK), (0.9, 1.1, UNCLEAR), (1.01, 1.2, MISSED), (1.0, 1.2, UNCLEAR)):
            with self.subTest(low=low, high=high):
                self.assertEqual(verdict(Spread(low, (low + high) / 2, high, LEAST), Limit(1.0)), expected)

    def test_what_has_to_be_at_least_something_is_judged_the_other_way_about(self):
        limit = Limit(0.5, at_least=True)
        for low, high, expected in ((0.5, 0.9, OK), (0.4, 0.6, UNCLEAR), (0.3, 0.49, MISSED)):
            with self.subTest(low=low, high=high):
                self.assertEqual(verdict(Spread(low, (low + high) / 2, high, LEAST), limit), expected)

    def test_one_outlier_in_many_rounds_changes_nothing(self):
        self.assertEqual(verdict(spread([0.9] * 10 + [30.0]), Limit(1.0)), OK)
        self.assertEqual(verdict(spread([1.1] * 10 + [0.01]), Limit(1.0)), MISSED)

    def test_half_of_the_rounds_beyond_the_limit_hide_the_verdict(self):
        self.assertEqual(verdict(spread([0.9, 1.2] * 5), Limit(1.0)), UNCLEAR)

    def test_too_few_rounds_of_a_time_say_nothing(self):
        for unit in ("×", "s", "requests/s"):
            self.assertEqual(verdict(spread([0.1] * (LEAST - 1)), Limit(1.0, unit)), UNCLEAR)
            self.assertEqual(verdict(spread([0.1] * LEAST), Limit(1.0, unit)), OK)

    def test_a_size_needs_no_rounds_and_a_count_may_be_nothing(self):
        self.assertEqual(verdict(spread([99e6]), Limit(100e6, "B")), OK)
        self.assertEqual(verdict(spread([101e6]), Limit(100e6, "B")), MISSED)
        self.assertEqual(verdict(spread([99e6, 101e6]), Limit(100e6, "B")), UNCLEAR)
        self.assertEqual(verdict(spread([0]), Limit(0, "errors")), OK)
        self.assertEqual(verdict(spread([1]), Limit(0, "errors")), MISSED)

    def test_the_spread_of_few_is_all_of_them(self):
        self.assertEqual(spread([3, 1, 2]), Spread(1, 2, 3, 3))
        self.assertEqual(spread(list(range(1, 10))), Spread(3, 5, 7, 9))
        with self.assertRaises(ValueError):
            spread([])

    def test_a_row_is_as_good_as_its_worst_part(self):
        self.assertEqual(judge.worst([OK, UNCLEAR, OK]), UNCLEAR)
        self.assertEqual(judge.worst([UNCLEAR, MISSED]), MISSED)
        self.assertEqual(judge.worst([]), FAILED)


class Turns(unittest.TestCase):
    def test_sides_take_turns_and_change_their_order(self):
        log = []
        sides = [Scripted(name, range(100), log) for name in "AB"]
        take_turns(sides, seconds=0, least=3)
        self.assertEqual([entry for entry in log if len(entry) == 1], list("BAABBAAB"))
        self.assertEqual(log[::2], [f"before {name}" for name in log[1::2]])

    def test_the_first_round_is_not_counted(self):
        ours, theirs = (Scripted(name, [100] + [1] * 50, []) for name in "AB")
        taken = take_turns([ours, theirs], seconds=0)
        self.assertEqual([[sample.value for sample in side] for side in taken], [[1] * LEAST] * 2)

    def test_short_ones_are_measured_more_often_and_long_ones_the_least_number_of_times(self):
        def counted(each, seconds):
            now = [0.0]
            def measure():
                now[0] += each
                return each
            return len(take_turns([Probe("x", measure)] * 2, seconds=seconds, clock=lambda: now[0])[0])
        self.assertEqual(counted(0.25, 5.0), 10)
        self.assertEqual(counted(20.0, 5.0), LEAST)
        self.assertEqual(counted(0.0001, 5.0), 201)

    def test_a_slow_spell_of_the_machine_meets_both_and_leaves_the_ratio(self):
        slow = [1] * 4 + [5] * 8
        ours, theirs = Scripted("A", [each * 2 for each in slow], []), Scripted("B", slow, [])
        part = compare(ours, theirs, seconds=0, least=9).parts[0]
        self.assertEqual((part.values, part.unit), ([2] * 9, "×"))

    def test_known_times_give_the_known_verdict(self):
        limit = {"": Limit(1.5)}
        for times, expected in (([1.0] * 20, OK), ([2.0] * 20, MISSED), ([1.4, 1.6] * 10, UNCLEAR)):
            measured = row([], limit)
            measured.run = lambda _, times=times: compare(Scripted("A", times, []), Scripted("B", [1.0] * 20, []), seconds=0, least=9)
            with tempfile.TemporaryDirectory() as directory, mock.patch.dict(os.environ, DEV_INFRA_PREFIX="/none"):
                result = bench.measured(measured, bench.World(directory, 1))
            self.assertEqual(report.row_verdict(result, measured), expected, times[:2])

    def test_real_commands_are_timed_as_long_as_they_take(self):
        ours, theirs = take_turns([Command(["sleep", "0.04"]), Command(["sleep", "0.02"])], seconds=0)
        part = ratio(ours, theirs)
        self.assertTrue(all(sample.value >= 0.04 for sample in ours))
        self.assertEqual(verdict(spread(part.values), Limit(20)), OK)
        self.assertEqual(verdict(spread(part.values), Limit(0.05)), MISSED)


class Commands(unittest.TestCase):
    def test_what_is_shown_of_a_command_does_what_it_did(self):
        with tempfile.TemporaryDirectory() as directory:
            command = Command(["sh", "-c", 'printf "%s %s" "$HOME" "$PWD" >"$1"', "sh", "out here"], home="/a b", cwd=directory)
            command.sample()
            written = pathlib.Path(directory, "out here")
            first = written.read_text()
            written.unlink()
            os.system(command.line())
            self.assertEqual(written.read_text(), first)
            self.assertEqual(first, f"/a b {os.path.realpath(directory)}")

    def test_a_command_that_fails_or_what_goes_before_it_is_no_time(self):
        with self.assertRaisesRegex(Failed, "ended with 3:\noh"):
            Command(["sh", "-c", "echo oh >&2; exit 3"]).sample()
        Command(["sh", "-c", "exit 3"], status=3).sample()
        with self.assertRaisesRegex(Failed, "ended with 0"):
            Command(["true"], status=1).sample()
        with self.assertRaisesRegex(Failed, "comes before"):
            Command(["true"], "echo no; false").ready()
        with self.assertRaisesRegex(Failed, "there is no"):
            Command(["no-such-program-at-all"]).sample()

    def test_output_of_any_size_is_read(self):
        self.assertGreater(Command(["sh", "-c", "head -c 3000000 /dev/zero; head -c 300000 /dev/zero >&2"]).sample().value, 0)

    def test_processor_time_is_that_of_all_its_processes(self):
        busy = "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done"
        self.assertGreater(Command(["sh", "-c", f"sh -c '{busy}'; true"]).sample().processor, 0.05)
        self.assertLess(Command(["sleep", "0.1"]).sample().processor, 0.05)

    def test_peak_memory_is_that_of_the_command_alone(self):
        most = peak_memory(Command(["python3", "-c", "x = bytearray(50_000_000)"]))
        self.assertTrue(all(50e6 <= each <= 90e6 for each in most), most)
        self.assertTrue(all(each < 10e6 for each in peak_memory(Command(["true"]))))


class Documents(unittest.TestCase):
    TEXT = "".join(
        f"Before {name}.\n<!-- {name}: written by a program -->\nold\n<!-- end of {name} -->\n"
        for name in ("runs", "limits", "looks", "commands")) + "After.\n"

    def setUp(self):
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        self.document, self.kept = os.path.join(self.directory, "p.md"), os.path.join(self.directory, "p.json")
        with open(self.document, "w", encoding="utf-8") as file:
            file.write(self.TEXT)

    def bench(self, rows, **settings):
        """Runs the program with these rows; gives its status and what it printed."""
        output, errors = io.StringIO(), io.StringIO()
        environment = {"DEV_INFRA_PREFIX": "/none", "ROWS": "", "SCALE": "", "STRICT": "", "WRITE": "", **settings}
        with mock.patch.dict(os.environ, environment), mock.patch.object(report, "KEPT", self.kept), \
                mock.patch.object(report, "DOCUMENT", self.document), mock.patch("sys.argv", ["bench.py", self.directory]), \
                mock.patch.object(bench, "ROWS", rows), mock.patch("machine.description", lambda _: ["a machine"]), \
                contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            return bench.main(rows), output.getvalue() + errors.getvalue()

    def text(self):
        with open(self.document, encoding="utf-8") as file:
            return file.read()

    def test_a_row_that_is_not_ok_fails_a_strict_run_and_is_named(self):
        limit = {"": Limit(1.0)}
        good, bad, unclear = row([0.5] * 9, limit, "good"), row([1.5] * 9, limit, "bad"), row([0.8, 1.2] * 5, limit, "hidden")
        self.assertEqual(self.bench([good], STRICT="1")[0], 0)
        for one, word in ((bad, "1 MISSED (bad)"), (unclear, "1 unclear (hidden)")):
            status, said = self.bench([good, one], STRICT="1")
            self.assertEqual(status, 1)
            self.assertIn(word, said)
            self.assertEqual(self.bench([good, one])[0], 0)
        self.assertIn("the limit, 1 ×, is within the spread, 0.80 × to 1.20 × of 10 rounds", self.bench([unclear])[1])

    def test_a_row_that_cannot_be_measured_fails_and_the_others_go_on(self):
        def broken(world):
            raise Failed("no such thing\nand more")
        one = Row("broken", "main", "w", "a", "m", broken, {"": Limit(1)})
        status, said = self.bench([one, row([0.5] * 9, {"": Limit(1.0)}, "good")], STRICT="1")
        self.assertEqual(status, 1)
        self.assertIn("broken: no such thing", said)
        self.assertIn("1 ok, 0 unclear, 0 MISSED, 1 FAILED (broken)", said)

    def test_a_limit_of_a_part_that_was_not_measured_fails(self):
        one = row([0.5] * 9, {"": Limit(1.0), "memory": Limit(1, "B")})
        self.assertIn("1 FAILED", self.bench([one])[1])

    def test_the_document_is_written_and_keeps_what_was_not_measured(self):
        limit = {"": Limit(1.0)}
        rows = [row([0.5] * 9, limit, "one"), row([0.6] * 9, limit, "two"), row([3.0] * 9, {}, "look")]
        self.bench(rows)
        self.assertEqual(self.text(), self.TEXT)
        with mock.patch("time.strftime", lambda *_: "2030-01-01 00:00"):
            self.bench(rows, WRITE="1")
        self.assertIn("| `work` | `other` | 0.60 × | 1 × | ok | 1 |", self.text())
        self.assertIn("| `work` | `other` | 3.00 × | 1 |", self.text())
        rows[0].run = lambda _: Result([Part([2.0] * 9)], {"dev-infra": Command(["a", "b c"])})
        with mock.patch("time.strftime", lambda *_: "2030-01-02 00:00"):
            self.bench(rows, WRITE="1", ROWS="one")
        text = self.text()
        self.assertIn("| `work` | `other` | 2.00 × | 1 × | MISSED | 1 |", text)
        self.assertIn("| `work` | `other` | 0.60 × | 1 × | ok | 2 |", text)
        self.assertIn("1. 2030-01-02 00:00: a machine", text)
        self.assertIn("2. 2030-01-01 00:00: a machine", text)
        self.assertIn("# dev-infra\na 'b c'", text)
        self.assertTrue(text.startswith("Before runs.\n") and text.endswith("After.\n"))
        self.assertNotIn("old", text)

    def test_a_limit_that_changes_changes_the_verdict_of_what_is_kept(self):
        rows = [row([0.5] * 9, {"": Limit(1.0)}, "one"), row([0.6] * 9, {"": Limit(1.0)}, "two")]
        self.bench(rows, WRITE="1")
        rows[0].limits = {"": Limit(0.4)}
        self.bench(rows, WRITE="1", ROWS="two")
        self.assertIn("| 0.50 × | 0.4 × | MISSED |", self.text())

    def test_rows_that_are_gone_and_their_runs_leave_the_document(self):
        with mock.patch("time.strftime", lambda *_: "2030-01-01 00:00"):
            self.bench([row([0.5] * 9, {}, "old")], WRITE="1")
        with mock.patch("time.strftime", lambda *_: "2030-01-02 00:00"):
            self.bench([row([0.5] * 9, {}, "new")], WRITE="1")
        with open(self.kept, encoding="utf-8") as file:
            kept = json.load(file)
        self.assertEqual((list(kept["rows"]), list(kept["runs"])), (["new"], ["2030-01-02 00:00"]))

    def test_sizes_that_are_not_the_full_ones_are_never_written(self):
        self.assertEqual(self.bench([row([0.5] * 9, {})], WRITE="1", SCALE="0.1")[0], 2)
        self.assertEqual(self.text(), self.TEXT)
        self.assertEqual(self.bench([row([0.5] * 9, {})], ROWS="nosuch")[0], 2)

    def test_groups_choose_rows(self):
        one, other = row([1], {}, "one"), row([1], {}, "other")
        other.group = "large"
        for patterns, expected in ((["main"], "one"), (["oth*"], "other"), (["large", "one"], "one other"), (["*"], "one other")):
            self.assertEqual(" ".join(each.key for each in bench.wanted([one, other], patterns)), expected)


class Charts(unittest.TestCase):
    LINES = [("list", [(1000, 0.01), (100_000, 1.0)]), ("git <fsck> & more", [(1000, 0.02), (100_000, 0.9)])]

    def picture(self, lines=None):
        return ElementTree.fromstring(chart.chart("Title", "About", "projects", lines or self.LINES, scaling.counted, scaling.seconds))

    def test_a_point_is_where_its_value_is_on_both_axes(self):
        name = "{http://www.w3.org/2000/svg}"
        first, last = self.picture().find(f"{name}g/{name}polyline").get("points").split()
        top, bottom = chart.TOP, chart.HEIGHT - chart.BOTTOM
        # 10 ms is the bottom and 1 s the top of what is drawn.
        self.assertEqual(first, f"{chart.LEFT:.1f},{bottom:.1f}")
        self.assertEqual(last, f"{chart.WIDTH - chart.RIGHT:.1f},{top:.1f}")

    def test_an_axis_of_one_power_of_ten_has_steps_within_it(self):
        self.assertEqual([round(tick, 3) for tick in chart.Axis([2.5, 4], 0, 1, whole=True).ticks()], [1, 2, 5, 10])
        self.assertEqual([round(tick, 3) for tick in chart.Axis([0.02, 4], 0, 1, whole=True).ticks()], [0.01, 0.1, 1, 10])

    def test_names_at_the_ends_of_lines_keep_apart_and_in_order(self):
        places = chart.apart([100, 101, 102, 300], 16)
        self.assertEqual(places, sorted(places))
        self.assertTrue(all(second - first >= 15.9 for first, second in zip(places, places[1:])), places)
        self.assertEqual(places[3], 300)

    def test_words_are_escaped_and_a_picture_says_in_words_what_it_shows(self):
        name = "{http://www.w3.org/2000/svg}"
        root = self.picture()
        self.assertIn("git <fsck> & more", [each.text for each in root.iter(f"{name}text")])
        self.assertEqual(
            root.find(f"{name}desc").text,
            "About, from 1,000 to 100,000 projects: list from 10 ms to 1 s; git <fsck> & more from 20 ms to 900 ms.")
        self.assertEqual(root.get("role"), "img")

    def test_what_one_compares_with_is_drawn_otherwise(self):
        classes = [each.get("class") for each in self.picture().iter("{http://www.w3.org/2000/svg}polyline")]
        self.assertEqual(classes, ["line", "line other"])

    def test_a_table_of_what_grew(self):
        figures = {str(size): {"processor": seconds, "waited": 9, "memory": 20e6} for size, seconds in ((10, 0.01), (100, 0.05))}
        axis = scaling.Axis("x", "things", [10, 100], None, "T", ["list"])
        table = scaling.axis_table(axis, {"commands": {"list": figures}, "bytes": {"the view": {"10": 1000, "100": 10_000}}})
        self.assertIn("| things | 10 | 100 | from 10 to 100 |", table)
        self.assertIn("| `list` | 10.0 ms, 20.0 MB | 50.0 ms, 20.0 MB | 5.0 × |", table)
        self.assertIn("| size of the view | 1 kB | 10 kB | 10.0 × |", table)

    def test_the_document_and_the_pictures_show_what_is_kept(self):
        kept = scaling.load()
        with open(scaling.DOCUMENT, encoding="utf-8") as file:
            document = file.read()
        for axis in [axis for axis in scaling.AXES if axis.key in kept]:
            self.assertIn(scaling.axis_table(axis, kept[axis.key]), document)
            for name, picture in scaling.pictures(axis, kept[axis.key]).items():
                self.assertIn(f"({name})", document)
                with open(os.path.join(report.SOURCE, "docs", name), encoding="utf-8") as file:
                    self.assertEqual(file.read(), picture, "python3 Tests/Benchmarks/scaling.py draws them anew")


class Table(unittest.TestCase):
    def test_every_row_has_a_key_of_its_own_and_a_group_that_is_known(self):
        self.assertEqual(len({each.key for each in ROWS}), len(ROWS))
        self.assertLessEqual({each.group for each in ROWS}, {"main", "large", "long", "beside"})

    def test_a_row_without_limits_is_a_look(self):
        for each in ROWS:
            self.assertEqual(each.group == "beside", not each.limits, each.key)

    def test_what_is_kept_is_of_rows_that_exist_and_is_what_the_document_shows(self):
        kept = report.load()
        self.assertLessEqual(set(kept["rows"]), {each.key for each in ROWS})
        with open(report.DOCUMENT, encoding="utf-8") as file:
            before = file.read()
        with tempfile.TemporaryDirectory() as directory, mock.patch.object(report, "DOCUMENT", os.path.join(directory, "p.md")):
            report.replace(report.DOCUMENT, before)
            report.write(kept, ROWS)
            with open(report.DOCUMENT, encoding="utf-8") as file:
                self.assertEqual(file.read(), before, "python3 Tests/Benchmarks/report.py writes the tables anew")

    def test_values_are_shown_to_three_digits(self):
        for value, unit, expected in (
                (0.01234, "s", "12.3 ms"), (0.1234, "s", "123 ms"), (1.234, "s", "1.23 s"), (12.34, "s", "12.3 s"),
                (123456, "B", "123 kB"), (17.5e6, "B", "17.5 MB"), (175e6, "B", "175 MB"), (1.4567, "×", "1.46 ×"),
                (2.5e9, "B", "2.50 GB"), (12345, "calls", "12,345 calls")):
            self.assertEqual(shown(value, unit), expected)


if __name__ == "__main__":
    unittest.main()
