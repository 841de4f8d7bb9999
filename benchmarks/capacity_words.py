"""The words of the page on capacity, Chinese first, English second; figures are filled in by ``capacity``."""

from __future__ import annotations

from typing import Final

HEAD: Final = """# 容量 | Capacity

本页由 `python -m benchmarks.capacity > docs/capacity.md` 依据 `docs/measured/*.json` 生成，请勿手工修改；
`make capacity` 重新测量并生成本页。凡未测量者均列为假设。数字来自一台两核机器，换机器应重新测量。

This page is generated from `docs/measured/*.json`; do not edit it. `make capacity` measures anew and writes it. What
was not measured is listed as assumed. The figures are of one machine of two cores: measure on yours."""

MEASURED_AT: Final = """
一台两核机器上代理、数据库、处理进程同在：端到端每秒 {here:,.0f} 条；按上表共 {whole:.1f} 核秒，
两核至多 {most:,.0f} 条。两个处理进程是一个的 {pair:.2f} 倍：两核已满，第二个进程所得有限。
采样中等待汇总行锁 {waits} 次。处理进程加入、退出、被杀时，未换手的分区停顿至多 {stall:.1f} 秒。

Broker, database and worker together on two cores: {here:,.0f} records a second from end to end; by the table
{whole:.1f} core seconds in all, so {most:,.0f} at the most. Two workers make {pair:.2f} times one: two cores are full,
little is left for a second. Sessions seen waiting for rows of rollups: {waits}. When workers join, leave and are
killed, partitions that stay with theirs stand still for {stall:.1f} s at the most."""

ASSUMED: Final = {
    "cores": "服务器核数 cores of a server",
    "used": "其中入库可用 of which intake may use",
    "ram": "数据库内存 memory of a database server",
    "hot": "其中可放正在写的索引页 of which index pages in use",
    "link": "备机链路可用 a standby's link, usable",
    "restore": "八小时可恢复 restored within eight hours",
    "checkpoint": "检查点间隔 between checkpoints",
    "image": "检查点后首改一页的预写日志 WAL of a page's first change after it",
    "replicas": "一个 Kafka 节点的分区副本至多 replicas of partitions on a broker, at most",
    "log": "Kafka 副本 copies of the log",
    "database": "数据库份数 copies of the database",
    "minute": "每个监测点每因子 each outlet and factor",
    "publishers": "报送单位 × 每主题分区 publishers × partitions of a topic",
}

NEEDED: Final = (
    """停一天（Kafka 照收），恢复后在限时内追上。处理进程数是能按时追上的最少数，由逐步模拟求得；
核数是追赶时的用量。最大的省和全国按平时的 {burst:.0f} 倍追赶。

Loading stands still for a day while Kafka goes on taking records, then catches up within a time. The workers are the
fewest that do, found by running the course; cores are those in use while catching up. Nation and largest province catch
up at {burst:.0f} times their steady rate.
""",
    """
一个省放在上述一台两核机器上也够：以端到端实测每秒 {here:,.0f} 条追一天的积压，用 {alone}。
全国一省一套时，最大的省如第二列，{provinces} 省共 {servers} 个数据库节点（小省可合住一机）；
各省互不等待，全国追赶能力是各省之和（{provinces} 套同规模为每秒 {every:,.0f} 条）。
分区数由报送单位数决定，不由流量决定：流量只需每个处理进程几个分区。

A province also fits on the one machine of two cores: at the {here:,.0f} records a second measured from end to end a
day's backlog takes {alone}. With a hub for each province, the largest as in the second column, there are {servers}
database servers for {provinces} provinces (small ones may share); none waits for another, and the nation catches up at
the sum of all ({provinces} of that size: {every:,.0f} records a second). Partitions, and with them brokers, follow the
number of publishers, not the traffic, which wants a few for each worker.""",
)

COURSE: Final = """全国一个库：一小时平时，停一天，追赶。

The nation in one database: an hour as usual, a day without loading, catching up.
"""

DISK: Final = """TB。Kafka 与 PostgreSQL 含全部副本，归档一份。Kafka and PostgreSQL with all copies, the archive once.
"""

ENDS: Final = """平时每秒至多多少条（追赶时 {burst:.0f} 倍）；最小者先到。

Records a second as usual, at the most, when it must also catch up {burst:.0f}-fold; the smallest comes first.
"""

MONTHS: Final = """
按月分区：每月 {rows} 十亿行，索引 {index} GB，主键 {deep} 层。键以时间结尾，每个序列只有一页正在写，
所以插入不随表变大而变慢；随机读（更正、打开旧数）才会。自动清理对每个月分区冻结一次，此后不再改动；
全国一个库时，每天要为此再读写 {frozen:.2f} TB。

Partitioned by month: {rows} thousand million rows a month, {index} GB of indexes, the key {deep} levels deep. The key
ends with the time, so each series has one page that is being written, and inserting does not slow down as the table
grows; reading at random (corrections, old figures) does. Vacuum freezes each month once, then nothing changes in it;
with the nation in one database that is {frozen:.2f} TB to read and write again each day."""

LAST: Final = """## 之后由谁接手 | What takes over

1. **一省一库**，省内按月分区（现状）。区划就是天然的分片键：管辖、汇总、行级权限都不跨省，事务不跨库，
   恰好一次照旧成立。要看全国的，读各省的 `province.<kind>` 主题，不读各省的库。
2. **旧月份转 Parquet**（测得每条 {archive:.0f} 字节，是库内的 {share:.0%}），分区卸下后由 DuckDB、Trino 或 Spark 读；
   台账、汇总、隔离区留在库内，数字仍可打开到偏移量，原始字节在 Kafka 里。这先于换库：
   先用尽单库的是保留年限，不是写入速度。
3. 一省之内一台写不下时，用 **Citus 按排口分片**：键以排口开头，一批仍是一个事务，汇总按市放在协调节点。
4. **ClickHouse 之类列存**适合作只追加的分析副本，从 `province.reading` 主题供数；
   它没有与偏移量同一事务的写入和行锁，不能代替事实表。

本页未测量：两个以上处理进程、八核服务器、比内存大得多的表。上表按每核成本线性外推，上线前应在自己的机器上测量。
归档、Citus、列存尚未实现，是建议的去向。

1. **A database for each province**, partitioned by month within (as now). The division is the natural shard:
   jurisdiction, rollups and row policies never cross provinces, so no transaction does, and exactly once holds as it
   is. Who wants the nation reads the topics `province.<kind>` of all, not their databases.
2. **Old months as Parquet** ({archive:.0f} bytes a record as measured, {share:.0%} of the database's), read by DuckDB,
   Trino or Spark once the partition is detached. Ledger, rollups and quarantine stay, so every figure still opens down
   to its offsets, and the bytes are in Kafka. This comes before any other database: what uses a server up first is how
   many years it keeps, not how fast it writes.
3. **Citus by outlet** where one province outgrows one server: the key begins with the outlet, a batch stays one
   transaction, rollups by city live on the coordinator.
4. **A column store such as ClickHouse** as an append-only copy for analysis, fed from `province.reading`. It has no
   write in one transaction with offsets and no row locks, so it cannot take the place of the facts.

Not measured here: more than two workers, servers of eight cores, tables much larger than memory. The tables above
extrapolate the cost of a core in a straight line: measure on your own machines before relying on them. Archive, Citus
and column store are not built; they are where this goes."""
