"""Those who check captchas outside: each speaks its vendor's wire and decides nothing else."""
