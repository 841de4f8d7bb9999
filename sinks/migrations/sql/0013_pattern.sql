-- The form of a value: each run of digits is 9, of Latin letters A, of Chinese characters 汉, of full-width digits and
-- letters ９ and Ａ, of blanks one blank; anything else stays. The same as validators.finding.pattern.
create function value_pattern(value text) returns text language sql immutable parallel safe as $$
    select left(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        value,
        '[0-9]+', '9', 'g'),
        '[A-Za-z]+', 'A', 'g'),
        '[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+', '汉', 'g'),
        '[\uff10-\uff19]+', '９', 'g'),
        '[\uff21-\uff3a\uff41-\uff5a]+', 'Ａ', 'g'),
        '[ \t\n\u000b\f\r\u00a0\u3000]+', ' ', 'g'), 80)
$$;

-- Three of many, whichever come first.
create function few_add(found bigint[], one bigint) returns bigint[] language sql immutable parallel safe as $$
    select case when coalesce(cardinality(found), 0) < 3 then array_append(found, one) else found end
$$;
create aggregate few (bigint) (sfunc = few_add, stype = bigint[]);

alter table finding add column pattern text;
