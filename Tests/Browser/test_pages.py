"""The pages of the daemon in a browser: for people of all kinds, with a script and without, and against hostile names."""

import shutil
import tempfile
import unittest

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import browser
from world import HOSTILE, World

WIDTHS = [360, 1024, 1920]


def setUpModule():
    global WORLD, AXE
    WORLD = World(tempfile.mkdtemp(prefix="dev-infra-browser-"))
    WORLD.fill()
    AXE = browser.axe()


def tearDownModule():
    shutil.rmtree(WORLD.directory, ignore_errors=True)


class PageTest(unittest.TestCase):
    """With a browser, and a daemon without keys."""

    scripts = True
    machine = "laptop"

    @classmethod
    def setUpClass(cls):
        cls.enterClassContext(cls.closing())
        cls.base = cls.enterClassContext(
            WORLD.serving(cls.machine, "dev-infra", "daemon", "--listen", "127.0.0.1:0", "--log-level", "warning"))

    @classmethod
    def closing(cls):
        import contextlib

        @contextlib.contextmanager
        def opened():
            cls.driver = browser.start(cls.scripts)
            try:
                yield
            finally:
                cls.driver.quit()

        return opened()

    def setUp(self):
        browser.appear(self.driver, 1024)

    def tearDown(self):
        self.assertEqual(browser.complaints(self.driver), [])

    def open(self, path):
        self.driver.get(self.base + path)
        return self.driver

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def count(self):
        return self.find("#count").text

    def wait(self, condition):
        browser.wait(self.driver, lambda _: condition())


