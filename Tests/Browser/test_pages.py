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
        words = {row.find_element(By.CSS_SELECTOR, "th a").text: row.text for row in self.all(".matrix tbody tr")}
        self.assertIn("changed", words["tool-0"])
        self.assertIn("saved", words["tool-5"])
        self.assertIn("gone", words["tool-9"])
        self.assertIn("unknown", words["tool-12"])
        heads = [head.text for head in self.all(".matrix thead th")]
        self.assertEqual(heads[:3], ["Project", "Status", "Changed"])
        self.assertEqual(len(heads), 6)

    def test_counts_are_filters(self):
        self.open("/")
        for link in [item.get_attribute("href") for item in self.all(".findings a")]:
            self.driver.get(link)
            chosen = self.find(".findings [aria-current]")
            number = chosen.find_element(By.CSS_SELECTOR, "strong").text
            self.assertIn(f"{number} of ", self.count())
            browser.press(self.driver, chosen)
            self.assertNotIn(" of ", self.count())

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
            # Another site's link to a page leads to it, too, for who has signed in.
            driver.get("data:text/html,<a href='" + link.partition("/open/")[0] + "/machines'>go</a>")
            browser.press(driver, driver.find_element(By.TAG_NAME, "a"))
            browser.wait(driver, lambda d: d.find_element(By.TAG_NAME, "h1").text == "Machines")


if __name__ == "__main__":
    unittest.main()
