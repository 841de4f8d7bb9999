"""The command line ``huiliu``.

A command is one module of this package, imported only when it runs: ``huiliu --help`` must answer at once, and Polars,
Great Expectations or SQLAlchemy take seconds. The module holds either ``app``, a Typer of several commands, or a
function of the command's own name. ``COMMANDS`` is the one table of them.

Exit codes: 0 done; 1 a fault of ours, with its traceback; 2 something that the message names and says how to mend
(wrong use, wrong setting, a service that cannot be reached, a part that ended); 3 a command that asks (status, doctor,
check, verify) found that it is not as it should be; 130 interrupted.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from commands.wording import in_our_language
from huiliu.errors import HuiliuError
from huiliu.language import text

NAMED = 2  # exit code for an error that the message names
NOT_SO = 3  # exit code of a command that asks, when the answer is no


class Command(NamedTuple):
    """A row of the table: name, and what it does in one line. Its module is commands.<name>."""

    name: str
    zh: str
    en: str


COMMANDS = (
    Command("demo", "演示：合成一个省的报送，走完全程并与答案核对", "a synthetic province through the whole hub"),
    Command("up", "启动 Kafka、数据库和处理进程，前台运行", "start broker, warehouse and workers, in the foreground"),
    Command("down", "停止", "stop what up started"),
    Command("status", "运行状态、端口与积压", "parts, ports and what is not yet loaded"),
    Command("doctor", "检查环境，逐项给出修复办法", "check this machine and say how to mend what fails"),
    Command("gateway", "只运行一个网关：http、hj212", "run one gateway only: http, hj212"),
    Command("worker", "只运行一个处理进程", "run one worker only"),
    Command("publisher", "报送单位：登记、换发口令、暂停、列出", "publishers: add, rotate, suspend, list"),
    Command("publish", "报送一个文件", "publish a file"),
    Command("template", "生成可填写的 Excel 模板", "a workbook to fill in"),
    Command("watch", "监视目录，报送放入其中的文件", "send the files that are dropped into a folder"),
    Command("check", "离线校验一个文件", "the same verdicts offline, without a broker"),
    Command("quarantine", "隔离区：列出、查看、归因、导出、更正", "quarantine: list, show, digest, export, resubmit"),
    Command("submissions", "报送历史：状态与回执", "what a publisher handed in: state and receipts"),
    Command("receipt", "回执：核验、导出、签名公钥", "receipts: verify, export, the keys that sign them"),
    Command("rollup", "汇总", "the province's figures"),
    Command("explain", "一个数字的来源，直到报送偏移量", "a figure down to offsets, with the control total"),
    Command("transmission", "监测数据传输有效率，及失分的小时", "how completely monitors transmit, and lost hours"),
    Command("obligation", "报送责任：谁欠什么、按时率、免报与延期", "who owes which report, how timely, exemptions"),
    Command("award", "奖补政策：应享多少、免申即享、防重复", "award policies: entitlement, without applying, stacking"),
    Command("approval", "数据确认：区县、市确认，省受理或退回", "figures confirmed, accepted, sent back"),
    Command("tracking", "重大项目八项机制、项目库与专项目标", "the eight project mechanisms, the library, programmes"),
    Command("region", "区域：有名称、有日期的一组区划", "regions: named, dated sets of divisions"),
    Command("upward", "接入下级枢纽已入库的事项", "carry a lower hub's accepted events into this one"),
    Command(
        "report", "月度监测、季度通报、年度考核：冻结、印发、核验、更正", "reports: freeze, issue, verify, correct"
    ),
    Command("verify", "重读 Kafka，证明不丢、不重、汇总一致", "re-read Kafka, prove nothing lost or doubled"),
    Command("contract", "数据契约：列出、兼容性检查", "contracts: list, check"),
    Command(
        "hj212", "HJ 212：解读、网关、设备、模拟、转发", "HJ 212: explain frames, gateway, devices, simulate, forward"
    ),
    Command("rules", "校验规则", "the rules"),
    Command("case", "督办事项：列出、查看、退回、延期、销号", "cases: list, show, return, extend, close, audit"),
    Command("oversight", "督办规则：列出、判定、试行", "rules of oversight: list, what stands, rehearse"),
)


class Deferred(TyperCommand):
    """Stands for a command in the list of commands; becomes the real one when it is to run."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The context of the real command, its module imported now."""
        return load(str(self.name)).make_context(info_name, args, parent=parent, **extra)


class Commands(TyperGroup):
    """All commands of the table whose module is there, none of them imported."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for command in COMMANDS:
            if module_file(command.name).exists():
                self.add_command(Deferred(command.name, help=text(command.zh, command.en), callback=None))


def module_file(name: str) -> Path:
    """Where a command's module is or would be."""
    return Path(__file__).with_name(f"{name}.py")


def load(name: str) -> Any:
    """The real command: the module's ``app``, or its function of the command's name."""
    module = import_module(f"commands.{name}")
    row = next(command for command in COMMANDS if command.name == name)
    app = getattr(module, "app", None)
    if app is None:
        app = _typer()
        app.command(name, help=text(row.zh, row.en))(getattr(module, name))
    command = typer.main.get_command(app)
    command.help = command.help or text(row.zh, row.en)
    command.name = name
    return in_our_language(command)


def _typer(**settings: Any) -> typer.Typer:
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True, **settings)


def build() -> Any:
    """The root of the command line."""
    app = _typer(
        cls=Commands,
        help=text("汇流：多级政府报送的事件枢纽。", "Huiliu: the event hub for multi-level government reporting."),
        epilog=text(
            "退出码：0 完成；1 程序故障；2 消息中写明的错误；3 查询结果为否。",
            "Exit codes: 0 done; 1 a fault of ours; 2 an error that the message names; 3 asked, and the answer is no.",
        ),
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(lambda: None)
    return in_our_language(typer.main.get_command(app))


def main() -> None:
    """Run the command line; the entry point of the program."""
    try:
        build()(prog_name="huiliu")
    except HuiliuError as error:
        sys.stderr.write(f"huiliu: {error}\n")
        sys.exit(NAMED)


if __name__ == "__main__":
    main()
