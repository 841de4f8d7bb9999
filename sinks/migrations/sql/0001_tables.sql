-- The tables of the warehouse. What they are for: sinks/tables. Partitions of reading are made on demand.

CREATE TABLE award (
    award_number TEXT NOT NULL,
    division INTEGER NOT NULL,
    city INTEGER NOT NULL,
    policy TEXT NOT NULL,
    clause TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    project_code TEXT,
    payee TEXT,
    payee_name TEXT,
    payee_count INTEGER NOT NULL,
    basis BIGINT,
    amount BIGINT NOT NULL,
    uplift BOOLEAN NOT NULL,
    level TEXT NOT NULL,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    document_number TEXT,
    publicised_on DATE,
    approved_on DATE,
    paid_on DATE,
    paid_amount BIGINT,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT award_pkey PRIMARY KEY (award_number)
);
CREATE UNIQUE INDEX award_coordinates ON award (intake, "offset");
CREATE INDEX award_stack ON award (payee, project_code);

CREATE TABLE award_history (
    award_number TEXT NOT NULL,
    division INTEGER NOT NULL,
    city INTEGER NOT NULL,
    policy TEXT NOT NULL,
    clause TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    project_code TEXT,
    payee TEXT,
    payee_name TEXT,
    payee_count INTEGER NOT NULL,
    basis BIGINT,
    amount BIGINT NOT NULL,
    uplift BOOLEAN NOT NULL,
    level TEXT NOT NULL,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    document_number TEXT,
    publicised_on DATE,
    approved_on DATE,
    paid_on DATE,
    paid_amount BIGINT,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    known_to TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT award_history_pkey PRIMARY KEY (intake, "offset", known_to),
    CONSTRAINT award_history_cause_check CHECK (cause in ('superseded', 'passing', 'rejudged'))
);
CREATE INDEX award_history_key ON award_history (award_number);

CREATE TABLE finding (
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    seq SMALLINT NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT,
    expected TEXT,
    difference TEXT,
    suggestion TEXT,
    CONSTRAINT finding_pkey PRIMARY KEY (intake, "offset", seq),
    CONSTRAINT finding_severity_check CHECK (severity in ('error', 'warning', 'info'))
);
CREATE INDEX finding_code_idx ON finding (code);

CREATE TABLE indicator (
    division INTEGER NOT NULL,
    indicator TEXT NOT NULL,
    period TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    unit TEXT NOT NULL,
    cumulative BOOLEAN NOT NULL,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT indicator_pkey PRIMARY KEY (division, indicator, period),
    CONSTRAINT indicator_finite_check CHECK (value > '-Infinity'::float8 and value < 'Infinity'::float8)
);
CREATE UNIQUE INDEX indicator_coordinates ON indicator (intake, "offset");

CREATE TABLE indicator_history (
    division INTEGER NOT NULL,
    indicator TEXT NOT NULL,
    period TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    unit TEXT NOT NULL,
    cumulative BOOLEAN NOT NULL,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    known_to TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT indicator_history_pkey PRIMARY KEY (intake, "offset", known_to),
    CONSTRAINT indicator_history_cause_check CHECK (cause in ('superseded', 'passing', 'rejudged'))
);
CREATE INDEX indicator_history_key ON indicator_history (division, indicator, period);

CREATE TABLE intake (
    id SERIAL NOT NULL,
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    division INTEGER,
    kind TEXT,
    next_offset BIGINT DEFAULT 0 NOT NULL,
    hash BYTEA DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT intake_pkey PRIMARY KEY (id),
    CONSTRAINT intake_topic_partition_key UNIQUE (topic, partition)
);

CREATE TABLE nil (
    division INTEGER NOT NULL,
    obligation TEXT NOT NULL,
    period TEXT NOT NULL,
    reason TEXT NOT NULL,
    reported_by TEXT,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT nil_pkey PRIMARY KEY (division, obligation, period)
);
CREATE UNIQUE INDEX nil_coordinates ON nil (intake, "offset");

CREATE TABLE nil_history (
    division INTEGER NOT NULL,
    obligation TEXT NOT NULL,
    period TEXT NOT NULL,
    reason TEXT NOT NULL,
    reported_by TEXT,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    known_to TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT nil_history_pkey PRIMARY KEY (intake, "offset", known_to),
    CONSTRAINT nil_history_cause_check CHECK (cause in ('superseded', 'passing', 'rejudged'))
);
CREATE INDEX nil_history_key ON nil_history (division, obligation, period);

