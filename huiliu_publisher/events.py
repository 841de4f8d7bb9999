"""An event class for each kind, of its contract's newest version.

Generated; after a change of contracts: python -m huiliu_publisher.events_source > huiliu_publisher/events.py

Money is int, in fen (分, a hundredth of a yuan); a time is a datetime with zone, kept to the millisecond; a day is a
date. Each class refuses what its contract does not take (EventsRefused), with all that is wrong and what would do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal

from huiliu_publisher.event import Event, checked


@checked("project")
@dataclass(frozen=True, slots=True, kw_only=True)
class Project(Event):
    """工业项目及其月度进展 | an industrial project and its monthly progress.

    Contract: project version 1, schema id 1, of 省工业和信息化厅.
    Natural key: project_code.
    """

    kind: ClassVar[str] = "project"

    division: str
    """行政区划代码（GB/T 2260，六位） | administrative division, GB/T 2260, six digits"""
    revision: int
    """修订号，自 1 起 | revision, from 1"""
    reported_at: datetime
    """报送时间（UTC 毫秒） | time of reporting, UTC milliseconds
    Here a datetime with its zone."""
    source_ref: str | None = None
    """报送单位自有编号，原样返回 | the publisher's own reference, echoed in findings"""
    project_code: str
    """项目代码（4-6-2-2-6） | national project code, both forms"""
    name: str
    """项目名称 | project name"""
    enterprise: str
    """建设单位统一社会信用代码 | unified social credit code of the enterprise (GB 32100)"""
    industry: str
    """国民经济行业代码（GB/T 4754-2017，四位） | industry class, GB/T 4754-2017, four digits"""
    programme: Literal[
        "MAJOR_PROJECT",
        "TECHNICAL_TRANSFORMATION",
        "SMART_FACTORY",
        "DIGITAL_WORKSHOP",
        "DIAGNOSIS",
        "PLATFORM",
        "PARK_SAMPLE",
        "PILOT_BASE",
    ]
    """所属计划 | programme
    MAJOR_PROJECT 重大项目 major project; TECHNICAL_TRANSFORMATION 技术改造 technical transformation;
    SMART_FACTORY 智能工厂 smart factory; DIGITAL_WORKSHOP 数字化车间 digital workshop; DIAGNOSIS 智能化改造诊断
    diagnosis for intelligent upgrading; PLATFORM 工业互联网平台 industrial internet platform; PARK_SAMPLE
    数字化改造园区样板 sample park for digital upgrading; PILOT_BASE 中试基地 pilot base."""
    tier: Literal["PROVINCE", "CITY", "COUNTY"]
    """项目库层级 | library tier
    PROVINCE 省级 province; CITY 市级 city; COUNTY 县级 county."""
    stage: Literal["RESERVE", "PRELIMINARY", "STARTED", "BUILDING", "COMPLETED", "PRODUCING", "STOPPED", "CANCELLED"]
    """项目阶段 | stage
    RESERVE 储备 in reserve; PRELIMINARY 前期 preliminary work; STARTED 开工 started; BUILDING 在建 under
    construction; COMPLETED 竣工 completed; PRODUCING 投产 in production; STOPPED 停工 stopped; CANCELLED 取消
    cancelled."""
    month: str
    """所报月份（YYYY-MM） | month reported, YYYY-MM, Asia/Shanghai"""
    planned_investment: int
    """计划总投资（分） | planned total investment, fen
    Unit: fen (分, 1/100 元)."""
    cumulative_investment: int
    """累计完成投资（分） | cumulative investment completed, fen
    Unit: fen (分, 1/100 元)."""
    equipment_investment: int | None = None
    """设备投资（分） | equipment investment, fen
    Unit: fen (分, 1/100 元)."""
    software_investment: int | None = None
    """软件投资（分） | software investment, fen
    Unit: fen (分, 1/100 元)."""
    progress: float
    """形象进度（%） | progress, per cent 0 to 100
    Unit: %."""
    planned_start: date | None = None
    """计划开工日期 | planned start"""
    planned_completion: date | None = None
    """计划竣工日期 | planned completion"""
    actual_start: date | None = None
    """实际开工日期 | actual start"""
    actual_completion: date | None = None
    """实际竣工日期 | actual completion"""
    responsible_unit: str | None = None
    """责任单位 | responsible unit"""
    responsible_person: str | None = None
    """责任人 | responsible person"""


