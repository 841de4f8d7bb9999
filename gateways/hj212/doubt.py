"""What is not as the standard wants it, as data: a code, where it was seen, what stood there, what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from huiliu.language import text


@dataclass(frozen=True, slots=True)
class Doubt:
    """One departure from the standard. ``where`` is a field or key of the frame, empty for the frame as a whole."""

    code: str
    where: str = ""
    value: str = ""
    expected: str = ""

    def __str__(self) -> str:
        zh, en = DOUBTS[self.code]
        wording = text(zh, en)
        place = f" {self.where}" if self.where else ""
        seen = f": {self.value!r}" if self.value else ""
        wanted = f" → {self.expected}" if self.expected else ""
        return f"{self.code}{place} {wording}{seen}{wanted}"


#: Every code with its wording. HJ-FR: the frame, HJ-SG: the data segment, HJ-RD: the readings in it.
DOUBTS: Final[dict[str, tuple[str, str]]] = {
    "HJ-FR-NOISE": ("不属于任何数据包的内容", "bytes that belong to no frame"),
    "HJ-FR-LENGTH": ("数据段长度与声明不符", "the segment is not as long as declared"),
    "HJ-FR-DIGITS": ("长度不是四位数字", "the length is not four digits"),
    "HJ-FR-CRC": ("CRC 校验不符", "the check does not match"),
    "HJ-FR-CRC-MISSING": ("缺少 CRC", "there is no check"),
    "HJ-FR-CRC-BLANK": ("CRC 中有空格", "there are blanks in the check"),
    "HJ-FR-MODBUS": ("使用了普通 Modbus CRC", "the check is plain Modbus"),
    "HJ-FR-TAIL": ("缺少回车换行", "the closing CR LF is missing"),
    "HJ-FR-LONG": ("数据段超过 1024 字节", "the segment exceeds 1024 bytes"),
    "HJ-SG-ENCODING": ("不是 UTF-8", "the text is not UTF-8"),
    "HJ-SG-SEALED": (
        "数据区已加密，缺少密钥，未能核对 CRC",
        "the data area is encrypted: without its key nothing is checked",
    ),
    "HJ-SG-CP": ("没有 CP 数据区", "there is no CP part"),
    "HJ-SG-CP-OPEN": ("数据区缺少结尾 &&", "the closing && is missing"),
    "HJ-SG-AFTER": ("数据区之后还有内容", "there is text after the closing &&"),
    "HJ-SG-ORDER": ("字段顺序不符合标准", "the fields are not in the standard's order"),
    "HJ-SG-MISSING": ("缺少字段", "a field is missing"),
    "HJ-SG-EMPTY": ("字段为空", "a field is empty"),
    "HJ-SG-REPEATED": ("字段重复", "a field is repeated"),
    "HJ-SG-UNKNOWN": ("未知字段", "an unknown field"),
    "HJ-SG-FORM": ("字段格式不符合标准", "a field does not have the standard's form"),
    "HJ-SG-PACKET": ("Flag 与 PNUM、PNO 不一致", "Flag and PNUM, PNO contradict each other"),
    "HJ-SG-ITEM": ("数据项没有等号", "an item without an equals sign"),
    "HJ-SG-BLANK": ("键名前后有空格", "a key has blanks around it"),
    "HJ-SG-TRAILING": ("多余的分隔符", "a superfluous separator"),
    "HJ-SG-CODE": ("编码不在标准内", "the code is not in the standard"),
    "HJ-SG-EDITION": ("该版本没有此编码", "this edition has no such code"),
    "HJ-SG-TIME": ("不是有效时间", "no such moment"),
    "HJ-SG-RANGE": ("取值不在标准范围内", "the value is not in the standard's range"),
    "HJ-SG-KEY": ("未知数据项", "an unknown item"),
    "HJ-RD-TIME": ("缺少 DataTime", "there is no DataTime"),
    "HJ-RD-TIME-FORM": ("DataTime 格式不正确", "DataTime does not have its form"),
    "HJ-RD-FACTOR": ("因子编码不在标准内", "the factor code is not in the standard"),
    "HJ-RD-OLD-CODE": ("使用 2005 版因子编码", "the factor code is that of 2005"),
    "HJ-RD-FLAG": ("没有数据标记，按 N 处理", "no data flag: taken as N"),
    "HJ-RD-FLAG-CODE": ("数据标记不在标准内", "the data flag is not in the standard"),
    "HJ-RD-KEY": ("未知的数据字段", "an unknown kind of value"),
    "HJ-RD-NUMBER": ("不是数值", "not a number"),
    "HJ-RD-NONE": ("因子没有任何数值", "a factor without any value"),
    "HJ-RD-REPEATED": ("同一数据项重复，保留第一个", "the same item again: the first is kept"),
    "HJ-RD-SPLIT": ("同一因子分在多组", "one factor in several groups"),
    "HJ-RD-MIXED": ("一组内有多个因子", "several factors in one group"),
}