class Pages(PageTest):
    def pages(self):
        tool = WORLD.id("laptop", "tool-0")
        hostile = WORLD.id("laptop", HOSTILE[0])
        return {
            "projects": "/", "filtered": "/?only=unsaved&tag=go&q=tool", "nothing": "/?q=nothing-is-called-so",
            "project": f"/projects/{tool}", "hostile": f"/projects/{hostile}", "edit": f"/projects/{tool}/edit",
            "machines": "/machines", "activity": "/activity", "pictures": "/pictures", "not-found": "/nothing",
        }

    def test_every_page_can_be_used_by_everybody(self):
        for name, path in self.pages().items():
            for scheme in ("light", "dark"):
                for width in WIDTHS:
                    with self.subTest(page=name, scheme=scheme, width=width):
                        browser.appear(self.driver, width, scheme)
                        self.open(path)
                        browser.picture(self.driver, f"{name}-{scheme}-{width}")
                        self.assertEqual(browser.findings(self.driver, AXE), [])
                        # Nothing but a table in its frame is wider than the window.
                        self.assertLessEqual(
                            self.driver.execute_script("return document.documentElement.scrollWidth"), width)
                        self.assertEqual(len(self.all("h1")), 1)

    def test_the_list_shows_how_checkouts_are(self):
        self.open("/")
        heads = [head.text for head in self.all(".matrix thead th")]
        self.assertEqual(heads, ["Project", "Status", "Changed", "a-machine-with-a-rather-long-name", "desk", "laptop"])
        rows = {row.find_element(By.CSS_SELECTOR, "th a").text: row.find_elements(By.TAG_NAME, "td")[2:]
                for row in self.all(".matrix tbody tr")}
        for name, words in {
            "tool-0": ["absent", "absent", "changed"], "tool-3": ["unknown", "unpushed", "changed"],
            "tool-5": ["unknown", "unpushed", "saved"], "tool-8": ["unknown", "unpushed", "behind"],
            "tool-9": ["unknown", "unpushed", "gone"], "tool-10": ["unknown", "unpushed", "unpushed"],
            "tool-12": ["unknown", "unpushed", "absent"], "tool-13": ["unknown", "absent", "absent"],
        }.items():
            with self.subTest(project=name):
                self.assertEqual([cell.get_attribute("class") for cell in rows[name]], words)
                for cell, word in zip(rows[name], words):
                    if word == "absent":
                        self.assertEqual(cell.get_attribute("textContent").strip(), "–not there")
                        continue
                    self.assertIn(word, cell.text)
                    # How old that is, in a word and in words. What a machine has not said has no age.
                    age, title = cell.find_elements(By.CSS_SELECTOR, ".age"), cell.get_attribute("title")
                    self.assertEqual(len(age), 0 if word == "unknown" else 1)
                    if age:
                        self.assertRegex(age[0].text, r"^(now|\d+.min)$")
                        self.assertRegex(title, f"^{word}, as of (just now|\\d+ minutes? ago)$")

    def test_counts_are_filters(self):
        hostile, tools = [f"hostile-{n}" for n in range(len(HOSTILE))], [f"tool-{n}" for n in range(13)]
        ours = ["only-on-a-machine-with-a-rather-long-name", "only-on-desk", "only-on-laptop"]
        found = {
            "not saved anywhere": [*hostile, "only-on-desk", "only-on-laptop", *tools],
            "on one machine only": [*hostile, *ours, "tool-0", "tool-13"],
            "no remote": ours,
            "directory gone": ["tool-9"],
            "idle over a year": ["only-on-laptop"],
            "conflicts at the last pull": ["tool-5"],
        }
        self.open("/")
        links = {item.find_element(By.CSS_SELECTOR, "span").text: item.get_attribute("href") for item in self.all(".findings a")}
        self.assertEqual(list(links), list(found))
        # The names of the hostile ones are other ones.
        ids = {self.name_of(link): name for name in hostile for link in [WORLD.id("laptop", HOSTILE[int(name[8:])])]}
        for title, names in found.items():
            with self.subTest(count=title):
                self.driver.get(links[title])
                chosen = self.find(".findings [aria-current]")
                self.assertEqual(chosen.find_element(By.CSS_SELECTOR, "strong").text, str(len(names)))
                self.assertEqual(self.count(), f"{len(names)} of 23 projects")
                shown = [link.get_attribute("href") for link in self.all(".matrix tbody th a")]
                self.assertEqual(sorted(ids.get(self.name_of(link)) or self.label(link) for link in shown), sorted(names))
                browser.press(self.driver, chosen)
                self.assertEqual(self.count(), "23 projects")

    def name_of(self, link):
        """The id at the end of a link."""
        return link.rpartition("/")[2]

    def label(self, link):
        return self.find(f".matrix tbody th a[href$='{self.name_of(link)}']").text

    def facets(self):
        """The lists of filters: of each its values with their counts, in order."""
        return {title: dict(values) for title, values in self.driver.execute_script("""
            const text = e => e.textContent.trim()
            return [...document.querySelectorAll('.facets section')].map(section => [
              text(section.querySelector('h3')),
              [...section.querySelectorAll('li a')].map(a => [
                text(a.querySelector('bdi')), [Number(text(a.querySelector('.count'))), a.getAttribute('aria-current')]])])
            """)}

    def facet(self, title, value):
        """The link of a value at the side."""
        return next(link for section in self.all(".facets section") if section.find_element(By.TAG_NAME, "h3").text == title
                    for link in section.find_elements(By.CSS_SELECTOR, "li a") if link.find_element(By.TAG_NAME, "bdi").text == value)

    def test_values_at_the_side_are_filters_with_their_counts(self):
        expected = {
            "Status": {"active": 22, "paused": 1}, "Type": {"Work": 1}, "Classification": {"primary": 1},
            "Organization": {"Globex": 1}, "Tag": {"odd": 6, "hostile": 6, "go": 1, "cli": 1},
            "Machine": {"laptop": 19, "desk": 13, "a-machine-with-a-rather-long-name": 13},
        }
        self.open("/")
        self.assertEqual(list(self.facets()), list(expected))
        for title, values in expected.items():
            self.assertEqual({value: count for value, (count, _) in self.facets()[title].items() if value in values}, values)
            for value, count in values.items():
                with self.subTest(facet=title, value=value):
                    browser.press(self.driver, self.facet(title, value))
                    self.assertEqual(self.count(), f"{count} of 23 projects")
                    self.assertEqual(len(self.all(".matrix tbody tr")), count)
                    self.assertIn(value, self.find(".chosen").text)
                    # The others of its list still say what each would leave; the chosen one stands first, and takes itself away.
                    now = self.facets()[title]
                    self.assertEqual({name: number for name, (number, _) in now.items() if name in values}, values)
                    self.assertEqual([name for name, (_, current) in now.items() if current], [value])
                    self.assertEqual(list(now)[0], value)
                    browser.press(self.driver, self.facet(title, value))
                    self.assertEqual(self.count(), "23 projects")

    def test_orders(self):
        def names(order):
            self.open(f"/?sort={order}")
            return [row.text for row in self.all(".matrix tbody th a")]

        urgent = names("urgency")
        self.assertEqual(urgent[:5], ["tool-9", "tool-0", "tool-1", "tool-2", "tool-3"])
        self.assertEqual(set(urgent[-2:]), {"tool-13", "only-on-a-machine-with-a-rather-long-name"})
        self.assertEqual(names("commit")[-3:], ["only-on-laptop", "only-on-a-machine-with-a-rather-long-name", "tool-13"])
        self.assertEqual(names("machines")[:10], sorted(f"tool-{n}" for n in range(2, 12)))
        names("updated")
        times = [time.get_attribute("datetime") for time in self.all(".matrix tbody td time")]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertEqual(len(times), 23)

    def test_the_heads_of_the_table_stay(self):
        browser.appear(self.driver, 360, height=600)
        self.open("/")
        frame = self.find(".matrix")
        self.driver.execute_script("arguments[0].scrollTo(400, 400)", frame)
        place = "const [a, b] = [arguments[0], arguments[1]].map(e => e.getBoundingClientRect()); return [b.left - a.left, b.top - a.top]"
        left, _ = self.driver.execute_script(place, frame, self.all(".matrix tbody th")[12])
        _, top = self.driver.execute_script(place, frame, self.all(".matrix thead th")[2])
        self.assertLess(abs(left), 4)
        self.assertLess(abs(top), 4)

    def test_names_that_are_markup_run_nothing(self):
        for path in ["/", "/machines", "/activity", "/pictures", *(f"/projects/{WORLD.id('laptop', n)}" for n in HOSTILE)]:
            self.open(path)
            self.assertTrue(self.driver.title.endswith(" – dev-infra"), self.driver.title)
            self.assertEqual(len(self.all("main img, main script, main iframe, main object")), 0)
            self.assertEqual(len(self.all("h1")), 1)
        self.open("/")
        text = self.find(".matrix").text
        self.assertIn(HOSTILE[0], text)
        self.assertIn("\\u202egpj.exe", text)

    def test_the_keyboard_alone_is_enough(self):
        self.open("/")
        active = self.driver.switch_to.active_element
        active.send_keys(Keys.TAB)
        self.assertEqual(self.driver.switch_to.active_element.text, "Skip to the content")
        seen = []
        for _ in range(200):
            element = self.driver.switch_to.active_element
            seen.append(element.get_attribute("id") or element.get_attribute("class") or element.text)
            outline = element.value_of_css_property("outline-style")
            self.assertNotEqual(outline, "none", f"no focus is seen at {seen[-1]}")
            if element.text == "tool-0":
                break
            element.send_keys(Keys.TAB)
        self.assertIn("q", seen)
        self.assertIn("matrix", seen)
        self.driver.switch_to.active_element.send_keys(Keys.ENTER)
        self.wait(lambda: self.find("h1").text == "tool-0")

    def test_typing_filters_at_once_and_the_address_keeps_it(self):
        self.open("/?sort=updated")
        box = self.find("#q")
        box.send_keys("tool-1")
        self.wait(lambda: self.count().startswith("5 of "))
        self.assertIn("q=tool-1", self.driver.current_url)
        self.assertIn("sort=updated", self.driver.current_url)
        # What was typed stays in its place, with the cursor.
        self.assertEqual(self.driver.switch_to.active_element, box)
        box.send_keys(Keys.BACKSPACE * 6)
        self.wait(lambda: " of " not in self.count())
        Select(self.find("#sort")).select_by_value("machines")
        self.wait(lambda: "sort=machines" in self.driver.current_url)
        self.driver.refresh()
        self.assertEqual(Select(self.find("#sort")).first_selected_option.get_attribute("value"), "machines")

    def test_a_slow_answer_is_seen_to_be_awaited_without_motion_where_none_is_wanted(self):
        for motion, duration in (("no-preference", "0.2s"), ("reduce", "0s")):
            with self.subTest(motion=motion):
                browser.appear(self.driver, 1024, motion=motion)
                self.open("/")
                with browser.network(self.driver, latency=700):
                    self.find("#q").send_keys("tool-1")
                    self.wait(lambda: self.all("main[aria-busy=true]"))
                    style = "return getComputedStyle(document.querySelector('.results')).transitionDuration"
                    self.assertEqual(self.driver.execute_script(style), duration)
                    self.assertEqual(self.count(), "23 projects")
                    self.wait(lambda: self.count() == "5 of 23 projects")
                self.assertEqual(self.all("main[aria-busy]"), [])

    def test_without_an_answer_the_browser_goes_where_the_form_leads(self):
        self.open("/?sort=updated")
        with browser.network(self.driver, offline=True):
            self.find("#q").send_keys("tool-1")
            # Its own page says that it is offline, and its button tries again.
            self.wait(lambda: self.driver.current_url == f"{self.base}/?q=tool-1&sort=updated" and not self.all("#q"))
        self.driver.refresh()
        self.assertEqual(self.count(), "5 of 23 projects")
        self.assertEqual(self.find("#q").get_attribute("value"), "tool-1")

    def test_times_are_words_with_the_exact_one_beside(self):
        self.open(f"/projects/{WORLD.id('laptop', 'tool-0')}")
        time = self.find("time")
        self.assertRegex(time.text, r"^(just now|\d+ minutes? ago|in the future)$")
        self.assertRegex(time.get_attribute("title"), r"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC$")

    def test_two_people_edit(self):
        path = f"/projects/{WORLD.id('laptop', 'tool-2')}/edit"
        other = browser.start()
        try:
            other.get(self.base + path)
            self.open(path)
            self.find("#f-description").send_keys("of the first")
            browser.press(self.driver, self.find("main button"))
            self.wait(lambda: self.all(".done"))
            other.find_element(By.ID, "f-description").send_keys("of the second")
            browser.press(other, other.find_element(By.CSS_SELECTOR, "main button"))
            self.assertIn("of the first", other.find_element(By.ID, "f-description-theirs").text)
            self.assertEqual(other.find_element(By.ID, "f-description").get_attribute("value"), "of the second")
            self.assertEqual(browser.findings(other, AXE), [])
            browser.picture(other, "two-people")
            browser.press(other, other.find_element(By.CSS_SELECTOR, "main button"))
            browser.wait(other, lambda d: d.find_elements(By.CSS_SELECTOR, ".done"))
        finally:
            other.quit()
        self.driver.refresh()
        self.assertIn("of the second", self.find(".prose").text)

    def test_what_cannot_be_saved_is_said_beside_its_field(self):
        self.open(f"/projects/{WORLD.id('laptop', 'tool-3')}/edit")
        self.find("#f-homepage").send_keys("javascript:alert(1)")
        browser.press(self.driver, self.find("main button"))
        self.wait(lambda: self.all("#f-homepage-problem"))
        self.assertEqual(self.find("#f-homepage").get_attribute("aria-invalid"), "true")
        self.assertEqual(browser.findings(self.driver, AXE), [])
        browser.picture(self.driver, "problem")

    def test_on_paper_there_is_the_list_alone(self):
        self.open("/")
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        try:
            self.assertFalse(self.find(".facets").is_displayed())
            self.assertFalse(self.find("header nav").is_displayed())
            self.assertTrue(self.find(".matrix table").is_displayed())
            browser.picture(self.driver, "printed")
        finally:
            self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


