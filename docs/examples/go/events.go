package main

import "time"

// The fields that this system has, named as in the contracts (huiliu contract show project). A field of the schema that
// is missing here takes the schema's default. Money is in fen (分).

// Project is an industrial project and its progress in a month.
type Project struct {
	Division             string     `avro:"division"`
	Revision             int        `avro:"revision"`
	ReportedAt           time.Time  `avro:"reported_at"`
	SourceRef            *string    `avro:"source_ref"`
	ProjectCode          string     `avro:"project_code"`
	Name                 string     `avro:"name"`
	Enterprise           string     `avro:"enterprise"`
	Industry             string     `avro:"industry"`
	Programme            string     `avro:"programme"`
	Tier                 string     `avro:"tier"`
	Stage                string     `avro:"stage"`
	Month                string     `avro:"month"`
	PlannedInvestment    int64      `avro:"planned_investment"`
	CumulativeInvestment int64      `avro:"cumulative_investment"`
	EquipmentInvestment  *int64     `avro:"equipment_investment"`
	SoftwareInvestment   *int64     `avro:"software_investment"`
	Progress             float64    `avro:"progress"`
	PlannedStart         *time.Time `avro:"planned_start"`
	PlannedCompletion    *time.Time `avro:"planned_completion"`
	ActualStart          *time.Time `avro:"actual_start"`
}

// Award is an award or subsidy.
type Award struct {
	Division       string     `avro:"division"`
	Revision       int        `avro:"revision"`
	ReportedAt     time.Time  `avro:"reported_at"`
	SourceRef      *string    `avro:"source_ref"`
	AwardNumber    string     `avro:"award_number"`
	Policy         string     `avro:"policy"`
	Clause         string     `avro:"clause"`
	FiscalYear     int        `avro:"fiscal_year"`
	ProjectCode    *string    `avro:"project_code"`
	Payee          *string    `avro:"payee"`
	PayeeName      *string    `avro:"payee_name"`
	PayeeCount     int        `avro:"payee_count"`
	Basis          *int64     `avro:"basis"`
	Amount         int64      `avro:"amount"`
	Uplift         bool       `avro:"uplift"`
	Level          string     `avro:"level"`
	Mode           string     `avro:"mode"`
	Status         string     `avro:"status"`
	DocumentNumber *string    `avro:"document_number"`
	PublicisedOn   *time.Time `avro:"publicised_on"`
	ApprovedOn     *time.Time `avro:"approved_on"`
}

const project, award = "2503-340104-07-02-381526", "HF-SS-2025-031"

func someProject() Project {
	return Project{
		Division: "340104", Revision: 1, ReportedAt: time.Now(), SourceRef: ptr("HF-XM-2026-0017"),
		ProjectCode: project, Name: "年产20万套智能家电部件数字化车间改造项目", Enterprise: "91340100MA2MQ1232Q",
		Industry: "3851", Programme: "TECHNICAL_TRANSFORMATION", Tier: "PROVINCE", Stage: "BUILDING", Month: "2026-10",
		PlannedInvestment: 120_000_000_00, CumulativeInvestment: 72_000_000_00,
		EquipmentInvestment: ptr(int64(60_000_000_00)), SoftwareInvestment: ptr(int64(9_000_000_00)), Progress: 62.5,
		PlannedStart: day(2025, 4, 2), PlannedCompletion: day(2026, 12, 31), ActualStart: day(2025, 4, 15),
	}
}

func someAward() Award {
	return Award{
		Division: "340104", Revision: 1, ReportedAt: time.Now(), SourceRef: ptr("HF-JB-2025-0031"),
		AwardNumber: award, Policy: "ah-2023-2025", Clause: "1.demo", FiscalYear: 2025, ProjectCode: ptr(project),
		Payee: ptr("91340100MA2MQ1232Q"), PayeeName: ptr("合肥示例智能部件有限公司"), PayeeCount: 1,
		Basis: ptr(int64(40_000_000_00)), Amount: 4_000_000_00, Level: "PROVINCE", Mode: "APPLICATION",
		Status: "APPROVED", DocumentNumber: ptr("示例财企〔2025〕88号"),
		PublicisedOn: day(2025, 9, 1), ApprovedOn: day(2025, 9, 15),
	}
}

func ptr[T any](value T) *T { return &value }

func day(year int, month time.Month, of int) *time.Time {
	return ptr(time.Date(year, month, of, 0, 0, 0, 0, time.UTC))
}
