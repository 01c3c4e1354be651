"""A page is one safe file: no text in it becomes HTML, nothing in it asks a network."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest
from command import output, refusal
from page_answers import NODE, needs_node
from page_models import make_language_model, make_tagger, make_translator
from without import run_without

from seqnlp.page.program import joined_program
from seqnlp.task_table import TASKS

EVIL = "</script><img src=x onerror=alert(1)><!--<script>"
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(BROWSER is None, reason="no browser (chromium, google-chrome) is installed")


def dom_of(page: Path, profile: Path) -> str:
    """What a browser has made of a page whose parts are all open."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"]
    command = [str(BROWSER), *options, f"--user-data-dir={profile}", f"{page.as_uri()}#open"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=60).stdout


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose labels, title and text look like HTML."""
    folder = tmp_path_factory.mktemp("page")
    model = make_tagger(folder, labels=(EVIL, "PER"))
    output(
        "export", model, "--page", folder / "page.html", "--title", f"<b>{EVIL} in_two", "--text", f"Wren {EVIL} Oake"
    )
    return folder / "page.html"


def test_no_text_ends_a_script_or_becomes_an_element(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<img" not in text
    assert "<!--" not in text
    assert text.count("</script>") == text.count("<script") == 4
    assert "<title>&lt;b&gt;&lt;/script&gt;" in text
    assert re.search(r"<h1>&lt;b&gt;&lt;/script&gt;[^\n]* in_<wbr>two</h1>", text), "a long name may break at _"


def test_the_policy_allows_this_script_and_this_style_and_nothing_else(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    allowed = policy[1].replace("&#39;", "'").split("; ")
    hashes = [
        b64encode(sha256(actual.encode()).digest()).decode()
        for actual in (text.rpartition("<script>")[2].partition("</script>")[0], re.split("</?style>", text)[1])
    ]
    assert allowed[:3] == ["default-src 'none'", f"script-src 'sha256-{hashes[0]}'", f"style-src 'sha256-{hashes[1]}'"]
    assert set(allowed[3:]) == {"base-uri 'none'", "form-action 'none'"}


@needs_node
@pytest.mark.parametrize("task", [task for task, parts in TASKS.items() if parts.page])
def test_the_modules_of_a_page_fit_into_one_script(task: str, tmp_path: Path) -> None:
    kind = TASKS[task].kind.replace(" ", "_")
    script = tmp_path / "joined.js"
    script.write_text(joined_program(f"{kind}_page.mjs"), encoding="utf-8")
    actual = subprocess.run([str(NODE), "--check", script], capture_output=True, text=True, check=False)
    assert actual.returncode == 0, actual.stderr
    assert not re.search(r"^(import|export) ", script.read_text(encoding="utf-8"), re.MULTILINE)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|</", script.read_text())


@needs_node
def test_a_number_that_is_shown_as_zero_has_no_sign() -> None:
    assert printed_by_node("twoDigits", "inside", "[-0.004, 0, -1.006, 8.256].map(twoDigits)") == "0.00 0.00 -1.01 8.26"


def printed_by_node(name: str, module: str, list_of: str) -> str:
    """The elements of a list that a function of a module makes."""
    code = f"import {{{name}}} from '{files('seqnlp.page') / module}.mjs'; console.log({list_of}.join(' '))"
    command = [str(NODE), "--input-type=module", "-e", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip("\n")


@needs_node
def test_what_is_hardly_probable_is_not_shown_as_impossible() -> None:
    shown = printed_by_node("percent", "view", "[0, 1e-9, 0.0049, 0.005, 0.5, 0.995, 0.996, 1].map(percent)")
    assert shown == "0 % <1 % <1 % 1 % 50 % 100 % >99 % 100 %"
    assert printed_by_node("finePercent", "view", "[0.00466, 0.56, 1].map(finePercent)") == "0.47 % 56 % 100 %"


@needs_node
def test_each_line_of_a_text_is_answered_once_as_long_as_it_is_there() -> None:
    code = """(() => {
      const asked = [], lines = Array.from({ length: 3000 }, (_, n) => `line ${n}`);
      const answers = new LineAnswers(function* (line) { asked.push(line); yield; return line.length; });
      const over = (lines) => {
        asked.length = 0; answers.begin(lines); for (const _ of answers.all(lines)); return asked.length;
      };
      const counts = [over(lines), over([...lines, "new", "new"]), over(["new", ""]), over(lines.slice(0, 9))];
      return [...counts, answers.get("line 0"), answers.get("new")];
    })()"""
    assert printed_by_node("LineAnswers", "lines", code) == "3000 1 1 9 6 "


@needs_node
def test_what_takes_long_waits_until_typing_pauses() -> None:
    code = """await (async () => {
      let calls = 0, slow = true;
      const counts = [], note = () => counts.push(calls), later = () => new Promise((done) => setTimeout(done, 500));
      const work = () => { calls++; for (const end = performance.now() + 150; slow && performance.now() < end; ); };
      const typed = paced(work);
      typed(); note(); slow = false;
      typed(); typed(); typed(); note();
      await later(); note();
      typed(); typed(); note();
      return counts;
    })()"""
    assert printed_by_node("paced", "view", f"({code})") == "1 1 2 4"


@needs_node
@pytest.mark.parametrize("rows", [10, 2_000, 3_360, 100_000])
def test_a_chart_of_many_rows_leaves_out_no_peak(rows: int) -> None:
    values = f"Array.from({{length: {rows}}}, (_, t) => t === 7 ? 9 : t === 8 ? -9 : t % 5 ? Math.sin(t) : null)"
    drawn = [int(row) for row in printed_by_node("drawnRows", "chart", f"drawnRows({values})").split()]
    assert {7, 8} <= set(drawn)
    assert drawn == sorted(set(drawn))
    assert len(drawn) <= 3_000


@needs_node
def test_a_logarithmic_axis_has_a_handful_of_powers_of_ten() -> None:
    assert printed_by_node("powersOfTen", "chart", "powersOfTen(-1.2, 2.1)") == "0.1 1 10 100"
    assert printed_by_node("powersOfTen", "chart", "powersOfTen(-3, 9)") == "0.001 1 1000 1000000 1000000000"


@needs_browser
def test_a_browser_shows_words_that_a_language_model_does_not_know_as_such(tmp_path: Path) -> None:
    output("export", make_language_model(tmp_path), "--page", tmp_path / "page.html", "--text", "ξ the ξ")
    shown = dom_of(tmp_path / "page.html", tmp_path / "browser")
    assert len(re.findall('<span class="share"[^>]*>&lt;unk&gt;</span>', shown)) == 2
    assert "\ufffd" not in shown


@needs_browser
def test_a_browser_translates_a_line_that_is_there_again(tmp_path: Path) -> None:
    text = "Ein Hund.\nEin Hund.\n\nEin Hund."
    output("export", make_translator(tmp_path), "--page", tmp_path / "page.html", "--text", text)
    shown = dom_of(tmp_path / "page.html", tmp_path / "browser")
    assert shown.count('<p class="target"') == 3
    assert 'class="pair waiting"' not in shown


@needs_browser
def test_a_browser_opens_the_page_from_a_disk(page: Path) -> None:
    shown = dom_of(page, page.parent / "browser")
    assert 'role="alert"' not in shown
    assert '<div class="answer" aria-label="Answer" role="region" tabindex="0">' in shown
    assert shown.count("<canvas") == len(re.findall('class="strip"', shown)) > 2
    assert "<img" not in shown


def test_what_a_page_cannot_do_is_said_at_export(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    model = make_tagger(tmp_path, tokenizer="spacy:en")
    actual = refusal("export", model, "--page", tmp_path / "page.html")
    assert actual.endswith("a page cannot cut words as 'spacy:en' does")
    assert not (tmp_path / "page.html").exists()


def test_what_is_not_installed_is_named(tmp_path: Path) -> None:
    model = make_tagger(tmp_path)
    actual = run_without("torch,onnxruntime", "export", model, "--page", tmp_path / "page.html")
    assert actual.returncode == 0, actual.stderr
    actual = run_without("jinja2", "export", model, "--page", tmp_path / "other.html")
    assert "--page needs Jinja2, which is not installed; `pip install jinja2`" in actual.stderr
    assert actual.returncode == 2


@needs_node
def test_numbers_far_from_0_are_shown_with_the_digits_that_differ() -> None:
    shown = "[[48123456.7, 10], [48123456.7, 7], [431.58731, 7], [-0.00012, 7], [Infinity, 7], [null, 7]]"
    assert printed_by_node("numberText", "view", f"{shown}.map(([x, n]) => numberText(x, n))") == (
        "48,123,456.7 48,123,460 431.5873 -0.00012 \u2013 \u2013"
    )
    assert printed_by_node("scoreText", "view", "[7475.7, 123456.7, 0.98765].map(scoreText)") == "7,476 123,500 0.9877"
    named = "tickNames(ticks(48123455.1, 48123457.9)).map(([, name]) => name)"
    assert printed_by_node("ticks, tickNames", "chart", named) == "48,123,456 48,123,457"


@needs_node
def test_ticks_are_round_numbers() -> None:
    names = printed_by_node("ticks, tickNames", "chart", "tickNames(ticks(-0.25, 0.65)).map(([, name]) => name)")
    assert names == "0 0.5"
    names = printed_by_node("ticks, tickNames", "chart", "tickNames(ticks(0.05, 0.65)).map(([, name]) => name)")
    assert names == "0.2 0.4 0.6"