class TenThousand(PageTest):
    """With as many projects as an organisation has."""

    machine = "crowd"

    @classmethod
    def setUpClass(cls):
        WORLD.crowd(cls.machine, 10_000)
        super().setUpClass()

    def test_one_is_found(self):
        self.open("/")
        self.assertEqual(self.count(), "10000 projects")
        self.assertEqual(len(self.all("tbody tr")), 100)
        self.assertEqual(browser.findings(self.driver, AXE), [])
        browser.picture(self.driver, "crowd")
        # What is typed filters all of them, and not only those that the page shows.
        self.find("#q").send_keys("globex 09991")
        self.wait(lambda: self.count() == "1 of 10000 projects")
        self.assertEqual([row.text for row in self.all("tbody th")], ["docs-09991"])
        browser.press(self.driver, self.find("tbody th a"))
        self.assertEqual(self.find("h1").text, "docs-09991")
        self.driver.back()
        self.wait(lambda: self.count() == "1 of 10000 projects")
        self.find("#q").clear()
        self.find("#q").send_keys("umbrella")
        self.wait(lambda: self.count() == "2500 of 10000 projects")

    def test_pages_and_orders_follow_each_other(self):
        self.open("/?q=globex")
        seen = [row.text for row in self.all("tbody th")]
        browser.press(self.driver, self.driver.find_element(By.LINK_TEXT, "Next page"))
        more = [row.text for row in self.all("tbody th")]
        self.assertEqual(seen + more, sorted(set(seen + more)))
        self.assertEqual(len(seen + more), 200)
        # The order holds for all of them, from the first page on.
        Select(self.find("#sort")).select_by_value("updated")
        self.wait(lambda: "sort=updated" in self.driver.current_url)
        self.assertNotIn("page=2", self.driver.current_url)

    def test_the_other_pages_are_no_longer_for_it(self):
        for path in ("/machines", "/activity", "/pictures"):
            with self.subTest(path=path):
                self.open(path)
                self.assertEqual(browser.findings(self.driver, AXE), [])
                self.assertLess(len(self.driver.page_source), 1_000_000)