CREATE TABLE outlet (
    id SERIAL NOT NULL,
    mn TEXT NOT NULL,
    division INTEGER NOT NULL,
    city INTEGER NOT NULL,
    medium TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    CONSTRAINT outlet_pkey PRIMARY KEY (id),
    CONSTRAINT outlet_mn_key UNIQUE (mn)
);
CREATE INDEX outlet_division_idx ON outlet (division);

CREATE TABLE pollutant (
    id SMALLINT NOT NULL,
    code TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    CONSTRAINT pollutant_pkey PRIMARY KEY (id),
    CONSTRAINT pollutant_code_key UNIQUE (code)
);

CREATE TABLE project (
    project_code TEXT NOT NULL,
    division INTEGER NOT NULL,
    city INTEGER NOT NULL,
    name TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    industry TEXT NOT NULL,
    programme TEXT NOT NULL,
    tier TEXT NOT NULL,
    stage TEXT NOT NULL,
    month TEXT NOT NULL,
    planned_investment BIGINT NOT NULL,
    cumulative_investment BIGINT NOT NULL,
    equipment_investment BIGINT,
    software_investment BIGINT,
    progress DOUBLE PRECISION NOT NULL,
    planned_start DATE,
    planned_completion DATE,
    actual_start DATE,
    actual_completion DATE,
    responsible_unit TEXT,
    responsible_person TEXT,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT project_pkey PRIMARY KEY (project_code)
);
CREATE UNIQUE INDEX project_coordinates ON project (intake, "offset");

CREATE TABLE project_history (
    project_code TEXT NOT NULL,
    division INTEGER NOT NULL,
    city INTEGER NOT NULL,
    name TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    industry TEXT NOT NULL,
    programme TEXT NOT NULL,
    tier TEXT NOT NULL,
    stage TEXT NOT NULL,
    month TEXT NOT NULL,
    planned_investment BIGINT NOT NULL,
    cumulative_investment BIGINT NOT NULL,
    equipment_investment BIGINT,
    software_investment BIGINT,
    progress DOUBLE PRECISION NOT NULL,
    planned_start DATE,
    planned_completion DATE,
    actual_start DATE,
    actual_completion DATE,
    responsible_unit TEXT,
    responsible_person TEXT,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    known_to TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT project_history_pkey PRIMARY KEY (intake, "offset", known_to),
    CONSTRAINT project_history_cause_check CHECK (cause in ('superseded', 'passing', 'rejudged'))
);
CREATE INDEX project_history_key ON project_history (project_code);

CREATE TABLE publisher (
    division INTEGER NOT NULL,
    kinds TEXT[] NOT NULL,
    channel TEXT NOT NULL,
    contact TEXT,
    cadence JSONB DEFAULT '{}'::jsonb NOT NULL,
    suspended BOOLEAN DEFAULT false NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT publisher_pkey PRIMARY KEY (division)
);

CREATE TABLE reading (
    start TIMESTAMP WITH TIME ZONE NOT NULL,
    average DOUBLE PRECISION,
    minimum DOUBLE PRECISION,
    maximum DOUBLE PRECISION,
    cumulative DOUBLE PRECISION,
    corrected DOUBLE PRECISION,
    limit_value DOUBLE PRECISION,
    content BIGINT NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    "offset" BIGINT NOT NULL,
    intake INTEGER NOT NULL,
    outlet INTEGER NOT NULL,
    division INTEGER NOT NULL,
    city INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    pollutant SMALLINT NOT NULL,
    period SMALLINT NOT NULL,
    valid BOOLEAN NOT NULL,
    exceeded BOOLEAN NOT NULL,
    flagged BOOLEAN NOT NULL,
    flag TEXT NOT NULL,
    mark TEXT,
    source_ref TEXT,
    CONSTRAINT reading_pkey PRIMARY KEY (outlet, pollutant, period, start),
    CONSTRAINT reading_finite_check CHECK (abs(average) <= 9000000000 and abs(minimum) <= 9000000000 and abs(maximum) <= 9000000000 and abs(cumulative) <= 9000000000 and abs(corrected) <= 9000000000)
)
 PARTITION BY RANGE (start);
CREATE INDEX reading_known_from ON reading USING brin (known_from) WITH (autosummarize = true, pages_per_range = 32);

