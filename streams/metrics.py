"""What a worker tells of itself: the table of its metrics and of its stages.

``METRICS`` is the one table, from which docs/metrics.md is made and against which the alert rules are checked. Counters
and histograms change where the work is done (:mod:`streams.stage`); gauges are made when they are asked for
(:mod:`streams.gauges`).
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Metric(NamedTuple):
    """One row of the table. ``name`` is as Prometheus shows it, a histogram's without ``_bucket`` and so on."""

    name: str
    type: str
    labels: tuple[str, ...]
    zh: str
    en: str


METRICS: Final = (
    Metric(
        "huiliu_stage_seconds", "histogram", ("stage",),
        "各环节每批用时，秒", "Seconds that a stage takes for one batch.",
    ),
    Metric(
        "huiliu_stage_batch_rows", "histogram", ("stage",),
        "各环节每批的记录数；relay 为每次告知的块数",
        "Records of one batch in a stage; for relay, chunks told at a time.",
    ),
    Metric(
        "huiliu_stage_rows_total", "counter", ("stage",),
        "各环节已处理的记录数；回滚后重做的重复计入",
        "Records that went through a stage; what is rolled back and done again counts again.",
    ),
    Metric(
        "huiliu_stage_failures_total", "counter", ("stage",),
        "环节失败的次数，包括随后重试成功的", "Times a stage failed, also when trying again succeeded.",
    ),
    Metric(
        "huiliu_records_total", "counter", ("kind", "outcome"),
        "本进程已提交入台账的记录数，按类别和结果",
        "Records that this worker committed to the ledger, by kind and outcome.",
    ),
    Metric(
        "huiliu_gaps_total", "counter", ("kind",),
        "台账中没有记录的位点数（事务标记等）",
        "Offsets in the ledger that carry no record, such as transaction markers.",
    ),
    Metric(
        "huiliu_correction_seconds", "histogram", ("kind",),
        "被拒记录从拒收到更正入库所用的秒数；同一事项的多次尝试只计一次",
        "Seconds from a record's rejection to its correction; all attempts at one matter count once.",
    ),
    Metric(
        "huiliu_lag_records", "gauge", ("topic",),
        "本进程所分配分区中尚未入库的记录数", "Records of the worker's partitions that are not loaded yet.",
    ),
    Metric(
        "huiliu_lag_event_seconds", "gauge", (),
        "尚有未入库记录时，最新入库记录的 Kafka 时间距今的秒数；全部入库时为 0",
        "Seconds since the Kafka time of the newest loaded event while something is not loaded; 0 when all is.",
    ),
    Metric(
        "huiliu_loaded_timestamp_seconds", "gauge", (),
        "本进程最新入库记录的 Kafka 时间（Unix 秒）；尚未入库时没有此项",
        "Kafka time of the newest event that this worker loaded, Unix seconds; absent until it loaded one.",
    ),
    Metric(
        "huiliu_oldest_unprocessed_timestamp_seconds", "gauge", (),
        "最早一条未入库记录的 Kafka 时间（Unix 秒）；全部入库时没有此项",
        "Kafka time of the oldest event that is not loaded, Unix seconds; absent when all is loaded.",
    ),
    Metric(
        "huiliu_oldest_unprocessed_seconds", "gauge", (),
        "最早一条未入库记录已等待的秒数；全部入库时为 0",
        "Seconds that the oldest event that is not loaded has waited; 0 when all is loaded.",
    ),
    Metric(
        "huiliu_until_loss_hours", "gauge", (),
        "若停止入库，距 Kafka 按保留期删除未入库记录的小时数；不限保留期为 +Inf",
        "Hours until Kafka's retention would delete what is not loaded, if loading stood still; +Inf when unlimited.",
    ),
    Metric(
        "huiliu_assigned_partitions", "gauge", (),
        "分配给本进程的报送分区数", "Intake partitions that the worker has been given.",
    ),
    Metric(
        "huiliu_backlog_rows", "gauge", (),
        "已取出、尚未提交的记录数", "Records that are fetched and not committed yet.",
    ),
    Metric(
        "huiliu_ready", "gauge", (),
        "就绪为 1，否则为 0，同 /ready", "1 when the worker is ready, else 0, as /ready says.",
    ),
    Metric(
        "huiliu_standing_still_seconds", "gauge", (),
        "有积压而无位点前移（或无分区、代理无应答）已持续的秒数",
        "Seconds since an offset moved while something is not loaded, or without partitions or answer of the broker.",
    ),
    Metric(
        "huiliu_loop_delay_seconds", "gauge", (),
        "事件循环应答所用的秒数；未应答时为已等待的秒数",
        "Seconds that the event loop took to answer; while it does not, the seconds waited so far.",
    ),
)  # fmt: skip

NAMED: Final = {metric.name: metric for metric in METRICS}


class StageName(NamedTuple):
    """A stage: ``of`` is the stage that contains it, empty for the outer ones."""

    name: str
    of: str
    zh: str
    en: str


STAGES: Final = (
    StageName("take", "", "由各分区的块组成一批", "chunks of the partitions become a batch"),
    StageName("prepare", "", "解码并作单条判断", "decode, and judge what needs nothing but the event"),
    StageName("decode", "prepare", "解码", "decode"),
    StageName("judge", "prepare", "单条规则", "rules on single events"),
    StageName("gate", "prepare", "Great Expectations 闸门", "the gate of Great Expectations"),
    StageName("commit", "", "一个事务，含提交", "one transaction, with its commit"),
    StageName("probe", "commit", "查出同键的现有记录与参照", "current rows of the same keys, and what rules refer to"),
    StageName("settle", "commit", "参照与历史规则，逐条定夺", "reference and history rules, what each event does"),
    StageName("write", "commit", "写入事实与历史", "facts and history"),
    StageName("rollup", "commit", "汇总", "rollups"),
    StageName("quarantine", "commit", "隔离区与问题", "quarantine and findings"),
    StageName("outbox", "commit", "待告知", "what is to be told"),
    StageName("ledger", "commit", "台账", "ledger"),
    StageName("relay", "", "告知报送单位和下游（块）", "telling publishers and consumers (chunks)"),
)
