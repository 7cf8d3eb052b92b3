-- What the database refuses of conversions, whoever asks.

-- A quote says for ever what was offered. One that nobody took may go.
CREATE TRIGGER conversion_quote_unchanged BEFORE UPDATE OR TRUNCATE ON wallet_conversionquote
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();
CREATE TRIGGER conversion_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON wallet_conversion
    FOR EACH STATEMENT EXECUTE FUNCTION wallet_append_only();

-- Nobody converts by another's quote.
ALTER TABLE wallet_conversion ADD CONSTRAINT conversion_by_the_quotes_customer
    FOREIGN KEY (quote_id, customer_id) REFERENCES wallet_conversionquote (id, customer_id);