CREATE TABLE reading_history (
    start TIMESTAMP WITH TIME ZONE NOT NULL,
    average DOUBLE PRECISION,
    minimum DOUBLE PRECISION,
    maximum DOUBLE PRECISION,
    cumulative DOUBLE PRECISION,
    corrected DOUBLE PRECISION,
    limit_value DOUBLE PRECISION,
    content BIGINT NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    "offset" BIGINT NOT NULL,
    intake INTEGER NOT NULL,
    outlet INTEGER NOT NULL,
    division INTEGER NOT NULL,
    city INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    pollutant SMALLINT NOT NULL,
    period SMALLINT NOT NULL,
    valid BOOLEAN NOT NULL,
    exceeded BOOLEAN NOT NULL,
    flagged BOOLEAN NOT NULL,
    flag TEXT NOT NULL,
    mark TEXT,
    source_ref TEXT,
    known_to TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT reading_history_pkey PRIMARY KEY (intake, "offset", known_to),
    CONSTRAINT reading_history_cause_check CHECK (cause in ('superseded', 'passing', 'rejudged'))
);
CREATE INDEX reading_history_key ON reading_history (outlet, pollutant, period, start);

CREATE TABLE register (
    id SMALLINT NOT NULL,
    version BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT register_pkey PRIMARY KEY (id),
    CONSTRAINT register_one_row_check CHECK (id = 1)
);

CREATE TABLE registration (
    mn TEXT NOT NULL,
    division INTEGER NOT NULL,
    outlet_name TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    enterprise_name TEXT NOT NULL,
    medium TEXT NOT NULL,
    longitude DOUBLE PRECISION,
    latitude DOUBLE PRECISION,
    limits JSONB NOT NULL,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT registration_pkey PRIMARY KEY (mn)
);
CREATE UNIQUE INDEX registration_coordinates ON registration (intake, "offset");

CREATE TABLE registration_history (
    mn TEXT NOT NULL,
    division INTEGER NOT NULL,
    outlet_name TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    enterprise_name TEXT NOT NULL,
    medium TEXT NOT NULL,
    longitude DOUBLE PRECISION,
    latitude DOUBLE PRECISION,
    limits JSONB NOT NULL,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    known_to TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT registration_history_pkey PRIMARY KEY (intake, "offset", known_to),
    CONSTRAINT registration_history_cause_check CHECK (cause in ('superseded', 'passing', 'rejudged'))
);
CREATE INDEX registration_history_key ON registration_history (mn);

CREATE TABLE response (
    case_number TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    division INTEGER NOT NULL,
    action TEXT NOT NULL,
    text TEXT NOT NULL,
    requested_until DATE,
    responsible_person TEXT,
    evidence JSONB NOT NULL,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT response_pkey PRIMARY KEY (case_number, sequence)
);
CREATE UNIQUE INDEX response_coordinates ON response (intake, "offset");

CREATE TABLE response_history (
    case_number TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    division INTEGER NOT NULL,
    action TEXT NOT NULL,
    text TEXT NOT NULL,
    requested_until DATE,
    responsible_person TEXT,
    evidence JSONB NOT NULL,
    revision INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    source_ref TEXT,
    flagged BOOLEAN NOT NULL,
    content BIGINT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    known_from TIMESTAMP WITH TIME ZONE NOT NULL,
    known_to TIMESTAMP WITH TIME ZONE NOT NULL,
    cause TEXT NOT NULL,
    CONSTRAINT response_history_pkey PRIMARY KEY (intake, "offset", known_to),
    CONSTRAINT response_history_cause_check CHECK (cause in ('superseded', 'passing', 'rejudged'))
);
CREATE INDEX response_history_key ON response_history (case_number, sequence);

CREATE TABLE rollup_award (
    city INTEGER NOT NULL,
    policy TEXT NOT NULL,
    clause TEXT NOT NULL,
    fiscal_year INTEGER NOT NULL,
    mode TEXT NOT NULL,
    status TEXT NOT NULL,
    shard SMALLINT NOT NULL,
    awards NUMERIC(38, 0) NOT NULL,
    payees NUMERIC(38, 0) NOT NULL,
    amount NUMERIC(38, 0) NOT NULL,
    paid NUMERIC(38, 0) NOT NULL,
    CONSTRAINT rollup_award_pkey PRIMARY KEY (city, policy, clause, fiscal_year, mode, status, shard)
);

CREATE TABLE rollup_indicator (
    division INTEGER NOT NULL,
    indicator TEXT NOT NULL,
    period TEXT NOT NULL,
    shard SMALLINT NOT NULL,
    reports NUMERIC(38, 0) NOT NULL,
    value DOUBLE PRECISION,
    CONSTRAINT rollup_indicator_pkey PRIMARY KEY (division, indicator, period, shard)
);

