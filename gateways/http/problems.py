"""Every problem that a request can have, made in one place, so that texts and codes stay together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateways.http.problem import Problem, Words
from schemas.contract import KINDS
from schemas.value import Fault


def not_found(path: str) -> Problem:
    return Problem(
        404, "not-found",
        Words("没有这个地址", "No such address"),
        Words(f"{path} 不存在。", f"{path} does not exist."),
        Words("全部地址见 /docs。", "All addresses are listed at /docs."),
    )  # fmt: skip


def method_not_allowed(method: str, path: str, allowed: str) -> Problem:
    return Problem(
        405, "method-not-allowed",
        Words("不支持的方法", "Method not allowed"),
        Words(f"{path} 不支持 {method}。", f"{path} does not take {method}."),
        Words(f"可用：{allowed}。", f"Allowed: {allowed}."),
        headers={"Allow": allowed},
    )  # fmt: skip


def unauthorized() -> Problem:
    return Problem(
        401, "unauthorized",
        Words("未通过身份验证", "Who are you?"),
        Words("缺少凭据，或用户名、密钥有误。", "Credentials are missing, or user or secret is wrong."),
        Words(
            "请用 HTTP Basic 提供报送单位的用户名（publisher-区划代码）和密钥，或 Bearer 用户名:密钥；"
            "密钥由省枢纽以 huiliu publisher add 或 rotate 签发。",
            "Send HTTP Basic with the publisher's user (publisher-<division>) and secret, or Bearer user:secret; "
            "the province's hub issues secrets with huiliu publisher add or rotate.",
        ),
        headers={"WWW-Authenticate": 'Basic realm="huiliu", charset="UTF-8"'},
    )  # fmt: skip


def too_many_failures(seconds: int) -> Problem:
    return Problem(
        429, "too-many-failures",
        Words("验证失败次数过多", "Too many failed logins"),
        Words(f"该地址验证失败过多，{seconds} 秒后再试。", f"Too many failed logins from here; wait {seconds} s."),
        Words("请核对用户名和密钥后再试。", "Check user and secret before trying again."),
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def suspended(division: str) -> Problem:
    return Problem(
        403, "suspended",
        Words("报送单位已暂停", "The publisher is suspended"),
        Words(f"{division} 已被暂停报送。", f"{division} may not publish at present."),
        Words("请联系省枢纽恢复（huiliu publisher resume）。", "Ask the province's hub to lift the suspension."),
    )  # fmt: skip


def unknown_kind(kind: str) -> Problem:
    kinds = "、".join(KINDS), ", ".join(KINDS)
    return Problem(
        404, "unknown-kind",
        Words("没有这个事项类别", "No such kind"),
        Words(f"{kind[:64]!r} 不是事项类别。", f"{kind[:64]!r} is no kind of event."),
        Words(f"可用：{kinds[0]}。", f"There are: {kinds[1]}."),
        {"kinds": list(KINDS)},
    )  # fmt: skip


def kind_not_permitted(division: str, kind: str, kinds: Sequence[str]) -> Problem:
    return Problem(
        403, "kind-not-permitted",
        Words("未登记报送此类事项", "Not registered for this kind"),
        Words(f"{division} 未登记报送 {kind}。", f"{division} is not registered for {kind}."),
        Words(
            f"已登记：{'、'.join(kinds) or '无'}。增加类别请联系省枢纽：huiliu publisher add {division} --kinds {kind}",
            f"Registered: {', '.join(kinds) or 'none'}. Ask the hub: huiliu publisher add {division} --kinds {kind}",
        ),
    )  # fmt: skip


def not_yours() -> Problem:
    return Problem(
        404, "not-yours",
        Words("没有这条记录", "No such record"),
        Words("本单位没有这条记录。", "There is no such record of yours."),
        Words("只能查看本单位的记录；请核对主题、分区和位点。",
              "Only one's own can be seen; check topic, partition and offset."),
    )  # fmt: skip


def media_type(given: str) -> Problem:
    return Problem(
        415, "media-type",
        Words("不支持的内容类型", "Unsupported content type"),
        Words(f"Content-Type 为 {given[:100]!r}。", f"Content-Type is {given[:100]!r}."),
        Words(
            "单条或数组用 application/json，每行一条用 application/x-ndjson，UTF-8。",
            "application/json for one event or an array, application/x-ndjson for one event a line; UTF-8.",
        ),
        headers={"Accept-Post": "application/json, application/x-ndjson"},
    )  # fmt: skip


def content_encoding(given: str) -> Problem:
    return Problem(
        415, "content-encoding",
        Words("不支持的压缩方式", "Unsupported content encoding"),
        Words(f"Content-Encoding 为 {given[:100]!r}。", f"Content-Encoding is {given[:100]!r}."),
        Words("可用 gzip，或不压缩。", "gzip, or none."),
        headers={"Accept-Encoding": "gzip, identity"},
    )  # fmt: skip


def not_gzip() -> Problem:
    return Problem(
        400, "not-gzip",
        Words("不是有效的 gzip", "Not gzip"),
        Words("Content-Encoding 为 gzip，正文无法解压或不完整。",
              "Content-Encoding says gzip; the body cannot be unpacked, or ends too early."),
        Words("请用 gzip 压缩整个正文，或去掉 Content-Encoding。",
              "Compress the whole body with gzip, or leave Content-Encoding out."),
    )  # fmt: skip


def body_too_large(limit: int) -> Problem:
    return Problem(
        413, "body-too-large",
        Words("正文过大", "The body is too large"),
        Words(f"正文（解压后也算）不得超过 {limit} 字节。", f"A body may have {limit} bytes, also when unpacked."),
        Words("请分成几个请求。", "Send it as several requests."),
        {"limit_bytes": limit},
    )  # fmt: skip


def too_many_events(limit: int) -> Problem:
    return Problem(
        413, "too-many-events",
        Words("事项过多", "Too many events"),
        Words(f"一个请求最多 {limit} 条。", f"A request may have {limit} events."),
        Words("请分成几个请求。", "Send them as several requests."),
        {"limit_events": limit},
    )  # fmt: skip


def too_slow_a_body(seconds: float) -> Problem:
    return Problem(
        408, "body-too-slow",
        Words("正文传输过慢", "The body came too slowly"),
        Words(f"{seconds:.0f} 秒内未收完正文。", f"The body was not complete after {seconds:.0f} s."),
        Words("请检查网络后重发。", "Check the network and send it again."),
        headers={"Connection": "close"},
    )  # fmt: skip


def broken_off() -> Problem:
    return Problem(
        400, "broken-off",
        Words("正文中断", "The body broke off"),
        Words("连接在正文收完前断开。", "The connection ended before the body did."),
        Words("请重发。", "Send it again."),
    )  # fmt: skip


def no_events() -> Problem:
    return Problem(
        400, "no-events",
        Words("没有事项", "No events"),
        Words("正文中没有事项。", "There is no event in the body."),
        Words("确无事项时请报 nil（零报告）。", "If there is nothing to report, send an event of kind nil."),
    )  # fmt: skip


def not_json(fault: Fault) -> Problem:
    return Problem(
        400, "not-json",
        Words("不是 JSON", "Not JSON"),
        Words(f"正文不是严格的 JSON：{fault.value!r}，应为 {fault.expected}。",
              f"The body is not strictly JSON: {fault.value!r}; expected {fault.expected}."),
        Words(
            "应为一个 JSON 对象或数组，UTF-8，同一对象中键不得重复；每行一条请用 application/x-ndjson。",
            "One JSON object or an array, UTF-8, no key twice in an object; for one event a line use "
            "application/x-ndjson.",
        ),
    )  # fmt: skip


def not_encodable(body: Mapping[str, Any], refused: int) -> Problem:
    return Problem(
        422, "not-encodable",
        Words("有事项不符合契约，全部未发送", "Events do not fit the contract; nothing was sent"),
        Words(f"{refused} 条不符合契约，见 events。", f"{refused} do not fit the contract; see events."),
        Words(
            "请按 events 中的说明改正后重发；或加 ?partial=true 先发送其余。",
            "Mend what events says and send again; or send the others now with ?partial=true.",
        ),
        body,
    )  # fmt: skip


def key_reused() -> Problem:
    return Problem(
        422, "key-reused",
        Words("幂等键已用于其他内容", "The idempotency key was used for something else"),
        Words("同一 Idempotency-Key 的正文或类别与上次不同。", "Body or kind differ from this key's first request."),
        Words("新内容请用新键。", "Use a new key for new content."),
    )  # fmt: skip


def key_in_use() -> Problem:
    return Problem(
        409, "key-in-use",
        Words("同一幂等键的请求正在处理", "A request with this idempotency key is under way"),
        Words("同一 Idempotency-Key 的请求尚未完成。", "An earlier request with this key is not answered yet."),
        Words("稍后用同一键重发，将得到同样的答复。", "Send it again soon; it gets the same answer."),
        headers={"Retry-After": "1"},
    )  # fmt: skip


def bad_key() -> Problem:
    return Problem(
        400, "bad-key",
        Words("幂等键无效", "Not an idempotency key"),
        Words("Idempotency-Key 应为 1 至 255 个可见 ASCII 字符。",
              "Idempotency-Key is 1 to 255 visible ASCII characters."),
        Words("例如用 UUID。", "A UUID, for example."),
    )  # fmt: skip


def bad_parameter(name: str, allowed: Words) -> Problem:
    return Problem(
        400, "bad-parameter",
        Words("参数无效", "Not a valid parameter"),
        Words(f"参数 {name[:64]} 的值不可用。", f"The value of {name[:64]} is not allowed."),
        Words(f"应为：{allowed.zh}", f"Allowed: {allowed.en}"),
        {"parameter": name[:64]},
    )  # fmt: skip


def rate_limited(seconds: int, rate: Words) -> Problem:
    return Problem(
        429, "rate-limited",
        Words("报送过快", "Too fast"),
        Words(f"超过限速（{rate.zh}）。", f"Beyond the rate ({rate.en})."),
        Words(f"{seconds} 秒后重发；大量报送请成批。", f"Send it again after {seconds} s; many events in batches."),
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def too_many_at_once(most: int) -> Problem:
    return Problem(
        429, "too-many-at-once",
        Words("同时的请求过多", "Too many requests at once"),
        Words(f"本单位已有 {most} 个请求未答复。", f"{most} requests of yours are not answered yet."),
        Words("等前面的答复后再发；大量报送请成批。", "Wait for the answers to those before; many events in batches."),
        headers={"Retry-After": "1"},
    )  # fmt: skip


def busy(seconds: int = 2) -> Problem:
    return Problem(
        503, "busy",
        Words("繁忙", "Busy"),
        Words("在途数据已达上限，Kafka 未及时确认。", "As much is on its way as may be: Kafka confirms slowly."),
        Words(f"{seconds} 秒后重发。", f"Send it again after {seconds} s."),
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def not_confirmed(seconds: int = 5) -> Problem:
    return Problem(
        503, "not-confirmed",
        Words("Kafka 未确认", "Kafka has not confirmed"),
        Words("Kafka 未在时限内确认全部事项，可能部分到达。",
              "Kafka did not confirm all events in time; some may have arrived."),
        Words(
            f"{seconds} 秒后整份重发（同一 Idempotency-Key）：已到达的会识别为重复，不会重复入库。",
            f"Send the whole again after {seconds} s, with the same Idempotency-Key: what arrived counts as duplicate.",
        ),
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def warehouse_away(seconds: int = 5) -> Problem:
    return Problem(
        503, "warehouse-away",
        Words("数据库暂不可用", "The warehouse is away"),
        Words("数据库没有应答，请求未完成。", "The database does not answer; the request is not done."),
        Words(
            f"{seconds} 秒后重发（同一 Idempotency-Key），不会重复入库。",
            f"Send it again after {seconds} s with the same Idempotency-Key; nothing is loaded twice.",
        ),
        headers={"Retry-After": str(seconds)},
    )  # fmt: skip


def fault(request_id: str) -> Problem:
    return Problem(
        500, "fault",
        Words("程序故障", "A fault of ours"),
        Words(f"网关出错，请求编号 {request_id}。", f"The gateway failed on request {request_id}."),
        Words("请将请求编号告知省枢纽；重发无害。", "Tell the hub this number; sending again does no harm."),
    )  # fmt: skip


def not_loaded() -> Problem:
    return Problem(
        404, "not-loaded",
        Words("尚无回执", "No receipt yet"),
        Words("该位点尚未入库。", "This offset is not loaded yet."),
        Words("稍后再查；进度见 /v1/submissions。", "Ask again soon; /v1/submissions shows how far it is."),
        headers={"Retry-After": "2"},
    )  # fmt: skip
