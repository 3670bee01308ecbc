from __future__ import annotations

import pytest

from cli.output import count, marked, plain, table


@pytest.mark.parametrize(
    ("number", "unit", "shown"),
    [
        (1, "papers", "1 paper"),
        (0, "papers", "0 papers"),
        (12345, "papers", "12,345 papers"),
        (0.123456, "", "0.1235"),
        (3.0, "", "3"),
        (1, "people", "1 people"),
    ],
)
def test_count(number: float, unit: str, shown: str) -> None:
    assert count(number, unit) == shown


def test_marks_become_bold_and_escapes_are_undone() -> None:
    text = marked("a &lt;b&gt; <mark>gr\x1baph</mark> &amp;")
    assert text.plain == "a <b> gr aph &"
    assert [(text.plain[s.start : s.end], str(s.style)) for s in text.spans] == [("gr aph", "bold yellow")]


def test_control_characters_never_reach_a_terminal() -> None:
    assert plain("a\x1b[31mb\x07\x9b\tc\nd") == "a [31mb  \tc\nd"


def test_tables_do_not_break_lines_or_interpret_markup(capsys: pytest.CaptureFixture[str]) -> None:
    from cli.output import console

    console.cache_clear()
    long = "word " * 60
    table(("n", "title"), [(1, f"[bold]{long}[/bold]"), (22, "b")], right=(0,))
    console.cache_clear()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert f"[bold]{long}[/bold]" in lines[1]
