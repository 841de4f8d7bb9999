"""The command line as a whole: quick, in the reader's language, honest exit codes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from commands import main
from commands.main import COMMANDS, load, module_file

HEAVY = {
    "polars",
    "pandas",
    "numpy",
    "faust",
    "sqlalchemy",
    "great_expectations",
    "kafka",
    "psycopg",
    "avro",
    "pyarrow",
}
HERE = [command for command in COMMANDS if module_file(command.name).exists()]


def huiliu(*arguments: str, code: str | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "commands.main"]
    return subprocess.run(
        [sys.executable, *program, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "HUILIU_LANGUAGE": "en", "COLUMNS": "200", **environ},
        check=False,
        timeout=120,
    )


def test_help_imports_no_command_and_nothing_heavy() -> None:
    code = (
        "import sys\nfrom commands.main import build\n"
        "try: build()(['--help'])\nexcept SystemExit: pass\n"
        "import json; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    answer = huiliu(code=code)
    modules = set(json.loads(answer.stderr.splitlines()[-1]))
    assert not modules & HEAVY
    assert {name for name in modules if name.startswith("commands.")} == {"commands.main", "commands.wording"}


def test_help_answers_at_once() -> None:
    def seconds() -> float:
        """Processor time of one call: what a quiet machine needs, whatever else this one does."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert huiliu("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(5)) < 0.3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_help_is_in_the_readers_language_and_lists_every_command(language: str) -> None:
    shown = huiliu("--help", HUILIU_LANGUAGE=language).stdout
    for command in HERE:
        assert (command.zh if language == "zh" else command.en) in shown
    assert ("显示帮助并退出" in shown) == (language == "zh")


def test_the_table_names_each_command_once() -> None:
    names = [command.name for command in COMMANDS]
    assert len(set(names)) == len(names)
    assert {"up", "down", "status", "doctor"} <= {command.name for command in HERE}


@pytest.mark.parametrize("name", ["up", "down", "status", "doctor"])
def test_a_command_explains_itself(name: str) -> None:
    answer = huiliu(name, "--help")
    assert answer.returncode == 0
    assert next(command.en for command in COMMANDS if command.name == name) in answer.stdout


def test_a_command_that_is_not_there_is_named_with_what_was_meant() -> None:
    answer = huiliu("stauts")
    assert answer.returncode == 2
    assert "status" in answer.stderr


@pytest.mark.parametrize(
    ("environ", "said"),
    [({"HUILIU_PARTITIONS": "0"}, "HUILIU_PARTITIONS"), ({"HUILIU_KAFKA": "nowhere"}, "HUILIU_KAFKA")],
)
def test_a_wrong_setting_is_one_message_and_exit_code_2(environ: dict[str, str], said: str) -> None:
    answer = huiliu("status", **environ)
    assert answer.returncode == 2
    assert answer.stderr.startswith("huiliu: ")
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_fault_of_ours_keeps_its_traceback_and_exits_1(tmp_path: Path) -> None:
    code = (
        "from commands import main, down\n"
        "down.stop_from_outside = lambda *_: 1 / 0\n"
        "import sys; sys.argv = ['huiliu', 'down']; main.main()"
    )
    answer = huiliu(code=code, HUILIU_HOME=str(tmp_path))
    assert answer.returncode == 1
    assert "ZeroDivisionError" in answer.stderr


def test_a_command_is_its_modules_function_or_its_app() -> None:
    for command in HERE:
        if command.name in ("up", "down", "status"):
            assert load(command.name).name == command.name
    assert main.NAMED == 2


def test_status_and_down_where_nothing_runs(tmp_path: Path) -> None:
    status = huiliu("status", "--json", HUILIU_HOME=str(tmp_path))
    assert status.returncode == 3
    assert json.loads(status.stdout)["running"] is False
    down = huiliu("down", HUILIU_HOME=str(tmp_path))
    assert down.returncode == 0
    assert str(tmp_path) in down.stdout


def test_the_doctor_finds_what_is_wrong_and_says_how_to_mend_it(tmp_path: Path) -> None:
    java = tmp_path / "jdk" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    java.chmod(0o755)
    answer = huiliu("doctor", "--json", HUILIU_HOME=str(tmp_path), HUILIU_JAVA_HOME=str(tmp_path / "jdk"))
    checks = {check["name"]: check for check in json.loads(answer.stdout)["checks"]}
    assert answer.returncode == 3
    assert checks["java"]["outcome"] == "failed"
    assert "HUILIU_JAVA_HOME" in checks["java"]["mend"]
    assert checks["python"]["outcome"] == checks["postgresql"]["outcome"] == "good"
    assert checks["migrations"]["outcome"] == "skipped"
