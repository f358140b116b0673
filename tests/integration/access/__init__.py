"""Who may do what, tried: every route as every kind of caller, and what attackers would try."""
