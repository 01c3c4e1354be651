"""What a model is worth: scores from summed counts, their uncertainty, its errors, its calibration. No torch here."""
