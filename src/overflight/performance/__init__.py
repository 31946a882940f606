"""What an aircraft can do: range and cruise, turns, wind, climb and descent, fuel.

``planned.fly_plan`` flies a mission plan, ``flyable.fly`` any path of legs; the rest is what they
are made of. Pure, but for ``wind_files``; knows no treaty.
"""