@checked("award")
@dataclass(frozen=True, slots=True, kw_only=True)
class Award(Event):
    """奖补资金 | an award or subsidy.

    Contract: award version 1, schema id 2, of 省财政厅.
    Natural key: award_number.
    """

    kind: ClassVar[str] = "award"

    division: str
    """行政区划代码（GB/T 2260，六位） | administrative division, GB/T 2260, six digits"""
    revision: int
    """修订号，自 1 起 | revision, from 1"""
    reported_at: datetime
    """报送时间（UTC 毫秒） | time of reporting, UTC milliseconds
    Here a datetime with its zone."""
    source_ref: str | None = None
    """报送单位自有编号，原样返回 | the publisher's own reference, echoed in findings"""
    award_number: str
    """奖补编号 | award number"""
    policy: str
    """政策代码 | policy code, see validators/policies"""
    clause: str
    """条款代码 | clause code within the policy"""
    fiscal_year: int
    """预算年度 | fiscal year"""
    project_code: str | None = None
    """项目代码 | project code, where the award is for a project"""
    payee: str | None = None
    """受益单位统一社会信用代码 | payee's unified social credit code; null where one sum is for several"""
    payee_name: str | None = None
    """受益单位名称 | payee's name as the document gives it"""
    payee_count: int
    """受益单位（项目）数 | how many firms or projects the sum is for, 1 or more"""
    basis: int | None = None
    """计算基数（分） | basis the amount is computed from, fen
    Unit: fen (分, 1/100 元)."""
    amount: int
    """奖补金额（分） | amount, fen
    Unit: fen (分, 1/100 元)."""
    uplift: bool = False
    """是否享受上浮 | whether the regional uplift of the policy is claimed"""
    level: Literal["NATIONAL", "PROVINCE", "CITY", "COUNTY"]
    """资金层级 | level of government that pays
    NATIONAL 国家 national; PROVINCE 省级 province; CITY 市级 city; COUNTY 县级 county."""
    mode: Literal["APPLICATION", "AUTOMATIC"]
    """兑现方式（申请／免申即享） | by application or without (免申即享)
    APPLICATION 申请 by application; AUTOMATIC 免申即享 without application."""
    status: Literal["PROPOSED", "PUBLICISED", "APPROVED", "PAID", "RECOVERED"]
    """状态 | status
    PROPOSED 拟奖补 proposed; PUBLICISED 公示 made public; APPROVED 批准 approved; PAID 拨付 paid; RECOVERED 追回
    recovered."""
    document_number: str | None = None
    """文号 | document number"""
    publicised_on: date | None = None
    """公示日期 | date made public"""
    approved_on: date | None = None
    """批准日期 | date approved"""
    paid_on: date | None = None
    """拨付日期 | date paid"""
    paid_amount: int | None = None
    """已拨付金额（分） | amount paid so far, fen
    Unit: fen (分, 1/100 元)."""


