-- "As known on": the rows of a kind as the warehouse held them at a moment, whatever came after.

create function reading_as_known(moment timestamptz) returns setof reading language sql stable parallel safe as $$
    select start, average, minimum, maximum, cumulative, corrected, limit_value, content, reported_at,
        received_at, known_from, "offset", intake, outlet, division, city, revision, pollutant, period,
        valid, exceeded, flagged, flag, mark, source_ref
    from reading where known_from <= moment
    union all
    select start, average, minimum, maximum, cumulative, corrected, limit_value, content, reported_at,
        received_at, known_from, "offset", intake, outlet, division, city, revision, pollutant, period,
        valid, exceeded, flagged, flag, mark, source_ref
    from reading_history where known_from <= moment and moment < known_to
$$;

create function project_as_known(moment timestamptz) returns setof project language sql stable parallel safe as $$
    select project_code, division, city, name, enterprise, industry, programme, tier, stage, month,
        planned_investment, cumulative_investment, equipment_investment, software_investment, progress,
        planned_start, planned_completion, actual_start, actual_completion, responsible_unit,
        responsible_person, revision, reported_at, source_ref, flagged, content, received_at, intake,
        "offset", known_from
    from project where known_from <= moment
    union all
    select project_code, division, city, name, enterprise, industry, programme, tier, stage, month,
        planned_investment, cumulative_investment, equipment_investment, software_investment, progress,
        planned_start, planned_completion, actual_start, actual_completion, responsible_unit,
        responsible_person, revision, reported_at, source_ref, flagged, content, received_at, intake,
        "offset", known_from
    from project_history where known_from <= moment and moment < known_to
$$;

create function award_as_known(moment timestamptz) returns setof award language sql stable parallel safe as $$
    select award_number, division, city, policy, clause, fiscal_year, project_code, payee, payee_name,
        payee_count, basis, amount, uplift, level, mode, status, document_number, publicised_on,
        approved_on, paid_on, paid_amount, revision, reported_at, source_ref, flagged, content, received_at,
        intake, "offset", known_from
    from award where known_from <= moment
    union all
    select award_number, division, city, policy, clause, fiscal_year, project_code, payee, payee_name,
        payee_count, basis, amount, uplift, level, mode, status, document_number, publicised_on,
        approved_on, paid_on, paid_amount, revision, reported_at, source_ref, flagged, content, received_at,
        intake, "offset", known_from
    from award_history where known_from <= moment and moment < known_to
$$;

create function indicator_as_known(moment timestamptz) returns setof indicator language sql stable parallel safe as $$
    select division, indicator, period, value, unit, cumulative, revision, reported_at, source_ref, flagged,
        content, received_at, intake, "offset", known_from
    from indicator where known_from <= moment
    union all
    select division, indicator, period, value, unit, cumulative, revision, reported_at, source_ref, flagged,
        content, received_at, intake, "offset", known_from
    from indicator_history where known_from <= moment and moment < known_to
$$;

create function registration_as_known(moment timestamptz) returns setof registration language sql stable parallel safe as $$
    select mn, division, outlet_name, enterprise, enterprise_name, medium, longitude, latitude, limits,
        revision, reported_at, source_ref, flagged, content, received_at, intake, "offset", known_from
    from registration where known_from <= moment
    union all
    select mn, division, outlet_name, enterprise, enterprise_name, medium, longitude, latitude, limits,
        revision, reported_at, source_ref, flagged, content, received_at, intake, "offset", known_from
    from registration_history where known_from <= moment and moment < known_to
$$;

create function nil_as_known(moment timestamptz) returns setof nil language sql stable parallel safe as $$
    select division, obligation, period, reason, reported_by, revision, reported_at, source_ref, flagged,
        content, received_at, intake, "offset", known_from
    from nil where known_from <= moment
    union all
    select division, obligation, period, reason, reported_by, revision, reported_at, source_ref, flagged,
        content, received_at, intake, "offset", known_from
    from nil_history where known_from <= moment and moment < known_to
$$;

create function response_as_known(moment timestamptz) returns setof response language sql stable parallel safe as $$
    select case_number, sequence, division, action, text, requested_until, responsible_person, evidence,
        revision, reported_at, source_ref, flagged, content, received_at, intake, "offset", known_from
    from response where known_from <= moment
    union all
    select case_number, sequence, division, action, text, requested_until, responsible_person, evidence,
        revision, reported_at, source_ref, flagged, content, received_at, intake, "offset", known_from
    from response_history where known_from <= moment and moment < known_to
$$;
