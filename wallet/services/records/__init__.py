"""What left a customer and what came, whichever way: several movements as one list, newest first."""
