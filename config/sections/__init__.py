"""Settings by app. `config.settings` gathers them; nothing else imports them."""
