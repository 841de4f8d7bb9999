package cn.huiliu.example;

import java.time.LocalDate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData.EnumSymbol;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/**
 * Fields as the contracts have them (huiliu contract show project). Money is in fen (分), times are UTC milliseconds,
 * days count from 1970-01-01; a field that is not set takes the schema's default.
 */
final class Events {
    static final String PROJECT = "2503-340104-07-02-381526";
    static final String AWARD = "HF-SS-2025-031";

    private Events() {}

    static GenericRecord project(Schema schema) {
        return new GenericRecordBuilder(schema)
                .set("division", "340104")
                .set("revision", 1)
                .set("reported_at", System.currentTimeMillis())
                .set("source_ref", "HF-XM-2026-0017")
                .set("project_code", PROJECT)
                .set("name", "年产20万套智能家电部件数字化车间改造项目")
                .set("enterprise", "91340100MA2MQ1232Q")
                .set("industry", "3851")
                .set("programme", symbol(schema, "programme", "TECHNICAL_TRANSFORMATION"))
                .set("tier", symbol(schema, "tier", "PROVINCE"))
                .set("stage", symbol(schema, "stage", "BUILDING"))
                .set("month", "2026-10")
                .set("planned_investment", 120_000_000_00L)
                .set("cumulative_investment", 72_000_000_00L)
                .set("equipment_investment", 60_000_000_00L)
                .set("software_investment", 9_000_000_00L)
                .set("progress", 62.5)
                .set("planned_start", day(2025, 4, 2))
                .set("planned_completion", day(2026, 12, 31))
                .set("actual_start", day(2025, 4, 15))
                .build();
    }

    static GenericRecord award(Schema schema) {
        return new GenericRecordBuilder(schema)
                .set("division", "340104")
                .set("revision", 1)
                .set("reported_at", System.currentTimeMillis())
                .set("source_ref", "HF-JB-2025-0031")
                .set("award_number", AWARD)
                .set("policy", "ah-2023-2025")
                .set("clause", "1.demo")
                .set("fiscal_year", 2025)
                .set("project_code", PROJECT)
                .set("payee", "91340100MA2MQ1232Q")
                .set("payee_name", "合肥示例智能部件有限公司")
                .set("payee_count", 1)
                .set("basis", 40_000_000_00L)
                .set("amount", 4_000_000_00L)
                .set("level", symbol(schema, "level", "PROVINCE"))
                .set("mode", symbol(schema, "mode", "APPLICATION"))
                .set("status", symbol(schema, "status", "APPROVED"))
                .set("document_number", "示例财企〔2025〕88号")
                .set("publicised_on", day(2025, 9, 1))
                .set("approved_on", day(2025, 9, 15))
                .build();
    }

    private static int day(int year, int month, int of) {
        return (int) LocalDate.of(year, month, of).toEpochDay();
    }

    private static EnumSymbol symbol(Schema schema, String field, String value) {
        return new EnumSymbol(schema.getField(field).schema(), value);
    }
}
