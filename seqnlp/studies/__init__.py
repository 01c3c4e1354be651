"""Several trainings that answer one question: how good is it on new data, would more annotation help?"""
