"""Who a customer or an officer is: users, sessions, second factors, counters, holds and the audit log."""
