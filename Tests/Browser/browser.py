"""Chromium, driven by Selenium: how it is started, and what every page has to fulfil."""

import base64
import contextlib
import os
import pathlib
import shutil

import axe_playwright_python
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

# The rules of WCAG 2.2, levels A and AA, as axe calls them.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def axe():
    """The text of axe.min.js, which the package has as a file."""
    found = list(pathlib.Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
    return found[0].read_text(encoding="utf-8")


def start(scripts=True):
    options = Options()
    options.binary_location = shutil.which("chromium")
    # As root, and in containers without shared memory.
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars",
                 "--disable-extensions", "--disable-background-networking", "--no-first-run", "--force-device-scale-factor=1"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(30)
    return driver


def appear(driver, width, scheme="light", height=900, motion="no-preference"):
    """Sets the size of the window's content and what a person likes."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
        {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": motion}]})


@contextlib.contextmanager
def network(driver, latency=0, offline=False):
    """A network between the browser and the server whose answers take so many milliseconds longer, or never come."""
    driver.execute_cdp_cmd("Network.enable", {})
    through = {"offline": offline, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    driver.execute_cdp_cmd("Network.emulateNetworkConditions", through)
    try:
        yield
    finally:
        driver.execute_cdp_cmd("Network.emulateNetworkConditions", {**through, "offline": False, "latency": 0})


def wait(driver, condition):
    """Waits for what becomes of a page. An element that was found may be gone before it is read: the page has changed then."""
    ignored = (NoSuchElementException, StaleElementReferenceException)
    WebDriverWait(driver, 60, ignored_exceptions=ignored).until(condition)


def press(driver, element):
    """Presses what leads to another page, and waits until this one has gone: whatever is looked for next is on the other."""
    page = driver.find_element(By.TAG_NAME, "html")
    element.click()
    wait(driver, lambda _: is_gone(page))


def is_gone(page):
    """Whether a page has been left. While it is being left Chromium may know no element of it, and has no error of its own for that."""
    try:
        page.is_enabled()
        return False
    except StaleElementReferenceException:
        return True
    except WebDriverException as error:
        if "does not belong to the document" in str(error):
            return True
        raise


def findings(driver, text):
    """What axe finds wrong with the page that is shown, a line each."""
    driver.execute_script(text)
    result = driver.execute_async_script(
        "const done = arguments[1]; axe.run(document, {runOnly: {type: 'tag', values: arguments[0]}})"
        ".then(r => done(r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ': ' + n.failureSummary))),"
        " e => done(['' + e]))", TAGS)
    return result


def complaints(driver):
    """What the browser has to say of the pages since the last time: errors of scripts, and what the policy has refused."""
    return [
        entry["message"] for entry in driver.get_log("browser")
        # That the answer is an error is what some pages are for.
        if "Failed to load resource" not in entry["message"]
    ]


def picture(driver, name):
    """A picture of the whole page, where BROWSER_PICTURES names a directory."""
    directory = os.environ.get("BROWSER_PICTURES")
    if not directory:
        return
    os.makedirs(directory, exist_ok=True)
    taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
    pathlib.Path(directory, f"{name}.png").write_bytes(base64.b64decode(taken["data"]))
