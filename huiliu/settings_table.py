"""The one table of the settings: the guide is made from it, and the tests check against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from huiliu.kafka import MECHANISMS, SECURITIES
from huiliu.setting_values import (
    bootstrap,
    database,
    existing_folder,
    file,
    folder,
    host,
    language,
    one_of,
    province,
    step,
    url,
    user,
    whole,
)


class Setting(NamedTuple):
    """One row of the table of settings. ``read`` raises ValueError for a value that is not allowed."""

    variable: str
    field: str
    meaning_zh: str
    meaning_en: str
    default: str  #: as a person would write it; empty where there is none
    allowed_zh: str
    allowed_en: str
    read: Callable[[str], object]


SETTINGS: Final = (
    Setting(
        "HUILIU_HOME", "home", "数据目录", "folder for everything kept on this machine",
        "the user's data folder, huiliu", "一个目录", "a folder (made if it is not there)", folder,
    ),
    Setting(
        "HUILIU_KAFKA", "kafka", "已有 Kafka 集群的地址", "bootstrap servers of an existing Kafka cluster",
        "", "host:port，多个以逗号分隔", "host:port, several separated by commas", bootstrap,
    ),
    Setting(
        "HUILIU_KAFKA_SECURITY", "kafka_security", "连接已有集群的方式", "how the existing cluster is connected to",
        "as user and CA say", "、".join(SECURITIES), ", ".join(SECURITIES), one_of(SECURITIES),
    ),
    Setting(
        "HUILIU_KAFKA_USER", "kafka_user", "在已有集群上的用户", "our user at the existing cluster",
        "", "用户名，不含空白、逗号、等号", "a name without blanks, commas, equals signs", user,
    ),
    Setting(
        "HUILIU_KAFKA_PASSWORD_FILE", "kafka_password_file", "该用户的口令文件，首行为口令",
        "file with that user's password as its first line",
        "", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_KAFKA_MECHANISM", "kafka_mechanism", "该用户的认证机制", "how that user proves who he is",
        "SCRAM-SHA-512", "、".join(MECHANISMS), ", ".join(MECHANISMS), one_of(MECHANISMS),
    ),
    Setting(
        "HUILIU_KAFKA_CA", "kafka_ca", "TLS 信任的 CA 证书文件（PEM）", "certificates that TLS trusts, PEM",
        "the system's", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_PUBLISHERS_HOST", "publishers_host", "报送单位连接内嵌 Kafka 所用的主机名或地址；非本机时监听所有地址",
        "name or address by which publishers reach the embedded Kafka; if not loopback, it listens on all addresses",
        "127.0.0.1", "主机名或 IP 地址", "a host name or an IP address", host,
    ),
    Setting(
        "HUILIU_PUBLISHERS_PORT", "publishers_port", "报送单位连接内嵌 Kafka 所用的端口",
        "port by which publishers reach the embedded Kafka",
        "a free one, shown by status", "1 至 65535 的整数", "a whole number from 1 to 65535", whole(1, 65_535),
    ),
    Setting(
        "HUILIU_PUBLISHERS_KAFKA", "publishers_kafka", "报送单位连接已有集群所用的地址，与本机所用不同时",
        "bootstrap servers of the existing cluster for publishers, where they reach it by another listener than we do",
        "as HUILIU_KAFKA", "主机:端口，多个以逗号分隔", "host:port, several separated by commas", bootstrap,
    ),
    Setting(
        "HUILIU_PUBLISHERS_SECURITY", "publishers_security", "报送单位连接已有集群的方式",
        "how publishers connect to the existing cluster",
        "SASL_SSL where we log in", "、".join(SECURITIES), ", ".join(SECURITIES), one_of(SECURITIES),
    ),
    Setting(
        "HUILIU_PUBLISHERS_CA", "publishers_ca", "报送单位所连监听的 CA（PEM），转交给报送单位",
        "certificates that publishers trust at the existing cluster, PEM; handed to them",
        "as HUILIU_KAFKA_CA", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_PUBLISHERS_HTTP", "publishers_http", "报送单位访问 HTTP 网关与模式注册表的地址，如在反向代理之后",
        "URL by which publishers reach the HTTP gateway and the registry, as behind a proxy",
        "the gateway that runs here", "http 或 https 地址", "an http or https URL", url,
    ),
    Setting(
        "HUILIU_TLS_CERTIFICATE", "tls_certificate", "内嵌 Kafka 的服务器证书及其证书链（PEM），不用汇流自建的 CA 时",
        "certificate, with its chain, of the embedded Kafka, in place of one by the hub's own CA; PEM",
        "the hub's own", "已有的文件，与 HUILIU_TLS_KEY 一同设置", "a file that exists, set with HUILIU_TLS_KEY", file,
    ),
    Setting(
        "HUILIU_TLS_KEY", "tls_key", "该证书的私钥（PEM，不加密）", "that certificate's key, PEM without passphrase",
        "", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_TLS_CA", "tls_ca", "该证书的 CA，供报送单位信任（PEM）",
        "that certificate's CA, for publishers to trust; PEM",
        "", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_DATABASE", "database", "已有 PostgreSQL 的地址", "URL of an existing PostgreSQL database",
        "", "postgresql://用户:口令@主机:端口/库", "postgresql://user:password@host:port/name", database,
    ),
    Setting(
        "HUILIU_LANGUAGE", "language", "界面语言", "language of messages",
        "the locale's, else zh", "zh 或 en", "zh or en", language,
    ),
    Setting(
        "HUILIU_JAVA_HOME", "java_home", "运行内嵌 Kafka 的 Java 目录", "Java that runs the embedded Kafka",
        "the one installed with the package", "已有的目录", "a folder that exists", existing_folder,
    ),
    Setting(
        "HUILIU_KAFKA_JARS", "kafka_jars", "离线安装用的 Kafka jar 目录", "Kafka's jars, to install offline",
        "", "已有的目录", "a folder that exists", existing_folder,
    ),
    Setting(
        "HUILIU_PROVINCE", "province", "本省区划代码", "division code of the province served",
        "340000", "现有省级区划代码，如 340000", "a province's division code, such as 340000", province,
    ),
    Setting(
        "HUILIU_BATCH_ROWS", "batch_rows", "一批最多的记录数", "most records in one batch",
        "100000", "1 至 1000000 的整数", "a whole number from 1 to 1000000", whole(1, 1_000_000),
    ),
    Setting(
        "HUILIU_LINGER_MS", "linger_ms", "凑批等待的毫秒数", "milliseconds a batch waits for more",
        "200", "10 至 5000 的整数", "a whole number from 10 to 5000", whole(10, 5_000),
    ),
    Setting(
        "HUILIU_PARTITIONS", "partitions", "新建主题的分区数", "partitions of a new intake topic",
        "4", "1 至 64 的整数", "a whole number from 1 to 64", whole(1, 64),
    ),
    Setting(
        "HUILIU_REFRESH_SECONDS", "refresh_seconds", "查看新增报送单位的间隔", "seconds between looks for publishers",
        "15", "1 至 60 的整数", "a whole number from 1 to 60", whole(1, 60),
    ),
    Setting(
        "HUILIU_SESSION_SECONDS", "session_seconds", "进程失联多久后由其他进程接手",
        "seconds after which a silent worker's partitions go to others",
        "20", "6 至 300 的整数", "a whole number from 6 to 300", whole(6, 300),
    ),
    Setting(
        "HUILIU_RECORD_BYTES", "record_bytes", "一条记录最多的字节数", "largest record accepted, in bytes",
        "1048576", "1024 至 16777216 的整数", "a whole number from 1024 to 16777216", whole(1_024, 16_777_216),
    ),
    Setting(
        "HUILIU_FILE_BYTES", "file_bytes", "放入目录或上传的文件最多的字节数",
        "largest file dropped or uploaded, in bytes",
        "209715200", "1024 至 4294967296 的整数", "a whole number from 1024 to 4294967296", whole(1_024, 1 << 32),
    ),
    Setting(
        "HUILIU_FILE_ROWS", "file_rows", "上传的文件最多的数据行数", "most rows of an uploaded file",
        "1000000", "1 至 10000000 的整数", "a whole number from 1 to 10000000", whole(1, 10_000_000),
    ),
    Setting(
        "HUILIU_METRICS_HOST", "metrics_host", "指标与探针（/metrics、/ready、/live）监听的地址",
        "address on which metrics and probes (/metrics, /ready, /live) are served",
        "127.0.0.1", "主机名或 IP 地址", "a host name or an IP address", host,
    ),
    Setting(
        "HUILIU_METRICS_PORT", "metrics_port", "第一个处理进程的指标端口，其后的进程依次加一",
        "port of the first worker's metrics; the next workers take those that follow",
        "a free one, shown by status", "1 至 65535 的整数", "a whole number from 1 to 65535", whole(1, 65_535),
    ),
    Setting(
        "HUILIU_STALL_SECONDS", "stall_seconds", "有积压而无进展多久后视为未就绪，秒",
        "seconds without progress, while something is not loaded, after which a worker is not ready",
        "60", "2 至 3600 的整数", "a whole number from 2 to 3600", whole(2, 3_600),
    ),
    Setting(
        "HUILIU_DISK_GIB", "disk_gib", "数据目录所在磁盘应有的空闲空间，GiB；不足其十分之一视为故障",
        "free room wanted for the home folder, GiB; less is a warning, less than a tenth of it a fault",
        "10", "0 至 1000000 的整数", "a whole number from 0 to 1000000", whole(0, 1_000_000),
    ),
    Setting(
        "HUILIU_MARK_HOURS", "mark_hours", "当日结束后多少小时内收到的数据和标记计入即时传输有效率",
        "hours after a day's end within which data and marks count in the immediate transmission effectiveness",
        "12", "0 至 240 的整数", "a whole number from 0 to 240", whole(0, 240),
    ),
    Setting(
        "HUILIU_RECEIPT_KEY", "receipt_key", "回执签名私钥文件（Ed25519，PEM，仅属主可读）",
        "file of the key that signs receipts (Ed25519, PEM, read by its owner only)",
        "receipt_key.pem in HUILIU_HOME, made at the first start", "一个文件", "a file", file,
    ),
    Setting(
        "HUILIU_OVERSIGHT_RULES", "oversight_rules", "本省督办规则所在目录，同代码的取代随附规则",
        "folder of the province's own rules of oversight; they replace shipped ones of the same code",
        "", "已有的目录", "a folder that exists", existing_folder,
    ),
    Setting(
        "HUILIU_OVERSIGHT_DUTIES", "oversight_duties", "本省报送要求所在目录，取代全部随附的报送要求",
        "folder of the province's own duties to report, in place of all shipped ones",
        "", "已有的目录", "a folder that exists", existing_folder,
    ),
    Setting(
        "HUILIU_CALENDAR", "calendar", "工作日安排文件，补充软件包尚未收录的年份",
        "file of working days for years that the package does not have yet",
        "", "一个文件", "a file", file,
    ),
    Setting(
        "HUILIU_HTTP_HOST", "http_host", "HTTP 网关监听的地址", "address on which the HTTP gateway listens",
        "127.0.0.1", "主机名或 IP 地址", "a host name or an IP address", host,
    ),
    Setting(
        "HUILIU_HTTP_PORT", "http_port", "HTTP 网关的端口", "port of the HTTP gateway",
        "a free one, shown by status", "1 至 65535 的整数", "a whole number from 1 to 65535", whole(1, 65_535),
    ),
    Setting(
        "HUILIU_HTTP_TLS", "http_tls", "own：HTTP 网关用枢纽自建 CA 签发的证书提供 HTTPS（ca.pem 与 Kafka 相同）",
        "own: the HTTP gateway speaks HTTPS by a certificate of the hub's own CA (the ca.pem that Kafka has)",
        "HTTPS only with HUILIU_HTTP_CERTIFICATE", "own", "own", one_of(("OWN",)),
    ),
    Setting(
        "HUILIU_HTTP_CERTIFICATE", "http_certificate", "HTTP 网关的 TLS 证书链（PEM）；与私钥一同设置",
        "certificate chain of the HTTP gateway for TLS, PEM; set together with the key",
        "", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_HTTP_KEY", "http_key", "HTTP 网关的 TLS 私钥文件（PEM）", "file with the private key of it, PEM",
        "", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_HTTP_BODY_BYTES", "http_body_bytes", "一个 HTTP 请求正文最多的字节数，解压后也算",
        "largest body of an HTTP request, in bytes, also when unpacked",
        "16777216", "1024 至 268435456 的整数", "a whole number from 1024 to 268435456", whole(1_024, 268_435_456),
    ),
    Setting(
        "HUILIU_HTTP_EVENTS", "http_events", "一个 HTTP 请求最多的事项数", "most events in one HTTP request",
        "10000", "1 至 1000000 的整数", "a whole number from 1 to 1000000", whole(1, 1_000_000),
    ),
    Setting(
        "HUILIU_HTTP_HELD_BYTES", "http_held_bytes", "HTTP 网关在途正文的总字节数，超过则答 503",
        "bytes of all bodies on their way through the HTTP gateway; beyond, it answers 503",
        "134217728", "1048576 至 17179869184 的整数", "a whole number from 1048576 to 17179869184",
        whole(1_048_576, 17_179_869_184),
    ),
    Setting(
        "HUILIU_HTTP_UPLOAD_BYTES", "http_upload_bytes", "正在上传的文件在磁盘（TMPDIR）上的总字节数，超过则答 503",
        "bytes on the disk (TMPDIR) of all files that are being uploaded; beyond, it answers 503",
        "1073741824", "1048576 至 1099511627776 的整数", "a whole number from 1048576 to 1099511627776",
        whole(1_048_576, 1_099_511_627_776),
    ),
    Setting(
        "HUILIU_HTTP_EVENTS_PER_SECOND", "http_events_per_second", "每个报送单位经 HTTP 每秒最多的事项数",
        "events a second that one publisher may send by HTTP",
        "20000", "1 至 10000000 的整数", "a whole number from 1 to 10000000", whole(1, 10_000_000),
    ),
    Setting(
        "HUILIU_HTTP_REQUESTS_PER_SECOND", "http_requests_per_second", "每个报送单位每秒最多的 HTTP 请求数",
        "HTTP requests a second of one publisher",
        "500", "1 至 1000000 的整数", "a whole number from 1 to 1000000", whole(1, 1_000_000),
    ),
    Setting(
        "HUILIU_HJ212_HOST", "hj212_host", "HJ 212 网关监听的地址", "address on which the HJ 212 gateway listens",
        "127.0.0.1", "主机名或 IP 地址", "a host name or an IP address", host,
    ),
    Setting(
        "HUILIU_HJ212_PORT", "hj212_port", "HJ 212 网关监听的端口", "port of the HJ 212 gateway",
        "9212; a free one under huiliu up", "1 至 65535 的整数", "a whole number from 1 to 65535", whole(1, 65_535),
    ),
    Setting(
        "HUILIU_HJ212_KEYS", "hj212_keys", "SM4 密钥文件（0600），每行：名称 密钥",
        "SM4 keys (a file of mode 0600), lines: name key", "", "已有的文件", "a file that exists", file,
    ),
    Setting(
        "HUILIU_HJ212_ADMIT", "hj212_admit", "接入哪些设备：已登记的设备，或排口登记中的全部",
        "which monitors are let in: devices added, or all outlets registered",
        "devices", "devices 或 registered", "devices or registered", one_of(("DEVICES", "REGISTERED")),
    ),
    Setting(
        "HUILIU_HJ212_CONNECTIONS", "hj212_connections", "HJ 212 网关最多的连接数",
        "most connections of the HJ 212 gateway",
        "50000", "1 至 500000 的整数", "a whole number from 1 to 500000", whole(1, 500_000),
    ),
    Setting(
        "HUILIU_HJ212_PER_ADDRESS", "hj212_per_address", "同一地址最多的连接数", "most connections from one address",
        "5000", "1 至 500000 的整数", "a whole number from 1 to 500000", whole(1, 500_000),
    ),
    Setting(
        "HUILIU_HJ212_FRAMES_PER_SECOND", "hj212_frames_per_second", "一个连接每秒最多的数据包（可突发四倍）",
        "frames a second of one connection (four times as many at once)",
        "50", "1 至 100000 的整数", "a whole number from 1 to 100000", whole(1, 100_000),
    ),
    Setting(
        "HUILIU_HJ212_IDLE_SECONDS", "hj212_idle_seconds", "连接多久无数据后关闭，秒",
        "seconds without a byte after which a connection is closed",
        "4000", "10 至 86400 的整数", "a whole number from 10 to 86400", whole(10, 86_400),
    ),
    Setting(
        "HUILIU_HJ212_CLOCK_SECONDS", "hj212_clock_seconds", "时钟偏差超过多少秒时对时（须设备允许）",
        "seconds of drift from which a clock is set, where its device allows that",
        "120", "1 至 86400 的整数", "a whole number from 1 to 86400", whole(1, 86_400),
    ),
    Setting(
        "HUILIU_HJ212_PACKET_SECONDS", "hj212_packet_seconds", "分包报文等其余包的秒数，之后已到的入库并告知报送单位",
        "seconds that the rest of a message in packets is waited for; then what came is loaded, and told",
        "120", "1 至 86400 的整数", "a whole number from 1 to 86400", whole(1, 86_400),
    ),
    Setting(
        "HUILIU_CRASH_AT", "crash_at", "演练用：在此步骤终止进程", "for drills only: the step at which to die",
        "", "步骤名：字母、数字、- _ .", "a step's name: letters, digits, - _ .", step,
    ),
)  # fmt: skip
