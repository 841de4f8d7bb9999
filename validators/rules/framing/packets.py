"""A message of HJ 212 in several packets is whole.

The gateway acknowledges each packet when Kafka has it. When the rest of a message does not come, the readings in what
came are loaded, and the packets themselves come here, so that their monitor's publisher sees which are missing.
"""

from __future__ import annotations

from validators.rule import Layer, Rule, Severity

_DATUM = (
    "00000000040c33343031303402c0b399ebbe68021c48462d323032362d303030313233303031303030304138393030303136463030303136"
    "394443300c6132313032360480aabde7be68026666666666663240023333333333332840023333333333b33a40029a999999999909400266"
    "66666666e63440024e00"
)
_PACKET = (
    "##0151QN=20261120100500534;ST=31;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=3;PNO=1;"
    "CP=&&DataTime=20261120090000;a34013-Avg=1.5,a34013-Flag=N&&1B00\r\n"
)

RULE = Rule(
    code="RD-PACKET-01",
    kinds=("reading",),
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="HJ 212-2017 6.3.2、附录 C.49–C.50（分包 PNUM、PNO）",
    zh="HJ 212 分包报文未到齐：已到 {value}，缺 {expected}",
    en="an HJ 212 message is not whole: {value} came, {expected} did not",
    mend_zh="从现场机补发该时刻的全部数据（命令 2011、2051、2061、2031），已入库的按重复处理",
    mend_en="have the field machine send that message again, all packets; what is loaded already counts as a duplicate",
    good={"kind": "reading", "hex": _DATUM},
    bad={"kind": "reading", "hex": _PACKET.encode().hex()},
    decided_by="schemas.decode",
)
