"""An identifier has not been turned into a rounded number by a spreadsheet, which keeps 15 digits."""

from __future__ import annotations

from validators.rule import ALL_KINDS, Layer, Rule, Severity

RULE = Rule(
    code="FL-DAMAGED-01",
    kinds=ALL_KINDS,
    layer=Layer.FRAMING,
    severity=Severity.ERROR,
    field="value",
    norm="IEEE 754；GB 32100-2015",
    zh="“{field}”的值 {value} 已被表格软件转成数字并舍去末尾数位，无法还原",
    en="“{field}” is {value}: a spreadsheet made a number of it and dropped its last digits; they cannot be restored",
    mend_zh="把该列设为“文本”格式后重新填写原值（huiliu template 生成的模板已设好）",
    mend_en="format the column as text and enter the value again (templates made by huiliu template have it so)",
    good={"kind": "project", "heading": "建设单位统一社会信用代码", "cell": "91340100MA2MQ1232Q"},
    bad={"kind": "project", "heading": "建设单位统一社会信用代码", "cell": "9.13401E+17"},
    decided_by="gateways.files",
)