CREATE TABLE rollup_project (
    city INTEGER NOT NULL,
    programme TEXT NOT NULL,
    stage TEXT NOT NULL,
    month TEXT NOT NULL,
    shard SMALLINT NOT NULL,
    projects NUMERIC(38, 0) NOT NULL,
    planned NUMERIC(38, 0) NOT NULL,
    cumulative NUMERIC(38, 0) NOT NULL,
    CONSTRAINT rollup_project_pkey PRIMARY KEY (city, programme, stage, month, shard)
);

CREATE TABLE rollup_reading (
    city INTEGER NOT NULL,
    pollutant SMALLINT NOT NULL,
    period SMALLINT NOT NULL,
    day DATE NOT NULL,
    shard SMALLINT NOT NULL,
    readings NUMERIC(38, 0) NOT NULL,
    valid NUMERIC(38, 0) NOT NULL,
    averaged NUMERIC(38, 0) NOT NULL,
    average_micro NUMERIC(38, 0) NOT NULL,
    mass_micro NUMERIC(38, 0) NOT NULL,
    exceedances NUMERIC(38, 0) NOT NULL,
    maximum DOUBLE PRECISION,
    CONSTRAINT rollup_reading_pkey PRIMARY KEY (city, pollutant, period, day, shard)
);

CREATE TABLE rule_set (
    version TEXT NOT NULL,
    activated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    definition JSONB NOT NULL,
    CONSTRAINT rule_set_pkey PRIMARY KEY (version)
);

CREATE TABLE ledger (
    intake INTEGER NOT NULL,
    first_offset BIGINT NOT NULL,
    next_offset BIGINT NOT NULL,
    records INTEGER NOT NULL,
    gaps BIGINT NOT NULL,
    accepted INTEGER NOT NULL,
    corrected INTEGER NOT NULL,
    duplicate INTEGER NOT NULL,
    stale INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    outcomes BYTEA NOT NULL,
    raw_sha256 BYTEA NOT NULL,
    rule_set TEXT NOT NULL,
    not_evaluated JSONB NOT NULL,
    hash BYTEA NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT ledger_pkey PRIMARY KEY (intake, first_offset),
    CONSTRAINT ledger_outcomes_check CHECK (records = accepted + corrected + duplicate + stale + quarantined),
    CONSTRAINT ledger_offsets_check CHECK (next_offset - first_offset = records + gaps),
    CONSTRAINT ledger_counts_check CHECK (least(accepted, corrected, duplicate, stale, quarantined, gaps) >= 0 and next_offset > first_offset),
    CONSTRAINT ledger_intake_fkey FOREIGN KEY(intake) REFERENCES intake (id)
);

CREATE TABLE outbox (
    id BIGINT GENERATED BY DEFAULT AS IDENTITY,
    intake INTEGER NOT NULL,
    first_offset BIGINT NOT NULL,
    next_offset BIGINT NOT NULL,
    kind TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_intake_fkey FOREIGN KEY(intake) REFERENCES intake (id)
);
CREATE INDEX outbox_intake_id_idx ON outbox (intake, id);

CREATE TABLE outlet_city (
    city INTEGER NOT NULL,
    outlet INTEGER NOT NULL,
    CONSTRAINT outlet_city_pkey PRIMARY KEY (city, outlet),
    CONSTRAINT outlet_city_outlet_fkey FOREIGN KEY(outlet) REFERENCES outlet (id)
);

CREATE TABLE outlet_limit (
    outlet INTEGER NOT NULL,
    pollutant SMALLINT NOT NULL,
    position SMALLINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    CONSTRAINT outlet_limit_pkey PRIMARY KEY (outlet, pollutant, position),
    CONSTRAINT outlet_limit_outlet_fkey FOREIGN KEY(outlet) REFERENCES outlet (id)
);

CREATE TABLE quarantine (
    intake INTEGER NOT NULL,
    "offset" BIGINT NOT NULL,
    key BYTEA,
    value BYTEA,
    headers BYTEA,
    received_at BIGINT NOT NULL,
    layer TEXT NOT NULL,
    kind TEXT NOT NULL,
    publisher INTEGER,
    rule_set TEXT NOT NULL,
    not_evaluated JSONB NOT NULL,
    status TEXT DEFAULT 'open' NOT NULL,
    status_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT quarantine_pkey PRIMARY KEY (intake, "offset"),
    CONSTRAINT quarantine_status_check CHECK (status in ('open', 'requeued', 'corrected')),
    CONSTRAINT quarantine_intake_fkey FOREIGN KEY(intake) REFERENCES intake (id)
);
CREATE INDEX quarantine_recorded_at_idx ON quarantine (recorded_at, intake, "offset");
CREATE INDEX quarantine_waiting ON quarantine (publisher, kind, status);
