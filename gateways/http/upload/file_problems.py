"""Problems of files and of what becomes of them, beside those of any request (:mod:`gateways.http.problems`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateways.http.problem import Problem, Words


def file_too_large(limit: int) -> Problem:
    return Problem(
        413, "file-too-large",
        Words("文件过大", "The file is too large"),
        Words(f"文件不得超过 {limit} 字节（HUILIU_FILE_BYTES）。",
              f"A file may have {limit} bytes (HUILIU_FILE_BYTES)."),
        Words("请拆分成几个文件；工作簿可另存为 CSV。", "Split it into several files; a workbook may be saved as CSV."),
        {"limit_bytes": limit},
    )  # fmt: skip


def empty_file() -> Problem:
    return Problem(
        400, "empty-file",
        Words("文件是空的", "The file is empty"),
        Words("收到的文件没有内容。", "The file that came has no bytes."),
        Words(
            "请核对文件（curl 用 --data-binary @文件 或 -F file=@文件）；确无事项时请报 nil（零报告）。",
            "Check the file (curl: --data-binary @FILE or -F file=@FILE); if there is nothing to report, send a nil.",
        ),
    )  # fmt: skip


def not_a_form(why: str) -> Problem:
    return Problem(
        400, "not-a-form",
        Words("表单无效", "Not a form with a file"),
        Words(f"multipart/form-data 中没有恰好一个完整的文件：{why}。",
              f"multipart/form-data does not hold exactly one whole file: {why}."),
        Words("curl 用 -F file=@文件；或直接以文件为正文。",
              "curl: -F file=@FILE; or send the file itself as the body."),
    )  # fmt: skip


def no_encoding_of_files() -> Problem:
    return Problem(
        415, "content-encoding",
        Words("文件不接受压缩传输", "Files are not taken compressed"),
        Words("上传文件时不支持 Content-Encoding。", "Content-Encoding is not supported for files."),
        Words("请原样上传；XLSX 和 Parquet 本身已压缩。", "Send it as it is; XLSX and Parquet are compressed already."),
        headers={"Accept-Encoding": "identity"},
    )  # fmt: skip


def file_refused(why: Words) -> Problem:
    return Problem(
        422, "file-refused",
        Words("文件无法读取，未发送任何内容", "The file cannot be taken; nothing was sent"),
        why,
        Words(
            "改正后重新上传。自有标题用 ?map=标题=字段，指定工作表用 ?sheet=名称，模板见 /v1/templates/{kind}。",
            "Mend it and send it again. Headings of your own: ?map=HEADING=FIELD; a sheet: ?sheet=NAME; templates: "
            "/v1/templates/{kind}.",
        ),
    )  # fmt: skip


def rows_refused(body: Mapping[str, Any], refused: int) -> Problem:
    return Problem(
        422, "rows-refused",
        Words("有的行不符合契约，未发送任何内容", "Rows do not fit the contract; nothing was sent"),
        Words(f"{refused} 行不符合契约，前几行见 first_refused。", f"{refused} rows do not fit; see first_refused."),
        Words(
            "改正后重新上传；逐行结果用 ?validate=only&format=xlsx 取得；不加 strict=true 则先发送其余行。",
            "Mend them and send the file again; ?validate=only&format=xlsx gives each row's result. Without strict "
            "the others are sent now.",
        ),
        body,
    )  # fmt: skip


def file_too_demanding(reason: str) -> Problem:
    words = {
        "time": Words("用时过长", "took too long"),
        "memory": Words("占用内存过多", "took too much memory"),
        "died": Words("使读取程序终止", "ended the program that reads files"),
    }[reason]
    return Problem(
        422, "file-too-demanding",
        Words("文件无法处理，未发送任何内容", "The file cannot be handled; nothing was sent"),
        Words(f"处理这个文件{words.zh}。", f"Reading this file {words.en}."),
        Words("请拆分成较小的文件，或另存为 CSV 后上传。", "Split it into smaller files, or save it as CSV."),
        {"reason": reason},
    )  # fmt: skip


def uploads_under_way(most: int) -> Problem:
    return Problem(
        429, "uploads-under-way",
        Words("同时上传的文件过多", "Too many files at once"),
        Words(f"本单位已有 {most} 个文件正在处理。", f"{most} files of yours are under way."),
        Words("等前面的文件答复后再上传。", "Wait for the answers to those before."),
        headers={"Retry-After": "5"},
    )  # fmt: skip


def uploads_busy() -> Problem:
    return Problem(
        503, "uploads-busy",
        Words("繁忙", "Busy"),
        Words("正在处理的文件已达上限（HUILIU_HTTP_UPLOAD_BYTES）。",
              "As many files are under way as may be (HUILIU_HTTP_UPLOAD_BYTES)."),
        Words("10 秒后重新上传。", "Send it again after 10 s."),
        headers={"Retry-After": "10"},
    )  # fmt: skip


def no_upload() -> Problem:
    return Problem(
        404, "no-upload",
        Words("没有这个文件", "No such file"),
        Words("本单位没有这次上传，或文件已超过 30 天不再保留。",
              "There is no such upload of yours, or it is older than 30 days and no longer kept."),
        Words("上传的答复中有 submission；历次报送见 /v1/submissions。",
              "An upload's answer names its submission; /v1/submissions lists them."),
    )  # fmt: skip


def report_waits(waiting: int) -> Problem:
    return Problem(
        404, "not-loaded",
        Words("尚未全部入库", "Not all loaded yet"),
        Words(f"还有 {waiting} 条等待入库。", f"{waiting} records wait to be loaded."),
        Words("稍后再取，或用 ?wait=30 等待，或用 ?partial=true 先看已有结果。",
              "Ask again soon, wait with ?wait=30, or see what is known with ?partial=true."),
        {"waiting": waiting},
        {"Retry-After": "2"},
    )  # fmt: skip