@checked("indicator")
@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Event):
    """指标数据 | the value of an indicator for a division and period.

    Contract: indicator version 1, schema id 3, of 省工业和信息化厅.
    Natural key: division, indicator, period.
    """

    kind: ClassVar[str] = "indicator"

    division: str
    """行政区划代码（GB/T 2260，六位） | administrative division, GB/T 2260, six digits"""
    revision: int
    """修订号，自 1 起 | revision, from 1"""
    reported_at: datetime
    """报送时间（UTC 毫秒） | time of reporting, UTC milliseconds
    Here a datetime with its zone."""
    source_ref: str | None = None
    """报送单位自有编号，原样返回 | the publisher's own reference, echoed in findings"""
    indicator: str
    """指标代码 | indicator code
    Codes: schemas/codes/indicator.json."""
    period: str
    """统计期（YYYY、YYYYQn、YYYY-MM） | period: YYYY, YYYYQn or YYYY-MM"""
    value: float
    """数值 | value"""
    unit: str
    """计量单位 | unit"""
    cumulative: bool = False
    """是否为年初至今累计 | whether the value is cumulative from the start of the year"""


@checked("reading")
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(Event):
    """污染源自动监测数据 | a reading of a pollution monitor (HJ 212).

    Contract: reading version 1, schema id 4, of 省生态环境厅.
    Natural key: mn, pollutant, period, start.
    """

    kind: ClassVar[str] = "reading"

    division: str
    """行政区划代码（GB/T 2260，六位） | administrative division, GB/T 2260, six digits"""
    revision: int
    """修订号，自 1 起 | revision, from 1"""
    reported_at: datetime
    """报送时间（UTC 毫秒） | time of reporting, UTC milliseconds
    Here a datetime with its zone."""
    source_ref: str | None = None
    """报送单位自有编号，原样返回 | the publisher's own reference, echoed in findings"""
    mn: str
    """设备唯一标识 MN | monitor number MN (HJ 212)"""
    pollutant: str
    """监测因子编码 | factor code (HJ 212-2017 appendix B)
    Codes: schemas/codes/pollutant.json."""
    period: Literal["REALTIME", "MINUTE", "HOUR", "DAY"]
    """数据类型（实时／分钟／小时／日） | period kind
    REALTIME 实时 real-time; MINUTE 分钟 minute; HOUR 小时 hour; DAY 日 day."""
    start: datetime
    """时段起始（UTC 毫秒） | start of the period (moment for real-time), UTC milliseconds
    Here a datetime with its zone."""
    average: float | None = None
    """均值（实时值） | average, or the momentary value for real-time data, in the factor's unit"""
    minimum: float | None = None
    """最小值 | minimum"""
    maximum: float | None = None
    """最大值 | maximum"""
    cumulative: float | None = None
    """累计排放量（kg） | cumulative mass, kg
    Unit: kg (千克)."""
    corrected: float | None = None
    """折算均值 | average corrected to reference oxygen"""
    flag: str
    """数据标记 | data flag (N F M S D C T B; 2005 also P 0-3)
    Codes: schemas/codes/flag.json."""
    mark: str | None = None
    """企业人工标记 | operator mark
    Codes: schemas/codes/mark.json."""


@checked("registration", "limits")
@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """排放限值（按因子与有效期） | limits by factor and validity: one of Registration.limits."""

    pollutant: str
    """监测因子编码 | factor code
    Codes: schemas/codes/pollutant.json."""
    value: float
    """排放限值 | limit, in the factor's unit"""
    unit: str
    """单位 | unit"""
    norm: str | None = None
    """执行标准 | norm or permit the limit comes from"""
    valid_from: date
    """生效日期 | first day of validity"""
    valid_to: date | None = None
    """失效日期（含当日） | last day of validity, null if open"""


