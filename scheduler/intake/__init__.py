"""FHIR R4 patients and referrals read into the facts the clinical rules ask about."""
