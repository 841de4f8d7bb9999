"""Approval that climbs: a county confirms, its city after its counties, the province accepts or asks for correction."""
