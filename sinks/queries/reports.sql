-- name: next_number
-- The number of the report that is issued next; the table is locked, so numbers have no gaps.
select coalesce(max(number), 0) + 1 as number, date_trunc('second', now()) as issued_at from report

-- name: listed
-- Issued reports, newest first, with the one that corrects each.
select report.number, report.kind, report.province, report.period, report.corrects, later.number as corrected_by,
    report.imprint::text as imprint, report.issued_at, report.issued_by, encode(report.snapshot, 'hex') as snapshot,
    encode(report.stands, 'hex') as stands, encode(report.pdf_sha256, 'hex') as pdf_sha256,
    encode(report.xlsx_sha256, 'hex') as xlsx_sha256
from report left join report later on later.corrects = report.number
order by report.number desc

-- name: snapshots
-- Frozen snapshots, newest first, with the number under which each was issued.
select encode(sha256, 'hex') as sha256, report_snapshot.kind, report_snapshot.province, report_snapshot.period, as_of,
    frozen_at, octet_length(content) as bytes, report.number
from report_snapshot left join report on report.snapshot = report_snapshot.sha256
order by frozen_at desc, sha256

-- name: named
-- The snapshots whose hash begins so.
select encode(sha256, 'hex') as sha256, content from report_snapshot
where encode(sha256, 'hex') like :prefix || '%' order by sha256 limit 2
