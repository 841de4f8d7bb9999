"""Typer's own words in Chinese: it takes them from constants and writes one into every command."""

from __future__ import annotations

from typing import Any

from huiliu.language import language

WORDS = {
    "COMMANDS_PANEL_TITLE": "命令",
    "OPTIONS_PANEL_TITLE": "选项",
    "ARGUMENTS_PANEL_TITLE": "参数",
    "ERRORS_PANEL_TITLE": "错误",
    "DEFAULT_STRING": "[默认：{}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "RICH_HELP": "帮助：[blue]'{command_path} {help_option}'[/]",
    "ABORTED_TEXT": "已中止。",
}
HELP = "显示帮助并退出"


def in_our_language(command: Any) -> Any:
    """The command, and those below it, with Typer's words in Chinese if that is the language in force."""
    if language() == "zh":
        from typer import rich_utils

        for name, word in WORDS.items():
            setattr(rich_utils, name, word)
        _explain_help(command)
    return command


def _explain_help(command: Any) -> None:
    original = command.get_help_option

    def get_help_option(context: Any) -> Any:
        option = original(context)
        if option is not None:
            option.help = HELP
        return option

    command.get_help_option = get_help_option
    for below in getattr(command, "commands", {}).values():
        _explain_help(below)