class WithoutScript(PageTest):
    scripts = False

    def test_everything_works(self):
        self.open("/")
        total = self.count()
        self.find("#q").send_keys("tool-1")
        browser.press(self.driver, self.find("form.search button"))
        self.wait(lambda: self.count().startswith("5 of "))
        browser.press(self.driver, self.find(".chosen a"))
        self.assertEqual(self.count(), total)
        browser.press(self.driver, self.find(".facets a"))
        self.assertIn(" of ", self.count())
        self.open(f"/projects/{WORLD.id('laptop', 'tool-4')}")
        browser.press(self.driver, self.find("a.button"))
        self.find("#f-organization").send_keys("Initech")
        browser.press(self.driver, self.find("main button"))
        self.wait(lambda: self.all(".done"))
        self.assertIn("Initech", self.find(".facts").text)


class WithKeys(unittest.TestCase):
    """With keys: signing in and out, and the link of a run."""

    def setUp(self):
        self.driver = browser.start()
        self.addCleanup(self.driver.quit)

    def test_signing_in_and_out(self):
        # A registry of its own, so that the others need no key.
        WORLD.machine("locked")
        WORLD.run("locked", "dev-infra", "pull")
        writing = WORLD.run("locked", "dev-infra", "daemon", "key", "add", "writer")
        reading = WORLD.run("locked", "dev-infra", "daemon", "key", "add", "--read-only", "reader")
        tool = WORLD.id("locked", "tool-0")
        driver = self.driver
        with WORLD.serving("locked", "dev-infra", "daemon", "--listen", "127.0.0.1:0", "--log-level", "error") as base:
            for key, can_edit in ((writing, True), (reading, False)):
                for scheme in ("light", "dark"):
                    browser.appear(driver, 360, scheme)
                    driver.get(f"{base}/projects/{tool}")
                    self.assertEqual(driver.find_element(By.TAG_NAME, "h1").text, "Sign in")
                    self.assertEqual(browser.findings(driver, AXE), [])
                    browser.picture(driver, f"sign-in-{scheme}")
                driver.find_element(By.ID, "key").send_keys("di_wrong" + Keys.ENTER)
                browser.wait(driver, lambda d: d.find_elements(By.CSS_SELECTOR, "[role=alert]"))
                self.assertEqual(browser.findings(driver, AXE), [])
                driver.find_element(By.ID, "key").send_keys(key + Keys.ENTER)
                browser.wait(driver, lambda d: d.find_element(By.TAG_NAME, "h1").text == "tool-0")
                self.assertEqual(bool(driver.find_elements(By.CSS_SELECTOR, "a.button")), can_edit)
                self.assertEqual(driver.execute_script("return document.cookie"), "")
                # A session that ends while somebody types leads to the form, and from there to what was looked for.
                if not can_edit:
                    driver.get(f"{base}/")
                    WORLD.run("locked", "dev-infra", "daemon", "key", "revoke", "reader")
                    driver.find_element(By.ID, "q").send_keys("tool-1")
                    browser.wait(driver, lambda d: d.find_element(By.TAG_NAME, "h1").text == "Sign in")
                    driver.find_element(By.ID, "key").send_keys(writing + Keys.ENTER)
                    browser.wait(driver, lambda d: d.find_element(By.ID, "count").text.startswith("5 of "))
                browser.press(driver, driver.find_element(By.LINK_TEXT, "Sign out"))
                self.assertEqual(browser.findings(driver, AXE), [])
                browser.press(driver, driver.find_element(By.CSS_SELECTOR, "main button"))
                browser.wait(driver, lambda d: d.find_element(By.TAG_NAME, "h1").text == "Sign in")

    def test_a_link_opens_the_page_from_a_file_once(self):
        driver = self.driver
        with WORLD.serving("desk", "dev-infra", "web", "--no-browser") as link:
            driver.get("data:text/html,<a href='" + link + "'>go</a>")
            browser.press(driver, driver.find_element(By.TAG_NAME, "a"))
            browser.wait(driver, lambda d: d.find_element(By.TAG_NAME, "h1").text == "Projects")
            other = browser.start()
            try:
                other.get(link)
                self.assertEqual(other.find_element(By.TAG_NAME, "h1").text, "This link has been used")
                other.get(link.partition("/open/")[0])
                self.assertEqual(other.find_element(By.TAG_NAME, "h1").text, "Sign in")
            finally:
                other.quit()
            # Another site's link to a page leads to it, too, once somebody has signed in.
            driver.get("data:text/html,<a href='" + link.partition("/open/")[0] + "/machines'>go</a>")
            browser.press(driver, driver.find_element(By.TAG_NAME, "a"))
            browser.wait(driver, lambda d: d.find_element(By.TAG_NAME, "h1").text == "Machines")


if __name__ == "__main__":
    unittest.main()
