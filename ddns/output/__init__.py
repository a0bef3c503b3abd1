"""The only printer, and the wording of facts."""
