"""Review of an annotated recording by a person, with a few questions."""

from skecg.review._question import ReviewQuestion
from skecg.review._review_session import ReviewSession
from skecg.review._simulate_review import simulate_review

__all__ = ["ReviewQuestion", "ReviewSession", "simulate_review"]
