"""Files as a way in: read as their senders have them, judged row by row, answered with a report.

source → json_lines | delimited | workbook | parquet → table (headings) → rows (cells to fields) → records
template, report: what goes back to people        watched: folders into which counties drop files
"""