@checked("registration")
@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Event):
    """排放口与监测设备登记 | registration of an outlet and its monitor.

    Contract: registration version 1, schema id 5, of 省生态环境厅.
    Natural key: mn.
    """

    kind: ClassVar[str] = "registration"

    division: str
    """行政区划代码（GB/T 2260，六位） | administrative division, GB/T 2260, six digits"""
    revision: int
    """修订号，自 1 起 | revision, from 1"""
    reported_at: datetime
    """报送时间（UTC 毫秒） | time of reporting, UTC milliseconds
    Here a datetime with its zone."""
    source_ref: str | None = None
    """报送单位自有编号，原样返回 | the publisher's own reference, echoed in findings"""
    mn: str
    """设备唯一标识 MN | monitor number MN"""
    outlet_name: str
    """排放口名称 | name of the outlet"""
    enterprise: str
    """排污单位统一社会信用代码 | unified social credit code of the enterprise"""
    enterprise_name: str
    """排污单位名称 | name of the enterprise"""
    medium: Literal["AIR", "WATER"]
    """排放介质 | medium
    AIR 废气 air; WATER 废水 water."""
    longitude: float | None = None
    """经度（CGCS2000，度） | longitude, degrees
    Unit: degree (度)."""
    latitude: float | None = None
    """纬度（CGCS2000，度） | latitude, degrees
    Unit: degree (度)."""
    limits: Sequence[Limit]
    """排放限值（按因子与有效期） | limits by factor and validity"""


@checked("nil")
@dataclass(frozen=True, slots=True, kw_only=True)
class Nil(Event):
    """零报告 | nothing to report for an obligation and period.

    Contract: nil version 1, schema id 6, of 省政务数据主管部门.
    Natural key: division, obligation, period.
    """

    kind: ClassVar[str] = "nil"

    division: str
    """行政区划代码（GB/T 2260，六位） | administrative division, GB/T 2260, six digits"""
    revision: int
    """修订号，自 1 起 | revision, from 1"""
    reported_at: datetime
    """报送时间（UTC 毫秒） | time of reporting, UTC milliseconds
    Here a datetime with its zone."""
    source_ref: str | None = None
    """报送单位自有编号，原样返回 | the publisher's own reference, echoed in findings"""
    obligation: Literal["PROJECT", "AWARD", "INDICATOR", "READING"]
    """报送责任 | the kind that is owed
    PROJECT 项目 projects; AWARD 奖补 awards; INDICATOR 指标 indicators; READING 监测数据 readings."""
    period: str
    """统计期 | period: YYYY, YYYYQn, YYYY-MM or YYYY-MM-DD"""
    reason: str
    """零报告原因 | why there is nothing to report"""
    reported_by: str | None = None
    """填报人 | who states it"""


@checked("response", "evidence")
@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """佐证材料（按哈希） | evidence by hash: one of Response.evidence."""

    name: str
    """文件名 | file name"""
    sha256: str
    """SHA-256（十六进制） | SHA-256, hexadecimal"""
    media_type: str
    """媒体类型 | media type"""
    size: int
    """字节数 | size in bytes
    Unit: byte (字节)."""


@checked("response")
@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Event):
    """对督办单的反馈 | a division's answer to a directive.

    Contract: response version 1, schema id 7, of 省政务督查部门.
    Natural key: case_number, sequence, division.
    """

    kind: ClassVar[str] = "response"

    division: str
    """行政区划代码（GB/T 2260，六位） | administrative division, GB/T 2260, six digits"""
    revision: int
    """修订号，自 1 起 | revision, from 1"""
    reported_at: datetime
    """报送时间（UTC 毫秒） | time of reporting, UTC milliseconds
    Here a datetime with its zone."""
    source_ref: str | None = None
    """报送单位自有编号，原样返回 | the publisher's own reference, echoed in findings"""
    case_number: str
    """督办编号 | case number"""
    sequence: int
    """序号，自 1 起 | sequence within the case, from 1"""
    action: Literal["ACKNOWLEDGE", "REPORT", "REQUEST_TIME", "OBJECT"]
    """反馈类型（签收、整改反馈、申请延期、异议） | what the answer does
    ACKNOWLEDGE 签收 acknowledge; REPORT 整改反馈 report on rectification; REQUEST_TIME 申请延期 ask for time;
    OBJECT 异议 object."""
    text: str
    """内容 | text"""
    requested_until: date | None = None
    """申请延期至 | date asked for"""
    responsible_person: str | None = None
    """责任人 | responsible person"""
    evidence: Sequence[Evidence]
    """佐证材料（按哈希） | evidence by hash"""
