"""The yearly distribution of flights: what is granted as asked, and our proposal for the rest."""

from overflight.procedure.distribution.conflicts import conflicts
from overflight.procedure.distribution.problem import Problem, pose
from overflight.procedure.distribution.review import Cut, Distribution, Grant, distribute

__all__ = ["Cut", "Distribution", "Grant", "Problem", "conflicts", "distribute", "pose"]
