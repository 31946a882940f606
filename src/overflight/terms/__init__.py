"""The frozen domain types that every other room speaks. Roles are fields, not classes."""
