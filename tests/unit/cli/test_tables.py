"""Lists on a terminal and behind a pipe."""

import io
import sys

import pytest

from app.cli.tables import print_table

ID = "key_01m83hf19g8tbmge9n260f6ksk"
NOTE = "words that go on for longer than any line of a terminal has room for, and then some more"


class Terminal(io.StringIO):
    """Says that somebody is watching."""

    def isatty(self) -> bool:
        return True


def test_behind_a_pipe_cells_are_whole_and_separated_by_tabs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table(("id", "note"), [(ID, NOTE), ("key_2", "[bold]plain[/bold]")])
    assert capsys.readouterr().out.splitlines() == [
        "id\tnote",
        f"{ID}\t{NOTE}",
        "key_2\t[bold]plain[/bold]",
    ]


def test_on_a_narrow_terminal_nothing_is_lost_and_ids_stay_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    print_table(("id", "note"), [(ID, NOTE)])
    _, first, *others = terminal.getvalue().splitlines()
    assert first.startswith(f"{ID}  words that")
    assert " ".join([first, *others]).replace(ID, "").split() == NOTE.split()


def test_nothing_in_a_cell_can_command_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("id",), [("a\x1b[2Jb\tc\n",)])
    assert capsys.readouterr().out == "id\na?[2Jb?c?\n"
