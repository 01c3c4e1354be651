"""Forecasting series of numbers: a recurrent network with a carried state, and the intervals of its errors."""
