-- When a reading that waited for its registration was received first: asked by the record that closed it.
create index quarantine_closed on quarantine (closed_intake, closed_offset) where awaits is not null;
