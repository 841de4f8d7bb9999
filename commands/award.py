"""huiliu award: what a policy entitles to, who is entitled without applying, and what stacks."""

from __future__ import annotations

from commands import arguments, award_claims
from commands.award_entitled import entitled
from commands.award_guard import guard

app = arguments.group()
award_claims.join(app)
app.command("entitled")(entitled)
app.command("guard")(guard)
